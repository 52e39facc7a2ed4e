"""Live sessions with their items: planned, changed, found again. What is due is a row; the clock only asks for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, select, update

from bot.domain.access import Scope
from bot.domain.audit import Entry
from bot.domain.checklists import Variant
from bot.domain.plan_figures import as_figures
from bot.domain.session_items import SessionItem, State
from bot.domain.sessions import SHOWN, LiveSession, Override, Post, Status
from bot.storage.audit import deleted, note
from bot.storage.cards import Said, write_down
from bot.storage.database import Database
from bot.storage.session_items import items_in, mark_stale, replace_items
from bot.storage.session_tables import session_items, sessions
from bot.storage.upsert import insert

OPEN = (Status.PLANNED, Status.LIVE)
HAPPENS = (*OPEN, Status.ENDED)
Lay = Callable[[tuple[SessionItem, ...]], Iterable[SessionItem]]
"""New items out of the old ones."""


class Sessions:
    """All live sessions. Reads take the scope of whoever will see them; only the clock's own reads do without."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, session: LiveSession, items: Iterable[SessionItem], entry: Entry, said: Iterable[Said] = ()) -> bool:
        """Store a new session with its items, and what is said about it.

        False when its series has one at that time already, or the merchant has been deleted meanwhile.
        """
        row = {"id": session.id, "running_order": [], **_values(session), "made_at": session.planned_at or entry.at}
        async with self._database.write() as db:
            if await deleted(db, [session.merchant]):
                return False
            if not (await db.execute(insert(sessions).values(row).on_conflict_do_nothing())).rowcount:
                return False
            await replace_items(db, session.id, items)
            await write_down(db, said, entry.at)
            await note(db, entry)
        return True

    async def save(self, session: LiveSession, lay: Lay | None, entry: Entry, said: Iterable[Said] = ()) -> bool:
        """Store a changed session, its items where they changed with it, and what is said about it, all at once.

        `session.revision` is one more than it was. `lay` makes the new items of those that are there at that moment, so that no
        tick is lost; what it raises leaves everything as it was. False when somebody else changed the session meanwhile.
        """
        mine = (sessions.c.id == session.id) & (sessions.c.revision == session.revision - 1)
        async with self._database.write() as db:
            if not (await db.execute(update(sessions).where(mine).values(_values(session)))).rowcount:
                return False
            if lay is None:
                await mark_stale(db, session.id)
            else:
                await replace_items(db, session.id, lay(await items_in(db, session.id)))
            await write_down(db, said, entry.at)
            await note(db, entry)
        return True

    async def drop_drafts(self, before: datetime) -> int:
        """Forget drafts that were begun before that time and never confirmed; returns how many."""
        old = (sessions.c.status == Status.DRAFT.value) & (sessions.c.made_at < before)
        async with self._database.write() as db:
            return (await db.execute(delete(sessions).where(old))).rowcount

    async def drop_draft(self, id: str) -> bool:
        """Forget one draft; False when it is none any more."""
        mine = (sessions.c.id == id) & (sessions.c.status == Status.DRAFT.value)
        async with self._database.write() as db:
            return bool((await db.execute(delete(sessions).where(mine))).rowcount)

    async def one(self, id: str, *, scope: Scope) -> LiveSession | None:
        """A session by its id, None when there is none that the scope reaches."""
        found = await self._found(sessions.c.id == id, scope=scope)
        return found[0] if found else None

    async def some(self, ids: Collection[str], *, scope: Scope) -> dict[str, LiveSession]:
        """Those of these sessions that the scope reaches, by their ids."""
        return {one.id: one for one in await self._found(sessions.c.id.in_(sorted(ids)), scope=scope)}

    async def between(
        self, start: datetime, end: datetime, *, scope: Scope, statuses: Collection[Status] = SHOWN
    ) -> tuple[LiveSession, ...]:
        """Sessions that start in [start, end), by their start."""
        span = (sessions.c.starts_at >= start) & (sessions.c.starts_at < end)
        return await self._found(span & sessions.c.status.in_([*statuses]), scope=scope)

    async def latest(self, merchant: str, *, scope: Scope, host: str = "") -> LiveSession | None:
        """What "as last time" means: the merchant's (and host's) session that began last, else the one that was planned last.

        One that was cancelled is none, and so is one of a series in two weeks as long as another has begun.
        """
        wanted = (sessions.c.merchant == merchant) & sessions.c.status.in_([*HAPPENS])
        if host:
            wanted &= sessions.c.host == host
        found = await self._found(wanted, scope=scope)
        return max(found, key=_how_lately, default=None)

    async def in_chat(self, chat: str, topic: int | None, *, scope: Scope) -> tuple[LiveSession, ...]:
        """Sessions of a group or topic that are planned or live, by their start."""
        here = (sessions.c.chat == chat) & sessions.c.status.in_([*OPEN])
        found = await self._found(here, scope=scope)
        return tuple(one for one in found if one.topic in (None, topic))

    async def open_at(self, now: datetime, *, reach: timedelta) -> tuple[LiveSession, ...]:
        """For the clock: sessions that are planned or live and start before `now + reach`."""
        return await self._found(sessions.c.status.in_([*OPEN]) & (sessions.c.starts_at < now + reach), scope=None)

    async def concerning(self, person: str, *, scope: Scope, since: datetime) -> tuple[LiveSession, ...]:
        """Sessions of which the person has open items, planned, live, or ended after that time; by their start."""
        theirs = select(session_items.c.session).where(
            session_items.c.person == person, session_items.c.state != State.DONE.value
        )
        recent = sessions.c.status.in_([*OPEN]) | ((sessions.c.status == Status.ENDED.value) & (sessions.c.ended_at >= since))
        return await self._found(sessions.c.id.in_(theirs) & recent, scope=scope)

    async def recent_in(self, chat: str, topic: int | None, *, scope: Scope, since: datetime) -> tuple[LiveSession, ...]:
        """Sessions of a group or topic that are planned, live, or ended after that time; by their start."""
        recent = sessions.c.status.in_([*OPEN]) | ((sessions.c.status == Status.ENDED.value) & (sessions.c.ended_at >= since))
        found = await self._found((sessions.c.chat == chat) & recent, scope=scope)
        return tuple(one for one in found if one.topic in (None, topic))

    async def planned_by(self, team: str) -> tuple[LiveSession, ...]:
        """For the clock: the team's planned sessions."""
        return await self._found((sessions.c.team == team) & (sessions.c.status == Status.PLANNED.value), scope=None)

    async def open_of(self, team: str) -> tuple[LiveSession, ...]:
        """For telling the leads, each of what is theirs: the team's planned and live sessions."""
        return await self._found((sessions.c.team == team) & sessions.c.status.in_([*OPEN]), scope=None)

    async def known(self, id: str) -> LiveSession | None:
        """For the clock: a session by its id. What it says goes to chats that are checked again when it is delivered."""
        found = await self._found(sessions.c.id == id, scope=None)
        return found[0] if found else None

    async def those(self, ids: Collection[str]) -> dict[str, LiveSession]:
        """For the clock: sessions by their ids, as `known` gives each."""
        return {one.id: one for one in await self._found(sessions.c.id.in_(sorted(ids)), scope=None)}

    async def live(self, before: datetime) -> dict[str, int]:
        """For the clock: the sessions that are live and start before that time, each with its revision, by their start."""
        wanted = (sessions.c.status == Status.LIVE.value) & (sessions.c.starts_at < before)
        query = select(sessions.c.id, sessions.c.revision).where(wanted).order_by(sessions.c.starts_at, sessions.c.id)
        async with self._database.read() as db:
            return {id: revision for id, revision in await db.execute(query)}

    async def running_order(self, id: str, *, scope: Scope) -> list[dict[str, Any]]:
        """The stored lines of the running order, empty when there is none."""
        query = select(sessions.c.running_order).where(sessions.c.id == id, sessions.c.merchant.in_(sorted(scope.merchants)))
        async with self._database.read() as db:
            return list(await db.scalar(query) or ())

    async def draft_order(self, id: str, lines: list[dict[str, Any]]) -> None:
        """Hold a running order until somebody confirms it; the one before counts as long."""
        async with self._database.write() as db:
            await db.execute(update(sessions).where(sessions.c.id == id).values(order_draft=lines))

    async def order_draft(self, id: str, *, scope: Scope) -> list[dict[str, Any]] | None:
        """The running order that waits, None when there is none."""
        query = select(sessions.c.order_draft).where(sessions.c.id == id, sessions.c.merchant.in_(sorted(scope.merchants)))
        async with self._database.read() as db:
            found = await db.scalar(query)
        return None if found is None else list(found)

    async def keep_running_order(self, id: str, lines: list[dict[str, Any]], entry: Entry) -> None:
        """Store the running order in place of the one before; none waits any more."""
        values = {"running_order": lines, "order_draft": None}
        async with self._database.write() as db:
            await db.execute(update(sessions).where(sessions.c.id == id).values(values))
            await note(db, entry)

    async def _found(self, wanted: ColumnElement[bool], *, scope: Scope | None) -> tuple[LiveSession, ...]:
        query = select(sessions).where(wanted)
        if scope is not None:
            query = query.where(sessions.c.merchant.in_(sorted(scope.merchants)))
        async with self._database.read() as db:
            rows = await db.execute(query.order_by(sessions.c.starts_at, sessions.c.id))
            return tuple(session_of(row) for row in rows)


