"""Words and practices that the law or the platform does not allow, or only with evidence, and where a text has them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

NUMBER = "{n}"
"""Stands in a pattern for a number, in digits or in Chinese."""
GAP = "…"
"""Stands in a pattern for up to a dozen characters of the same sentence, none of which says no."""

_FIGURE = r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十百千万几]+)"
_LAW = re.compile(r"《[^》]+》")
# What says no in between turns the meaning round: 差评一条没删.
_BETWEEN = r"[^。！？；\n不没别未]{0,12}?"


class Level(StrEnum):
    """How a word is met: not at all, only with written evidence, or better put another way."""

    BLOCK = "block"
    EVIDENCE = "evidence"
    HINT = "hint"


class WordKind(StrEnum):
    """What a word is about."""

    ABSOLUTE = "absolute"
    CURE = "cure"
    PRICE = "price"
    SCARCITY = "scarcity"
    RAFFLE = "raffle"
    OFFSITE = "offsite"
    MINOR = "minor"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Wording:
    """One entry of the list: `patterns` are plain words, with `{n}` for a number and `…` for a gap.

    `unless` are longer words that hold a pattern and mean something else. `reason` says why not, `instead` what to say,
    `article` the law or rule, `section` the section of the handbook.
    """

    id: str
    level: Level
    kind: WordKind
    patterns: tuple[str, ...]
    unless: tuple[str, ...]
    reason: str
    instead: str
    article: str
    section: str


@dataclass(frozen=True, slots=True)
class Found:
    """Where a text has an entry: characters `start` to `end` (exclusive), which read `word`."""

    wording: Wording
    start: int
    end: int
    word: str


def find(wordings: Iterable[Wording], text: str) -> list[Found]:
    """Every place of every entry, in the order of the text; spaces do not matter. Linear in the text for each pattern."""
    found = []
    for wording in wordings:
        innocent = [match.span() for match in _any(wording.unless).finditer(text)] if wording.unless else []
        for match in _any(wording.patterns).finditer(text):
            if not _within(match.span(), innocent):
                found.append(Found(wording, match.start(), match.end(), match[0]))
    return sorted(found, key=lambda one: (one.start, -one.end))


def warning_sections(wordings: Iterable[Wording], question: str, *, anchor: str, text: str) -> tuple[str, ...]:
    """Sections that must stand in front of an answer to a question about something unlawful; none for any other question.

    `anchor` and `text` are the section that was found first: where it names the same law, it warns already and stays in front.
    """
    asked = [found.wording for found in find(wordings, question) if found.wording.level is Level.BLOCK]
    warns = {one.id: any(law in text for law in _LAW.findall(one.article)) for one in asked}
    return tuple(dict.fromkeys(anchor if warns[one.id] else one.section for one in asked))


def _within(span: tuple[int, int], spans: list[tuple[int, int]]) -> bool:
    """Whether one of the spans, which follow each other without overlap, holds this one."""
    at = bisect_right(spans, span[0], key=lambda one: one[0]) - 1
    return at >= 0 and span[1] <= spans[at][1]


@lru_cache(maxsize=1024)
def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """One expression for all the patterns, the longest first."""
    return re.compile("|".join(_one(pattern) for pattern in sorted(patterns, key=len, reverse=True)), re.IGNORECASE)


def _one(pattern: str) -> str:
    parts = re.findall(rf"{re.escape(NUMBER)}|{GAP}|\S", pattern)
    return r"\s?".join(_FIGURE if part == NUMBER else _BETWEEN if part == GAP else re.escape(part) for part in parts)
