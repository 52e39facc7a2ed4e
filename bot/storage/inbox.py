"""Updates that came in: written down before they are acknowledged, handled once, also after a kill.

Knows nothing about what an update says; its payload is data that only the channel reads.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, func, select, update

from bot.domain.outgoing import qualified
from bot.storage.database import Database
from bot.storage.tables import in_state, inbox
from bot.storage.upsert import insert

MAX_ATTEMPTS = 3


class State(StrEnum):
    """Where an update stands. PARKED ones failed too often or cannot be read; they are kept for a person to look at."""

    WAITING = "waiting"
    DONE = "done"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One update that is not handled yet. `attempts` counts the failed ones before."""

    id: int
    channel: str
    update_id: int
    chat: str
    payload: dict[str, Any]
    attempts: int
    received_at: datetime


class Inbox:
    """The updates of all channels, oldest first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, channel: str, update_id: int, chat: str, payload: Any, *, now: datetime, parked: str = "") -> bool:
        """Write an update down; False when it was there before. Once this returns, the update is on the disk.

        `chat` is the platform's id or the qualified one; `payload` is anything that JSON can hold. `parked` is the
        cause when it can never be handled. Raises StorageError; the update must then not be acknowledged.
        """
        values = {
            "channel": channel,
            "update_id": update_id,
            "chat": qualified(channel, chat),
            "payload": payload,
            "state": State.PARKED if parked else State.WAITING,
            "attempts": 0,
            "error": parked or None,
            "received_at": now,
            "closed_at": now if parked else None,
        }
        async with self._database.write() as db:
            result = await db.execute(insert(inbox).values(values).on_conflict_do_nothing())
            return result.rowcount == 1

    async def pending(self, *, limit: int = 100, skip: Collection[int] = (), skip_chats: Collection[str] = ()) -> list[InboxItem]:
        """Updates still to be handled, oldest first, without the ids in `skip` (those in hand) and without these chats."""
        query = select(inbox).where(in_state(inbox, State.WAITING), inbox.c.id.not_in(list(skip)))
        if skip_chats:
            query = query.where(inbox.c.chat.not_in(list(skip_chats)))
        async with self._database.read() as db:
            rows = await db.execute(query.order_by(inbox.c.id).limit(limit))
            return [_item(row) for row in rows]

    async def done(self, item_id: int, *, now: datetime) -> None:
        """The update is handled: its payload is emptied, the row stays to recognise the same update again."""
        closed = {"state": State.DONE, "payload": None, "closed_at": now}
        async with self._database.write() as db:
            await db.execute(update(inbox).where(inbox.c.id == item_id).values(closed))

    async def park(self, item_id: int, error: str, *, now: datetime) -> None:
        """The update can never be handled; it is kept with the cause."""
        parked = {"state": State.PARKED, "error": error, "closed_at": now}
        async with self._database.write() as db:
            await db.execute(update(inbox).where(inbox.c.id == item_id).values(parked))

    async def failed(self, item_id: int, error: str, *, now: datetime) -> int:
        """Count a failed attempt and return how many there were; after MAX_ATTEMPTS the update is parked."""
        async with self._database.write() as db:
            one = inbox.c.id == item_id
            attempts = (await db.scalar(select(inbox.c.attempts).where(one)) or 0) + 1
            values: dict[str, object] = {"attempts": attempts, "error": error}
            if attempts >= MAX_ATTEMPTS:
                values |= {"state": State.PARKED, "closed_at": now}
            await db.execute(update(inbox).where(one).values(values))
            return attempts

    async def prune(self, before: datetime) -> int:
        """Forget the updates that were handled before that time; parked ones stay. Returns how many went."""
        async with self._database.write() as db:
            old = in_state(inbox, State.DONE) & (inbox.c.closed_at < before)
            return (await db.execute(delete(inbox).where(old))).rowcount

    async def counts(self) -> dict[str, int]:
        """How many updates there are in each state that has any."""
        async with self._database.read() as db:
            rows = await db.execute(select(inbox.c.state, func.count()).group_by(inbox.c.state))
            return {state: count for state, count in rows}


def _item(row: Row[Any]) -> InboxItem:
    return InboxItem(row.id, row.channel, row.update_id, row.chat, row.payload, row.attempts, row.received_at)
