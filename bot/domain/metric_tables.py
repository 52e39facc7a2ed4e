"""A table that somebody sent: whether it holds live metrics, what its columns are, its rows as `sample_rows` reads them. Pure.

A table is asked strictly: what may as well be a running order, a page of the handbook or a question is not taken for figures.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from bot.domain.sample_rows import TIME, Reading, Unreadable
from bot.domain.sessions import LiveSession
from bot.domain.sources import folded

HEAD_WITHIN = 10
"""The header is among the first so many rows that hold anything; above it stand titles."""
_PER_PRODUCT = frozenset({
    "商品", "商品名", "商品名称", "商品标题", "商品id", "品名", "产品", "产品名称", "货品", "款名", "sku", "skuid", "链接",
    "达人", "达人昵称", "product", "item",
})  # fmt: skip
"""A table with such a column says something of each product: no session's figures."""
_DAYS = frozenset({"日期", "统计日期", "数据日期", "date", "day"})
_CLOCK = re.compile(r"([0-9]{1,2})[:时点]([0-9]{2})(?:[:分]([0-9]{1,2})秒?)?分?")
_DAY_AND_CLOCK = re.compile(r"([0-9]{1,2})[-/.月]([0-9]{1,2})日?[T ]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{1,2}))?")
_HAS_CLOCK = re.compile(r"[0-9]{1,2}[:时点][0-9]{2}")
_DAY_LONG = timedelta(days=1)
_LEAD = timedelta(hours=6)
"""How long before its session a time without a date may lie, as far as the session leaves room for it in a day."""


class Verdict(StrEnum):
    """What a table turns out to be."""

    METRICS = "metrics"
    NO_TIME = "no_time"
    """Columns are metrics, and none says when."""
    NO_CLOCK = "no_clock"
    """Columns are metrics, and the times are days without an hour."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it was sent; `number` counts from 1, from the top of what was sent."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the rows below it. `at` is the moment of a table that has no times: figures as they were when it was sent."""

    head: tuple[str, ...]
    body: tuple[Line, ...]
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """What stands where: `figures` by the column's name, the names of all else.

    `doubled` are columns of a name that another has already, `unknown` those that nothing is known by.
    """

    time: str = ""
    day: str = ""
    figures: Mapping[str, str] | None = None
    skipped: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()

    @property
    def known(self) -> int:
        """How many columns are metrics."""
        return len(self.figures or {})


def columns_of(head: Sequence[str], reading: Reading) -> Columns:
    """The columns below a header; nameless ones are none."""
    figures: dict[str, str] = {}
    time, day, skipped, unknown, doubled = "", "", list[str](), list[str](), list[str]()
    seen: set[str] = set()
    for name in (one.strip() for one in head):
        if not name:
            continue
        column = reading.column(name)
        if name in seen:
            doubled.append(name)
        elif not time and reading.is_time(name):
            time = name
        elif not day and folded(name) in _DAYS:
            day = name
        elif column is not None:
            figures[name] = column.figure
        else:
            (skipped if reading.skipped(name) or reading.is_time(name) else unknown).append(name)
        seen.add(name)
    return Columns(time, day, figures, tuple(skipped), tuple(unknown), tuple(doubled))


def best_of(head: Sequence[str], readings: Mapping[str, Reading]) -> tuple[str, Columns]:
    """The way to read that understands most of a header, the first of equals, and what it makes of it."""
    found = [(id, columns_of(head, reading)) for id, reading in readings.items()]
    return max(found, key=lambda one: (bool(one[1].time), one[1].known, -len(one[1].unknown)))


def split(lines: Sequence[Line], readings: Mapping[str, Reading]) -> Table | None:
    """The header that most is understood of, and what stands below it; None where nothing is understood."""
    best, score = None, 0
    for at, line in enumerate(lines[:HEAD_WITHIN]):
        _, columns = best_of(line.cells, readings)
        if columns.known * 2 + bool(columns.time) > score:
            best, score = Table(line.cells, tuple(lines[at + 1 :])), columns.known * 2 + bool(columns.time)
    return best


