"""A text that is too long for one section, cut where a reader would: between blocks, items, rows, sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.lines import LATIN_WEIGHT, Kind, is_delimiter, kinds, weight
from knowledge.split import cut, sentences

LIMIT = 1800
"""Characters of a section. It is shown whole, beside other citations, in a chat message of at most 4096."""

LONGEST_CODE = 2 * LIMIT
"""A code block up to this length stays whole: half a program helps nobody."""

TINY = 25
"""A piece that holds less than so many Chinese characters does not stand alone."""

_LEAD_IN = re.compile(r"(?:.*[:：]\s*|\s*\*\*[^*]+\*\*\s*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run that stays whole. `gap` stands before it unless it begins a part, `header` only if it does."""

    text: str
    gap: str
    header: str = ""


def parts(text: str, limit: int = LIMIT) -> list[str]:
    """`text` in parts of about equal length, at most `limit` characters except where a code block is kept whole.

    Rows of a long table get their table's header in each part. Nothing else is repeated, and nothing is lost.
    """
    if len(text) <= limit:
        return [text]
    pieces = [piece for block in _blocks(text) for piece in _fitting(block, limit)]
    aim = min(limit, 1.1 * len(text) / -(-len(text) // limit))
    groups: list[list[_Piece]] = [[]]
    length = 0
    for piece in pieces:
        if length and (length + len(piece.text) > limit or length + len(piece.text) / 2 > aim):
            groups.append(_lead_in(groups[-1]))
            length = sum(len(moved.text) for moved in groups[-1])
        groups[-1].append(piece)
        length += len(piece.gap) + len(piece.text)
    return _without_tiny([_joined(group) for group in groups if group])


def _lead_in(group: list[_Piece]) -> list[_Piece]:
    """What at the end of a part only announces the next piece; it moves there."""
    if len(group) > 1 and len(group[-1].text) < 200 and _LEAD_IN.fullmatch(group[-1].text):
        return [group.pop()]
    return []


def _joined(group: Sequence[_Piece]) -> str:
    first = group[0]
    rest = "".join(piece.gap + piece.text for piece in group[1:])
    return (f"{first.header}\n" if first.header else "") + first.text + rest


def _without_tiny(texts: list[str]) -> list[str]:
    out: list[str] = []
    for text in texts:
        if out and (weight(text) < TINY or weight(out[-1]) < TINY):
            out[-1] += "\n\n" + text
        else:
            out.append(text)
    return out


def _blocks(text: str) -> Iterator[tuple[Kind, list[str]]]:
    """Runs of lines that belong together: a table, a code block, a list item with all below it, a paragraph."""
    lines = text.split("\n")
    found = kinds(lines)
    block: list[str] = []
    for index, line in enumerate(lines):
        if block and _begins(lines, found, index):
            yield found[index - len(block)], _stripped(block)
            block = []
        if block or found[index] is not Kind.BLANK:
            block.append(line)
    if block:
        yield found[len(lines) - len(block)], _stripped(block)


def _begins(lines: Sequence[str], found: Sequence[Kind], index: int) -> bool:
    """Whether a new block begins at a line: another kind, or text after a blank line, unless it is indented."""
    kind, before = found[index], found[index - 1]
    if kind is Kind.BLANK or lines[index].startswith("  "):
        return False
    if kind in (Kind.CODE, Kind.TABLE):
        return before is not kind
    return kind is Kind.ITEM or before is not Kind.TEXT


def _stripped(block: list[str]) -> list[str]:
    while block and not block[-1].strip():
        block.pop()
    return block


def _fitting(block: tuple[Kind, list[str]], limit: int) -> Iterator[_Piece]:
    """One block as pieces that each fit."""
    kind, lines = block
    text = "\n".join(lines)
    if len(text) <= (LONGEST_CODE if kind is Kind.CODE else limit):
        yield _Piece(text, "\n" if kind is Kind.ITEM else "\n\n")
    elif kind is Kind.TABLE:
        yield from _rows(lines, limit)
    elif kind is Kind.CODE:
        yield from _code(lines, limit)
    else:
        yield from _prose(text, limit)


def _rows(lines: list[str], limit: int) -> Iterator[_Piece]:
    head = lines[:2] if len(lines) > 1 and is_delimiter(lines[1]) else []
    header = "\n".join(head)
    if len(header) > limit // 2:
        head, header = [], ""
    for number, row in enumerate(lines[len(head) :]):
        first = number == 0
        room = limit - len(header) - 1
        for start, end in [(0, len(row))] if len(row) <= room else cut(row, 0, len(row), room * LATIN_WEIGHT):
            yield _Piece((header + "\n" if first and header else "") + row[start:end], "\n", "" if first else header)
            first = False


def _code(lines: list[str], limit: int) -> Iterator[_Piece]:
    opening, closing = lines[0], re.sub(r"[^`~\s].*", "", lines[0])
    group: list[str] = []
    for line in lines[1:-1]:
        if group and sum(map(len, group)) + len(group) + len(line) > limit:
            yield _Piece("\n".join([opening, *group, closing]), "\n\n")
            group = []
        group.append(line)
    yield _Piece("\n".join([opening, *group, closing]), "\n\n")


def _prose(text: str, limit: int) -> Iterator[_Piece]:
    """Sentences, list items and rows of a long block; a sentence that is too long is cut."""
    done = 0
    for start, end in sentences(text):
        gap = text[done:start] if done else "\n\n"
        spans = [(start, end)] if end - start <= limit else cut(text, start, end, limit * LATIN_WEIGHT)
        for left, right in spans:
            yield _Piece(text[left:right], gap)
            gap = ""
        done = end
