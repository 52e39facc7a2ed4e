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

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.session_items import SessionItem
from bot.domain.sessions import LiveSession
from bot.storage.database import Database
from bot.storage.outbox import OPEN, State, put
from bot.storage.session_items import mark_pushed, mark_reminded
from bot.storage.session_tables import GAP, cards, session_items, sessions
from bot.storage.tables import in_state, outbox, sent_messages
from bot.storage.upsert import insert

edits = outbox.alias("edits")


class CardKind(StrEnum):
    """What a card shows: items, the plan of a session, what stands against going live, a tip, or that no figures come."""

    ITEMS = "items"
    PLAN = "plan"
    GATE = "gate"
    TIP = "tip"
    GAP = GAP


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


@dataclass(frozen=True, slots=True)
class FailedCard:
    """A card whose message can never be sent where it was to go, and until when saying it elsewhere is worth it."""

    card: Card
    expires_at: datetime


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
        of: LiveSession | None = None,
    ) -> int:
        """Write messages down with what they were about.

        Returns how many were not there yet; nothing is written down when the session `of` which they speak, as it was read at
        `now` or later, has been changed since then. A card of which an item has been changed since then is drawn again.
        """
        async with self._database.write() as db:
            if of is not None and await db.scalar(select(sessions.c.revision).where(sessions.c.id == of.id)) != of.revision:
                return 0
            new = await write_down(db, sent, now)
            await mark_pushed(db, pushed, now)
            await mark_reminded(db, reminded)
        return new

    async def stale(self, kind: CardKind, limit: int = 50) -> tuple[StaleCard, ...]:
        """Cards of this kind that show something old and have been sent: what can be drawn again now, the newest first.

        A group takes few edits a minute: the card that people look at is not to wait for those of hours ago.
        Not those of which an edit waits to be sent: ten ticks in ten seconds are not ten edits that hold up everything else.
        """
        theirs = (outbox.c.key == cards.c.key) & (sent_messages.c.chat == cards.c.chat)
        last = select(func.max(sent_messages.c.message_id)).join(outbox).where(theirs).correlate(cards).scalar_subquery()
        waits = select(edits.c.id).where(edits.c.chat == cards.c.chat, edits.c.edit_of == last, edits.c.state.in_(OPEN))
        due = (cards.c.drawn < cards.c.changes) & (cards.c.kind == kind.value) & last.is_not(None) & ~waits.exists()
        query = select(cards, last.label("message_id")).where(due).order_by(cards.c.made_at.desc(), cards.c.key).limit(limit)
        async with self._database.read() as db:
            return tuple(StaleCard(card_of(row), row.message_id) for row in await db.execute(query))

    async def redraw(self, card: Card, row: Mapping[str, Any]) -> None:
        """Write down the edit that brings a card up to date; `row` names the card's message as `edit_of`."""
        here = (cards.c.key == card.key) & (cards.c.drawn < card.changes)
        async with self._database.write() as db:
            if (await db.execute(update(cards).where(here).values(drawn=card.changes))).rowcount:
                await put(db, dict(row))

    async def follow(self, card: Card, now: datetime) -> None:
        """From now on draw a message again that stands in its chat already, as it is now."""
        values = _values(card) | {"drawn": card.changes, "made_at": now}
        async with self._database.write() as db:
            await db.execute(insert(cards).values(values).on_conflict_do_nothing())

    async def showing(self, session: str, item: str) -> dict[str, bool]:
        """Every chat that has a tip's card, each with whether the message stands there."""
        here = (cards.c.session == session) & (cards.c.kind == CardKind.TIP.value)
        sent = select(sent_messages.c.message_id).join(outbox).where(
            outbox.c.key == cards.c.key, sent_messages.c.chat == cards.c.chat
        )  # fmt: skip
        async with self._database.read() as db:
            rows = (await db.execute(select(cards, sent.exists().label("stands")).where(here))).all()
        found: dict[str, bool] = {}
        for row in rows:
            if (item, 0) in card_of(row).items:
                found[row.chat] = found.get(row.chat, False) or bool(row.stands)
        return found

    async def failed(self, now: datetime) -> tuple[FailedCard, ...]:
        """Tips and gaps that failed for good, are not stale yet, and were not passed on."""
        kinds = (CardKind.TIP.value, CardKind.GAP.value)
        lost = in_state(outbox, State.FAILED) & (outbox.c.expires_at > now) & outbox.c.message.is_not(None)
        query = select(cards, outbox.c.expires_at).join(outbox, outbox.c.key == cards.c.key)
        async with self._database.read() as db:
            rows = await db.execute(query.where(lost, cards.c.kind.in_(kinds)).order_by(outbox.c.id))
            return tuple(FailedCard(card_of(row), row.expires_at) for row in rows)

    async def pass_on(self, failed: Card, said: Sequence[Said], now: datetime) -> int:
        """Write down elsewhere what failed, once; the text that failed is not kept, so that nobody sends it after all.

        Returns how many messages are new.
        """
        here = (outbox.c.key == failed.key) & in_state(outbox, State.FAILED) & outbox.c.message.is_not(None)
        async with self._database.write() as db:
            if not (await db.execute(update(outbox).where(here).values(message=None))).rowcount:
                return 0
            return await write_down(db, said, now)

    async def prune(self, before: datetime) -> int:
        """Forget the cards that were made before that time, when their messages are forgotten; returns how many."""
        async with self._database.write() as db:
            return (await db.execute(delete(cards).where(cards.c.made_at < before))).rowcount

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
            late = int(await _changed(db, card, now))
            values = _values(card) | {"changes": card.changes + late, "drawn": card.changes, "made_at": now}
            await db.execute(insert(cards).values(values).on_conflict_do_nothing())
    return new


async def _changed(db: AsyncConnection, card: Card, since: datetime) -> bool:
    here = (session_items.c.session == card.session) & (session_items.c.at >= since)
    return await db.scalar(select(session_items.c.item).where(here).limit(1)) is not None


def card_of(row: Any) -> Card:
    """A card from its row."""
    items = tuple((str(id), int(slot)) for id, slot in row.items)
    return Card(row.key, row.session, row.chat, row.topic, CardKind(row.kind), items, row.language, row.changes)


def _values(card: Card) -> dict[str, Any]:
    return {
        "key": card.key, "session": card.session, "chat": card.chat, "topic": card.topic, "kind": card.kind.value,
        "items": [list(pair) for pair in card.items], "language": card.language, "changes": card.changes,
    }  # fmt: skip
