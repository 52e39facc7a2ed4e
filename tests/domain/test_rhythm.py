"""Quiet hours: over midnight, over a change of the clocks, and where what falls into them goes."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.rhythm import EARLY_ENOUGH, SPREAD, Rhythm
from tests.domain.live import at

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Rhythm("Asia/Shanghai", time(23), time(8, 30))


@pytest.mark.parametrize(
    "moment,quiet",
    [(at(22, 59), False), (at(23), True), (at(0), True), (at(8, 29), True), (at(8, 30), False), (at(12), False)],
)
def test_quiet_hours_over_midnight_begin_with_their_first_minute_and_end_before_their_last(moment: datetime, quiet: bool) -> None:
    assert NIGHT.quiet(moment) is quiet
    assert NIGHT.quiet(moment.astimezone(UTC)) is quiet


def test_quiet_hours_within_a_day_and_none_at_all() -> None:
    noon = Rhythm("Asia/Shanghai", time(12), time(14))
    assert [noon.quiet(at(hour)) for hour in (11, 12, 13, 14)] == [False, True, True, False]
    assert not any(Rhythm("Asia/Shanghai", time(9), time(9)).quiet(at(hour)) for hour in range(24))


def test_what_falls_into_the_night_comes_in_the_morning_if_that_is_early_enough() -> None:
    assert NIGHT.shifted(at(2), due=at(9)) == at(8, 30)
    assert NIGHT.shifted(at(23, 30), due=at(12, day=7)) == at(8, 30, day=7)


def test_else_it_comes_in_the_evening_before() -> None:
    assert NIGHT.shifted(at(2), due=at(8, 59)) == at(23, day=5)
    assert NIGHT.shifted(at(23, 30), due=at(1, day=7)) == at(23)


def test_many_sessions_do_not_come_in_one_second_and_each_comes_whole() -> None:
    sessions = [f"session {n}" for n in range(60)]
    mornings = Counter(NIGHT.shifted(at(2), due=at(10), whose=one) for one in sessions)
    assert min(mornings) >= at(8, 30) and max(mornings) < at(8, 30) + SPREAD
    assert max(mornings.values()) <= 3
    evening = Counter(NIGHT.shifted(at(2), due=at(8, 40), whose=one) for one in sessions)
    assert at(23, day=5) - SPREAD < min(evening) and max(evening) <= at(23, day=5)
    assert NIGHT.shifted(at(2), due=at(10), whose="a") == NIGHT.shifted(at(4), due=at(12), whose="a")
    assert {NIGHT.shifted(at(2), due=at(9), whose=one) for one in sessions} == {at(8, 30)}, "the latest that is early enough"
    assert NIGHT.shifted(at(10), due=at(12), whose="a") == at(10)


def test_by_day_nothing_is_shifted() -> None:
    assert NIGHT.shifted(at(10), due=at(10, 1)) == at(10)


def test_the_morning_is_the_local_one_over_a_change_of_the_clocks() -> None:
    rhythm, due = Rhythm("Europe/Berlin", time(23), time(8)), datetime(2026, 3, 29, 12, 0, tzinfo=BERLIN)
    forward = rhythm.shifted(datetime(2026, 3, 28, 23, 30, tzinfo=BERLIN), due=due)
    assert forward == datetime(2026, 3, 29, 6, 0, tzinfo=UTC)
    back = rhythm.shifted(datetime(2026, 10, 24, 23, 30, tzinfo=BERLIN), due=datetime(2026, 10, 25, 12, 0, tzinfo=BERLIN))
    assert back == datetime(2026, 10, 25, 7, 0, tzinfo=UTC)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001 - a zone is put on below
    st.times(), st.times(), st.integers(0, 48 * 60), st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York"]),
    st.sampled_from(["", "a", "b", "c"]),
)  # fmt: skip
def test_nothing_is_pushed_inside_the_quiet_hours_nor_too_late(
    moment: datetime, start: time, end: time, lead: int, zone: str, whose: str
) -> None:
    rhythm = Rhythm(zone, start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0))
    planned = moment.replace(tzinfo=UTC)
    due = planned + timedelta(minutes=lead)
    shifted = rhythm.shifted(planned, due=due, whose=whose)
    if not rhythm.quiet(planned):
        assert shifted == planned
    elif shifted > planned:
        assert shifted + EARLY_ENOUGH <= due
    assert shifted.tzinfo is UTC and abs(shifted - planned) <= timedelta(hours=25)