def _how_lately(session: LiveSession) -> tuple[bool, datetime, datetime]:
    return session.began_at is not None, session.began_at or session.planned_at or session.starts_at, session.starts_at


def session_of(row: Row[Any]) -> LiveSession:
    """A session from its row."""
    raw = row.override
    override = Override(raw["by"], raw["reason"], datetime.fromisoformat(raw["at"]), tuple(raw["items"])) if raw else None
    return LiveSession(
        row.id, row.team, row.merchant, row.host, row.starts_at, timedelta(seconds=row.length), row.zone, Variant(row.variant),
        row.operator, row.goal, row.chat, row.topic, tuple(Post(**post) for post in row.posts), Status(row.status),
        row.began_at, row.ended_at, row.series, row.revision, override, row.made_at,
        as_figures(row.figures),
    )  # fmt: skip


def _values(session: LiveSession) -> dict[str, Any]:
    override = session.override
    made = {"made_at": session.planned_at} if session.planned_at else {}
    return made | {
        "team": session.team, "merchant": session.merchant, "host": session.host, "starts_at": session.starts_at,
        "length": int(session.length.total_seconds()), "zone": session.zone, "variant": session.variant.value,
        "operator": session.operator, "goal": session.goal, "figures": session.figures.known,
        "chat": session.chat, "topic": session.topic,
        "posts": [asdict(post) for post in session.posts], "status": session.status.value, "began_at": session.began_at,
        "ended_at": session.ended_at, "series": session.series, "revision": session.revision,
        "override": {**asdict(override), "at": override.at.isoformat()} if override else None,
    }  # fmt: skip
