"""Figures as operators read them: 3.2 万人, 12.4%, 45 秒, ¥13,600. In Chinese and English; knows no metric by name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

from bot.channels.words import Phrase

NO_DATA = Phrase("无数据", "no data")
_MANY, _MOST = 10_000, 100_000_000
"""万 and 亿."""
_PER_WINDOW = "/5min"
_MINUTES_FROM = 600
"""Seconds from which minutes are easier to read."""
_UNITS = {"人": "", "次": "", "条": "", "粉": "", "单": " orders", "件": " items", "倍": "×", "秒": " s"}
_COUNTED = frozenset("人次条粉单件")
_POINTS = Phrase("{n} 个百分点", "{n} pp")
_LENGTHS = (
    Phrase("{m} 分钟", "{m} min"), Phrase("{h} 小时", "{h} h"), Phrase("{h} 小时 {m} 分钟", "{h} h {m} min"),
)  # fmt: skip
_SECONDS = Phrase("{s} 秒", "{s} s")


def figure(value: float | None, unit: str, language: str) -> str:
    """A value in its unit (fractions for %); what is not known says so."""
    if value is None or not math.isfinite(value):
        return NO_DATA.to(language)
    base = unit.removesuffix(_PER_WINDOW)
    if base == "%":
        return percent(value)
    if base.startswith("元"):
        sign = "−" if value < 0 else ""
        return f"{sign}¥{_number(abs(value), language)}"
    if base in _COUNTED:
        value = float(round(value))
    if base == "秒" and value >= _MINUTES_FROM:
        return length(timedelta(seconds=value), language)
    return f"{_number(value, language)}{_suffix(base, value, language)}"


def moved(values: Sequence[float | None], unit: str, language: str, between: str = " → ") -> str:
    """What a figure was, then was, now is: 200 → 160 人; the unit stands behind the last."""
    said = [figure(value, unit, language) for value in values]
    for unit_said in (f" {unit.removesuffix(_PER_WINDOW)}", "×"):
        if all(one.endswith(unit_said) for one in said):
            said = [*(one.removesuffix(unit_said) for one in said[:-1]), said[-1]]
    return between.join(said)


def between(low: float, high: float, unit: str, language: str, dash: str = "") -> str:
    """From where to where: 70～158 人; the unit stands behind the second. One figure where both ends are read alike."""
    if figure(low, unit, language) == figure(high, unit, language):
        return figure(low, unit, language)
    return moved((low, high), unit, language, between=dash or ("–" if language == "en" else "～"))


def percent(value: float) -> str:
    """A fraction as %: one decimal, two below 1 %."""
    shown = round(value * 100, 2 if abs(value) < 0.01 else 1)
    return _signed(f"{_short(abs(shown), 2)}%", shown)


def growth(value: float) -> str:
    """A growth with its arrow: ↓20%."""
    shown = round(abs(value) * 100, 1 if abs(value) < 0.1 else 0)
    return f"{_arrow(value)}{_short(shown, 1)}%" if shown else "→0%"


def points(value: float, language: str) -> str:
    """A difference of two percentages with its arrow: ↓3.1 个百分点."""
    shown = round(abs(value) * 100, 2 if abs(value) < 0.01 else 1)
    return (_arrow(value) if shown else "→") + _POINTS.to(language, n=_short(shown, 2))


def length(span: timedelta, language: str) -> str:
    """How long something took: 40 秒, 12 分钟, 1 小时 5 分钟."""
    seconds = max(0, round(span.total_seconds()))
    if seconds < 60:
        return _SECONDS.to(language, s=seconds)
    hours, minutes = divmod(round(seconds / 60), 60)
    return _LENGTHS[0 if not hours else 2 if minutes else 1].to(language, h=hours, m=minutes)


def _number(value: float, language: str) -> str:
    size = abs(value)
    if language != "en" and round(size) >= _MANY:
        wan = round(size / _MANY, 1) < _MANY
        scaled = size / (_MANY if wan else _MOST)
        return _signed(_short(scaled, 2 if scaled < 10 else 1) + (" 万" if wan else " 亿"), value)
    shown = _short(size, 0 if size >= 100 else 1 if size >= 10 else 2)
    return _signed(shown, 0.0 if shown == "0" else value)


def _short(size: float, places: int) -> str:
    """Rounded to so many places, without zeros at the end."""
    said = f"{size:,.{places}f}"
    return said.rstrip("0").rstrip(".") if places else said


def _suffix(base: str, value: float, language: str) -> str:
    if language == "en":
        return _UNITS.get(base, f" {base}" if base else "")
    return base if round(abs(value)) >= _MANY else f" {base}".rstrip()


def _signed(text: str, value: float) -> str:
    return f"−{text}" if value < 0 else text


def _arrow(value: float) -> str:
    return "↑" if value > 0 else "↓"
