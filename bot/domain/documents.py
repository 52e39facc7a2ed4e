"""Documents of teams and merchants: what counts now, every version there was, and what was sent and waits to be confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.access import merchant_collection, team_collection

WAITS = timedelta(hours=24)
"""How long a file that was sent waits to be confirmed."""


def collection_of(team: str, merchant: str = "") -> str:
    """The collection of a merchant's documents, or of the team's own."""
    return merchant_collection(merchant) if merchant else team_collection(team)


@dataclass(frozen=True, slots=True)
class Document:
    """One document by its id; `merchant` is empty for the team's handbook. `current` is 0 while it is taken out."""

    id: str
    team: str
    merchant: str
    name: str
    current: int

    @property
    def collection(self) -> str:
        """Where it is found."""
        return collection_of(self.team, self.merchant)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a document, counted from 1. `digest` is the SHA-256 of its content, `size` in bytes."""

    number: int
    digest: str
    size: int
    sections: int
    added_by: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """What a file turned out to be: its name as it can be stored, what kind of file, and what stands in it.

    `headings` are the first few, `pages` is None where the format has none.
    """

    name: str
    kind: str
    title: str
    sections: int
    headings: tuple[str, ...]
    pages: int | None
    characters: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that `person` sent and nobody has confirmed yet. `collections` are those that it may be meant for."""

    id: str
    person: str
    digest: str
    size: int
    sent_at: datetime
    seen: Seen
    collections: tuple[str, ...] = ()


class Outcome(StrEnum):
    """What confirming a file did."""

    ADDED = "added"
    RESTORED = "restored"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Kept:
    """A document after a file was confirmed for it: `number` counts now. RESTORED when an older version was the same file."""

    document: Document
    number: int
    outcome: Outcome
