"""Checklists: what must be done before, during and after a live session, and when each item is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Variant(StrEnum):
    """Kinds of live session that have their own times and items."""

    DAILY = "daily"
    CAMPAIGN = "campaign"
    BRAND = "brand"
    FIRST = "first"


class Stage(StrEnum):
    """Before go-live, while live, after the end."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class Evidence(StrEnum):
    """What a tick has to bring along."""

    NONE = "none"
    NUMBER = "number"
    PHOTO = "photo"
    SECOND_PERSON = "second_person"


@dataclass(frozen=True, slots=True)
class Due:
    """When an item is due: `seconds` after go-live (negative before it), or after the end when `from_end`.

    With `every` the item comes back each so many seconds from there on, until the session ends.
    """

    seconds: int
    from_end: bool = False
    every: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do.

    `due` is by variant: an item that a variant does not name is not on that variant's list. `blocking` items must be ticked
    before go-live. `number` names the figure asked for and its unit where the evidence is a number.
    """

    id: str
    stage: Stage
    text: str
    role: str
    why: str
    evidence: Evidence
    number: str
    blocking: bool
    section: str
    due: Mapping[Variant, Due]


@dataclass(frozen=True, slots=True)
class Checklist:
    """The list of one variant and stage, in the order in which its items are due."""

    variant: Variant
    stage: Stage
    items: tuple[Item, ...]
