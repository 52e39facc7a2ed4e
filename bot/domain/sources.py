"""How a foreign export says things: its columns' names and its way to write numbers and times. Pure.

Boards write ``1.2万``, ``12.5%``, ``1,234``, ``00:45``; each is read as the figure's unit wants it: yuan, people, seconds,
fractions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from bot.domain.metrics import Input, Metric
from bot.domain.sample_rows import TIME, Column, Number, Reading, Unreadable, moment, plain

_BLANK = frozenset({"", "-", "--", "—", "——", "/", "n/a", "na", "null", "none", "无", "暂无", "暂无数据"})
_TIMES = {"万": 10_000.0, "w": 10_000.0, "千": 1_000.0, "k": 1_000.0, "亿": 100_000_000.0}
_MONEY = re.compile(r"^[¥￥]|元$|人民币$")
_COUNTED = re.compile(r"[人次件条单个位笔]$|人次$")
_NUMBER = re.compile(
    r"([+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|[+-]?\.[0-9]+)(万|亿|千|[wk])?(%|‰)?", re.IGNORECASE
)
_DIGITS = re.compile(r"[¥￥]?\s*[+-]?[0-9.,]+")
_CLOCK = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,4}):([0-9]{2}(?:\.[0-9]+)?)")
_SPOKEN = re.compile(r"(?:([0-9]+)(?:小时|时|h))?(?:([0-9]+)(?:分钟|分|min|m))?(?:([0-9]+(?:\.[0-9]+)?)(?:秒|s))?", re.IGNORECASE)
_ASIDE = re.compile(r"\(([^()]*)\)$")
_SCALES = {"万": 1e4, "万元": 1e4, "w": 1e4, "亿": 1e8, "亿元": 1e8, "千": 1e3, "千元": 1e3, "k": 1e3, "万人": 1e4, "万次": 1e4,
           "分钟": 60.0, "min": 60.0, "小时": 3600.0, "h": 3600.0, "毫秒": 1e-3, "ms": 1e-3}  # fmt: skip
"""What stands in brackets behind a column's name, and by what its bare numbers are multiplied."""
_TIMED = frozenset({"分钟", "min", "小时", "h", "毫秒", "ms"})
TIMES = ("时间", "统计时间", "数据时间", "采集时间", "更新时间", "时刻", "time", "timestamp", "datetime")
"""What the moment is called where no source says so."""
_DATE = re.compile(
    r"(?:([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?)[T ]*([0-9]{1,2})[:时点]([0-9]{1,2})(?:[:分]([0-9]{1,2})秒?)?分?"
)


@dataclass(frozen=True, slots=True)
class Source:
    """One foreign export. `columns` maps its names to figures; `times` are its names for the moment; `ignored` are left out.

    `percent` are its columns that write a share as a bare percentage: 12.5 for 12.5%. `factors` say by what others are
    multiplied.
    """

    id: str
    name: str
    times: tuple[str, ...]
    columns: Mapping[str, str]
    ignored: frozenset[str] = frozenset()
    percent: frozenset[str] = frozenset()
    factors: Mapping[str, float] | None = None


def folded(name: str) -> str:
    """A column's name as it is compared: one width, no case, nothing in brackets behind it, no blanks."""
    plain = unicodedata.normalize("NFKC", name).strip().lower()
    return re.sub(r"\s+", "", re.sub(r"\([^()]*\)$", "", plain)) or plain


