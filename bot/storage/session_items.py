"""The items of live sessions: which are to be pushed or reminded of now, and what people did to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Scope
from bot.domain.audit import Entry
from bot.domain.checklists import Evidence, Stage
from bot.domain.session_cards import ItemNote
from bot.domain.session_items import Level, SessionItem, State
from bot.storage.audit import note
from bot.storage.database import Database
from bot.storage.session_tables import GAP, cards, item_notes, session_items, sessions
from bot.storage.tables import outbox
from bot.storage.upsert import insert

_LOST = ("failed", "expired")
_COPIED = ("stage", "text", "why", "role", "evidence", "number", "section")


class SessionItems:
    """Items by session. Reads for people take their scope; those of the clock do without."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, session: str, *, scope: Scope) -> tuple[SessionItem, ...]:
        """The items of a session by when they are due; nothing where the scope does not reach it."""
        within = select(sessions.c.id).where(sessions.c.id == session, sessions.c.merchant.in_(sorted(scope.merchants)))
        return await self._found(session_items.c.session.in_(within))

    async def known(self, session: str) -> tuple[SessionItem, ...]:
        """For the clock: the items of a session by when they are due."""
        return await self._found(session_items.c.session == session)

    async def to_push(self, now: datetime, limit: int = 200) -> dict[str, tuple[SessionItem, ...]]:
        """For the clock: what has to be pushed by now, by session, those that wait longest first."""
        due = text("pushed_at IS NULL AND push_at IS NOT NULL AND state = 'open'")
        query = select(session_items).where(due, session_items.c.push_at <= now).order_by(session_items.c.push_at).limit(limit)
        async with self._database.read() as db:
            found = [item_of(row) for row in await db.execute(query)]
        return _by_session(found)

    async def to_remind(self, now: datetime, limit: int = 200) -> dict[str, tuple[SessionItem, ...]]:
        """For the clock: what somebody has to be reminded of by now, by session."""
        due = text("remind_at IS NOT NULL AND state IN ('open', 'unconfirmed')")
        query = select(session_items).where(due, session_items.c.remind_at <= now, session_items.c.pushed_at.is_not(None))
        async with self._database.read() as db:
            rows = await db.execute(query.order_by(session_items.c.remind_at).limit(limit))
            return _by_session([item_of(row) for row in rows])

    async def retime(self, session: str, retimed: Callable[[tuple[SessionItem, ...]], Iterable[SessionItem]]) -> None:
        """For the clock: push and remind of items at other times, None for never; `retimed` makes them of what is there now."""
        async with self._database.write() as db:
            old = await items_in(db, session)
            for item in set(retimed(old)).difference(old):
                times = {"push_at": item.push_at, "remind_at": item.remind_at}
                await db.execute(update(session_items).where(_is(item)).values(times))

    async def change(
        self, item: SessionItem, before: SessionItem, entry: Entry, also: Iterable[tuple[SessionItem, SessionItem, Entry]] = ()
    ) -> bool:
        """Store what somebody did to an item, and mark every card that shows it; False when somebody else was faster.

        `before` is the item as it was when they saw it. `also` are others that change with it, as far as nobody was faster.
        """
        async with self._database.write() as db:
            if not (await db.execute(update(session_items).where(_as_seen(before)).values(_deed(item)))).rowcount:
                return False
            for other, seen, line in also:
                if (await db.execute(update(session_items).where(_as_seen(seen)).values(_deed(other)))).rowcount:
                    await note(db, line)
            await mark_stale(db, item.session)
            await note(db, entry)
        return True

    async def say(self, item: SessionItem, said: ItemNote, entry: Entry) -> None:
        """Add what somebody said about an item."""
        values = {"session": item.session, "item": item.id, "slot": item.slot, "person": said.person, "said": said.said}
        async with self._database.write() as db:
            await db.execute(insert(item_notes).values(**values, at=said.at))
            await mark_stale(db, item.session)
            await note(db, entry)

    async def notes(self, session: str, *, scope: Scope) -> dict[tuple[str, int], tuple[ItemNote, ...]]:
        """What was said about the items of a session, oldest first."""
        within = sessions.c.merchant.in_(sorted(scope.merchants))
        async with self._database.read() as db:
            return await notes_in(db, session, within)

    async def _found(self, wanted: ColumnElement[bool]) -> tuple[SessionItem, ...]:
        async with self._database.read() as db:
            return await _items(db, wanted)


