"""From the words to the moment."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

from bot.domain.lengths import sensible
from bot.domain.moments import after, ahead, kept, moments_of, shown
from bot.domain.when.days import Candidate, candidates
from bot.domain.when.grammar import heard
from bot.domain.when.hours import DAY, minutes_of, shift, until
from bot.domain.when.kinds import FURTHEST, Reading, Slot, When, WhenWrong
from bot.domain.when.said import InDays, Said
from bot.errors import Refused

_NIGHT_ENDS = 5
"""Until this hour people who are still awake count as the day before."""


def read_when(text: str, *, now: datetime, zone: tzinfo) -> When:
    """The moment that a text means when it is said at `now` (aware). Raises `Refused` with a `WhenWrong`."""
    slot = read_slot(text, now=now, zone=zone)
    if slot.length is not None:
        raise Refused(WhenWrong.NOT_UNDERSTOOD)
    return slot.start


def read_slot(text: str, *, now: datetime, zone: tzinfo) -> Slot:
    """The same, with an end or a length where they are said: 今晚 19:30-23:00, 周五晚8点播3小时.

    Raises `Refused` with a `WhenWrong`, or a `LengthWrong` when no live session is that long.
    """
    said, here = heard(text), shown(now, zone)
    if said is None:
        raise Refused(WhenWrong.NOT_UNDERSTOOD)
    if said.soon is not None:
        start = When(_in_reach(after(here.replace(second=0, microsecond=0), said.soon, zone), here))
        return Slot(start, None if said.length is None else sensible(said.length))
    days = candidates(said, here.date())
    if said.clock is None:
        raise Refused(WhenWrong.NO_HOUR)
    minutes, readings = minutes_of(said.clock, said.periods)
    readings = (*readings, *_small_hours(said, here, minutes))
    if said.day in (None, InDays(0)) and not said.weekday and here.hour < _NIGHT_ENDS and minutes >= DAY:
        days.insert(0, Candidate(here.date() - timedelta(days=1)))
    day, start = _first_ahead(days, minutes, here, zone, readings)
    if said.end_clock is not None:
        return Slot(start, sensible(until(said, said.end_clock, day, minutes, start.moment, zone)))
    return Slot(start, None if said.length is None else sensible(said.length))


def _in_reach(moment: datetime, now: datetime) -> datetime:
    if ahead(moment, now) <= timedelta(0):
        raise Refused(WhenWrong.IN_PAST, at=f"{moment:%Y-%m-%d %H:%M}")
    if ahead(moment, now) > FURTHEST:
        raise Refused(WhenWrong.TOO_FAR, at=f"{moment:%Y-%m-%d %H:%M}")
    return moment


def _first_ahead(
    candidates: list[Candidate], minutes: int, now: datetime, zone: tzinfo, readings: tuple[Reading, ...]
) -> tuple[date, When]:
    """The first candidate that is not past, and its day; a day far off is refused before its hour can leave the calendar."""
    past = ""
    for candidate in candidates:
        distance = candidate.day - now.date()
        if distance > FURTHEST:
            raise Refused(WhenWrong.TOO_FAR, at=f"{candidate.day}")
        if distance < timedelta(days=-2):
            past = past or f"{candidate.day}"
            continue
        day, at = shift(candidate.day, minutes)
        moments = moments_of(day, at, zone)
        for place, moment in enumerate(moments):
            if ahead(moment, now) > timedelta(0):
                twice = (Reading.FIRST_OF_TWO, Reading.SECOND_OF_TWO)[place : place + 1] if len(moments) > 1 else ()
                return candidate.day, When(_in_reach(moment, now), (*candidate.readings, *readings, *twice))
        if not moments and ahead(kept(day, at, zone), now) > timedelta(0):
            raise Refused(WhenWrong.SKIPPED, at=f"{day} {at:%H:%M}")
        past = past or f"{day} {at:%H:%M}"
    raise Refused(WhenWrong.IN_PAST, at=past)


def _small_hours(said: Said, now: datetime, minutes: int) -> tuple[Reading, ...]:
    by_name = isinstance(said.day, InDays) and said.day.days > 0 and not said.day.counted
    if by_name and now.hour < _NIGHT_ENDS:
        return (Reading.SMALL_HOURS,)
    named = by_name or (said.weekday is not None and said.day is None)
    return (Reading.EARLY_OF_DAY,) if named and minutes < _NIGHT_ENDS * 60 else ()
