"""The live sessions of one merchant, whole, for its export."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Merchant
from bot.domain.order_rows import order_of
from bot.domain.running_order import RunningOrder
from bot.domain.session_cards import ItemNote
from bot.domain.session_items import SessionItem
from bot.domain.sessions import LiveSession
from bot.storage.session_items import item_of
from bot.storage.session_tables import item_notes, session_items, sessions
from bot.storage.sessions import session_of


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One session with its running order, its items by when they are due, and what was said about them, by item and slot."""

    session: LiveSession
    order: RunningOrder
    items: tuple[SessionItem, ...]
    notes: dict[tuple[str, int], tuple[ItemNote, ...]]

    @property
    def people(self) -> set[str]:
        """Everybody who occurs in it, by qualified id."""
        ours, said = self.session, [note.person for notes in self.notes.values() for note in notes]
        return {
            ours.operator,
            *(p.person for p in ours.posts),
            *(i.person for i in self.items),
            *(i.by for i in self.items),
            *said,
        }


async def session_records(db: AsyncConnection, merchant: Merchant) -> tuple[SessionRecord, ...]:
    """Inside a transaction: every session of the merchant, by its start."""
    rows = await db.execute(
        select(sessions).where(sessions.c.merchant == merchant.id).order_by(sessions.c.starts_at, sessions.c.id)
    )
    return tuple([
        SessionRecord(session_of(row), order_of(row.running_order), await _items(db, row.id), await _notes(db, row.id))
        for row in rows.all()
    ])  # fmt: skip


async def _items(db: AsyncConnection, session: str) -> tuple[SessionItem, ...]:
    query = select(session_items).where(session_items.c.session == session)
    rows = await db.execute(query.order_by(session_items.c.due_at, session_items.c.item, session_items.c.slot))
    return tuple(item_of(row) for row in rows)


async def _notes(db: AsyncConnection, session: str) -> dict[tuple[str, int], tuple[ItemNote, ...]]:
    out: dict[tuple[str, int], tuple[ItemNote, ...]] = {}
    for row in await db.execute(select(item_notes).where(item_notes.c.session == session).order_by(item_notes.c.id)):
        key = (row.item, row.slot)
        out[key] = (*out.get(key, ()), ItemNote(row.person, row.said, row.at))
    return out
