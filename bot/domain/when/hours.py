"""What an hour means in a part of the day, and until when a range lasts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import count

from bot.domain.moments import ahead, kept, moments_of
from bot.domain.when.kinds import Reading, WhenWrong
from bot.domain.when.said import Clock, InDays, Period, Said
from bot.errors import Refused

DAY = 24 * 60
"""Minutes."""

# What an hour means in a part of the day; 24 and more are hours of the next day.
_SAME = {hour: hour for hour in range(25)}
_LATER = {hour: hour + 12 for hour in range(1, 12)}
_NIGHT = {12: 24, 0: 24, 24: 24} | {hour: hour + 24 for hour in range(1, 5)}
_HOURS: Mapping[frozenset[Period], Mapping[int, int]] = {
    frozenset(periods): hours
    for periods, hours in (
        ((Period.EARLY,), {12: 0} | {hour: hour for hour in range(7)}),
        ((Period.EARLY, Period.AM), {12: 0} | {hour: hour for hour in range(7)}),
        ((Period.MORNING,), {hour: hour for hour in range(1, 13)}),
        ((Period.AM,), {12: 0} | {hour: hour for hour in range(12)}),
        ((Period.MORNING, Period.AM), {hour: hour for hour in range(1, 12)}),
        ((Period.NOON,), {11: 11, 12: 12, 13: 13, 14: 14, 1: 13, 2: 14}),
        ((Period.NOON, Period.AFTERNOON), {12: 12, 1: 13, 2: 14}),
        ((Period.AFTERNOON,), {hour: hour for hour in range(12, 24)} | _LATER),
        ((Period.EVENING,), {hour: hour for hour in range(17, 24)} | {hour: hour + 12 for hour in range(5, 12)} | _NIGHT),
        ((Period.EVENING, Period.AFTERNOON), {hour: hour + 12 for hour in range(5, 12)}),
        ((Period.EVENING, Period.AM), _NIGHT),
        ((Period.EVENING, Period.EARLY), _NIGHT | {5: 29, 6: 30}),
    )
}


def minutes_of(clock: Clock, periods: set[Period]) -> tuple[int, tuple[Reading, ...]]:
    """Minutes from the beginning of the day that was said, and how they were understood."""
    readings: tuple[Reading, ...] = ()
    if periods:
        hour = _HOURS.get(frozenset(periods), {}).get(clock.hour)
    elif clock.exact or not 1 <= clock.hour <= 12:
        hour = clock.hour
        readings = {10: (Reading.FORENOON,), 11: (Reading.FORENOON,)}.get(hour, ())
    else:
        hour = _LATER.get(clock.hour, 12)
        readings = (Reading.NOON if hour == 12 else Reading.LATER_HALF,)
    if hour is None:
        raise Refused(WhenWrong.NOT_UNDERSTOOD)
    minutes = hour * 60 + clock.minute
    return minutes, (*readings, Reading.AFTER_MIDNIGHT) if minutes >= DAY else readings


def until(said: Said, clock: Clock, day: date, start_minutes: int, start: datetime, zone: tzinfo) -> timedelta:
    """How long it is from the start to the next moment that the words after the dash fit."""
    if said.end_periods:
        fitting = {minutes_of(clock, said.end_periods)[0] % DAY}
    elif clock.hour in range(1, 13) and not (clock.exact and clock.hour < 10):
        fitting = {(clock.hour % 12 + half) * 60 + clock.minute for half in (0, 12)}
    else:
        fitting = {(clock.hour * 60 + clock.minute) % DAY}
    ends = (minutes for minutes in count(start_minutes + 1) if minutes % DAY in fitting)
    minutes = next(ends)
    if said.end_day is not None:
        from_start = said.end_day.days - (said.day.days if isinstance(said.day, InDays) else 0)
        minutes = next((end for end in (minutes, next(ends)) if end // DAY == from_start), 0)
    if not minutes:
        raise Refused(WhenWrong.NOT_UNDERSTOOD)
    last_day, at = shift(day, minutes)
    moments = moments_of(last_day, at, zone) or (kept(last_day, at, zone),)
    return next((length for moment in moments if (length := ahead(moment, start)) > timedelta(0)), timedelta(0))


def shift(day: date, minutes: int) -> tuple[date, time]:
    """The date and time so many minutes from the beginning of a day, as clocks show them."""
    days, rest = divmod(minutes, DAY)
    return day + timedelta(days=days), time(rest // 60, rest % 60)
