"""Days as people write them. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo

_DAY = re.compile(r"\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?!\d)[\s,，、:：;；]*")


def split_day(said: str) -> tuple[date | None, str]:
    """The day at the beginning, as in ``2027-03-31`` or ``2027年3月31日``, and what follows it; None when there is none."""
    found = _DAY.match(said)
    if found is None:
        return None, said
    try:
        return date(*map(int, found.groups())), said[found.end() :]
    except ValueError:
        return None, said


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """The moment after the last one of a day; of days at the end of the calendar, which have none, one nearby."""
    return datetime.combine(min(day, date.max - timedelta(days=2)) + timedelta(days=1), time(), zone)
