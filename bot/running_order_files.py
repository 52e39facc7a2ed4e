"""A running order out of what people send: pasted text, Markdown, CSV or a workbook.

What is understood is kept, everything else is said by row, field and reason; nothing becomes a zero. Reads in the calling
thread: run it in another one. Knows nothing about chats.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any

from bot.domain.running_order import MOST_LINES
from bot.errors import Refused
from bot.running_order_cells import plain, visible
from bot.running_order_columns import HEAD_WITHIN, columns_of
from bot.running_order_lines import Builder, Reading, Row
from knowledge.decode import decode
from knowledge.errors import Unfit
from knowledge.formats import BROKEN
from knowledge.intake import Format, examine

MOST_TEXT = 200_000
"""Characters of a pasted or CSV order."""
MOST_ROWS = 2_000
"""Rows of a sheet, empty ones included, that are looked at."""
MOST_COLUMNS = 60
MOST_SHEETS = 20
MOST_XML = 4 * 1024 * 1024
"""Unpacked bytes of a workbook's tables; 300 lines take 300 kB. Pictures do not count."""

_RULER = re.compile(r"\s*:?-{1,}:?\s*")
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_TABLES = ("xl/worksheets/", "xl/sharedStrings", "xl/styles", "xl/workbook")


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A table as it was found: `exact` says that a row has a cell for each column of its header or cannot be read."""

    name: str
    rows: list[Row] = field(default_factory=list)
    exact: bool = False


def read_text(text: str) -> Reading:
    """The order in pasted text: lines parted by tabs, bars, commas or spaces, or a Markdown table. Raises Refused."""
    if len(text) > MOST_TEXT:
        raise Refused("order_text_long", most=MOST_TEXT)
    return _best([_text_sheet(text)])


def read_file(data: bytes) -> Reading:
    """The order in a file, which its bytes judge, not its name: CSV or text in any Chinese encoding, or .xlsx. Raises Refused."""
    is_archive = data.startswith(b"PK\x03\x04")
    try:
        found = examine("order.xlsx" if is_archive else "order.txt", data)
    except Unfit as error:
        if error.reason in ("wrong_ending", "no_ending"):
            raise Refused("order_format", found=error.values["found"]) from error
        raise Refused(error.reason, **error.values) from error
    if found is Format.EXCEL:
        return _best(_sheets(data))
    return read_text(decode(data) or "")


def _best(sheets: list[_Sheet]) -> Reading:
    """What the sheet with the most lines says; the others are named. Raises Refused when none says anything."""
    readings = []
    for sheet in sheets:
        rows = [row for row in sheet.rows if any(plain(cell) for cell in row.cells)]
        if rows:
            readings.append(_read(sheet, rows))
    best = max(readings, key=lambda reading: (len(reading.order.lines), len(reading.problems)), default=None)
    if best is None or not (best.order.lines or best.problems or best.order.interludes):
        raise Refused("order_empty")
    return replace(best, other_sheets=tuple(reading.sheet for reading in readings if reading is not best))


def _read(sheet: _Sheet, rows: list[Row]) -> Reading:
    head = next((at for at, row in enumerate(rows[:HEAD_WITHIN]) if columns_of(row.cells)), None)
    body = rows if head is None else rows[head + 1 :]
    if len(body) > MOST_LINES:
        raise Refused("order_too_long", most=MOST_LINES)
    return Builder(sheet.name, None if head is None else rows[head], exact=sheet.exact).read(body)


def _text_sheet(text: str) -> _Sheet:
    lines = text.removeprefix("\ufeff").splitlines()
    filled = [line for line in lines if line.strip()]
    if len(filled) > MOST_ROWS:
        raise Refused("order_too_long", most=MOST_LINES)
    mark = _delimiter(filled)
    if mark in (",", ";", "\t") and text.count('"') % 2 == 0 and '"' in text:
        return _Sheet("", list(_quoted(text.removeprefix("\ufeff"), mark)))
    rows = []
    for number, line in enumerate(lines, 1):
        cells = _cells(line, mark)
        if line.strip() and not (len(cells) > 1 and all(_RULER.fullmatch(cell) for cell in cells)):
            rows.append(Row(number, cells[:MOST_COLUMNS]))
    return _Sheet("", rows, exact=mark == "")


def _delimiter(lines: list[str]) -> str:
    """What parts the cells of at least half of the lines; nothing where spaces do."""
    for mark in ("\t", "|", "｜", "，", ";", "；", ","):
        if sum(mark in (_GROUPED.sub("", line) if mark == "," else line) for line in lines) * 2 >= max(len(lines), 1):
            return mark
    return ""


def _cells(line: str, mark: str) -> list[str]:
    if not mark or mark not in line:
        bare = visible(line).strip()
        return re.split(r"\s{2,}", bare) if re.search(r"\S\s{2,}\S", bare) else bare.split()
    bare = line.strip()
    if mark in "|｜":
        bare = bare.removeprefix(mark).removesuffix(mark)
        return [re.sub(r"<br\s*/?>", " ", cell).replace("**", "").strip() for cell in bare.split(mark)]
    return [cell.strip().strip('"') for cell in line.split(mark)]


def _quoted(text: str, mark: str) -> Iterator[Row]:
    """Rows of a CSV whose cells may hold the mark and line breaks."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        for cells in reader:
            yield Row(reader.line_num, [cell.strip() for cell in cells[:MOST_COLUMNS]])
    except csv.Error as error:
        raise Refused("order_format", found="CSV") from error


