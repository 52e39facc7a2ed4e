"""Rows of cells made into the lines of a running order, with everything that was not understood."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import time
from typing import TypeVar

from bot.domain.running_order import Interlude, OrderEvent, OrderLine, Part, RunningOrder
from bot.running_order_cells import (
    LONGEST_NOTE,
    Unclear,
    clock_of,
    event_of,
    is_nothing,
    is_only_event,
    minutes_of,
    name_of,
    part_of,
    plain,
    price_of,
    section_of,
    span_of,
    stock_of,
)
from bot.running_order_columns import Column, Field, columns_of
from bot.running_order_rows import Unsorted, sort_cells
from bot.running_order_totals import Total, differing, total_of

DAY = 24 * 60
LONGEST_STEP = 4 * 60
"""Minutes between two rows' times that still say how long the first one takes."""
SHOWN = 60
"""Characters of a cell that are given back with a problem."""

_SHARED = (Field.STOCK, Field.MINUTES, Field.TIME, Field.EVENT)
"""What cells merged downwards share rather than repeat: 500 pieces over three rows are not 1,500."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was found: its number in the file from 1, and the columns whose cell is merged with the one above."""

    number: int
    cells: Sequence[str]
    merged: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something not understood: the row in the file, the field, the reason, what stands there.

    `kept` says that the line is in the order without this; otherwise the whole row is left out.
    """

    row: int
    about: Field | None
    reason: str
    value: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: the order, the row in the file of each line, and what was not understood.

    `columns` are the headers that were read and `unused` those that were not; `guessed` are fields told by their place alone,
    for which a person should be asked.
    """

    order: RunningOrder
    rows: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()
    columns: tuple[tuple[Field, str], ...] = ()
    unused: tuple[str, ...] = ()
    guessed: frozenset[Field] = frozenset()
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()


@dataclass(slots=True)
class _Entry:
    """A row by its fields."""

    row: int
    cells: dict[Field, str]
    clock: int | None = None