def judged(table: Table, columns: Columns) -> Verdict:
    """Whether the table holds live metrics of a session."""
    known, others = columns.known, len(columns.unknown)
    if any(folded(name) in _PER_PRODUCT for name in table.head) or not table.body or not known:
        return Verdict.OTHER
    if not columns.time:
        return Verdict.NO_TIME if known >= 2 and known >= others else Verdict.OTHER
    if known == 1 and others > 2:
        return Verdict.OTHER
    place = [name.strip() for name in table.head].index(columns.time)
    timed = any(_HAS_CLOCK.search(line.cells[place]) for line in table.body if len(line.cells) > place)
    return Verdict.METRICS if timed else Verdict.NO_CLOCK


def rows_of(table: Table, columns: Columns) -> tuple[list[tuple[int, dict[str, str]]], tuple[int, ...]]:
    """Rows by their number, and the numbers of those with more cells than the header: nobody can say what is what in them."""
    names = [name.strip() for name in table.head]
    rows, uneven = [], []
    for line in table.body:
        if any(cell.strip() for cell in line.cells[len(names) :]):
            uneven.append(line.number)
            continue
        row: dict[str, str] = {}
        for name, cell in zip(names, line.cells, strict=False):
            if name and name not in row:
                row[name] = cell
        if columns.day and columns.time and _CLOCK.fullmatch(plain(row.get(columns.time, ""))):
            row[columns.time] = f"{row.get(columns.day, '')} {row[columns.time]}"
        row.pop(columns.day, None)
        if table.at is not None:
            row[TIME] = table.at.isoformat()
        rows.append((line.number, row))
    return rows, tuple(uneven)


def within(reading: Reading, session: LiveSession) -> Reading:
    """The way to read for one session: times may lack their date or their year, and are those of the session."""
    return replace(reading, moment=lambda cell, zone: _said(cell, zone, session, reading))


def _said(cell: object, zone: tzinfo, session: LiveSession, reading: Reading) -> datetime:
    text = plain(cell) if isinstance(cell, str) else ""
    if found := _CLOCK.fullmatch(text):
        hour, minute, second = (int(part or 0) for part in found.groups())
        return _on_the_day(hour, minute, second, session)
    if found := _DAY_AND_CLOCK.fullmatch(text):
        return _in_the_year([int(part or 0) for part in found.groups()], session)
    return reading.moment(cell, zone)


def _on_the_day(hour: int, minute: int, second: int, session: LiveSession) -> datetime:
    """The one moment of that clock time in the 24 hours around the session; it may lie on the day after."""
    begins = session.go_live
    start = begins.astimezone(UTC) - max(timedelta(0), min(_LEAD, _DAY_LONG - session.length))
    for days in (-1, 0, 1, 2):
        day = begins.date() + timedelta(days=days)
        try:
            at = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=session.local_zone).astimezone(UTC)
        except ValueError:
            raise Unreadable from None
        if start <= at < start + _DAY_LONG:
            return at
    raise Unreadable


def _in_the_year(parts: Sequence[int], session: LiveSession) -> datetime:
    """The moment in the year that is nearest to the session."""
    begins, near = session.go_live, []
    month, day, hour, minute, second = parts
    for year in (begins.year - 1, begins.year, begins.year + 1):
        try:
            near.append(datetime(year, month, day, hour, minute, second, tzinfo=session.local_zone).astimezone(UTC))
        except ValueError:
            continue
    if not near:
        raise Unreadable
    return min(near, key=lambda at: abs(at - begins))


def plain(cell: str) -> str:
    """A cell in one width, without blanks around it."""
    return unicodedata.normalize("NFKC", cell).strip()


def numbered(rows: Iterable[tuple[int, dict[str, str]]]) -> tuple[list[int], list[dict[str, str]]]:
    """The numbers of the rows, and the rows."""
    pairs = list(rows)
    return [number for number, _ in pairs], [row for _, row in pairs]
