"""Messages that go out: a row with a unique key first, then claimed, sent and marked.

Knows nothing about channels. What happens to a message is decided in bot.domain.outgoing; here it is written down.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import GONE, merchant_collection, scope_of_collections
from bot.domain.messages import Message
from bot.domain.outgoing import COALESCED, CONDUCT, MIRRORED, Kind, Priority, expiry, qualified, sent_again
from bot.storage.audit import deleted
from bot.storage.database import Database
from bot.storage.robots import mirror
from bot.storage.tables import in_state, outbox, sent_messages
from bot.storage.upsert import insert


class State(StrEnum):
    """Where a message stands: READY and SENDING are open, all others are final.

    UNKNOWN: it may have arrived, and it is not sent again. EXPIRED: it was stale before it could be sent.
    DISCARDED: somebody gave it up. MERGED: a newer edit of the same message went out in its place.
    """

    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    DISCARDED = "discarded"
    MERGED = "merged"


OPEN = (State.READY, State.SENDING)


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One message that is to be sent. `attempts` and `repeats` count what happened before."""

    id: int
    key: str
    channel: str
    chat: str
    kind: Kind
    raw: dict[str, Any]
    topic: int | None
    reply_to: int | None
    edit_of: int | None
    expires_at: datetime
    attempts: int
    repeats: int
    collections: tuple[str, ...] = ()
    coalesce: str = ""

    @property
    def message(self) -> Message:
        """The message itself; read only when it is sent, so that one unreadable row does not stop the others."""
        return Message.from_json(self.raw)


@dataclass(frozen=True, slots=True)
class Batch:
    """What is sent at once: messages that may go as one, oldest first; `stale` are edits that the one here replaces."""

    items: tuple[OutboxItem, ...]
    stale: tuple[int, ...] = ()


class _NotAll(Exception):
    """Somebody else was faster with one of several messages."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a killed process left half sent: how many messages are sent again, how many are given up."""

    repeated: int
    dropped: int


# What nobody will send has no business here any more. FAILED and UNKNOWN messages keep their text until they are pruned:
# somebody may still send them (`copilot outbox retry`). A merchant that leaves takes its rows along, whatever their state.
_FORGOTTEN: dict[str, object] = {"message": None}


