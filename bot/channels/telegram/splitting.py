"""Cutting styled text into pieces of a limited length, where a reader would pause.

A piece never ends inside a surrogate pair, a joined emoji or a short mark such as a link; long marks (quotes,
code blocks) are cut and go on in the next piece.
"""

from __future__ import annotations

import re
import unicodedata

from bot.channels.telegram.rich import Mark, Rich, units, visible

LIMIT = 4096
"""UTF-16 units that one Telegram message may hold."""

PAGE = 3000
"""UTF-16 units of one page of a section: short enough to scroll through on a phone, with room for its heading."""

SHORT_MARK = 200
"""Marks up to this many characters stay whole."""

_PAUSES = (
    re.compile(r"\n\n+"),
    re.compile(r"\n"),
    re.compile(r"(?:[。！？!?…；;]+|\.(?=\s))[”’」』）)\]]*"),
    re.compile(r"[，,、：:]|\s+"),
)
"""Where to cut, best first: paragraph, line, sentence, clause."""

_JOINERS = frozenset("\u200d\ufe0e\ufe0f\u20e3") | {chr(code) for code in range(0x1F3FB, 0x1F400)}


def pieces(rich: Rich, limit: int = LIMIT) -> tuple[Rich, ...]:
    """The text in pieces of at most `limit` UTF-16 units (at least 2), trimmed, none of them empty.

    Text of which nothing can be seen gives no piece.
    """
    found: list[Rich] = []
    at = 0
    while at < len(rich.text):
        end = _cut(rich, at, limit)
        piece = rich.cut(at, end).strip()
        if visible(piece.text):
            found.append(piece.legal())
        at = end
    return tuple(found)


def _cut(rich: Rich, start: int, limit: int) -> int:
    """Where the piece that begins at `start` ends."""
    furthest = _furthest(rich.text, start, limit)
    if furthest == len(rich.text):
        return furthest
    middle = start + (furthest - start) // 2
    nearby = [mark for mark in rich.marks if mark.end - mark.start <= SHORT_MARK and middle < mark.end and mark.start < furthest]
    for pause in _PAUSES:
        ends = [match.end() for match in pause.finditer(rich.text, middle, furthest)]
        for end in reversed(ends):
            if end > start and _outside(end, nearby):
                return end
    return _between_characters(rich.text, start, furthest)


def _furthest(text: str, start: int, limit: int) -> int:
    end = min(len(text), start + limit)
    while (over := units(text[start:end]) - limit) > 0:
        end -= (over + 1) // 2
    return max(end, start + 1)


def _outside(position: int, marks: list[Mark]) -> bool:
    return not any(mark.start < position < mark.end for mark in marks)


def _between_characters(text: str, start: int, end: int) -> int:
    """`end`, or a few characters before it where a joined emoji or an accented letter would be torn."""
    for position in range(end, max(start, end - 32), -1):
        if not (_joins(text[position]) or text[position - 1] == "\u200d"):
            return position
    return end


def _joins(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character)[0] == "M"
