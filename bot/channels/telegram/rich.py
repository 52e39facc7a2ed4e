"""Styled text: a string with marks on it.

Positions are code points, so no cut can fall inside a surrogate pair. Knows nothing about Telegram's API; only
what its text may contain and how it counts (UTF-16 units).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class Look(StrEnum):
    """How marked text looks; the names are Telegram's entity types."""

    BOLD = "bold"
    ITALIC = "italic"
    STRIKE = "strikethrough"
    CODE = "code"
    PRE = "pre"
    QUOTE = "blockquote"
    LINK = "text_link"


_EXCLUSIVE = (Look.PRE, Look.LINK, Look.CODE)
"""Looks that never overlap each other, strongest first."""

_ALONE = frozenset({Look.PRE, Look.CODE})
"""Looks that nothing but a quote may touch."""


@dataclass(frozen=True, slots=True)
class Mark:
    """`text[start:end]` has this look; `value` is a link's address or a code block's language."""

    look: Look
    start: int
    end: int
    value: str = ""

    def touches(self, other: Mark) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Rich:
    """A cleaned text and the marks on it."""

    text: str = ""
    marks: tuple[Mark, ...] = ()

    def __add__(self, other: Rich) -> Rich:
        by = len(self.text)
        return Rich(self.text + other.text, self.marks + tuple(_moved(mark, by) for mark in other.marks))

    def cut(self, start: int, end: int) -> Rich:
        """The characters from `start` to `end`, with every mark clipped to them."""
        clipped = (replace(m, start=max(m.start, start) - start, end=min(m.end, end) - start) for m in self.marks)
        return Rich(self.text[start:end], tuple(mark for mark in clipped if mark.start < mark.end))

    def strip(self) -> Rich:
        """Without white space at both ends."""
        start = len(self.text) - len(self.text.lstrip())
        return self.cut(start, max(start, len(self.text.rstrip())))

    def legal(self) -> Rich:
        """The same text with marks as Telegram takes them: no overlaps of code, links and quotes."""
        return Rich(self.text, _legal(self.marks, self.text))


def plain(text: str) -> Rich:
    """Cleaned text without marks."""
    return Rich(clean(text))


def styled(text: str, look: Look) -> Rich:
    """Cleaned text that has one look from end to end."""
    cleaned = clean(text)
    return Rich(cleaned, (Mark(look, 0, len(cleaned)),) if cleaned else ())


def joined(parts: Iterable[Rich]) -> Rich:
    """All parts in order, in one pass."""
    texts: list[str] = []
    marks: list[Mark] = []
    at = 0
    for part in parts:
        texts.append(part.text)
        marks.extend(_moved(mark, at) for mark in part.marks)
        at += len(part.text)
    return Rich("".join(texts), tuple(marks))


def units(text: str) -> int:
    """Length in UTF-16 units, as Telegram counts."""
    return len(text) + sum(character > "\uffff" for character in text)


_CONTROLS = {code: " " for code in range(32) if code != 10}
_CONTROLS |= {0x7F: "", 0x2028: "\n", 0x2029: "\n"} | {code: "" for code in range(0x202A, 0x202F)}
_SURROGATES = re.compile("[\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n?")
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def clean(text: str) -> str:
    """Text that Telegram takes as it is: no lone surrogates, no control characters, no forced direction.

    Telegram drops or replaces these itself, which would move every entity behind them.
    """
    text = _LINE_ENDS.sub("\n", text)
    return _SURROGATES.sub("\ufffd", text).translate(_CONTROLS)


def visible(text: str) -> bool:
    """Whether anything can be seen of it; Telegram refuses a message where nothing can."""
    return any(unicodedata.category(c)[0] not in "CZ" and c not in _BLANKS for c in text)


def _moved(mark: Mark, by: int) -> Mark:
    return Mark(mark.look, mark.start + by, mark.end + by, mark.value)


def _legal(marks: tuple[Mark, ...], text: str) -> tuple[Mark, ...]:
    kept: list[Mark] = []
    for look in _EXCLUSIVE:
        for mark in sorted((m for m in marks if m.look is look), key=lambda m: (m.start, -m.end)):
            if not any(mark.touches(other) for other in kept):
                kept.append(mark)
    walls = [mark for mark in kept if mark.look in _ALONE]
    for look in (Look.BOLD, Look.ITALIC, Look.STRIKE, Look.QUOTE):
        for mark in _merged([m for m in marks if m.look is look]):
            kept.extend([mark] if look is Look.QUOTE else _around(mark, walls))
    return tuple(sorted((m for m in kept if text[m.start : m.end].strip()), key=lambda m: (m.start, -m.end)))


def _merged(marks: list[Mark]) -> list[Mark]:
    """Marks of one look, with those that overlap made into one."""
    merged: list[Mark] = []
    for mark in sorted(marks, key=lambda m: m.start):
        if merged and mark.start < merged[-1].end:
            merged[-1] = replace(merged[-1], end=max(merged[-1].end, mark.end))
        else:
            merged.append(mark)
    return merged


def _around(mark: Mark, walls: list[Mark]) -> list[Mark]:
    """What is left of `mark` outside of the walls."""
    left: list[Mark] = []
    at = mark.start
    for wall in sorted((w for w in walls if w.touches(mark)), key=lambda w: w.start):
        left.append(replace(mark, start=at, end=wall.start))
        at = wall.end
    left.append(replace(mark, start=at))
    return [part for part in left if part.start < part.end]