def _sheets(data: bytes) -> list[_Sheet]:
    """The visible sheets; of a cell merged downwards every row has the value. Raises Refused."""
    import openpyxl  # type: ignore[import-untyped]
    from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist() if part.filename.startswith(_TABLES)) > MOST_XML:
                raise Refused("order_too_long", most=MOST_LINES)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # styles and extensions that openpyxl drops are not text
            streamed = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            found = [
                (sheet.title, _sheet_rows(sheet)) for sheet in streamed.worksheets[:MOST_SHEETS] if sheet.sheet_state == "visible"
            ]
            # Only the whole workbook knows what is merged; it is loaded once its size is known to be that of an order.
            whole = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        return [_Sheet(title, _filled(rows, whole[title].merged_cells.ranges)) for title, rows in found]
    except (*BROKEN, InvalidFileException) as error:
        raise Refused("file_broken") from error


def _sheet_rows(sheet: Any) -> dict[int, list[str]]:
    """The rows that hold anything, by number, of the sheet's first columns. Raises Refused when they are far too many."""
    sheet.reset_dimensions()  # what the file says of its own size need not be true
    rows: dict[int, list[str]] = {}
    for number, values in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), 1):
        if any(cells := [shown(value) for value in values]):
            rows[number] = cells
        if len(rows) > MOST_ROWS:
            raise Refused("order_too_long", most=MOST_LINES)
    return rows


def _filled(rows: dict[int, list[str]], merged: Iterable[Any]) -> list[Row]:
    """The rows with the value of each cell merged downwards in every row that it covers."""
    below: dict[int, set[int]] = {}
    for area in merged:
        column, top = area.min_col - 1, rows.get(area.min_row, [])
        if column >= len(top) or not top[column]:
            continue
        for number in range(area.min_row + 1, min(area.max_row, area.min_row + MOST_ROWS) + 1):
            if cells := rows.get(number):
                cells += [""] * (column + 1 - len(cells))
                cells[column] = top[column]
                below.setdefault(number, set()).add(column)
    return [Row(number, cells, frozenset(below.get(number, ()))) for number, cells in rows.items()]


def shown(value: object) -> str:
    """A workbook's cell as a person would type it."""
    if value is None or isinstance(value, bool):
        return "" if value is None else "是" if value else "否"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.10g}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%H:%M}"
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return str(value).strip()
