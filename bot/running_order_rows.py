"""A row of a running order without a header: every cell by what it says of itself, and what is left by its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.running_order_cells import Unclear, clock_of, is_only_event, part_of, plain, span_of
from bot.running_order_columns import Field, field_of, labelled

MOST_MINUTES_GUESSED = 60
"""Of two bare figures behind the price, one up to here and one above are minutes and stock; else stock comes first."""

_FIGURE = r"\d[\d,]*(?:\.\d+)?"
_NUMBER = re.compile(_FIGURE)
_PRICE = re.compile(r"(?:[^\d\s]{0,6}¥|¥)\s*\d.{0,20}|.{0,6}\d[\d,.~-]*\s*(?:元|块).{0,6}")
_MINUTES = re.compile(rf"{_FIGURE}\s*(?:分钟|分|mins?|minutes?|'|小时|h|秒)|半小时", re.IGNORECASE)
_STOCK = re.compile(rf"{_FIGURE}\s*(?:万|w|k)?\s*(?:件|套|单|份|个|盒|箱|双|条|瓶|包|袋|只|台|支|把|pcs?)", re.IGNORECASE)
_PROOF = re.compile(r"截图|凭证|凭据|依据|成交价|成交记录")
_LINK = re.compile(r"\d{1,3}\s*号(?:链接|位)?")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?")
_ORDINAL = re.compile(r"(\d{1,3})(?:[、.)]\s*|$)")


class Unsorted(Exception):
    """A row whose cells cannot be told apart: the field in question, the reason and what stands there."""

    def __init__(self, about: Field, reason: str, value: str) -> None:
        super().__init__(reason)
        self.about = about
        self.reason = reason
        self.value = value


@dataclass(slots=True)
class Sorted:
    """What a row says of each field; `guessed` are fields told by their place alone, `unused` cells nobody understood."""

    cells: dict[Field, str] = field(default_factory=dict)
    guessed: set[Field] = field(default_factory=set)
    unused: list[tuple[Field | None, str]] = field(default_factory=list)


def sort_cells(cells: Sequence[str], number: int) -> Sorted:
    """The cells of a row by field; `number` is the row's own, which may stand in front. Raises Unsorted."""
    tokens = _tokens([plain(cell) for cell in cells if plain(cell)], number)
    marks = [_mark(token) for token in tokens]
    out = Sorted()
    for found in marks:
        if isinstance(found, tuple):
            about, value = found
            if about in out.cells:
                raise Unsorted(about, "twice", value)
            out.cells[about] = value
    names, figures = _names(tokens, marks)
    if Field.NAME not in out.cells and names:
        out.cells[Field.NAME] = " ".join(tokens[at] for at in names)
    elif names:
        out.unused += [(None, tokens[at]) for at in names]
    rest = [tokens[at] for at, found in enumerate(marks) if found == "text" and at not in names]
    out.unused += [(None, text) for text in rest]
    _place(out, figures)
    return out


def _tokens(cells: list[str], number: int) -> list[str]:
    """The cells without the row's own number, a label joined with its figure and an announcement with its time."""
    own = _ORDINAL.match(cells[0]) if cells else None
    if own and (rest := cells[0][own.end() :]):
        cells = cells if rest[0].isdigit() and "." in own[0] else [rest, *cells[1:]]  # 3.5 is a figure, 2、60 支 is not
    elif own and len(cells) > 1:
        is_own = not cells[0].isdigit() or (int(own[1]) == number and any(_mark(cell) == "text" for cell in cells[1:]))
        cells = cells[1:] if is_own else cells
    out: list[str] = []
    for cell in cells:
        before = out[-1] if out else ""
        label = len(before) > 1 and field_of(before) not in (None, Field.NAME, Field.PART, Field.POSITION, Field.EVENT)
        if before and ((label and cell[0] in "¥0123456789") or (is_only_event(before) and is_only_event(f"{before} {cell}"))):
            out[-1] = f"{before} {cell}"
        else:
            out.append(cell)
    return out


def _mark(token: str) -> tuple[Field, str] | str:
    """The field that a cell names by itself, else whether it is a figure or a text."""
    if (found := labelled(token)) is not None:
        return found
    if is_only_event(token):
        return Field.EVENT, token
    for pattern, about in ((_LINK, Field.POSITION), (_MINUTES, Field.MINUTES), (_STOCK, Field.STOCK)):
        if pattern.fullmatch(token):
            return about, token
    if span_of(token) is not None or (_CLOCK.fullmatch(token) and clock_of(token) is not None):
        return Field.TIME, token
    if _NUMBER.fullmatch(token):
        return "figure"
    if _PROOF.search(token):
        return Field.EVIDENCE, token
    if _PRICE.fullmatch(token):
        return Field.PRICE, token
    try:
        part_of(token)
    except Unclear:
        return "text"
    return Field.PART, token


def _names(tokens: list[str], marks: list[tuple[Field, str] | str]) -> tuple[list[int], list[str]]:
    """Which tokens are the name, the first run of text with the figures inside it (60 支 四件套), and the figures left."""
    first = next((at for at, found in enumerate(marks) if found == "text"), None)
    if first is None:
        return [], [token for token, found in zip(tokens, marks, strict=True) if found == "figure"]
    start = first
    while start and marks[start - 1] == "figure":
        start -= 1
    stop = first
    while stop < len(marks) and not isinstance(marks[stop], tuple):
        stop += 1
    last = max(at for at in range(first, stop) if marks[at] == "text")
    # A figure in front of the text is its own (60 支) only where another cell gives the price.
    has_price = any(isinstance(found, tuple) and found[0] is Field.PRICE for found in marks) or "figure" in marks[last + 1 :]
    names = list(range(start if has_price else first, last + 1))
    return names, [tokens[at] for at, found in enumerate(marks) if found == "figure" and at not in names]


def _place(out: Sorted, figures: list[str]) -> None:
    """Give bare figures to the price, the stock and the minutes, as far as their number leaves no choice."""
    if figures and Field.PRICE not in out.cells:
        cents = [at for at, figure in enumerate(figures) if "." in figure]
        out.cells[Field.PRICE] = figures.pop(cents[0] if len(cents) == 1 else 0)
        out.guessed.add(Field.PRICE)
    missing = [about for about in (Field.STOCK, Field.MINUTES) if about not in out.cells]
    if len(figures) > len(missing):
        raise Unsorted(Field.STOCK, "figures_unclear", " ".join(figures))
    if len(figures) < len(missing):
        out.unused += [(missing[0], figure) for figure in figures]
        return
    if len(figures) == 2 and _is_minutes(figures[0]) and not _is_minutes(figures[1]):
        figures.reverse()
    out.cells |= dict(zip(missing, figures, strict=True))
    out.guessed |= set(missing)


def _is_minutes(figure: str) -> bool:
    return len(figure) <= 5 and float(figure.replace(",", "")) <= MOST_MINUTES_GUESSED
