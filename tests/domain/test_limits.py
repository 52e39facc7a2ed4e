from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain import limits
from bot.domain.limits import Limit, Pace

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIMIT = Limit(per_minute=6, burst=3)


def test_a_burst_passes_and_then_one_every_ten_seconds() -> None:
    pace = Pace(LIMIT)
    assert [pace.take("a", NOON) for _ in range(5)] == [timedelta(0)] * 3 + [timedelta(seconds=10)] * 2
    assert pace.take("a", NOON + timedelta(seconds=10)) == timedelta(0)
    assert pace.take("a", NOON + timedelta(seconds=11)) == timedelta(seconds=9)


def test_one_persons_pace_is_nobody_elses() -> None:
    pace = Pace(LIMIT)
    for _ in range(9):
        pace.take("a", NOON)
    assert pace.take("b", NOON) == timedelta(0)


def test_what_was_said_slowly_passes_however_late_it_is_read() -> None:
    pace = Pace(LIMIT)
    assert not any(pace.take("a", NOON + timedelta(seconds=10 * n)) for n in range(200))


def test_a_refused_one_does_not_lengthen_the_wait() -> None:
    pace = Pace(LIMIT)
    waits = [pace.take("a", NOON) for _ in range(100)]
    assert max(waits) == timedelta(seconds=10)


def test_an_old_message_that_comes_late_passes_and_a_clock_that_goes_back_shuts_nobody_out() -> None:
    pace = Pace(LIMIT)
    pace.take("a", NOON + timedelta(days=1))
    assert pace.take("a", NOON) == timedelta(0)


def test_memory_is_bounded_and_forgets_who_was_heard_longest_ago() -> None:
    pace = Pace(LIMIT)
    for _ in range(3):
        pace.take("first", NOON)
    for n in range(limits.KEPT):
        pace.take(str(n), NOON)
    assert len(pace._used) == limits.KEPT and pace.take("first", NOON) == timedelta(0)


@given(st.lists(st.integers(0, 600), max_size=200), st.integers(1, 60), st.integers(1, 20))
def test_never_more_than_burst_and_rate_pass(seconds: list[int], per_minute: int, burst: int) -> None:
    pace = Pace(Limit(per_minute, burst))
    passed = [s for s in sorted(seconds) if not pace.take("a", NOON + timedelta(seconds=s))]
    for first in passed:
        within = [s for s in passed if first <= s <= first + 60]
        assert len(within) <= burst + per_minute