def reading_of(source: Source, figures: Iterable[Metric | Input], also: Mapping[str, Iterable[str]]) -> Reading:
    """How rows of the source are read: by its own names first, then by what the handbook calls its figures (`also` by id)."""
    units = {one.id: one.unit for one in figures}
    known = {folded(name): id for id, names in also.items() for name in names if id in units}
    known |= {folded(id): id for id in units}
    known |= {folded(name): id for name, id in source.columns.items()}
    percent, factors = {folded(x) for x in source.percent}, {folded(k): v for k, v in (source.factors or {}).items()}
    times = {folded(name) for name in (*source.times, TIME)}
    ignored = {folded(name) for name in source.ignored}

    def column(name: str) -> Column | None:
        key = folded(name)
        id = known.get(key)
        if id is None:
            return None
        bare = key in percent or (units[id] == "%" and _aside(name) == "%")
        return Column(id, _number(units[id], percent=bare, factor=factors.get(key, _scale(name, units[id]))))

    return Reading(column, is_time=lambda name: folded(name) in times, moment=said_moment,
                   skipped=lambda name: folded(name) in ignored, times=(*source.times, TIME))  # fmt: skip


def _aside(name: str) -> str:
    """What stands in brackets behind a column's name, empty for nothing."""
    found = _ASIDE.search(unicodedata.normalize("NFKC", name).strip().lower())
    return re.sub(r"\s+", "", found[1]) if found else ""


def _scale(name: str, unit: str) -> float:
    """By what the bare numbers of a column are multiplied: those of 成交金额（万元） by 10,000."""
    aside = _aside(name)
    return _SCALES.get(aside, 1.0) if (aside in _TIMED) == (unit == "秒") else 1.0


def _number(unit: str, *, percent: bool, factor: float) -> Number:
    def number(cell: object) -> float | None:
        found = said_number(cell, unit, percent=percent)
        # 1.2万 says what it is; only a bare number is in the column's unit.
        scaled = found is not None and factor != 1.0 and _bare(cell)
        return round(found * factor, 6) if found is not None and scaled else found

    return number


def _bare(cell: object) -> bool:
    """Whether a cell is digits alone, without a unit of its own."""
    return not isinstance(cell, str) or _DIGITS.fullmatch(unicodedata.normalize("NFKC", cell).strip()) is not None


def said_number(cell: object, unit: str, *, percent: bool = False) -> float | None:
    """A cell in the figure's unit, None where it is blank. Raises Unreadable.

    >>> said_number("1.2万", "人"), said_number("12.5%", "%"), said_number("00:45", "秒")
    (12000.0, 0.125, 45.0)
    """
    if cell is None or isinstance(cell, bool):
        if cell is None:
            return None
        raise Unreadable
    if isinstance(cell, int | float):
        number = plain(cell) or 0.0  # neither blank nor text: a number, if perhaps one that is larger than any
        return number / 100 if percent else number
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(cell)))
    if text.lower() in _BLANK:
        return None
    if unit == "秒" and (seconds := _seconds(text)) is not None:
        return seconds
    found = _NUMBER.fullmatch(_COUNTED.sub("", _MONEY.sub("", _MONEY.sub("", text))))
    if found is None:
        raise Unreadable
    value = float(found[1].replace(",", "")) * _TIMES.get((found[2] or "").lower(), 1.0)
    if found[3]:
        if unit != "%":
            raise Unreadable
        return value / (1000 if found[3] == "‰" else 100)
    # 12.34万 is 123400, not the 123399.99999999999 that floats make of it.
    return round(value / 100, 12) if percent else round(value, 6)


def _seconds(text: str) -> float | None:
    """``1:02:03``, ``00:45``, ``1分30秒`` in seconds; None for anything else."""
    if found := _CLOCK.fullmatch(text):
        return float(found[1] or 0) * 3600 + float(found[2]) * 60 + float(found[3])
    found = _SPOKEN.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    # Not int(): it raises where the digits are very many.
    return float(found[1] or 0) * 3600 + float(found[2] or 0) * 60 + float(found[3] or 0)


def said_moment(cell: object, zone: tzinfo) -> datetime:
    """A moment as exports write it: ISO 8601, ``2026/3/6 20:05``, ``2026年3月6日 20:05:00``. Raises Unreadable."""
    text = unicodedata.normalize("NFKC", cell).strip() if isinstance(cell, str) else ""
    if (found := _DATE.fullmatch(text)) is None:
        return moment(text, zone)
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable from None
