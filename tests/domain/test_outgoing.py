from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.outgoing import (
    BACKOFF_CAP,
    CONDUCT,
    REPEAT_CAP,
    Kind,
    Pacing,
    expiry,
    is_group,
    own_id,
    qualified,
    repeat_at,
    retry_at,
    sent_again,
)

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
PRIVATE, GROUP = "telegram:42", "telegram:-100"


def test_live_tips_go_before_answers_before_checklists_before_digests() -> None:
    order = sorted([Kind.DIGEST, Kind.CHECKLIST, Kind.ANSWER, Kind.TIP], key=lambda kind: CONDUCT[kind].priority)
    assert order == [Kind.TIP, Kind.ANSWER, Kind.CHECKLIST, Kind.DIGEST]
    assert CONDUCT[Kind.EDIT].priority == CONDUCT[Kind.ANSWER].priority


def test_every_kind_has_its_conduct() -> None:
    assert set(CONDUCT) == set(Kind)


def test_a_fresh_tip_is_repeated_once_and_a_stale_one_never() -> None:
    expires = expiry(Kind.TIP, NOW)
    assert sent_again(Kind.TIP, repeats=0, expires=expires, at=NOW + timedelta(seconds=2))
    assert not sent_again(Kind.TIP, repeats=1, expires=expires, at=NOW + timedelta(seconds=2))
    assert not sent_again(Kind.TIP, repeats=0, expires=expires, at=expires)


@pytest.mark.parametrize("kind", [Kind.ANSWER, Kind.CHECKLIST, Kind.NOTICE, Kind.EDIT])
def test_what_must_arrive_is_repeated_for_half_an_hour_but_not_for_ever(kind: Kind) -> None:
    at, repeats = NOW, 0
    while sent_again(kind, repeats=repeats, expires=expiry(kind, NOW), at=at):
        at, repeats = repeat_at(at, repeats, jitter=0.0), repeats + 1
    assert repeats == CONDUCT[kind].max_repeats
    assert timedelta(minutes=30) < at - NOW < timedelta(hours=6)


def test_a_wait_that_the_platform_names_is_kept_in_full() -> None:
    assert retry_at(NOW, 1, asked=3600.0, jitter=0.0) == NOW + timedelta(hours=1)
    assert retry_at(NOW, 1, asked=0.0, jitter=0.5) > NOW


def test_waits_double_up_to_the_cap() -> None:
    waits = [retry_at(NOW, attempts, asked=None, jitter=1.0) - NOW for attempts in range(1, 9)]
    assert [wait.total_seconds() for wait in waits] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert retry_at(NOW, 10_000, asked=None, jitter=1.0) - NOW == BACKOFF_CAP
    assert repeat_at(NOW, 10_000, jitter=1.0) - NOW == REPEAT_CAP


@given(attempts=st.integers(1, 5000), jitter=st.floats(0, 1))
def test_jitter_takes_away_at_most_half_of_a_wait(attempts: int, jitter: float) -> None:
    full = retry_at(NOW, attempts, asked=None, jitter=1.0) - NOW
    assert full / 2 <= retry_at(NOW, attempts, asked=None, jitter=jitter) - NOW <= full


def test_chat_names() -> None:
    assert qualified("telegram", "-100") == GROUP == qualified("telegram", GROUP)
    assert own_id(GROUP) == "-100"
    assert is_group(GROUP)
    assert not is_group(PRIVATE)


def _send_as_fast_as_allowed(chats: list[str], seconds: float) -> list[tuple[datetime, str]]:
    pacing, now, sent = Pacing(NOW), NOW, []
    while (now - NOW).total_seconds() < seconds:
        resting = pacing.resting(now)
        free = [chat for chat in chats if chat not in resting]
        if free and pacing.bot_ready_at() <= now:
            pacing.take(free[0], now)
            sent.append((now, free[0]))
        else:
            now = min(end for end in (pacing.bot_ready_at(), *resting.values()) if end > now)
    return sent


def _most_within(times: list[datetime], span: timedelta) -> int:
    return max(sum(1 for other in times if start <= other <= start + span) for start in times)


def test_a_private_chat_gets_one_message_a_second() -> None:
    times = [at for at, _ in _send_as_fast_as_allowed([PRIVATE], 10)]
    assert len(times) == 10
    assert all(later - earlier >= timedelta(seconds=1) for earlier, later in zip(times, times[1:], strict=False))


def test_a_group_gets_at_most_twenty_messages_in_any_minute_and_comes_close() -> None:
    times = [at for at, _ in _send_as_fast_as_allowed([GROUP], 300)]
    assert 18 <= _most_within(times, timedelta(minutes=1)) <= 20
    assert _most_within(times, timedelta(milliseconds=999)) == 1


def test_a_bot_sends_at_most_thirty_messages_in_any_second_and_comes_close() -> None:
    times = [at for at, _ in _send_as_fast_as_allowed([f"telegram:{n}" for n in range(200)], 4)]
    assert 25 <= _most_within(times, timedelta(seconds=1)) <= 30


def test_a_message_of_several_pieces_counts_as_several() -> None:
    pacing = Pacing(NOW)
    pacing.take(PRIVATE, NOW)
    pacing.take(PRIVATE, NOW, 2)
    assert pacing.resting(NOW) == {PRIVATE: NOW + timedelta(seconds=3)}


def test_a_chat_on_hold_rests_and_the_others_do_not() -> None:
    pacing = Pacing(NOW)
    pacing.hold(PRIVATE, NOW + timedelta(seconds=30))
    pacing.hold(PRIVATE, NOW + timedelta(seconds=5))
    assert pacing.resting(NOW + timedelta(seconds=29)) == {PRIVATE: NOW + timedelta(seconds=30)}
    assert pacing.resting(NOW + timedelta(seconds=30)) == {}
    assert pacing.bot_ready_at() <= NOW
