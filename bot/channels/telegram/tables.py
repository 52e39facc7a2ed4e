"""Tables on a phone: aligned when that is narrow enough, otherwise one block of readable lines a row.

Chinese characters are not exactly two columns wide in a phone's fixed-width font, so only tables of plain
ASCII are aligned.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels.telegram.rich import Look, Mark, Rich, joined, plain

WIDEST = 34
"""Columns of fixed-width text that fit on a small phone."""

Row = Sequence[Rich]


def table(header: Row, rows: Sequence[Row]) -> Rich:
    """The table as text with marks; empty cells are left out of the readable form."""
    if not rows:
        return _line(header)
    if _narrow([header, *rows]):
        return _aligned([header, *rows])
    if len(header) <= 2:
        return joined(_between([_line(header), *(_pair(row) for row in rows)], "\n"))
    return joined(_between([_block(header, row) for row in rows], "\n"))


def _narrow(rows: Sequence[Row]) -> bool:
    if not all(cell.text.isascii() and "\n" not in cell.text for row in rows for cell in row):
        return False
    return sum(width + 2 for width in _widths(rows)) - 2 <= WIDEST


def _widths(rows: Sequence[Row]) -> list[int]:
    columns = max(len(row) for row in rows)
    return [max(len(row[column].text) for row in rows if column < len(row)) for column in range(columns)]


def _aligned(rows: Sequence[Row]) -> Rich:
    widths = _widths(rows)
    lines = ["  ".join(cell.text.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip() for row in rows]
    text = "\n".join(lines)
    return Rich(text, (Mark(Look.PRE, 0, len(text)),))


def _line(cells: Row) -> Rich:
    """The header of a table whose rows are one line each."""
    shown = joined(_between([cell for cell in cells if cell.text.strip()], "｜"))
    return Rich(shown.text, (*shown.marks, Mark(Look.ITALIC, 0, len(shown.text)))) if shown.text else shown


def _pair(row: Row) -> Rich:
    """`▪ first：second` with the first cell bold."""
    cells = [cell for cell in row if cell.text.strip()]
    return joined([plain("▪ "), *_between([_bold(cell) if i == 0 else cell for i, cell in enumerate(cells)], "：")])


def _block(header: Row, row: Row) -> Rich:
    """The first cell in bold, below it a line for each other cell, named by its column."""
    first = _bold(row[0]) if row and row[0].text.strip() else plain("—")
    lines = [joined([plain("▪ "), first])]
    for name, cell in zip(header[1:], row[1:], strict=False):
        if cell.text.strip():
            lines.append(joined([plain("　"), name, plain("：" if name.text.strip() else ""), cell]))
    return joined(_between(lines, "\n"))


def _bold(cell: Rich) -> Rich:
    return Rich(cell.text, (*cell.marks, Mark(Look.BOLD, 0, len(cell.text))))


def _between(parts: Sequence[Rich], separator: str) -> list[Rich]:
    return [piece for index, part in enumerate(parts) for piece in ((plain(separator), part) if index else (part,))]
