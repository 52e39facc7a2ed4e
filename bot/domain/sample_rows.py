"""Rows as they come from outside -> samples, and what of them is refused and why. Nothing that is refused becomes a zero.

Knows nothing about HTTP, files or storage. A value that is refused does not take the rest of its row with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum

from bot.domain.cells import Kind, refused
from bot.domain.samples import Sample, to_the_millisecond

TIME = "ts"
"""The field that says when, in the recording format."""
LONGEST_FIELD = 64
"""Characters of a field's name that are repeated in a rejection."""
MOST_FIELDS = 200
"""Fields of one row: there are about eighty figures, and whatever has more is no row of them."""


class Reason(StrEnum):
    """Why a value, or a row as a whole (`field` is then the time's or empty), was not taken."""

    NOT_AN_OBJECT = "not_an_object"
    TOO_MANY_FIELDS = "too_many_fields"
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
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class Rejected:
    """One value or row that was not taken; `row` counts from 1, `reason` is a `Reason`, or that of another kind of row.

    `field` is what the sender calls it, `about` what we do: a figure's id or the time's field, empty where we know nothing by it.
    """

    row: int
    field: str
    reason: StrEnum
    about: str = ""


class Doubled(dict[str, object]):
    """A row in which names stand more than once: what stands first there counts, blanks aside; the names are in `again`."""

    def __init__(self, pairs: Iterable[tuple[str, object]]) -> None:
        again: dict[str, None] = {}
        super().__init__()
        for name, cell in pairs:
            if name not in self or _blank(self[name]):
                self[name] = cell
            elif not _blank(cell):
                again[name] = None
        self.again = tuple(again)


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

    `is_time` knows the names under which the moment may stand, `skipped` those that are left out without a word; `times` are
    names of the moment, for whoever has to be told that it is missing.
    """

    column: Callable[[str], Column | None]
    is_time: Callable[[str], bool]
    moment: Moment
    skipped: Callable[[str], bool]
    times: tuple[str, ...] = (TIME,)


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


def _unread(_: object) -> float | None:
    return None


_MOMENT, _SKIPPED = Column(TIME, _unread), Column("", _unread)
"""What a name means that is no figure: the moment, or nothing that is wanted."""


class _Desk:
    """Reads row after row and collects what is refused. What a name means is found out once: rows repeat their names."""

    def __init__(self, kinds: Mapping[str, Kind], bounds: Bounds, reading: Reading) -> None:
        self._kinds, self._bounds, self._reading = kinds, bounds, reading
        self._meanings: dict[str, Column | None] = {}
        self._unknown: set[str] = set()
        self.rejected: list[Rejected] = []

    def sample(self, number: int, row: object) -> Sample | None:
        if not isinstance(row, Mapping):
            self._refuse(number, "", Reason.NOT_AN_OBJECT)
            return None
        if len(row) > MOST_FIELDS:
            self._refuse(number, "", Reason.TOO_MANY_FIELDS)
            return None
        named = next((name for name, cell in row.items() if self._meaning(name) is _MOMENT and not _blank(cell)), None)
        if named is None:
            self._refuse(number, TIME, Reason.NO_TIME, TIME)
            return None
        at = self._moment(number, named, row[named])
        before = len(self.rejected)
        values = self._values(number, row)
        if isinstance(row, Doubled):
            self._refuse_again(number, row)
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
            self._refuse(number, field, Reason.BAD_TIME, TIME)
            return None
        if at > self._bounds.latest:
            self._refuse(number, field, Reason.FUTURE, TIME)
            return None
        if at < self._bounds.earliest:
            self._refuse(number, field, Reason.TOO_OLD, TIME)
            return None
        return at

    def _meaning(self, field: str) -> Column | None:
        """The column of that name, None for a name by which nothing is known."""
        try:
            return self._meanings[field]
        except KeyError:
            reading, found = self._reading, None
            if reading.is_time(field):
                found = _MOMENT
            elif reading.skipped(field):
                found = _SKIPPED
            elif (column := reading.column(field)) is not None and column.figure in self._kinds:
                found = column
            self._meanings[field] = found
            return found

    def _values(self, number: int, row: Mapping[str, object]) -> dict[str, float]:
        values: dict[str, float] = {}
        for field, cell in row.items():
            column = self._meaning(field)
            if column is None:
                self._refuse_unknown(number, field)
            elif column is _MOMENT or column is _SKIPPED:
                continue
            elif column.figure in values and not _blank(cell):
                self._refuse(number, field, Reason.NAMED_TWICE, column.figure)
            elif (value := self._value(number, field, column, cell)) is not None:
                values[column.figure] = value
        return values

    def _value(self, number: int, field: str, column: Column, cell: object) -> float | None:
        try:
            value = column.number(cell)
        except Unreadable:
            self._refuse(number, field, Reason.NOT_A_NUMBER, column.figure)
            return None
        if value is None:
            return None
        fault = refused(self._kinds[column.figure], value)
        if fault is not None:
            self._refuse(number, field, Reason(fault.value), column.figure)
            return None
        return value

    def _refuse(self, number: int, field: str, reason: Reason, about: str = "") -> None:
        # JSON can spell half a character, which no answer can be written with.
        shown = field[:LONGEST_FIELD].encode("utf-8", "replace").decode()
        self.rejected.append(Rejected(number, shown, reason, about))

    def _refuse_unknown(self, number: int, field: str) -> None:
        if field not in self._unknown:
            self._unknown.add(field)
            self._refuse(number, field, Reason.UNKNOWN_METRIC)

    def _refuse_again(self, number: int, row: Doubled) -> None:
        for field in row.again:
            column = self._meaning(field)
            if column is not None and column is not _SKIPPED:
                self._refuse(number, field, Reason.NAMED_TWICE, column.figure)


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
