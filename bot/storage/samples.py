"""Samples by session and minute: appended in any order and as often as one likes, read with a scope, thinned, pruned."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Scope
from bot.domain.samples import Sample, merged, minute_of, one_minute
from bot.domain.sessions import Status
from bot.errors import StorageError
from bot.storage.database import Database
from bot.storage.rounds import Rounds
from bot.storage.sample_blocks import packed, unpacked
from bot.storage.sample_tables import feeds, samples
from bot.storage.session_tables import sessions
from bot.storage.upsert import insert

TAKES = (Status.PLANNED, Status.LIVE)
"""Sessions that samples may be written to; a planned one is where a feed is tried out."""
Blocks = tuple[tuple[int, bytes], ...]
"""Minutes with what is stored of each; `sample_blocks.unpacked` reads one."""
_Place = tuple[str, int]
_Block = tuple[tuple[Sample, ...], bool]
"""The samples of a minute of a session, and whether it has been thinned."""
AT_ONCE = 500
"""Blocks that are thinned in one transaction, so that nobody else's writing waits long for it."""


_WRITE = insert(samples)
_WRITE = _WRITE.on_conflict_do_update(
    index_elements=["session", "minute"], set_={"block": _WRITE.excluded.block, "coarse": _WRITE.excluded.coarse}
)
_STATUSES = select(sessions.c.id, sessions.c.status).where(sessions.c.id.in_(bindparam("ids", expanding=True)))
_BETWEEN = select(samples).where(
    samples.c.session.in_(bindparam("ids", expanding=True)), samples.c.minute.between(bindparam("first"), bindparam("last"))
)


@dataclass(frozen=True, slots=True)
class _Brought:
    """Samples of one session that somebody brings."""

    session: str
    new: Sequence[Sample]
    now: datetime
    feed: str
    statuses: Collection[Status]


class Samples:
    """The samples of all sessions. What many bring at once is one transaction; `every` is how often one begins, in seconds."""

    def __init__(self, database: Database, every: float = 0.0) -> None:
        self._database = database
        self._rounds = Rounds(self._add, every)

    async def add(
        self, session: str, new: Sequence[Sample], now: datetime, *, feed: str = "", statuses: Collection[Status] = TAKES
    ) -> tuple[Sample, ...] | None:
        """Store samples, each to the millisecond; returns what each of them added: nothing of it, where all was there already.

        `feed` was seen at this moment. None, and nothing stored, when the session is none of these statuses any more.
        """
        return await self._rounds.do(_Brought(session, new, now, feed, statuses))

    async def _add(self, brought: Sequence[_Brought]) -> list[tuple[Sample, ...] | StorageError | None]:
        try:
            async with self._database.write() as db:
                return [*await _put(db, brought)]
        except StorageError as error:
            if len(brought) == 1:
                return [error]
        # One of them may be at fault; alone it fails alone.
        return [found for one in brought for found in await self._add([one])]

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


async def _put(db: AsyncConnection, brought: Sequence[_Brought]) -> list[tuple[Sample, ...] | None]:
    ids = {one.session for one in brought}
    statuses = {id: status for id, status in await db.execute(_STATUSES, {"ids": sorted(ids)})}
    taken = [one for one in brought if statuses.get(one.session) in one.statuses]
    blocks = await _blocks(db, taken)
    written: dict[_Place, bytes] = {}
    added = [_merge(blocks, written, one) if statuses.get(one.session) in one.statuses else None for one in brought]
    if written:
        rows = [{"session": session, "minute": minute, "block": block} for (session, minute), block in written.items()]
        await db.execute(_WRITE, [row | {"coarse": False} for row in rows])
    for now in {one.now for one in taken if one.feed}:
        seen = sorted({one.feed for one in taken if one.feed and one.now == now})
        await db.execute(update(feeds).where(feeds.c.id.in_(seen)).values(last_seen_at=now))
    return added


def _merge(blocks: dict[_Place, _Block], written: dict[_Place, bytes], one: _Brought) -> tuple[Sample, ...]:
    """Put samples into the blocks of their minutes; returns what each of them added."""
    places: dict[int, list[int]] = {}
    for place, sample in enumerate(one.new):
        places.setdefault(minute_of(sample.at), []).append(place)
    added = list(one.new)
    for minute, wanted in places.items():
        kept, coarse = blocks.get((one.session, minute), ((), False))
        if coarse:  # that minute is history: what comes now can change it no more
            whole, fresh = None, tuple(Sample(one.new[place].at, {}) for place in wanted)
        else:
            whole, fresh = merged(kept, (one.new[place] for place in wanted))
        for place, sample in zip(wanted, fresh, strict=True):
            added[place] = sample
        if whole and any(sample.values for sample in fresh):
            blocks[one.session, minute] = (whole, False)
            written[one.session, minute] = packed(minute, whole)
    return tuple(added)


async def _blocks(db: AsyncConnection, brought: Sequence[_Brought]) -> dict[_Place, _Block]:
    """What is stored of the minutes that samples are brought of."""
    spans: dict[tuple[int, int], set[str]] = {}
    for one in brought:
        minutes = [minute_of(sample.at) for sample in one.new]
        if minutes:
            spans.setdefault((min(minutes), max(minutes)), set()).add(one.session)
    found: dict[_Place, _Block] = {}
    for (first, last), ids in spans.items():
        # A span, not a list: a database takes so many parameters only, and a feed's minutes lie close together.
        for row in await db.execute(_BETWEEN, {"ids": sorted(ids), "first": first, "last": last}):
            found[row.session, row.minute] = (unpacked(row.minute, row.block), row.coarse)
    return found


def _is(row: Row[Any]) -> ColumnElement[bool]:
    return and_(samples.c.session == row.session, samples.c.minute == row.minute)


def _thinned(row: Row[Any], lasting: Collection[str]) -> bytes:
    return packed(row.minute, [one_minute(row.minute, unpacked(row.minute, row.block), lasting)])
