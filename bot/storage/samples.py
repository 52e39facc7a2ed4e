"""Samples by session and minute: appended in any order and as often as one likes, read with a scope, thinned, pruned."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Scope
from bot.domain.samples import Sample, merged, minute_of, one_minute
from bot.domain.sessions import Status
from bot.storage.database import Database
from bot.storage.sample_blocks import packed, unpacked
from bot.storage.sample_tables import feeds, samples
from bot.storage.session_tables import sessions
from bot.storage.upsert import insert

TAKES = (Status.PLANNED, Status.LIVE)
"""Sessions that samples may be written to; a planned one is where a feed is tried out."""
Blocks = tuple[tuple[int, bytes], ...]
"""Minutes with what is stored of each; `sample_blocks.unpacked` reads one."""
AT_ONCE = 500
"""Blocks that are thinned in one transaction, so that nobody else's writing waits long for it."""


class Samples:
    """The samples of all sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, session: str, new: Sequence[Sample], now: datetime, *, feed: str = "", statuses: Collection[Status] = TAKES
    ) -> tuple[Sample, ...] | None:
        """Store samples, each to the millisecond; returns what each of them added: nothing of it, where all was there already.

        `feed` was seen at this moment. None, and nothing stored, when the session is none of these statuses any more.
        """
        async with self._database.write() as db:
            status = await db.scalar(select(sessions.c.status).where(sessions.c.id == session))
            if status not in statuses:
                return None
            added = await _put(db, session, new)
            if feed:
                await db.execute(update(feeds).where(feeds.c.id == feed).values(last_seen_at=now))
        return added

    async def between(self, session: str, start: datetime, end: datetime, *, scope: Scope) -> tuple[Sample, ...]:
        """The samples of a session in [start, end), by their time; none of a session that the scope does not reach."""
        span = (samples.c.minute >= minute_of(start)) & (samples.c.minute <= minute_of(end))
        found = await self._found(span & (samples.c.session == session), scope=scope)
        return tuple(one for one in found if start <= one.at < end)

    async def all(self, session: str, *, scope: Scope) -> tuple[Sample, ...]:
        """All samples of a session, by their time; none of a session that the scope does not reach."""
        return await self._found(samples.c.session == session, scope=scope)

    async def blocks(self, session: str, until: datetime, *, scope: Scope) -> Blocks:
        """All samples of a session up to the minute of a moment, still packed: hours of them are unpacked beside the event loop.

        None of a session that the scope does not reach.
        """
        ours = samples.c.session.in_(select(sessions.c.id).where(sessions.c.merchant.in_(sorted(scope.merchants))))
        wanted = (samples.c.session == session) & (samples.c.minute <= minute_of(until)) & ours
        async with self._database.read() as db:
            rows = await db.execute(select(samples.c.minute, samples.c.block).where(wanted).order_by(samples.c.minute))
            return tuple((row.minute, row.block) for row in rows)

    async def latest(self, session: str, *, scope: Scope) -> Sample | None:
        """The newest sample of a session, None when it has none that the scope reaches."""
        newest = select(func.max(samples.c.minute)).where(samples.c.session == session).scalar_subquery()
        found = await self._found((samples.c.session == session) & (samples.c.minute == newest), scope=scope)
        return found[-1] if found else None

    async def thin(self, before: datetime, lasting: Collection[str]) -> int:
        """Put each minute before that time into one sample (see `domain.samples.one_minute`); returns how many minutes."""
        old = (samples.c.minute < minute_of(before)) & samples.c.coarse.is_(False)
        done = 0
        while True:
            async with self._database.write() as db:
                rows = (await db.execute(select(samples).where(old).limit(AT_ONCE))).all()
                for row in rows:
                    await db.execute(update(samples).where(_is(row)).values(block=_thinned(row, lasting), coarse=True))
            done += len(rows)
            if len(rows) < AT_ONCE:
                return done

    async def prune(self, before: datetime) -> int:
        """Forget all samples of minutes before that time; returns how many minutes."""
        async with self._database.write() as db:
            return (await db.execute(delete(samples).where(samples.c.minute < minute_of(before)))).rowcount

    async def _found(self, wanted: ColumnElement[bool], *, scope: Scope) -> tuple[Sample, ...]:
        ours = samples.c.session.in_(select(sessions.c.id).where(sessions.c.merchant.in_(sorted(scope.merchants))))
        async with self._database.read() as db:
            rows = await db.execute(select(samples).where(wanted, ours).order_by(samples.c.session, samples.c.minute))
            return tuple(one for row in rows for one in unpacked(row.minute, row.block))


async def blocks_in(db: AsyncConnection, session: str) -> Blocks:
    """Inside a transaction that has asked for the right to it: all samples of a session, by their time, still packed."""
    query = select(samples.c.minute, samples.c.block).where(samples.c.session == session).order_by(samples.c.minute)
    return tuple((row.minute, row.block) for row in await db.execute(query))


async def _put(db: AsyncConnection, session: str, new: Sequence[Sample]) -> tuple[Sample, ...]:
    places: dict[int, list[int]] = {}
    for place, one in enumerate(new):
        places.setdefault(minute_of(one.at), []).append(place)
    there = await _blocks(db, session, places)
    added = list(new)
    for minute, wanted in places.items():
        row = there.get(minute)
        if row is not None and row.coarse:  # that minute is history: what comes now can change it no more
            whole, fresh = None, tuple(Sample(new[place].at, {}) for place in wanted)
        else:
            kept = unpacked(minute, row.block) if row is not None else ()
            whole, fresh = merged(kept, (new[place] for place in wanted))
        for place, one in zip(wanted, fresh, strict=True):
            added[place] = one
        if whole and any(one.values for one in fresh):
            await _write(db, session, minute, packed(minute, whole))
    return tuple(added)


async def _blocks(db: AsyncConnection, session: str, minutes: Iterable[int]) -> dict[int, Row[Any]]:
    wanted = sorted(minutes)
    if not wanted:
        return {}
    # A span, not a list: a database takes so many parameters only, and a feed's minutes lie close together.
    here = (samples.c.session == session) & samples.c.minute.between(wanted[0], wanted[-1])
    return {row.minute: row for row in await db.execute(select(samples).where(here))}


async def _write(db: AsyncConnection, session: str, minute: int, block: bytes) -> None:
    values = {"block": block, "coarse": False}
    statement = insert(samples).values(session=session, minute=minute, **values)
    await db.execute(statement.on_conflict_do_update(index_elements=["session", "minute"], set_=values))


def _is(row: Row[Any]) -> ColumnElement[bool]:
    return and_(samples.c.session == row.session, samples.c.minute == row.minute)


def _thinned(row: Row[Any], lasting: Collection[str]) -> bytes:
    return packed(row.minute, [one_minute(row.minute, unpacked(row.minute, row.block), lasting)])
