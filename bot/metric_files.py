"""Tables out of what people send: CSV in any Chinese encoding, a workbook, text from a board, or a metric and its value a line.

Reads in the calling thread: run it in another one. Knows nothing about chats.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.metric_tables import Columns, Line, Table, Verdict, best_of, judged, plain, split
from bot.domain.sample_rows import Column, Reading, Unreadable
from bot.errors import Refused
from knowledge.decode import decode, looks_binary
from knowledge.errors import Unfit
from knowledge.formats import BROKEN
from knowledge.intake import examine

LARGEST = 2_000_000
"""Bytes; a session of 17 hours at a minute's step with all metrics is a fifth of that."""
MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_SHEETS = 20
MOST_XML = 40_000_000
"""Unpacked bytes of a workbook's tables: `MOST_ROWS` rows with all 42 metrics."""
_TABLES = ("xl/worksheets/", "xl/sharedStrings", "xl/styles", "xl/workbook")
_PAIR = re.compile(r"(?P<name>\S.*?)\s*(?:[:：=]\s*|\s+)(?P<value>\S+)")
_ASKING = re.compile(r"[?？]|怎么|为什么|为啥|如何|吗\b|什么|多少算|正常|how |why |what ", re.IGNORECASE)
_MARKS = (r"\t", r"\s*[|｜]\s*", r"\s{2,}", " ", r"\s*[,，]\s*")
"""What parts cells. Telegram makes a blank of every tab, so a copied table comes with blanks, two for an empty cell."""
_DAY = re.compile(r"(?:[0-9]{4}[-/.年])?[0-9]{1,2}[-/.月][0-9]{1,2}日?")
_CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?")
_ENDINGS = (".csv", ".tsv", ".txt", ".xlsx")


class Said(StrEnum):
    """What a text is: figures, perhaps figures, or something else."""

    FIGURES = "figures"
    UNSURE = "unsure"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Found:
    """A table, the sheet that it stands on (empty for a text), and what it is."""

    table: Table
    verdict: Verdict
    sheet: str = ""


Readings = Mapping[str, Reading]


def fits(name: str) -> bool:
    """Whether a file of this name may be a table."""
    return name.lower().endswith(_ENDINGS)


def read_file(data: bytes, readings: Readings) -> Found | None:
    """The table in a file, which its bytes judge; None where there is none that anything is understood of. Raises Refused."""
    if data.startswith(b"PK\x03\x04"):
        try:
            examine("table.xlsx", data)
        except Unfit as error:
            raise Refused(error.reason, **error.values) from error
        return _best(_sheets(data), readings)
    text = decode(data)
    if text is None or looks_binary(text):
        raise Refused("metrics_encoding")
    return _best([("", list(_csv_lines(text)))], readings)


