"""Lists on stdout: drawn at a terminal, otherwise tab-separated with a line of headings, or JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from bot.commands.common import clean_line, note, put
from bot.commands.office_words import say

Record = Mapping[str, Any]
"""What JSON gives of one line."""


def show(
    name: str, language: str, columns: Sequence[str], rows: Sequence[tuple[Record, Sequence[object]]], *, as_json: bool
) -> None:
    """Put a list on stdout; `rows` hold for each line what JSON gives and the cells below `columns`."""
    if as_json:
        put(json.dumps([record for record, _ in rows], ensure_ascii=False))
        return
    if not rows:
        note(say(language, f"list.{name}"))
        return
    heads = [say(language, f"column.{column}") for column in columns]
    lines = [[clean_line(str(cell)) for cell in cells] for _, cells in rows]
    if sys.stdout.isatty():
        _draw(heads, lines)
        return
    for line in (heads, *lines):
        put("\t".join(line))


def _draw(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=SIMPLE, pad_edge=False)
    for head in heads:
        drawn.add_column(head, overflow="fold")
    for line in lines:
        drawn.add_row(*map(Text, line))
    Console().print(drawn)
