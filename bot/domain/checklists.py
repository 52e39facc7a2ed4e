"""Checklists: what must be done before, during and after a live session, and when each item is due."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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


def checklist(items: Iterable[Item], variant: Variant, stage: Stage) -> Checklist:
    """The items that the variant has at this stage, by when they are due; what counts from the end comes last."""
    own = [item for item in items if item.stage is stage and variant in item.due]
    return Checklist(variant, stage, tuple(sorted(own, key=lambda item: _order(item, variant))))


def due_at(item: Item, variant: Variant, go_live: datetime, end: datetime | None) -> datetime | None:
    """When the item is due (first due, for one that comes back), in the time zone of `go_live`.

    None where the variant does not have the item, and where it counts from an `end` that is not known yet. Days are 24 hours:
    what lies between is time that passes, also over a change of the clocks. Raises ValueError for a naive datetime.
    """
    _aware(go_live, end)
    due = item.due.get(variant)
    start = end if due and due.from_end else go_live
    return _later(start, due.seconds, go_live) if due and start else None


def occurrences(item: Item, variant: Variant, go_live: datetime, end: datetime) -> tuple[datetime, ...]:
    """Every moment at which the item is due, oldest first, in the time zone of `go_live`.

    One that comes back does so as long as the session lasts, not at its `end`; any other is due once, or never where the
    variant does not have it. Raises ValueError for a naive datetime.
    """
    first = due_at(item, variant, go_live, end)
    if first is None:
        return ()
    every = item.due[variant].every
    if every is None:
        return (first,)
    lasts = (end - first.astimezone(UTC)).total_seconds()
    return tuple(_later(first, seconds, go_live) for seconds in range(0, math.ceil(lasts), every))


def _order(item: Item, variant: Variant) -> tuple[bool, int, str]:
    due = item.due[variant]
    return due.from_end, due.seconds, item.id


def _aware(*moments: datetime | None) -> None:
    for moment in moments:
        if moment is not None and moment.utcoffset() is None:
            raise ValueError(f"a moment needs a time zone: {moment.isoformat()}")


def _later(start: datetime, seconds: int, zone: datetime) -> datetime:
    # Adding to a local datetime moves the hands of the clock; only in UTC does it add time that passes.
    return (start.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(zone.tzinfo)
