"""Rows as they come from outside -> samples, and what of them is refused and why. Nothing that is refused becomes a zero.

Knows nothing about HTTP, files or storage. A value that is refused does not take the rest of its row with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum

from bot.domain.cells import Cell, Kind
from bot.domain.samples import Sample, to_the_millisecond

TIME = "ts"
"""The field that says when, in the recording format."""
LONGEST_FIELD = 64
"""Characters of a field's name that are repeated in a rejection."""


class Reason(StrEnum):
    """Why a value, or a row as a whole (`field` is then the time's or empty), was not taken."""

    NOT_AN_OBJECT = "not_an_object"
    NO_TIME = "no_time"
    BAD_TIME = "bad_time"
    FUTURE = "future"
    TOO_OLD = "too_old"
    EMPTY = "empty"
    UNKNOWN_METRIC = "unknown_metric"
    NAMED_TWICE = "named_twice"
    NOT_A_NUMBER = "not_a_number"
    NOT_FINITE = "not_finite"
    NEGATIVE = "negative"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Rejected:
    """One value or row that was not taken; `row` counts from 1, `reason` is a `Reason`, or that of another kind of row."""

    row: int
    field: str
    reason: StrEnum


@dataclass(frozen=True, slots=True)
class Bounds:
    """Which moments can be meant: from `earliest` to `latest`; one without a zone is read in `zone`."""

    zone: tzinfo
    earliest: datetime
    latest: datetime


class Unreadable(Exception):
    """A cell says no number, or no moment."""


Number = Callable[[object], float | None]
"""A cell as a number, None where it is blank. Raises Unreadable."""
Moment = Callable[[object, tzinfo], datetime]
"""A cell as a moment; the zone is for one that names none. Raises Unreadable."""


@dataclass(frozen=True, slots=True)
class Column:
    """What stands in a column: the figure, and how its cells are read."""

    figure: str
    number: Number


@dataclass(frozen=True, slots=True)
class Reading:
    """How rows are read: `column` says what a field's name means, None for an unknown one.

    `is_time` knows the names under which the moment may stand, `skipped` those that are left out without a word.
    """

    column: Callable[[str], Column | None]
    is_time: Callable[[str], bool]
    moment: Moment
    skipped: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Rows:
    """What rows came to: samples with the number of their row, and what was not taken."""

    samples: tuple[tuple[int, Sample], ...]
    rejected: tuple[Rejected, ...]


def read_rows(rows: Iterable[object], kinds: Mapping[str, Kind], bounds: Bounds, reading: Reading) -> Rows:
    """All rows, in their order. A field that nobody knows is reported once, for the first row that has it."""
    desk = _Desk(kinds, bounds, reading)
    found = [(number, sample) for number, row in enumerate(rows, 1) if (sample := desk.sample(number, row)) is not None]
    return Rows(tuple(found), tuple(desk.rejected))


def by_ids(kinds: Mapping[str, Kind], *, text: bool) -> Reading:
    """Fields are metric ids as in the recording format; `text` says that numbers are written as text, as in CSV."""
    number = written if text else plain
    return Reading(lambda name: Column(name, number) if name in kinds else None, lambda name: name == TIME, moment, _none)


class _Desk:
    """Reads row after row and collects what is refused."""

    def __init__(self, kinds: Mapping[str, Kind], bounds: Bounds, reading: Reading) -> None:
        self._kinds, self._bounds, self._reading = kinds, bounds, reading
        self._unknown: set[str] = set()
        self.rejected: list[Rejected] = []

    def sample(self, number: int, row: object) -> Sample | None:
        if not isinstance(row, Mapping):
            self._refuse(number, "", Reason.NOT_AN_OBJECT)
            return None
        named = next((name for name, cell in row.items() if self._reading.is_time(str(name)) and not _blank(cell)), None)
        if named is None:
            self._refuse(number, TIME, Reason.NO_TIME)
            return None
        at = self._moment(number, str(named), row[named])
        before = len(self.rejected)
        values = self._values(number, row)
        if at is None:
            return None
        if not values and len(self.rejected) == before:
            self._refuse(number, "", Reason.EMPTY)
            return None
        return Sample(at, values) if values else None

    def _moment(self, number: int, field: str, cell: object) -> datetime | None:
        try:
            at = to_the_millisecond(self._reading.moment(cell, self._bounds.zone))
        except (Unreadable, OverflowError, ValueError):
            self._refuse(number, field, Reason.BAD_TIME)
            return None
        if at > self._bounds.latest:
            self._refuse(number, field, Reason.FUTURE)
            return None
        if at < self._bounds.earliest:
            self._refuse(number, field, Reason.TOO_OLD)
            return None
        return at

    def _values(self, number: int, row: Mapping[object, object]) -> dict[str, float]:
        values: dict[str, float] = {}
        for name, cell in row.items():
            field = str(name)
            if self._reading.is_time(field) or self._reading.skipped(field):
                continue
            column = self._reading.column(field)
            if column is None or column.figure not in self._kinds:
                self._refuse_unknown(number, field)
            elif column.figure in values and not _blank(cell):
                self._refuse(number, field, Reason.NAMED_TWICE)
            elif (value := self._value(number, field, column, cell)) is not None:
                values[column.figure] = value
        return values

    def _value(self, number: int, field: str, column: Column, cell: object) -> float | None:
        try:
            value = column.number(cell)
        except Unreadable:
            self._refuse(number, field, Reason.NOT_A_NUMBER)
            return None
        if value is None:
            return None
        fault = Cell(self._kinds[column.figure]).refused(value)
        if fault is not None:
            self._refuse(number, field, Reason(fault.value))
            return None
        return value

    def _refuse(self, number: int, field: str, reason: Reason) -> None:
        self.rejected.append(Rejected(number, field[:LONGEST_FIELD], reason))

    def _refuse_unknown(self, number: int, field: str) -> None:
        if field not in self._unknown:
            self._unknown.add(field)
            self._refuse(number, field, Reason.UNKNOWN_METRIC)


_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)
_WITH_TIME = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}[T ][0-9]{2}.*", re.DOTALL)


def plain(cell: object) -> float | None:
    """A number of JSON; text and true are none."""
    if cell is None:
        return None
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise Unreadable
    try:
        return float(cell)
    except OverflowError:
        return float("inf")


def written(cell: object) -> float | None:
    """A number of CSV: digits with a point, nothing around them."""
    if _blank(cell):
        return None
    if not isinstance(cell, str):
        return plain(cell)
    text = cell.strip()
    if _NOT_FINITE.fullmatch(text) or _NUMBER.fullmatch(text):
        return float(text)
    raise Unreadable


def moment(cell: object, zone: tzinfo) -> datetime:
    """A moment in ISO 8601 with its time of day. Raises Unreadable."""
    text = cell.strip() if isinstance(cell, str) else ""
    if not _WITH_TIME.fullmatch(text):
        raise Unreadable
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Unreadable from None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def _none(_: str) -> bool:
    return False


def _blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())
