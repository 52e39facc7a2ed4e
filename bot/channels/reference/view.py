"""What is shown for a looked-up thing: parts of text, and links that a channel makes into buttons or numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.channels.reference import words
from bot.channels.words import Phrase
from bot.domain.messages import Part, Style

QUOTED = 24
"""Characters of what somebody typed that are repeated to them."""
NAMED = 3
"""Names that stand for a group."""


class Goal(StrEnum):
    """What a link leads to."""

    METRICS = "metrics"
    METRIC = "metric"
    RULES = "rules"
    RULE = "rule"
    VARIANTS = "variants"
    CHECKLIST = "checklist"
    SECTION = "section"


@dataclass(frozen=True, slots=True)
class Target:
    """One place: `key` is an id, a section's anchor, or ``variant.stage``.

    `number` is a group, counted from 1 with 0 for all of them, or a page, counted from 0.
    """

    goal: Goal
    key: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A label and where it leads; without a target it only shows something."""

    label: str
    target: Target | None


@dataclass(frozen=True, slots=True)
class View:
    """One thing as it is shown; `rows` of links stand below it. `at` is the place itself, for a section to lead back to."""

    parts: tuple[Part, ...]
    rows: tuple[tuple[Link, ...], ...] = ()
    at: Target | None = None

    @property
    def plain(self) -> str:
        """The text alone."""
        return "".join(part.text for part in self.parts)


def bold(text: str) -> Part:
    """A heading."""
    return Part(line(text), Style.BOLD)


def field(label: Phrase, value: str, language: str) -> tuple[Part, ...]:
    """A line with a bold label; nothing where there is nothing to say."""
    if not value.strip():
        return ()
    return Part("\n"), Part(label.to(language), Style.BOLD), Part(words.COLON.to(language) + line(value))


def line(text: str) -> str:
    """Content on one line, whatever it holds."""
    return " ".join(text.split())


def quoted(text: str) -> str:
    """What somebody typed, short enough to be repeated."""
    shown = line(text)
    return shown if len(shown) <= QUOTED else shown[:QUOTED] + "…"


def in_rows(links: Iterable[Link], columns: int) -> tuple[tuple[Link, ...], ...]:
    """Links side by side."""
    listed = tuple(links)
    return tuple(listed[at : at + columns] for at in range(0, len(listed), columns))


def brief(names: Sequence[str], language: str) -> str:
    """A few names of many on one line."""
    shown = [line(name) for name in names[:NAMED]]
    said = together(shown, language)
    return said if len(names) <= NAMED else words.AND_OTHERS.to(language, names=said)


def together(names: Sequence[str], language: str) -> str:
    """Names on one line, apart from each other also where one of them has the usual sign in it."""
    sign = words.LIST.to(language)
    return (words.APART.to(language) if any(sign.strip() in name for name in names) else sign).join(names)


def sentence(phrase: Phrase, language: str, **values: object) -> View:
    """One sentence without links."""
    return View((Part(phrase.to(language, **values)),))
