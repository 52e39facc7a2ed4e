"""The outbox as whoever looks after it sees it: what waits, what went wrong; put back, closed, counted.

Knows nothing about who may look. A message's text is read in `text` alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, null, select, update

from bot.domain.audit import Entry
from bot.domain.messages import Message
from bot.domain.outgoing import Kind, expiry
from bot.storage.audit import note
from bot.storage.database import Database
from bot.storage.outbox import State
from bot.storage.tables import in_state, outbox

UNSENT = (State.READY, State.SENDING, State.FAILED, State.UNKNOWN)
"""What has not arrived, as far as anybody knows, and still can."""
MENDABLE = (State.FAILED, State.UNKNOWN)
"""What can be put back: these keep their text until they are pruned."""
CLOSABLE = (State.READY, *MENDABLE)


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """All of a message but its text; `kept` says whether that is still there."""

    id: int
    key: str
    chat: str
    topic: int | None
    kind: Kind
    state: State
    written_at: datetime
    due_at: datetime
    expires_at: datetime
    closed_at: datetime | None
    attempts: int
    repeats: int
    error: str
    collections: tuple[str, ...]
    kept: bool


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many messages are in each state, and since when the oldest one that is due has been waiting (None: nothing waits)."""

    states: dict[str, int]
    oldest_due: datetime | None


_COLUMNS = (*(column for column in outbox.c if column.name != "message"), outbox.c.message.is_not(null()).label("kept"))


class OutboxCare:
    """The messages of all channels, for whoever looks after them; works beside a process that sends."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def messages(self, states: Collection[State], *, limit: int) -> tuple[StoredMessage, ...]:
        """The newest messages in these states, newest first."""
        query = select(*_COLUMNS).where(outbox.c.state.in_(list(states))).order_by(outbox.c.id.desc()).limit(limit)
        async with self._database.read() as db:
            return tuple(_stored(row) for row in await db.execute(query))

    async def one(self, id: int) -> StoredMessage | None:
        """One message, None when there is none of this number."""
        async with self._database.read() as db:
            row = (await db.execute(select(*_COLUMNS).where(outbox.c.id == id))).first()
            return None if row is None else _stored(row)

    async def text(self, id: int) -> Message | None:
        """What a message says, None when that is not kept any more."""
        async with self._database.read() as db:
            raw = await db.scalar(select(outbox.c.message).where(outbox.c.id == id))
            return None if raw is None else Message.from_json(raw)

    async def put_back(self, one: StoredMessage, *entries: Entry, now: datetime) -> bool:
        """Let a failed or unknown message be sent now, worth sending as long as a new one; False when it is neither by now.

        One that may have arrived counts as repeated.
        """
        mine = (outbox.c.id == one.id) & (outbox.c.state == one.state) & outbox.c.message.is_not(null())
        values = {
            "state": State.READY, "due_at": now, "expires_at": expiry(one.kind, now), "closed_at": None,
            "repeats": outbox.c.repeats + (1 if one.state is State.UNKNOWN else 0),
        }  # fmt: skip
        return await self._change(update(outbox).where(mine).values(values), entries)

    async def discard(self, id: int, *entries: Entry, now: datetime) -> bool:
        """Close a message that is not on its way, without its text; False when it is on its way or closed by now."""
        mine = (outbox.c.id == id) & outbox.c.state.in_(CLOSABLE)
        values = {"state": State.DISCARDED, "closed_at": now, "message": None}
        return await self._change(update(outbox).where(mine).values(values), entries)

    async def backlog(self, now: datetime) -> Backlog:
        """What a monitor wants to know."""
        waits = in_state(outbox, State.READY) & (outbox.c.due_at <= now) & (outbox.c.expires_at > now)
        async with self._database.read() as db:
            rows = await db.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state))
            states = {state: count for state, count in rows}
            query = select(outbox.c.due_at).where(waits).order_by(outbox.c.due_at).limit(1)
            return Backlog(states, (await db.execute(query)).scalar_one_or_none())

    async def _change(self, statement: Any, entries: Collection[Entry]) -> bool:
        async with self._database.write() as db:
            done = bool((await db.execute(statement)).rowcount)
            if done:
                await note(db, *entries)
            return done


def _stored(row: Row[Any]) -> StoredMessage:
    return StoredMessage(
        id=row.id,
        key=row.key,
        chat=row.chat,
        topic=row.topic,
        kind=Kind(row.kind),
        state=State(row.state),
        written_at=row.written_at,
        due_at=row.due_at,
        expires_at=row.expires_at,
        closed_at=row.closed_at,
        attempts=row.attempts,
        repeats=row.repeats,
        error=row.error or "",
        collections=tuple(row.collections),
        kept=bool(row.kept),
    )
