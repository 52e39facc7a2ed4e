"""Lines that an editor or a PDF broke because they were full, joined again into whole sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.lines import Kind, columns, is_wide

MIN_WRAP, MAX_WRAP = 40, 160
"""Columns of text that a program broke. Shorter lines were broken by their writer, longer ones not at all."""

_ENDS = ("。", "！", "？", "；", "：", ".", "!", "?", ":", "  ", "\\")
_WORD = re.compile(r"\s*([!-~]+|\S?)")


def unwrap(lines: Sequence[str], kinds: Sequence[Kind]) -> list[str]:
    """`lines` without the breaks inside a paragraph or list item that only a full line explains.

    A line was full when the next line's first word would not have fitted; the width is the paragraph's own.
    """
    out: list[str] = []
    width = 0
    for index, line in enumerate(lines):
        if index and kinds[index] is Kind.TEXT and kinds[index - 1] in (Kind.TEXT, Kind.ITEM):
            if was_full(lines[index - 1], line, width):
                out[-1] = join(out[-1], line)
                continue
        else:
            width = _width(lines, kinds, index)
        out.append(line)
    return out


def was_full(line: str, following: str, width: int) -> bool:
    """Whether `line` was broken for want of room before the first word of `following`, at `width` columns."""
    if not MIN_WRAP <= width <= MAX_WRAP or line.endswith(_ENDS):
        return False
    word = _WORD.match(following)
    return columns(line) + 1 + columns(word.group(1) if word else "") > width


def join(left: str, right: str) -> str:
    """Two halves of a broken line: Chinese without a space, other text with one."""
    left, right = left.rstrip(), right.lstrip()
    glued = not left or not right or is_wide(left[-1]) or is_wide(right[0])
    return f"{left}{right}" if glued else f"{left} {right}"


def _width(lines: Sequence[str], kinds: Sequence[Kind], start: int) -> int:
    end = start + 1
    while end < len(lines) and kinds[end] is Kind.TEXT:
        end += 1
    return max(columns(line.rstrip()) for line in lines[start:end]) if end > start + 1 else 0
