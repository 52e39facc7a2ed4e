"""What reading a moment may give: the moment, how it was understood, or why it was refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

FURTHEST = timedelta(days=366)
"""How far ahead a live session may be planned."""


class WhenWrong(StrEnum):
    """Why a moment was refused; `Refused.reason`. The values hold `at` ("2026-11-27 20:00") where there is one."""

    NOT_UNDERSTOOD = "when_not_understood"
    NO_HOUR = "when_no_hour"
    IN_PAST = "when_in_past"
    NO_SUCH_DATE = "when_no_such_date"
    DAY_DISAGREES = "when_day_disagrees"
    SKIPPED = "when_skipped"
    TOO_FAR = "when_too_far"


class Reading(StrEnum):
    """How something was understood that could have been meant otherwise."""

    LATER_HALF = "later_half"
    """An hour from 1 to 11 without 上午 or 晚上: the one after noon."""
    FORENOON = "forenoon"
    """10:30 and 11:30 without 上午 or 晚上, written like hours out of 24."""
    NOON = "noon"
    """12 without 中午 or 晚上."""
    AFTER_MIDNIGHT = "after_midnight"
    """今晚1点, 今晚12点: in the night that follows, so with the next date."""
    EARLY_OF_DAY = "early_of_day"
    """明天凌晨1点, 周五0点: at the beginning of that date, in the night before it."""
    SMALL_HOURS = "small_hours"
    """明天, said after midnight: counted from the date that it is by then."""
    TOMORROW = "tomorrow"
    """An hour without a day, past today."""
    THIS_DAY = "this_day"
    """周五, said on a Friday before that hour: today."""
    NEXT_WEEK = "next_week"
    """周五, said on a Friday after that hour."""
    CALENDAR_WEEK = "calendar_week"
    """下周三 said on a Sunday, or next Friday: in the week that begins next Monday."""
    NEXT_MONTH = "next_month"
    NEXT_YEAR = "next_year"
    MONTH_FIRST = "month_first"
    """12/3 is 3 December."""
    FIRST_OF_TWO = "first_of_two"
    """The clocks are put back and show this time twice."""
    SECOND_OF_TWO = "second_of_two"
    """The same, when the first is past already."""


@dataclass(frozen=True, slots=True)
class When:
    """An aware moment in the zone asked for, to the minute, after `now`; `readings` is empty when there was no choice."""

    moment: datetime
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """A start, and how long from there; None when that was not said."""

    start: When
    length: timedelta | None = None
