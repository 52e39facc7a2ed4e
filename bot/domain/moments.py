"""Local times in a zone whose clocks may be put forward or back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo


def moments_of(day: date, at: time, zone: tzinfo) -> tuple[datetime, ...]:
    """The moments, earliest first, at which clocks in `zone` show this: one, two when they are put back, none when forward.

    Raises OverflowError at the ends of the calendar.
    """
    first, second = (datetime.combine(day, at.replace(fold=fold), zone) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return (first,)
    return (first, second) if shown(first, zone) == first else ()


def kept(day: date, at: time, zone: tzinfo) -> datetime:
    """The first moment that shows this; where clocks jump over it, as much later as they jump (RFC 5545, 3.3.5)."""
    return shown(datetime.combine(day, at.replace(fold=0), zone), zone)


def shown(moment: datetime, zone: tzinfo) -> datetime:
    """The same moment as clocks in `zone` show it; a time that they jump over becomes the one they jump to."""
    return moment.astimezone(UTC).astimezone(zone)


def after(moment: datetime, length: timedelta, zone: tzinfo) -> datetime:
    """The moment a length of real time later; adding to local time would count an hour that clocks skip."""
    return shown(moment.astimezone(UTC) + length, zone)


def ahead(moment: datetime, now: datetime) -> timedelta:
    """How far a moment lies ahead, in real time; within one zone Python itself would compare what clocks show."""
    return moment.astimezone(UTC) - now.astimezone(UTC)
