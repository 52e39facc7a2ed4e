"""The words of the library: Document, Section, Chunk, Passage. All frozen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b

Scope = Collection[str]
"""Names of the collections that may be read, e.g. ``{"handbook", "merchant-7"}``. Never optional."""

HANDBOOK = "handbook"
"""The collection that everybody may read; one of several handbooks has a name of its own behind it, ``handbook-1a2b3c4d``."""


def is_handbook(scope: str) -> bool:
    """Whether a collection is a handbook, and not a team's or a merchant's documents."""
    return scope == HANDBOOK or scope.startswith(f"{HANDBOOK}-")


class Kind(StrEnum):
    """What a document is for; cases are listed apart from the handbook's own answer."""

    HANDBOOK = "handbook"
    CASE = "case"


@dataclass(frozen=True, slots=True)
class Section:
    """One piece of a document that answers by itself: what is shown and cited.

    `heading` is as written in the document (``12.1 在线掉了``); `path` holds the headings above it,
    outermost first, without the document's title and without `heading`. `anchor` is unique within the
    document and stays the same as long as the heading (or its number) does. `text` is Markdown without
    the heading line. `page` is where the text begins, counted from 1, and None where the format has no pages;
    `breaks` are the offsets into the text at which a further page begins.
    """

    anchor: str
    heading: str
    path: tuple[str, ...]
    text: str
    page: int | None = None
    breaks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One readable file. `path` is POSIX, relative to the handbook folder; `title` is never empty."""

    path: str
    title: str
    kind: Kind
    sections: tuple[Section, ...]
    meta: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that was left out, with the reason in one sentence for the person who owns it."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """The unit that is embedded: a run of whole sentences of one section.

    `start` and `end` are character offsets into the section's text.
    """

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """How well one chunk of a passage fits the question. `score` is a centred cosine, about -1..1."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Passage:
    """One section found for a question, with everything that a citation needs.

    `score` is the fused score in 0..1, `lexical` and `dense` its two sides in 0..1. `spans` are the chunks, best first;
    empty while the vectors are not there yet. `picked` are the offsets of the sentences that answer, in order. `page` is
    where the section begins or, once sentences are picked, where the best of them stands; `breaks` as in Section.
    """

    key: str
    scope: str
    document: str
    title: str
    kind: Kind
    heading: str
    path: tuple[str, ...]
    anchor: str
    page: int | None
    text: str
    language: str
    score: float
    lexical: float = 0.0
    dense: float = 0.0
    spans: tuple[Span, ...] = ()
    picked: tuple[tuple[int, int], ...] = ()
    breaks: tuple[int, ...] = ()
    meta: dict[str, str] = field(default_factory=dict)

    @property
    def teaching(self) -> bool:
        """Whether it is part of a case that is made up for teaching, as its front matter says."""
        return self.meta.get("teaching", "").lower() in ("true", "yes", "是")


def section_key(scope: str, document: str, anchor: str) -> str:
    """Twelve hex digits that name a section in links and buttons, the same on every machine."""
    raw = "\0".join((scope, document, anchor)).encode("utf-8", "surrogatepass")
    return blake2b(raw, digest_size=6).hexdigest()
