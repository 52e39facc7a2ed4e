"""Which day is meant by 周五, 3号 or 12-03, said on a given day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.when.kinds import FURTHEST, Reading, WhenWrong
from bot.domain.when.said import InDays, OnDate, OnWeekday, Said
from bot.errors import Refused


@dataclass(frozen=True, slots=True)
class Candidate:
    """A day that may be meant, and what has to be said about it then."""

    day: date
    readings: tuple[Reading, ...] = ()


def candidates(said: Said, today: date) -> list[Candidate]:
    """The days that may be meant, the one that is meant when its hour is ahead first."""
    if said.day is None:
        return _weekdays(said.weekday, today) if said.weekday else _today_or_tomorrow(today)
    found = _dates(said.day, today) if isinstance(said.day, OnDate) else _counted(said.day, today)
    if said.weekday and said.weekday.weekday != found[0].day.isoweekday():
        raise Refused(WhenWrong.DAY_DISAGREES, at=f"{found[0].day}")
    return found


def _today_or_tomorrow(today: date) -> list[Candidate]:
    return [Candidate(today), Candidate(today + timedelta(days=1), (Reading.TOMORROW,))]


def _counted(said: InDays, today: date) -> list[Candidate]:
    if timedelta(days=said.days) > FURTHEST:
        raise Refused(WhenWrong.TOO_FAR, at="")
    return [Candidate(today + timedelta(days=said.days))]


def _weekdays(said: OnWeekday, today: date) -> list[Candidate]:
    away = said.weekday - today.isoweekday()
    if said.week is not None:
        unsure = said.week == 1 and (said.loose or today.isoweekday() == 7)
        day = today + timedelta(days=away, weeks=said.week)
        return [Candidate(day, (Reading.CALENDAR_WEEK,) if unsure else ())]
    if away:
        return [Candidate(today + timedelta(days=away % 7))]
    return [Candidate(today, (Reading.THIS_DAY,)), Candidate(today + timedelta(days=7), (Reading.NEXT_WEEK,))]


def _dates(said: OnDate, today: date) -> list[Candidate]:
    """A date without a year that has just gone by is a slip; only when next year's is near is that one meant."""
    either = (Reading.MONTH_FIRST,) if said.either else ()
    if said.month is None:
        return _days_of_month(said, today)
    if said.year is not None:
        return [Candidate(_date(said.year, said.month, said.day), either)]
    years = (today.year, today.year + 1)
    found = [day for year in years if (day := _maybe_date(year, said.month, said.day))]
    if not found:
        raise Refused(WhenWrong.NO_SUCH_DATE)
    near = [day for day in found if day.year == today.year or day - today <= FURTHEST / 2]
    return [Candidate(day, (*either, Reading.NEXT_YEAR) if day.year > today.year else either) for day in near or found]


def _days_of_month(said: OnDate, today: date) -> list[Candidate]:
    months = [said.months_on or 0] if said.months_on is not None else [0, 1]
    found = []
    for place, months_on in enumerate(months):
        years, month = divmod(today.month - 1 + months_on, 12)
        day = _maybe_date(today.year + years, month + 1, said.day)
        if day is None and place == 0:
            raise Refused(WhenWrong.NO_SUCH_DATE)
        if day is not None:
            found.append(Candidate(day, (Reading.NEXT_MONTH,) if place else ()))
    return found


def _date(year: int, month: int, day: int) -> date:
    found = _maybe_date(year, month, day)
    if found is None:
        raise Refused(WhenWrong.NO_SUCH_DATE)
    return found


def _maybe_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
