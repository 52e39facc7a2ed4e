"""Live sessions that come back every week: on which days, at what local time, from when until when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import islice

from bot.domain.moments import ahead, kept


@dataclass(frozen=True, slots=True)
class Weekly:
    """Every week on `weekdays` (1 is Monday) at `at`, as clocks in `zone` show it, beginning on `since`.

    It ends after the day `until` or after `count` times, whichever is named; with neither it goes on. The local time stays the
    same all year. Where clocks jump over it, the session starts as much later as they jump; of two equal hours the first counts.
    Raises ValueError when no day, a day that no week has, or both ends are named, or the time has a zone of its own.
    """

    weekdays: frozenset[int]
    at: time
    zone: tzinfo
    since: date
    until: date | None = None
    count: int | None = None

    def __post_init__(self) -> None:
        if not self.weekdays or not self.weekdays <= frozenset(range(1, 8)):
            raise ValueError("weekdays are numbers from 1 to 7, at least one")
        if self.until is not None and self.count is not None:
            raise ValueError("a repetition ends on a day or after a count, not both")
        if self.at.tzinfo is not None:
            raise ValueError("the time of a repetition is local to its zone")


def occurrences(rule: Weekly, *, after: datetime, most: int) -> list[datetime]:
    """The first `most` moments of a repetition later than `after` (aware), earliest first; fewer when it ends before."""
    later = (moment for moment in _moments(rule, after) if ahead(moment, after) > timedelta(0))
    return list(islice(later, most))


def _moments(rule: Weekly, after: datetime) -> Iterator[datetime]:
    last = None
    for day in islice(_days(rule, after), rule.count):
        moment = kept(day, rule.at, rule.zone)
        # A zone that leaves out a whole day puts its session on the next one, which may have one of its own.
        if last is None or ahead(moment, last) > timedelta(0):
            yield moment
        last = moment


def _days(rule: Weekly, after: datetime) -> Iterator[date]:
    """Without a count nothing is lost by starting shortly before `after`; a count runs from the beginning."""
    day = rule.since
    if rule.count is None:
        day = max(day, (after - timedelta(days=2)).astimezone(rule.zone).date())
    end = min(rule.until or date.max, date.max - timedelta(days=2))
    while day <= end:
        if day.isoweekday() in rule.weekdays:
            yield day
        day += timedelta(days=1)
