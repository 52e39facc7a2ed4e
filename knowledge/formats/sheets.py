"""Excel, new and old: one section a sheet, cells as people see them (12.5 %, 2024-06-18), merged cells filled in.

Knows nothing about files. Hidden sheets stay hidden.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from knowledge.formats import CannotRead, Extract
from knowledge.formats.html import markdown_table
from knowledge.formats.office import check_archive, is_locked, locked

Rows = list[list[str]]

MAX_FULL = 30 * 1024 * 1024
"""Unpacked bytes up to which a workbook is held whole, to know its merged cells; a larger one is read row by row."""
MAX_CELLS = 500_000
MAX_ROWS = 200_000
MAX_COLUMNS = 256
MAX_MERGED = 5_000
"""Cells that one merged range fills in at most."""

_TOO_MANY = f"表格超过 {MAX_CELLS // 10_000} 万格；请拆成几个小文件，或删掉末尾多余的空行再保存。"
_NUMBER = re.compile(r"[-+¥￥$]?[\d.,%/:\s-]*\d[\d.,%/:\s-]*")
_DEFAULT_NAME = re.compile(r"(?:sheet|工作表)\s*\d*", re.IGNORECASE)


def read(data: bytes) -> Extract:
    """The sheets as Markdown. Raises CannotRead when the file is locked, broken or far too large."""
    if data.lstrip()[:1] == b"<":
        from knowledge.formats.html import read as read_html

        return read_html(data)
    found = list(_new_sheets(data) if data.startswith(b"PK") else _old_sheets(data))
    texts = [(name, "\n\n".join(_blocks(rows))) for name, rows in found]
    texts = [(name, text) for name, text in texts if text]
    if len(texts) == 1 and _DEFAULT_NAME.fullmatch(texts[0][0]):
        return Extract(texts[0][1], numbering=False)
    return Extract("\n\n".join(f"## {_line(name)}\n\n{text}" for name, text in texts), numbering=False)


def _new_sheets(data: bytes) -> Iterator[tuple[str, Rows]]:
    import openpyxl  # type: ignore[import-untyped]
    from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]

    with check_archive(data) as archive:
        whole = sum(entry.file_size for entry in archive.infolist()) <= MAX_FULL
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # styles and extensions that openpyxl drops are not text
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=not whole, data_only=True)
            if whole and any(sheet.max_row * sheet.max_column > MAX_CELLS for sheet in book.worksheets):
                whole = False
                book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except InvalidFileException as error:
        raise CannotRead("Excel 文件已损坏，打不开；请用 Excel 或 WPS 打开后另存一份。") from error
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            merged = sheet.merged_cells.ranges if whole else []
            yield sheet.title, _filled(_rows(sheet), [(r.min_row - 1, r.max_row, r.min_col - 1, r.max_col) for r in merged])
    book.close()


def _rows(sheet: Any) -> Rows:
    if (sheet.max_row or 0) > MAX_ROWS:
        raise CannotRead(_TOO_MANY)
    found = sheet.iter_rows(max_col=min(sheet.max_column or MAX_COLUMNS, MAX_COLUMNS))
    return _counted([_shown(cell.value, cell.number_format) for cell in row] for row in found)


def _old_sheets(data: bytes) -> Iterator[tuple[str, Rows]]:
    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    except (xlrd.XLRDError, xlrd.compdoc.CompDocError) as error:
        if "encrypted" in str(error).lower() or is_locked(data):
            raise CannotRead(locked()) from error
        raise CannotRead("Excel 文件已损坏，打不开；请用 Excel 或 WPS 打开后另存为 .xlsx。") from error
    for sheet in book.sheets():
        if sheet.visibility == 0:
            rows = _counted([_old_cell(book, cell) for cell in sheet.row(at)[:MAX_COLUMNS]] for at in range(sheet.nrows))
            yield sheet.name, _filled(rows, sheet.merged_cells)


def _old_cell(book: Any, cell: Any) -> str:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_DATE:
        return _shown(xlrd.xldate.xldate_as_datetime(cell.value, book.datemode), "")
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR):
        return ""
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return _shown(bool(cell.value), "")
    format_key = book.xf_list[cell.xf_index].format_key if cell.xf_index is not None else 0
    known = book.format_map.get(format_key)
    return _shown(cell.value, known.format_str if known else "")


def _shown(value: object, number_format: str | None) -> str:
    """A cell as people see it, on one line."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date | time | timedelta):
        return str(value)
    if isinstance(value, int | float):
        return _number(float(value), number_format or "")
    return _line(str(value))


def _number(value: float, number_format: str) -> str:
    if "%" in number_format:
        decimals = len(re.match(r"[^.%]*(?:\.([0#]*))?", number_format)[1] or "")  # type: ignore[index]
        return f"{value * 100:.{decimals}f}%"
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.10g}"


def _line(text: str) -> str:
    return " ".join(text.replace("&", "&amp;").replace("<", "&lt;").split())


def _counted(rows: Iterable[list[str]]) -> Rows:
    """All rows, unless they are too many."""
    out: Rows = []
    cells = 0
    for row in rows:
        while row and not row[-1]:
            row.pop()
        cells += len(row)
        if cells > MAX_CELLS:
            raise CannotRead(_TOO_MANY)
        out.append(row)
    return out


def _filled(rows: Rows, ranges: Sequence[tuple[int, int, int, int]]) -> Rows:
    """Rows with the value of each merged range repeated down and across, so that each row says everything by itself."""
    for top, bottom, left, right in ranges:
        if top >= len(rows) or left >= len(rows[top]) or (bottom - top) * (right - left) > MAX_MERGED:
            continue
        for row in rows[top : min(bottom, len(rows))]:
            row.extend([""] * (right - len(row)))
            row[left:right] = [rows[top][left]] * (right - left)
    return rows


def _blocks(rows: Rows) -> Iterator[str]:
    """Paragraphs and tables of a sheet: a row of one value is a paragraph where no table has begun, else a row of it.

    After an empty row a table goes on, unless what follows looks like a new header.
    """
    table: Rows = []
    gap = False
    for row in rows:
        values = {cell for cell in row if cell}
        begins = (gap or not table) and bool(values)
        gap = gap or not values
        if begins and (len(values) == 1 or _is_header(row)):
            yield from _table(table)
            table = []
        if begins and len(values) == 1:
            yield values.pop()
        elif values:
            table.append(row)
            gap = False
    yield from _table(table)


def _is_header(row: list[str]) -> bool:
    return not any(_NUMBER.fullmatch(cell) for cell in row if cell)


def _table(rows: Rows) -> Iterator[str]:
    """Rows as a table without empty columns; a single row as a line."""
    width = max((len(row) for row in rows), default=0)
    full = [row + [""] * (width - len(row)) for row in rows]
    used = [at for at in range(width) if any(row[at] for row in full)]
    kept = [[row[at] for at in used] for row in full]
    if len(kept) == 1:
        yield "；".join(kept[0])
    elif kept:
        yield markdown_table(kept)
