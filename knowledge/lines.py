"""What each line of a Markdown or plain text is: blank, text, list item, table row or code.

Knows nothing about headings and sections; one pass over the lines, linear in their length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum

WIDE = "\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
"""Characters that take two columns and carry about a word: Chinese, Japanese, Korean, full-width forms."""

_WIDE_RUN = re.compile(f"[{WIDE}]+")
LATIN_WEIGHT = 0.4
"""160 Chinese characters hold about as much as 400 characters of English prose."""

_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})(.*)")
_ITEM = re.compile(
    r"\s*(?:[-*+•·●○■□◆▪‣–]\s+\S"
    r"|\d{1,3}(?:[)）、．]|\.(?!\d))\s*\S"
    r"|[（(](?:\d{1,3}|[一二三四五六七八九十]{1,3}|[a-zA-Z])[)）]\s*\S"
    r"|[①-⑳]\s*\S"
    r"|[一二三四五六七八九十]{1,3}、\s*\S"
    r"|第[一二三四五六七八九十\d]{1,3}步)"
)


class Kind(IntEnum):
    """What a line is. CODE includes the fence lines, TABLE the header and the delimiter row."""

    BLANK = 0
    TEXT = 1
    ITEM = 2
    TABLE = 3
    CODE = 4


def weight(text: str) -> float:
    """How much a text holds, in Chinese characters; a Latin character counts LATIN_WEIGHT."""
    return len(text) * LATIN_WEIGHT + (len(text) - len(_WIDE_RUN.sub("", text))) * (1 - LATIN_WEIGHT)


def columns(text: str) -> int:
    """The width of a text on a fixed-width screen: wide characters take two columns."""
    return 2 * len(text) - len(_WIDE_RUN.sub("", text))


def is_wide(character: str) -> bool:
    """Whether a single character is Chinese, Japanese, Korean or full-width."""
    return _WIDE_RUN.fullmatch(character) is not None


def is_delimiter(line: str) -> bool:
    """Whether a line is the ``|---|---|`` row under a table's header."""
    return "-" in line and "|" in line and not line.strip("|:- \t")


def kinds(lines: Sequence[str]) -> list[Kind]:
    """The kind of every line. A fence that is never closed is ordinary text, so that it cannot swallow the rest."""
    found: list[Kind] = []
    unclosed: dict[str, int] = {}
    while len(found) < len(lines):
        at = len(found)
        line = lines[at]
        fence = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if fence and (end := _fence_end(lines, at, fence, unclosed)):
            found.extend([Kind.CODE] * (end - at))
        elif end := _table_end(lines, at):
            found.extend([Kind.TABLE] * (end - at))
        else:
            found.append(_plain_kind(line))
    return found


def _plain_kind(line: str) -> Kind:
    if not line or line.isspace():
        return Kind.BLANK
    return Kind.ITEM if _ITEM.match(line) else Kind.TEXT


def _fence_end(lines: Sequence[str], start: int, fence: re.Match[str], unclosed: dict[str, int]) -> int:
    """The index after the closing fence, 0 when there is none. `unclosed` remembers vain searches: they stay vain."""
    mark, info = fence.group(1), fence.group(2)
    if "`" in info or len(mark) >= unclosed.get(mark[0], 1 << 30):
        return 0
    for index in range(start + 1, len(lines)):
        line = lines[index].strip()
        if line.startswith(mark) and not line.strip(mark[0]):
            return index + 1
    unclosed[mark[0]] = len(mark)
    return 0


def _table_end(lines: Sequence[str], start: int) -> int:
    """The index after the last row of a table that begins at `start`, 0 when no table begins there."""
    if "|" not in lines[start]:
        return 0
    piped = lines[start].lstrip().startswith("|") and lines[start].count("|") > 1
    if not piped and not (start + 1 < len(lines) and is_delimiter(lines[start + 1])):
        return 0
    end = start + 1
    while end < len(lines) and "|" in lines[end]:
        end += 1
    return end