def read_said(text: str, readings: Readings, now: datetime) -> tuple[Said, Table | None]:
    """The figures in a text that somebody wrote at `now`, and how sure that is."""
    lines = [Line(number, (line.strip(),)) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    asks = _ASKING.search(text) is not None
    found, even = _pasted(text.splitlines(), readings)
    if found is not None:
        return (Said.FIGURES if even and not asks else Said.UNSURE), found
    pairs = [pair for line in lines if (pair := _pair(line.cells[0], readings)) is not None]
    if not pairs or (len(pairs) == 1 and len(lines) > 1):
        return Said.OTHER, None
    names, values = zip(*pairs, strict=True)
    table = Table(names, (Line(lines[0].number, values),), at=now)
    sure = len(pairs) == len(lines) > 1 and len(set(names)) == len(names) and not asks
    return (Said.FIGURES if sure else Said.UNSURE), table


def _pasted(lines: Sequence[str], readings: Readings) -> tuple[Table | None, bool]:
    """A table of live metrics in lines of text, and whether every row has as many cells as the header."""
    kept = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    for mark in _MARKS:
        parted = [Line(number, tuple(re.split(mark, line.strip("|｜\r")))) for number, line in kept]
        table = split([line for line in parted if not _ruler(line)], readings)
        if table is None or len(table.head) < 2:
            continue
        if mark == " ":
            table = replace(table, body=tuple(_joined(line, len(table.head)) for line in table.body))
        source, columns = best_of(table.head, readings)
        if judged(table, columns) is Verdict.METRICS and _has_figure(table, columns, readings[source]):
            return table, all(len(line.cells) == len(table.head) for line in table.body)
    return None, False


def _joined(line: Line, wanted: int) -> Line:
    """A row parted at blanks, with a day and the clock behind it in one cell again where there are too many."""
    cells = list(line.cells)
    at = next((at for at in range(len(cells) - 1) if _DAY.fullmatch(cells[at]) and _CLOCK.fullmatch(cells[at + 1])), None)
    if at is not None and len(cells) > wanted:
        cells[at : at + 2] = [" ".join(cells[at : at + 2])]
    return Line(line.number, tuple(cells))


def _has_figure(table: Table, columns: Columns, reading: Reading) -> bool:
    """Whether any cell below a metric is a number."""
    for place, name in enumerate(one.strip() for one in table.head):
        column = reading.column(name) if name in (columns.figures or {}) else None
        cells = [line.cells[place] for line in table.body if len(line.cells) > place]
        if column is not None and any(_number(column, cell) is not None for cell in cells):
            return True
    return False


def _number(column: Column, cell: str) -> float | None:
    try:
        return column.number(cell)
    except Unreadable:
        return None


def _ruler(line: Line) -> bool:
    """The line of dashes below a Markdown table's header."""
    return len(line.cells) > 1 and all(re.fullmatch(r":?-+:?", cell) for cell in line.cells)


def _pair(line: str, readings: Readings) -> tuple[str, str] | None:
    """A metric's name and its value, where the line is nothing else."""
    found = _PAIR.fullmatch(plain(line))
    if found is None:
        return None
    for reading in readings.values():
        column = reading.column(found["name"])
        if column is not None and _number(column, found["value"]) is not None:
            return found["name"], found["value"]
    return None


def _best(sheets: Sequence[tuple[str, list[Line]]], readings: Readings) -> Found | None:
    """Of the sheets the one that holds live metrics, else the one that most is understood of."""
    found = []
    for name, lines in sheets:
        table = split(lines, readings)
        if table is None:
            continue
        _, columns = best_of(table.head, readings)
        found.append((judged(table, columns), columns.known, Found(table, judged(table, columns), name)))
    return max(found, key=lambda one: (one[0] is Verdict.METRICS, one[1]))[2] if found else None


def _csv_lines(text: str) -> Iterator[Line]:
    text = text.removeprefix("\ufeff")
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = max((",", "\t", ";"), key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    count = 0
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > MOST_ROWS:
                raise Refused("metrics_rows", most=MOST_ROWS)
            yield Line(reader.line_num, tuple(cells[:MOST_COLUMNS]))
    except csv.Error as error:
        raise Refused("metrics_csv", line=reader.line_num) from error


def _sheets(data: bytes) -> list[tuple[str, list[Line]]]:
    """The visible sheets, in the order of the workbook. Raises Refused."""
    import openpyxl  # type: ignore[import-untyped]
    from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist() if part.filename.startswith(_TABLES)) > MOST_XML:
                raise Refused("metrics_rows", most=MOST_ROWS)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # styles and extensions that openpyxl drops are not text
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            sheets = [one for one in book.worksheets[:MOST_SHEETS] if one.sheet_state == "visible"]
            return [(one.title, list(_sheet_lines(one))) for one in sheets]
    except (*BROKEN, InvalidFileException) as error:
        raise Refused("file_broken") from error


def _sheet_lines(sheet: Any) -> Iterator[Line]:
    sheet.reset_dimensions()  # what the file says of its own size need not be true
    kept = 0
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1):
        cells = tuple(_shown(cell.value, getattr(cell, "number_format", "") or "") for cell in row)
        if not any(cells):
            continue
        kept += 1
        if kept > MOST_ROWS:
            raise Refused("metrics_rows", most=MOST_ROWS)
        yield Line(number, cells)


def _shown(value: object, form: str) -> str:
    """A workbook's cell as its reader sees it: a moment with its time, a share with its percent sign."""
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, time):
        return f"{value:%H:%M}" if not value.second else f"{value:%H:%M:%S}"
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if isinstance(value, int | float):
        shown = value * 100 if "%" in form else value
        written = f"{shown:.0f}" if float(shown).is_integer() and abs(shown) < 1e15 else f"{shown:.10g}"
        return f"{written}%" if "%" in form else written
    return str(value).strip()