class Outbox:
    """The messages of all channels."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        key: str,
        channel: str,
        chat: str,
        message: Message,
        *,
        kind: Kind,
        now: datetime,
        topic: int | None = None,
        reply_to: int | None = None,
        edit_of: int | None = None,
        expires_at: datetime | None = None,
        not_before: datetime | None = None,
        collections: Collection[str] = (),
        coalesce: str = "",
    ) -> bool:
        """Write a message down for sending; False when there is one with this key already.

        `chat` is the platform's id or the qualified one. `edit_of` is the id of the message to replace.
        Without `expires_at` the kind says how long the message is worth sending. `collections` are those whose text is in it:
        where the chat may not be shown one of them any more by then, it is not sent. CHECKLIST and DIGEST messages with the same
        `coalesce` that wait for one chat go as one; digests do by themselves.
        """
        row = outgoing(
            key, channel, chat, message, kind=kind, now=now, topic=topic, reply_to=reply_to, edit_of=edit_of,
            expires_at=expires_at, not_before=not_before, collections=collections, coalesce=coalesce,
        )  # fmt: skip
        async with self._database.write() as db:
            return await put(db, row)

    async def latest(self) -> datetime | None:
        """When the last message was written down; a clock that says less has been set back."""
        async with self._database.read() as db:
            found = (await db.execute(select(outbox.c.written_at).order_by(outbox.c.id.desc()).limit(1))).scalar_one_or_none()
        return found if isinstance(found, datetime) else None

    async def due(
        self,
        *,
        now: datetime,
        limit: int,
        channels: Collection[str] | None = None,
        skip_chats: Collection[str] = (),
        held: Mapping[Priority, Collection[str]] = MappingProxyType({}),
        heads: int | None = None,
    ) -> list[OutboxItem]:
        """Messages that may be sent now, the most urgent first and then the oldest.

        Only those of `channels` (all when None), and none of the `skip_chats` (qualified). `held` names the chats that get
        nothing which is of a priority, or less urgent than it. With `heads`, of the first `limit` only the first of each chat,
        so many at most: messages hold pictures, and only what is sent next is worth reading.
        """
        query = select(outbox.c.id, outbox.c.chat).where(
            in_state(outbox, State.READY),
            outbox.c.due_at <= now,
            outbox.c.expires_at > now,
            outbox.c.chat.not_in(list(skip_chats)),
        )
        for priority, chats in held.items():
            query = query.where((outbox.c.priority < int(priority)) | outbox.c.chat.not_in(list(chats)))
        if channels is not None:
            query = query.where(outbox.c.channel.in_(list(channels)))
        order = (outbox.c.priority, outbox.c.id)
        async with self._database.read() as db:
            found = (await db.execute(query.order_by(*order).limit(limit))).all()
            if heads is not None:
                firsts = {row.chat: row.id for row in reversed(found)}
                found = [row for row in found if firsts[row.chat] == row.id][:heads]
            if not found:
                return []
            rows = await db.execute(select(outbox).where(outbox.c.id.in_([row.id for row in found])).order_by(*order))
            return [_item(row) for row in rows]

    async def together(self, item: OutboxItem, *, now: datetime, limit: int = 20) -> Batch:
        """What goes with this ready message now, itself included; of several edits of one message only the newest goes."""
        if item.edit_of is None and not item.coalesce:
            return Batch((item,))
        same = (outbox.c.channel == item.channel) & (outbox.c.chat == item.chat) & in_state(outbox, State.READY)
        due = (outbox.c.due_at <= now) & (outbox.c.expires_at > now)
        async with self._database.read() as db:
            if item.edit_of is not None:
                edits = same & (outbox.c.edit_of == item.edit_of)
                rows = await db.execute(select(outbox).where(edits & due).order_by(outbox.c.id.desc()).limit(1))
                newest = next((_item(row) for row in rows), item)
                stale = (await db.scalars(select(outbox.c.id).where(edits, outbox.c.id < newest.id))).all()
                return Batch((newest,), tuple(stale))
            alike = (outbox.c.kind == item.kind) & (outbox.c.coalesce == item.coalesce) & outbox.c.reply_to.is_(None)
            alike &= outbox.c.edit_of.is_(None) & outbox.c.topic.is_not_distinct_from(item.topic) & (outbox.c.id >= item.id)
            rows = await db.execute(select(outbox).where(same & alike & due).order_by(outbox.c.id).limit(limit))
            return Batch(tuple(_item(row) for row in rows) or (item,))

    async def claim(self, *ids: int, now: datetime, stale: Collection[int] = ()) -> bool:
        """Take ready messages for sending, all or none; False when somebody else was faster with one, or it is stale by now.

        The `stale` edits are closed in the same moment.
        """
        mine = outbox.c.id.in_(ids) & in_state(outbox, State.READY) & (outbox.c.expires_at > now)
        values = {"state": State.SENDING, "attempts": outbox.c.attempts + 1}
        replaced = outbox.c.id.in_(list(stale)) & in_state(outbox, State.READY)
        try:
            async with self._database.write() as db:
                if (await db.execute(update(outbox).where(mine).values(values))).rowcount != len(ids):
                    raise _NotAll
                if stale:
                    closed = {"state": State.MERGED, "closed_at": now} | _FORGOTTEN
                    await db.execute(update(outbox).where(replaced).values(closed))
        except _NotAll:
            return False
        return True

    async def sent(self, item_id: int, message_ids: Sequence[int], *, now: datetime, along: Collection[int] = ()) -> None:
        """The message arrived as these pieces, and what went `along` in it; the text is in the chat now and need not lie here.

        The pieces are remembered as those of the one message.
        """
        closed = {"state": State.SENT, "closed_at": now, "error": None} | _FORGOTTEN
        statement = update(outbox).where(_one(item_id)).values(closed).returning(outbox.c.chat)
        async with self._database.write() as db:
            chat = await db.scalar(statement)
            if along:
                await db.execute(update(outbox).where(outbox.c.id.in_(list(along))).values(closed))
            pieces = [
                {"chat": chat, "message_id": message_id, "outbox_id": item_id, "piece": piece}
                for piece, message_id in enumerate(message_ids)
            ]
            if chat is not None and pieces:
                # An edited message keeps the id that it was first sent under.
                await db.execute(insert(sent_messages).on_conflict_do_nothing(), pieces)

    async def apart(self, ids: Collection[int], *, at: datetime, error: str) -> None:
        """Messages that were refused as one are ready again, each for itself."""
        values = {"state": State.READY, "due_at": at, "error": error, "coalesce": None}
        async with self._database.write() as db:
            await db.execute(update(outbox).where(outbox.c.id.in_(list(ids))).values(values))

    async def retry(self, item_id: int, *, at: datetime, error: str) -> None:
        """The message did not go out and is ready again from `at` on."""
        await self._change(item_id, {"state": State.READY, "due_at": at, "error": error})

    async def failed(self, item_id: int, error: str, *, now: datetime) -> None:
        """The message can never be sent as things are."""
        await self._change(item_id, {"state": State.FAILED, "error": error, "closed_at": now})

    async def unknown(self, item_id: int, error: str, *, at: datetime, now: datetime) -> bool:
        """The message may have arrived; whether it is sent again at `at` depends on its kind. Returns that."""
        async with self._database.write() as db:
            row = (await db.execute(select(outbox).where(_one(item_id)))).first()
            return row is not None and await _resolve(db, row, error, at=at, now=now)  # its merchant may have left meanwhile

    async def fail_chat(self, chat: str, error: str, *, now: datetime) -> int:
        """Nothing that waits for this chat can be sent as things are. Returns how many messages that were."""
        waiting = (outbox.c.chat == chat) & in_state(outbox, State.READY)
        values = {"state": State.FAILED, "error": error, "closed_at": now}
        async with self._database.write() as db:
            return (await db.execute(update(outbox).where(waiting).values(values))).rowcount

    async def recover(self, *, now: datetime) -> Recovered:
        """Resolve what a killed process left half sent. To be called once, before anything is claimed."""
        async with self._database.write() as db:
            rows = (await db.execute(select(outbox).where(in_state(outbox, State.SENDING)))).all()
            again = [await _resolve(db, row, "interrupted", at=now, now=now) for row in rows]
            return Recovered(sum(again), len(again) - sum(again))

    async def drop_expired(self, now: datetime) -> tuple[str, ...]:
        """Close the messages that are stale, and return their keys."""
        stale = in_state(outbox, State.READY) & (outbox.c.expires_at <= now)
        values = {"state": State.EXPIRED, "closed_at": now} | _FORGOTTEN
        async with self._database.write() as db:
            return tuple((await db.scalars(update(outbox).where(stale).values(values).returning(outbox.c.key))).all())

    async def message_ids(self, key: str) -> tuple[int, ...] | None:
        """The ids of the pieces that a message was sent as, first to last; None while it is not sent."""
        query = select(sent_messages.c.message_id).join(outbox).where(outbox.c.key == key)
        async with self._database.read() as db:
            return tuple((await db.scalars(query.order_by(sent_messages.c.piece))).all()) or None

    async def key_of(self, message_id: int, *, chat: str) -> str | None:
        """The key of the message that stands in this (qualified) chat under this id, None when it is not ours."""
        here = (sent_messages.c.chat == chat) & (sent_messages.c.message_id == message_id)
        async with self._database.read() as db:
            return await db.scalar(select(outbox.c.key).join(sent_messages).where(here))

    async def migrate_chat(self, old: str, new: str) -> None:
        """The group has a new id (both qualified): what waits for it goes there, without the ids of old messages.

        Message ids start anew in the new group, so replies become plain messages and edits become new ones.
        """
        moved = {"chat": new, "reply_to": None, "edit_of": None}
        async with self._database.write() as db:
            await db.execute(update(outbox).where(outbox.c.chat == old, outbox.c.state.in_(OPEN)).values(moved))
            await db.execute(delete(sent_messages).where(sent_messages.c.chat == old))

    async def prune(self, before: datetime) -> int:
        """Forget messages that were closed before that time; returns how many. Edits of them become impossible."""
        async with self._database.write() as db:
            return (await db.execute(delete(outbox).where(outbox.c.closed_at < before))).rowcount

    async def counts(self) -> dict[str, int]:
        """How many messages there are in each state that has any."""
        async with self._database.read() as db:
            rows = await db.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state))
            return {state: count for state, count in rows}

    async def repeats(self) -> int:
        """How many times a message was sent that may have been there already; edits do not count, nobody sees them twice."""
        query = select(func.coalesce(func.sum(outbox.c.repeats), 0)).where(outbox.c.edit_of.is_(None))
        async with self._database.read() as db:
            return int(await db.scalar(query) or 0)

    async def _change(self, item_id: int, values: dict[str, object]) -> None:
        async with self._database.write() as db:
            await db.execute(update(outbox).where(_one(item_id)).values(values))


def outgoing(
    key: str,
    channel: str,
    chat: str,
    message: Message,
    *,
    kind: Kind,
    now: datetime,
    topic: int | None = None,
    reply_to: int | None = None,
    edit_of: int | None = None,
    expires_at: datetime | None = None,
    not_before: datetime | None = None,
    collections: Collection[str] = (),
    coalesce: str = "",
) -> dict[str, Any]:
    """The row of a message, as `Outbox.add` describes it, for whoever writes it down together with what it is about."""
    return {
        "key": key,
        "channel": channel,
        "chat": qualified(channel, chat),
        "topic": topic,
        "reply_to": reply_to,
        "edit_of": edit_of,
        "kind": kind,
        "priority": int(CONDUCT[kind].priority),
        "collections": sorted(collections),
        "message": message.to_json(),
        "state": State.READY,
        "written_at": now,
        "due_at": not_before or now,
        "expires_at": expires_at or expiry(kind, not_before or now),
        "attempts": 0,
        "repeats": 0,
        "coalesce": (coalesce or CONDUCT[kind].coalesce or None) if kind in COALESCED else None,
    }


async def put(db: AsyncConnection, row: dict[str, Any]) -> bool:
    """Inside a transaction: write a message down for sending; False when there is one with its key already."""
    if await deleted(db, scope_of_collections(row["collections"]).merchants):
        # What is sent in its place is the delivery's to say; an id of what was deleted must not come back with it.
        row = row | {"message": Message(()).to_json(), "collections": [merchant_collection(GONE)]}
    new = (await db.execute(insert(outbox).values(row).on_conflict_do_nothing())).rowcount == 1
    if new and row["kind"] in MIRRORED and row["edit_of"] is None:
        await mirror(db, row)
    return new


async def _resolve(db: AsyncConnection, row: Row[Any], error: str, *, at: datetime, now: datetime) -> bool:
    again = sent_again(Kind(row.kind), repeats=row.repeats, expires=row.expires_at, at=at)
    values: dict[str, object] = {"state": State.UNKNOWN, "closed_at": now, "error": error}
    if again:
        values = {"state": State.READY, "due_at": at, "repeats": row.repeats + 1, "error": error}
    await db.execute(update(outbox).where(_one(row.id)).values(values))
    return again


def _one(item_id: int) -> ColumnElement[bool]:
    return outbox.c.id == item_id


def _item(row: Row[Any]) -> OutboxItem:
    return OutboxItem(
        id=row.id,
        key=row.key,
        channel=row.channel,
        chat=row.chat,
        kind=Kind(row.kind),
        raw=row.message,
        topic=row.topic,
        reply_to=row.reply_to,
        edit_of=row.edit_of,
        expires_at=row.expires_at,
        attempts=row.attempts,
        repeats=row.repeats,
        collections=tuple(row.collections),
        coalesce=row.coalesce or "",
    )
