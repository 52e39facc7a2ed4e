"""A moment in the words of a message; what is said here, `read_when` understands."""

from __future__ import annotations

from datetime import datetime, tzinfo

from bot.domain.moments import shown

_EVENING = 18
_ZH_DAYS = {-1: ("昨天", "昨晚"), 0: ("今天", "今晚"), 1: ("明天", "明晚")}
_EN_DAYS = {-1: ("yesterday", "last night"), 0: ("today", "tonight"), 1: ("tomorrow", "tomorrow")}
_ZH_WEEKDAYS = "一二三四五六日"
_EN_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EN_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def spoken_when(moment: datetime, *, now: datetime, zone: tzinfo, language: str) -> str:
    """今晚 20:00, 周五（11月27日）19:30; tonight 20:00, Fri 27 Nov, 19:30. English for ``en``, Chinese otherwise.

    The year is named when it is not this one. An hour that clocks show twice reads the same both times.
    """
    there, here = shown(moment, zone), shown(now, zone)
    away, evening = (there.date() - here.date()).days, there.hour >= _EVENING
    names = (_EN_DAYS if language == "en" else _ZH_DAYS).get(away)
    if names:
        return f"{names[evening]} {there:%H:%M}"
    other_year = there.year != here.year
    if language == "en":
        year = f" {there.year}" if other_year else ""
        return f"{_EN_WEEKDAYS[there.weekday()]} {there.day} {_EN_MONTHS[there.month - 1]}{year}, {there:%H:%M}"
    year = f"{there.year}年" if other_year else ""
    return f"周{_ZH_WEEKDAYS[there.weekday()]}（{year}{there.month}月{there.day}日）{there:%H:%M}"
