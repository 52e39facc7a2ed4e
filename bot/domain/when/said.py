"""The parts of what was said about a moment, before anybody asks which moment it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


class Period(StrEnum):
    """Parts of the day; AM and PM are the English marks."""

    EARLY = "early"
    MORNING = "morning"
    AM = "am"
    NOON = "noon"
    AFTERNOON = "afternoon"
    EVENING = "evening"


@dataclass(frozen=True, slots=True)
class Clock:
    """An hour from 0 to 24 as it is written; `exact` for 08:00 and 08点, which are hours out of 24."""

    hour: int
    minute: int = 0
    exact: bool = False


@dataclass(frozen=True, slots=True)
class InDays:
    """So many days from today; `counted` for 3天后, which needs no reading of 明天."""

    days: int
    counted: bool = False


@dataclass(frozen=True, slots=True)
class OnDate:
    """A date, perhaps without its year, perhaps with a month counted from this one; `either` when 3/4 could be 4 March."""

    day: int
    month: int | None = None
    year: int | None = None
    months_on: int | None = None
    either: bool = False


@dataclass(frozen=True, slots=True)
class OnWeekday:
    """Monday is 1; `week` counts from this one, None for the next such day. `loose`: next Friday, taken both ways in English."""

    weekday: int
    week: int | None = None
    loose: bool = False


@dataclass(slots=True)
class Said:
    """What was said, each part at most once; the parts named `end` belong to what comes after the dash of a range."""

    day: InDays | OnDate | None = None
    weekday: OnWeekday | None = None
    clock: Clock | None = None
    periods: set[Period] = field(default_factory=set)
    soon: timedelta | None = None
    length: timedelta | None = None
    ranged: bool = False
    end_day: InDays | None = None
    end_clock: Clock | None = None
    end_periods: set[Period] = field(default_factory=set)

    def whole(self) -> bool:
        """Whether the parts make one moment, or one range, though its day or its hour may be missing."""
        if self.soon is not None:
            return (self.day, self.weekday, self.clock, self.periods, self.ranged) == (None, None, None, set(), False)
        if self.ranged and (self.clock is None or self.end_clock is None or self.length is not None):
            return False
        return bool(self.day or self.weekday or self.clock or self.periods)

    def put_day(self, day: InDays | OnDate) -> bool:
        """Take a day; False when there was one already. The end of a range knows days counted from today only."""
        if self.ranged:
            if self.end_day is not None or not isinstance(day, InDays):
                return False
            self.end_day = day
            return True
        if self.day is not None:
            return False
        self.day = day
        return True

    def put_clock(self, hour: int | None, minute: int | None, exact: bool) -> bool:
        """Take an hour; False when there was one already, or clocks do not show this one."""
        if hour is None or minute is None or minute > 59 or hour * 60 + minute > 24 * 60:
            return False
        clock = Clock(hour, minute, exact)
        if self.ranged:
            fresh, self.end_clock = self.end_clock is None, clock
        else:
            fresh, self.clock = self.clock is None, clock
        return fresh

    def put_period(self, period: Period) -> bool:
        """Take a part of the day; which of them go together is decided with the hour."""
        (self.end_periods if self.ranged else self.periods).add(period)
        return True

    def put_weekday(self, weekday: OnWeekday) -> bool:
        """Take a weekday; False when there was one already."""
        if self.weekday is not None or self.ranged:
            return False
        self.weekday = weekday
        return True
