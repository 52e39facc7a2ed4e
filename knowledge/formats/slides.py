"""PowerPoint: one page a slide, headed by its title; text from top to bottom, tables, chart data, the speaker's notes."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

import pptx
from pptx.exc import PythonPptxError

from knowledge.formats import BROKEN, CannotRead, Extract
from knowledge.formats.html import markdown_table
from knowledge.formats.office import check_archive

Shape = Any
"""A shape of python-pptx, which has no types."""


def read(data: bytes) -> Extract:
    """The slides as pages. Raises CannotRead when the file is locked, broken or far too large."""
    check_archive(data).close()
    try:
        presentation = pptx.Presentation(io.BytesIO(data))
        pages = [_page(slide, number) for number, slide in enumerate(presentation.slides, 1)]
    except PythonPptxError as error:
        raise CannotRead("PPT 文件已损坏，打不开；请用 PowerPoint 或 WPS 打开后另存一份。") from error
    return Extract("\f".join(pages), paged=True, numbering=False)


def _page(slide: Any, number: int) -> str:
    title = slide.shapes.title
    heading = " ".join(title.text.split()) if title is not None and title.has_text_frame else ""
    blocks = [block for shape in _ordered(slide.shapes) if shape != title for block in _blocks(shape)]
    frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    if frame is not None and frame.text.strip():
        blocks.append(f"备注：{_escaped(frame.text.strip())}")
    return "\n\n".join([f"## {_escaped(heading) or f'第 {number} 页'}", *blocks])


def _ordered(shapes: Iterable[Shape]) -> list[Shape]:
    return sorted(shapes, key=lambda shape: (shape.top or 0, shape.left or 0))


def _blocks(shape: Shape) -> Iterator[str]:
    """The text of a shape and of the shapes in it."""
    if hasattr(shape, "shapes"):
        for inner in _ordered(shape.shapes):
            yield from _blocks(inner)
    elif getattr(shape, "has_table", False):
        rows = [[_escaped(" ".join(cell.text.split())) for cell in row.cells] for row in shape.table.rows]
        if any(any(row) for row in rows):
            yield markdown_table(rows)
    elif getattr(shape, "has_chart", False):
        yield from _chart(shape)
    elif shape.has_text_frame:
        yield from _text(shape.text_frame)


def _text(frame: Any) -> Iterator[str]:
    """Several paragraphs are the points of a list, a single one is a sentence."""
    found = [(paragraph.level, " ".join(paragraph.text.split())) for paragraph in frame.paragraphs]
    found = [(level, _escaped(text)) for level, text in found if text]
    if len(found) == 1:
        yield found[0][1]
    elif found:
        yield "\n".join(f"{'  ' * level}- {text}" for level, text in found)


def _chart(shape: Shape) -> Iterator[str]:
    """The numbers behind a chart; one whose kind the library cannot read is passed over."""
    try:
        chart = shape.chart
        series = [(str(line.name), list(line.values)) for line in chart.plots[0].series]
        categories = [str(category) for category in chart.plots[0].categories]
    except BROKEN:
        return
    rows = [["", *(name for name, _ in series)]]
    for at, category in enumerate(categories):
        rows.append([category, *(_shown(values[at]) if at < len(values) else "" for _, values in series)])
    if len(rows) > 1:
        yield markdown_table([[_escaped(cell) for cell in row] for row in rows])


def _shown(value: object) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _escaped(text: str) -> str:
    """Text in which nothing is taken for a tag or an entity when it is read as Markdown."""
    return text.replace("&", "&amp;").replace("<", "&lt;")
