"""Addresses that live metrics are fetched from. They are secrets: nothing here may be logged, shown or exported."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from bot.domain.audit import Entry
from bot.domain.polling import Fault, Poll
from bot.storage.audit import note
from bot.storage.database import Database
from bot.storage.feeds import MetricFeed
from bot.storage.sample_tables import feeds, polls
from bot.storage.upsert import insert


@dataclass(frozen=True, slots=True)
class StoredPoll:
    """A poll with who set it, when something came last, and why nothing comes since `failed_at`, if nothing does."""

    poll: Poll
    set_by: str
    set_at: datetime
    came_at: datetime | None = None
    fault: Fault | None = None
    failed_at: datetime | None = None
    told_at: datetime | None = None


class Polls:
    """One for each feed at most. Reads by feed take a feed that was read with a scope before."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, poll: Poll, entry: Entry) -> None:
        """Fetch this for a feed from now on, in place of what was fetched before."""
        values: dict[str, Any] = {
            "url": poll.url, "headers": dict(poll.headers), "every": poll.every, "merchant": poll.merchant,
            "set_by": entry.person, "set_at": entry.at, "came_at": None, "fault": "", "failed_at": None, "told_at": None,
        }  # fmt: skip
        statement = insert(polls).values(feed=poll.feed, **values)
        async with self._database.write() as db:
            await db.execute(statement.on_conflict_do_update(index_elements=["feed"], set_=values))
            await note(db, entry)

    async def remove(self, feed: str, entry: Entry) -> bool:
        """Fetch nothing more for a feed; False when nothing was fetched."""
        async with self._database.write() as db:
            gone = bool((await db.execute(delete(polls).where(polls.c.feed == feed))).rowcount)
            if gone:
                await note(db, entry)
        return gone

    async def of(self, ids: Collection[str]) -> dict[str, StoredPoll]:
        """What is fetched for these feeds, by feed."""
        async with self._database.read() as db:
            rows = await db.execute(select(polls).where(polls.c.feed.in_(sorted(ids))))
            return {row.feed: _poll(row) for row in rows}

    async def in_force(self) -> tuple[tuple[StoredPoll, MetricFeed], ...]:
        """For the clock: everything that is fetched, with its feed, where that was not revoked."""
        theirs = [column.label(f"feed_{column.name}") for column in feeds.c]
        query = select(polls, *theirs).join(feeds, feeds.c.id == polls.c.feed).where(feeds.c.revoked_at.is_(None))
        async with self._database.read() as db:
            rows = await db.execute(query.order_by(polls.c.feed))
            return tuple((_poll(row), _feed(row)) for row in rows)

    async def came(self, found: StoredPoll, now: datetime) -> None:
        """Something came."""
        await self._set(found, came_at=now, fault="", failed_at=None, told_at=None)

    async def failed(self, found: StoredPoll, fault: Fault, now: datetime, *, told: bool) -> None:
        """Nothing came; `told` says that whoever set it hears of it."""
        first = found.failed_at or now
        await self._set(found, fault=fault.value, failed_at=first, told_at=now if told else found.told_at)

    async def _set(self, found: StoredPoll, **values: Any) -> None:
        """Only where it was not set anew meanwhile."""
        same = (polls.c.feed == found.poll.feed) & (polls.c.set_at == found.set_at)
        async with self._database.write() as db:
            await db.execute(update(polls).where(same).values(values))


def _feed(row: Row[Any]) -> MetricFeed:
    return MetricFeed(
        row.feed_id, row.feed_team, row.feed_session or "", row.feed_name, row.feed_source, row.feed_made_by, row.feed_made_at,
        row.feed_revoked_at, row.feed_last_seen_at,
    )  # fmt: skip


def _poll(row: Row[Any]) -> StoredPoll:
    poll = Poll(row.feed, row.url, row.headers, row.every, row.merchant)
    fault = Fault(row.fault) if row.fault else None
    return StoredPoll(poll, row.set_by, row.set_at, row.came_at, fault, row.failed_at, row.told_at)