@dataclass(slots=True)
class Builder:
    """Makes an order of rows, below `head` where there is one; `exact` rows need a cell for each of its columns."""

    sheet: str
    head: Row | None
    exact: bool = False
    _lines: list[OrderLine] = field(default_factory=list)
    _rows: list[int] = field(default_factory=list)
    _pauses: list[Interlude] = field(default_factory=list)
    _problems: list[Problem] = field(default_factory=list)
    _guessed: set[Field] = field(default_factory=set)
    _section: Part | None = None
    _seen: int = 0
    _totalled: tuple[int, int] = (0, 0)
    """Lines and pauses above the last total row."""

    def read(self, body: Iterable[Row]) -> Reading:
        """The order in these rows. Each row ends as a line, an interlude, a heading or a total, or as a problem."""
        columns = columns_of(self.head.cells) if self.head else ()
        entries: list[_Entry | Part | Total] = []
        for row in body:
            if (found := self._entry(row, columns)) is not None:
                entries.append(found)
        for entry in entries:
            if isinstance(entry, _Entry) and (said := entry.cells.get(Field.TIME)) and clock_of(said) is None:
                self._note(entry.row, Field.TIME, "time_unclear", said)
        _measure([entry for entry in entries if isinstance(entry, _Entry)])
        for entry in entries:
            if isinstance(entry, Part):
                self._section = entry
            elif isinstance(entry, Total):
                self._hold(entry)
            else:
                self._add(entry)
        used = {column.at for column in columns}
        unused = [plain(cell) for at, cell in enumerate(self.head.cells if self.head else ()) if at not in used and plain(cell)]
        return Reading(
            RunningOrder(tuple(self._lines), tuple(self._pauses)),
            tuple(self._rows),
            tuple(sorted(self._problems, key=lambda problem: problem.row)),
            tuple((column.field, column.header) for column in sorted(columns, key=lambda column: column.at)),
            tuple(unused),
            frozenset(self._guessed),
            self.sheet,
        )

    def _entry(self, row: Row, columns: tuple[Column, ...]) -> _Entry | Part | Total | None:
        """The row by its fields, the part whose heading it is, or a total; None for a header again, or a problem."""
        values = list(dict.fromkeys(text for cell in row.cells if (text := plain(cell))))
        if (partial := next((one for value in values[:2] if (one := total_of(value)) is not None), None)) is not None:
            return Total(row.number, self._totals(row, columns), partial)
        if self.head and (list(row.cells) == list(self.head.cells) or (columns and columns_of(row.cells) == columns)):
            return None
        if values and (part := section_of(" ".join(values))):
            return part
        if not self.head:
            return self._sorted(row)
        extra = [cell for cell in row.cells[len(self.head.cells) :] if plain(cell)]
        if self.exact and len(row.cells) != len(self.head.cells) and is_only_event(" ".join(values)):
            return _Entry(row.number, {Field.NAME: " ".join(values)})
        if extra or (self.exact and len(row.cells) < len(self.head.cells)):
            self._reject(row.number, None, "cells_extra" if extra else "cells_missing", " ".join(values))
            return None
        return self._by_columns(row, columns)

    def _totals(self, row: Row, columns: tuple[Column, ...]) -> dict[Field, str]:
        """The figures of a total row by their columns, or by what each cell says of itself."""
        if self.head:
            return {column.field: row.cells[column.at] for column in columns if column.at < len(row.cells)}
        try:
            return sort_cells([cell for cell in row.cells if total_of(plain(cell)) is None], 0).cells
        except Unsorted:
            return {}

    def _hold(self, total: Total) -> None:
        """Hold a total against the lines above it, and note what differs."""
        lines, pauses = self._totalled if total.part else (0, 0)
        for about, value in differing(total, self._lines[lines:], self._pauses[pauses:]):
            self._note(total.row, about, "total_differs", value)
        self._totalled = len(self._lines), len(self._pauses)

    def _sorted(self, row: Row) -> _Entry | None:
        self._seen += 1
        try:
            found = sort_cells(row.cells, self._seen)
        except Unsorted as error:
            self._reject(row.number, error.about, error.reason, error.value)
            return None
        self._guessed |= found.guessed
        for about, value in found.unused:
            self._note(row.number, about, "figure_unclear" if about else "text_unused", value)
        return _Entry(row.number, found.cells)

    def _by_columns(self, row: Row, columns: tuple[Column, ...]) -> _Entry:
        cells: dict[Field, str] = {}
        for column in columns:
            if cells.get(column.field):
                continue
            value = _piece(row.cells[column.at] if column.at < len(row.cells) else "", column)
            if column.at in row.merged and column.field in _SHARED:
                if column.field in (Field.STOCK, Field.MINUTES) and value:
                    self._note(row.number, column.field, "merged", value)
                continue
            if column.field is Field.EVIDENCE and value and plain(value).replace(".", "", 1).isdecimal():
                value = f"{column.header} {plain(value)}元"
            cells[column.field] = "" if is_nothing(value) else value
        return _Entry(row.number, cells)

    def _add(self, entry: _Entry) -> None:
        """A line or an interlude more, or a problem."""
        if (pause := self._interlude(entry)) is not None:
            self._pauses.append(pause)
            return
        cells = entry.cells
        about, value = Field.NAME, cells.get(Field.NAME, "")
        try:
            name = name_of(value)
            about, value = Field.PRICE, cells.get(Field.PRICE, "")
            price = price_of(value)
        except Unclear as error:
            self._reject(entry.row, about, error.reason, value)
            return
        evidence = " ".join(plain(cells.get(Field.EVIDENCE, "")).split())[:LONGEST_NOTE]
        line = OrderLine(
            position=len(self._lines) + 1,
            name=name,
            price=price,
            stock=self._optional(entry, Field.STOCK, stock_of),
            part=self._optional(entry, Field.PART, part_of) or (None if cells.get(Field.PART) else self._section),
            minutes=self._optional(entry, Field.MINUTES, minutes_of),
            list_price=self._optional(entry, Field.LIST_PRICE, price_of),
            price_evidence=evidence or None,
            event=self._event(entry),
        )
        self._lines.append(line)
        self._rows.append(entry.row)

    def _interlude(self, entry: _Entry) -> Interlude | None:
        """The row as something that happens without a product: it says what, and has neither price nor stock."""
        cells = entry.cells
        if any(cells.get(about) for about in (Field.PRICE, Field.STOCK, Field.LIST_PRICE)):
            return None
        name, said = cells.get(Field.NAME, ""), cells.get(Field.EVENT, "")
        text = name if is_only_event(name) else said if not name else ""
        event = event_of(f"{text} {said}" if text and said and said != text else text) if text else None
        if event is None:
            return None
        return Interlude(len(self._lines), _timed(event, entry), self._optional(entry, Field.MINUTES, minutes_of))

    def _event(self, entry: _Entry) -> OrderEvent | None:
        said = entry.cells.get(Field.EVENT, "")
        if not said:
            return None
        event = event_of(said)
        if event is None:
            self._note(entry.row, Field.EVENT, "event_unclear", said)
            return None
        return _timed(event, entry)

    def _optional(self, entry: _Entry, about: Field, read: Callable[[str], _T]) -> _T | None:
        """What a cell says; nothing where it is empty, and where it is unclear, which is noted."""
        value = entry.cells.get(about, "")
        if not value:
            return None
        try:
            return read(value)
        except Unclear as error:
            self._note(entry.row, about, error.reason, value)
            return None

    def _note(self, row: int, about: Field | None, reason: str, value: str) -> None:
        self._problems.append(Problem(row, about, reason, plain(value)[:SHOWN], kept=True))

    def _reject(self, row: int, about: Field | None, reason: str, value: str) -> None:
        self._problems.append(Problem(row, about, reason, plain(value)[:SHOWN], kept=False))


def _piece(cell: str, column: Column) -> str:
    """The column's own piece of a cell that is parted as its header is; a single piece is the price or the stock."""
    if column.piece is None:
        return cell
    pieces = plain(cell).split("/")
    if len(pieces) == 1:
        return cell if column.field in (Field.PRICE, Field.STOCK, Field.NAME) else ""
    return pieces[column.piece].strip() if column.piece < len(pieces) else ""


def _measure(entries: Sequence[_Entry]) -> None:
    """Fill in minutes where the rows say only from when, or from when to when."""
    for entry in entries:
        entry.clock = clock_of(entry.cells.get(Field.TIME, ""))
    for at, entry in enumerate(entries):
        if entry.cells.get(Field.MINUTES) or entry.clock is None:
            continue
        following = entries[at + 1].clock if at + 1 < len(entries) else None
        span = span_of(entry.cells[Field.TIME])
        if span is None and following is not None and 0 < (following - entry.clock) % DAY <= LONGEST_STEP:
            span = (following - entry.clock) % DAY
        if span is not None:
            entry.cells[Field.MINUTES] = str(span)


def _timed(event: OrderEvent, entry: _Entry) -> OrderEvent:
    """The event at its row's time, where it has none of its own."""
    if event.timed or entry.clock is None or entry.clock >= DAY:
        return event
    return replace(event, clock=time(entry.clock // 60, entry.clock % 60))
