"""Anchors: the name of a section within its document, the same as long as its number or heading is."""

from __future__ import annotations

import re
import unicodedata

from knowledge.numbers import ARTICLE, CHAPTER

MAX_SLUG = 60

_DOTTED = re.compile(r"(\d{1,4}(?:\.\d{1,4}){1,5})\.?(?=[\s、:：)）]|[^\d\s.%‰])")
_SINGLE = re.compile(r"(\d{1,3})(?:[.、．)）:：]|\s+(?![个种类条步大点天年月日次分秒小时位人件元万维名家款场%]))")
_QUESTION = re.compile(r"([QＱ]\d{1,3})(?=[\s.、．:：)）])", re.IGNORECASE)


def number_of(heading: str, *, marked: bool = True) -> str:
    """The number that a heading starts with (``12.1``, ``第十条``, ``Q3``), empty when it starts with none.

    A single number counts only in a `marked` heading, where it numbers the document and not just a list.
    """
    heading = heading.strip()
    for pattern in (ARTICLE, CHAPTER):
        if match := pattern.match(heading):
            return re.sub(r"\s", "", match["number"])
    for pattern in (_DOTTED, _QUESTION, *((_SINGLE,) if marked else ())):
        if match := pattern.match(heading):
            return str(match[1])
    return ""


def slug(heading: str) -> str:
    """Letters, digits and Chinese characters of a heading, joined by hyphens, lower case, at most MAX_SLUG characters."""
    kept = re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", heading).lower()).strip("-")
    return kept[:MAX_SLUG].rstrip("-")


class Anchors:
    """Gives each section of one document an anchor of its own."""

    def __init__(self) -> None:
        self._used: set[str] = set()
        self._next: dict[str, int] = {}

    def give(self, wanted: str) -> str:
        """`wanted` if it is free, otherwise the same with ``-2``, ``-3``, …"""
        base = wanted or "section"
        anchor = base
        while anchor in self._used:
            self._next[base] = self._next.get(base, 1) + 1
            anchor = f"{base}-{self._next[base]}"
        self._used.add(anchor)
        return anchor
