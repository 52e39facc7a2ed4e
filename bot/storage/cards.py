"""Cards: messages that list items of a session, and are drawn again when what they list changes.

A push is one transaction: the message in the outbox, its card, and the note that its items were pushed. So a kill at any moment
neither loses nor doubles one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.session_items import SessionItem
from bot.storage.database import Database
from bot.storage.outbox import put
from bot.storage.session_items import mark_pushed, mark_reminded
from bot.storage.session_tables import cards
from bot.storage.tables import outbox, sent_messages
from bot.storage.upsert import insert


class CardKind(StrEnum):
    """What a card shows: items, the plan of a session, or what stands against going live."""

    ITEMS = "items"
    PLAN = "plan"
    GATE = "gate"


@dataclass(frozen=True, slots=True)
class Card:
    """One card in one chat. `key` is that of its message in the outbox; `items` are pairs of item id and slot.

    `changes` counts how often what it shows has changed. Read the card before the items: then a change between the two is
    drawn once more, and never missed.
    """

    key: str
    session: str
    chat: str
    topic: int | None
    kind: CardKind
    items: tuple[tuple[str, int], ...]
    language: str
    changes: int = 0


@dataclass(frozen=True, slots=True)
class StaleCard:
    """A card that shows something old, with the id under which its (last) piece stands in its chat."""

    card: Card
    message_id: int


Said = tuple[Card | None, Mapping[str, Any]]
"""A message, as a row of `storage.outbox.outgoing`, with its card if it is one."""


class Cards:
    """All cards."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def push(
        self,
        sent: Sequence[Said],
        *,
        now: datetime,
        pushed: Iterable[SessionItem] = (),
        reminded: Iterable[SessionItem] = (),
    ) -> int:
        """Write messages down, each a row of `storage.outbox.outgoing` with its card if it is one, and what they were about.

        Returns how many were not there yet.
        """
        async with self._database.write() as db:
            new = await write_down(db, sent, now)
            await mark_pushed(db, pushed, now)
            await mark_reminded(db, reminded)
        return new

    async def stale(self, kind: CardKind, limit: int = 50) -> tuple[StaleCard, ...]:
        """Cards of this kind that show something old and have been sent: what can be drawn again now."""
        sent = select(outbox.c.key, sent_messages.c.message_id).join(sent_messages).subquery()
        query = select(cards, sent.c.message_id).join(sent, sent.c.key == cards.c.key)
        query = query.where(cards.c.drawn < cards.c.changes, cards.c.kind == kind.value)
        async with self._database.read() as db:
            rows = await db.execute(query.order_by(cards.c.key, sent.c.message_id).limit(limit))
            return tuple({row.key: StaleCard(card_of(row), row.message_id) for row in rows}.values())

    async def redraw(self, card: Card, row: Mapping[str, Any]) -> None:
        """Write down the edit that brings a card up to date; `row` names the card's message as `edit_of`."""
        here = (cards.c.key == card.key) & (cards.c.drawn < card.changes)
        async with self._database.write() as db:
            if (await db.execute(update(cards).where(here).values(drawn=card.changes))).rowcount:
                await put(db, dict(row))

    async def at(self, key: str) -> Card | None:
        """The card whose message has this key in the outbox."""
        async with self._database.read() as db:
            row = (await db.execute(select(cards).where(cards.c.key == key))).one_or_none()
        return card_of(row) if row is not None else None


async def write_down(db: AsyncConnection, sent: Iterable[Said], now: datetime) -> int:
    """Inside a transaction: messages with their cards; returns how many were not there yet."""
    new = 0
    for card, row in sent:
        new += await put(db, dict(row))
        if card is not None:
            values = _values(card) | {"drawn": card.changes, "made_at": now}
            await db.execute(insert(cards).values(values).on_conflict_do_nothing())
    return new


def card_of(row: Any) -> Card:
    """A card from its row."""
    items = tuple((str(id), int(slot)) for id, slot in row.items)
    return Card(row.key, row.session, row.chat, row.topic, CardKind(row.kind), items, row.language, row.changes)


def _values(card: Card) -> dict[str, Any]:
    return {
        "key": card.key, "session": card.session, "chat": card.chat, "topic": card.topic, "kind": card.kind.value,
        "items": [list(pair) for pair in card.items], "language": card.language, "changes": card.changes,
    }  # fmt: skip