async def items_in(db: AsyncConnection, session: str) -> tuple[SessionItem, ...]:
    """Inside a transaction: the items of a session by when they are due."""
    return await _items(db, session_items.c.session == session)


async def _items(db: AsyncConnection, wanted: ColumnElement[bool]) -> tuple[SessionItem, ...]:
    order = (session_items.c.due_at, session_items.c.item, session_items.c.slot)
    return tuple(item_of(row) for row in await db.execute(select(session_items).where(wanted).order_by(*order)))


async def notes_in(
    db: AsyncConnection, session: str, within: ColumnElement[bool] | None = None
) -> dict[tuple[str, int], tuple[ItemNote, ...]]:
    """Inside a transaction: what was said about the items of a session, oldest first; `within` narrows which sessions count."""
    query = select(item_notes).join(sessions).where(item_notes.c.session == session)
    out: dict[tuple[str, int], tuple[ItemNote, ...]] = {}
    for row in await db.execute((query if within is None else query.where(within)).order_by(item_notes.c.id)):
        key = (row.item, row.slot)
        out[key] = (*out.get(key, ()), ItemNote(row.person, row.said, row.at))
    return out


async def replace_items(db: AsyncConnection, session: str, items: Iterable[SessionItem]) -> None:
    """Inside a transaction: these items in place of all that the session has."""
    await db.execute(delete(session_items).where(session_items.c.session == session))
    rows = [_row(item) for item in items]
    if rows:
        await db.execute(insert(session_items), rows)
    await mark_stale(db, session)


async def mark_pushed(db: AsyncConnection, items: Iterable[SessionItem], now: datetime) -> None:
    """Inside a transaction: these items have been pushed."""
    for session, theirs in _by_session(items).items():
        named = tuple_(session_items.c.item, session_items.c.slot).in_([item.key for item in theirs])
        await db.execute(update(session_items).where(session_items.c.session == session, named).values(pushed_at=now))


async def mark_reminded(db: AsyncConnection, items: Iterable[SessionItem]) -> None:
    """Inside a transaction: somebody has been reminded of these items; each says how far that went and when it goes on."""
    for item in items:
        values = {"reminded": int(item.reminded), "remind_at": item.remind_at}
        await db.execute(update(session_items).where(_is(item)).values(values))


async def mark_stale(db: AsyncConnection, session: str) -> None:
    """Inside a transaction: every card of the session has to be drawn again, but for those that never arrived, or never are."""
    lost = select(outbox.c.key).where(outbox.c.key == cards.c.key, outbox.c.state.in_(_LOST))
    shown = (cards.c.session == session) & (cards.c.kind != GAP) & ~lost.exists()
    await db.execute(update(cards).where(shown).values(changes=cards.c.changes + 1))


def item_of(row: Row[Any]) -> SessionItem:
    """An item from its row."""
    copy = row.copy
    return SessionItem(
        row.session, row.item, row.slot, Stage(copy["stage"]), copy["text"], copy["why"], copy["role"],
        Evidence(copy["evidence"]), copy["number"], row.blocking, copy["section"], row.due_at, row.push_at, row.person,
        State(row.state), row.by, row.at, row.proof, row.reason, row.pushed_at, row.remind_at, Level(row.reminded),
    )  # fmt: skip


def _is(item: SessionItem) -> ColumnElement[bool]:
    return (session_items.c.session == item.session) & (session_items.c.item == item.id) & (session_items.c.slot == item.slot)


def _as_seen(item: SessionItem) -> ColumnElement[bool]:
    return _is(item) & (session_items.c.state == item.state.value) & (session_items.c.person == item.person)


def _deed(item: SessionItem) -> dict[str, Any]:
    return {
        "person": item.person, "state": item.state.value, "by": item.by, "at": item.at, "proof": item.proof,
        "reason": item.reason, "remind_at": item.remind_at,
    }  # fmt: skip


def _row(item: SessionItem) -> dict[str, Any]:
    return {
        "session": item.session, "item": item.id, "slot": item.slot,
        "copy": {name: str(getattr(item, name)) for name in _COPIED},
        "blocking": item.blocking, "due_at": item.due_at, "push_at": item.push_at, "pushed_at": item.pushed_at,
        "reminded": int(item.reminded), **_deed(item),
    }  # fmt: skip


def _by_session(items: Iterable[SessionItem]) -> dict[str, tuple[SessionItem, ...]]:
    out: dict[str, tuple[SessionItem, ...]] = {}
    for item in items:
        out[item.session] = (*out.get(item.session, ()), item)
    return out
