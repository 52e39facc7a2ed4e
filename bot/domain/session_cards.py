"""What stands on a card of a session, before it is put into words. No I/O, no clock: `now` is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.session_items import SessionItem
from bot.domain.sessions import LiveSession


@dataclass(frozen=True, slots=True)
class ItemNote:
    """What somebody said about an item."""

    person: str
    said: str
    at: datetime


Notes = Mapping[tuple[str, int], tuple[ItemNote, ...]]
"""Notes by item and slot, oldest first."""


@dataclass(frozen=True, slots=True)
class ItemCard:
    """A list of items of one session, in the order of the card. `names` are people's by qualified id.

    `numbers` are the items' in their session, by id.
    """

    session: LiveSession
    merchant: str
    items: tuple[SessionItem, ...]
    numbers: Mapping[str, int]
    names: Mapping[str, str]
    now: datetime
    language: str
    notes: Notes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One open item with the session that it belongs to, and its number there."""

    session: LiveSession
    merchant: str
    item: SessionItem
    number: int


@dataclass(frozen=True, slots=True)
class Reminder:
    """What one person is reminded of. `names` are people's by qualified id; `reader` is the person."""

    reader: str
    items: Sequence[OpenItem]
    names: Mapping[str, str]
    now: datetime
    language: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """What the next shift has to know: `still_open` by due time, and what was done since `since`, oldest first."""

    session: LiveSession
    merchant: str
    still_open: tuple[SessionItem, ...]
    done: tuple[SessionItem, ...]
    notes: Sequence[tuple[SessionItem, ItemNote]]
    names: Mapping[str, str]
    since: datetime
    now: datetime
    language: str


def rounds(items: Sequence[SessionItem], numbers: Mapping[str, int]) -> list[tuple[int, tuple[SessionItem, ...]]]:
    """The items line by line with their numbers, in that order: those that come back several times share one."""
    lines: dict[str, list[SessionItem]] = {}
    for item in items:
        lines.setdefault(item.id, []).append(item)
    numbered = [(numbers[id], tuple(sorted(line, key=lambda one: one.slot))) for id, line in lines.items()]
    return sorted(numbered, key=lambda one: one[0])


def alike(items: Sequence[SessionItem]) -> list[tuple[SessionItem, ...]]:
    """The items line by line: occurrences of one item of which the same is to be said share one, at the place of the first."""
    lines: dict[tuple[str, ...], list[SessionItem]] = {}
    for item in items:
        lines.setdefault((item.id, item.state, item.by or item.person, item.proof, item.reason), []).append(item)
    return [tuple(line) for line in lines.values()]
