"""The tables of `copilot check --stats`: drawn at a terminal, otherwise tab-separated, or JSON."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from bot.commands.common import clean_line, put
from bot.commands.words import say

if TYPE_CHECKING:
    from bot.content.stats import Cell, Table
    from bot.content.whole import Whole


def show(whole: Whole, language: str, *, as_json: bool) -> None:
    """Put all tables on stdout."""
    from bot.content.stats import tables

    found = tables(whole)
    if as_json:
        put(json.dumps({table.name: table.to_json() for table in found}, ensure_ascii=False))
    elif on_screen():
        _draw(found, language)
    else:
        for line in lines(found, language):
            put(line)


def lines(found: tuple[Table, ...], language: str) -> list[str]:
    """Each table as its title, its columns and its rows, tab-separated, with an empty line between two tables."""
    out: list[str] = []
    for table in found:
        out += [*([""] if out else []), f"# {say(language, f'stats.{table.name}')} {len(table.rows)}"]
        out.append("\t".join(say(language, f"stats.column.{column}") for column in table.columns))
        out += ["\t".join(clean_line(_shown(cell, language)) for cell in row) for row in table.rows]
    return out


def on_screen() -> bool:
    """Whether a person looks at stdout."""
    return sys.stdout.isatty()


def _draw(found: tuple[Table, ...], language: str) -> None:
    from rich.console import Console
    from rich.table import Table as Drawn
    from rich.text import Text

    console = Console()
    for table in found:
        title = Text(f"{say(language, f'stats.{table.name}')} {len(table.rows)}", style="bold")
        drawn = Drawn(title=title, title_justify="left")
        for column, cells in zip(table.columns, zip(*table.rows, strict=True) if table.rows else [()] * 9, strict=False):
            right = bool(cells) and all(isinstance(cell, int) and not isinstance(cell, bool) for cell in cells)
            drawn.add_column(say(language, f"stats.column.{column}"), justify="right" if right else "left")
        for row in table.rows:
            drawn.add_row(*(Text(clean_line(_shown(cell, language))) for cell in row))
        console.print(drawn)


def _shown(cell: Cell, language: str) -> str:
    return say(language, "stats.yes" if cell else "stats.no") if isinstance(cell, bool) else str(cell)
