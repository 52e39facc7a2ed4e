"""Sessions that come back every week."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.recurrence import Weekly, occurrences

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
TUESDAYS_AND_FRIDAYS = Weekly(frozenset({2, 5}), time(20), SHANGHAI, date(2026, 11, 27))
START = datetime(2026, 11, 27, tzinfo=SHANGHAI)


def _days(rule: Weekly, after: datetime = START, most: int = 5) -> list[str]:
    return [f"{moment:%m-%d %H:%M}" for moment in occurrences(rule, after=after, most=most)]


def test_it_comes_on_its_days_from_its_first_day_on() -> None:
    assert _days(TUESDAYS_AND_FRIDAYS, START - timedelta(days=90), 3) == ["11-27 20:00", "12-01 20:00", "12-04 20:00"]


def test_a_session_that_begins_now_is_not_the_next_one() -> None:
    assert _days(TUESDAYS_AND_FRIDAYS, datetime(2026, 11, 27, 20, tzinfo=SHANGHAI), 1) == ["12-01 20:00"]


def test_it_ends_after_its_last_day_or_its_count_wherever_one_begins_to_ask() -> None:
    assert _days(replace(TUESDAYS_AND_FRIDAYS, until=date(2026, 12, 4))) == ["11-27 20:00", "12-01 20:00", "12-04 20:00"]
    counted = replace(TUESDAYS_AND_FRIDAYS, count=3)
    assert _days(counted) == ["11-27 20:00", "12-01 20:00", "12-04 20:00"]
    assert _days(counted, datetime(2026, 12, 2, tzinfo=SHANGHAI)) == ["12-04 20:00"]
    assert _days(counted, datetime(2030, 1, 1, tzinfo=SHANGHAI)) == []


def test_the_local_hour_is_kept_when_clocks_change() -> None:
    sundays = Weekly(frozenset({7}), time(20), BERLIN, date(2027, 3, 21))
    moments = occurrences(sundays, after=datetime(2027, 3, 20, tzinfo=UTC), most=2)
    assert [(moment.hour, moment.astimezone(UTC).hour) for moment in moments] == [(20, 19), (20, 18)]


def test_in_a_gap_it_starts_as_much_later_and_of_two_equal_hours_it_takes_the_first() -> None:
    gap = Weekly(frozenset({7}), time(2, 30), BERLIN, date(2027, 3, 28), count=1)
    assert _days(gap, datetime(2027, 3, 27, tzinfo=UTC)) == ["03-28 03:30"]
    twice = Weekly(frozenset({7}), time(2, 30), BERLIN, date(2027, 10, 31), count=1)
    first = occurrences(twice, after=datetime(2027, 10, 30, tzinfo=UTC), most=2)
    assert [moment.astimezone(UTC) for moment in first] == [datetime(2027, 10, 31, 0, 30, tzinfo=UTC)]


def test_a_day_that_a_zone_leaves_out_has_no_second_session_on_the_next() -> None:
    daily = Weekly(frozenset(range(1, 8)), time(20), ZoneInfo("Pacific/Apia"), date(2011, 12, 29))
    days = _days(daily, datetime(2011, 12, 29, tzinfo=UTC), 3)
    assert days == ["12-29 20:00", "12-31 20:00", "01-01 20:00"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"weekdays": frozenset()},
        {"weekdays": frozenset({0})},
        {"until": date(2027, 1, 1), "count": 3},
        {"at": time(20, tzinfo=UTC)},
    ],
)
def test_a_rule_that_means_nothing_cannot_be_made(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"weekdays|repetition"):
        replace(TUESDAYS_AND_FRIDAYS, **wrong)  # type: ignore[arg-type]


@given(
    weekdays=st.frozensets(st.integers(1, 7), min_size=1),
    at=st.times(),
    zone=st.sampled_from([SHANGHAI, BERLIN, ZoneInfo("America/New_York")]),
    after=st.builds(datetime.fromtimestamp, st.integers(1_600_000_000, 2_000_000_000), st.just(UTC)),
)
def test_asking_again_from_any_occurrence_gives_the_ones_after_it(
    weekdays: frozenset[int], at: time, zone: ZoneInfo, after: datetime
) -> None:
    rule = Weekly(weekdays, at, zone, date(2020, 1, 1))
    moments = occurrences(rule, after=after, most=6)
    assert len(moments) == 6
    assert occurrences(rule, after=moments[0], most=5) == moments[1:]
    assert after < moments[0].astimezone(UTC) <= after + timedelta(days=8)
