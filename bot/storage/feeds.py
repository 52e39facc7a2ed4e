"""Metric feeds: who may write samples to which sessions. Of a token only a digest is kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, false, or_, select, update

from bot.domain.access import Scope
from bot.domain.audit import Entry
from bot.storage.audit import note
from bot.storage.database import Database
from bot.storage.sample_tables import feeds, polls
from bot.storage.session_tables import sessions
from bot.storage.upsert import insert


@dataclass(frozen=True, slots=True)
class MetricFeed:
    """One feed, without its token. It may write to one `session`, or where that is empty to all of the `team`.

    `source` names the file of the handbook's sources/ by which its columns are read; empty: it sends metric ids.
    """

    id: str
    team: str
    session: str
    name: str
    source: str
    made_by: str
    made_at: datetime
    revoked_at: datetime | None = None
    last_seen_at: datetime | None = None


class Feeds:
    """All feeds. Only whoever has the token of one gets at it without a scope."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, feed: MetricFeed, token: str, entry: Entry) -> bool:
        """Let whoever has this token write what the feed may; False when its session has been deleted meanwhile."""
        values = {
            "id": feed.id, "team": feed.team, "session": feed.session or None, "name": feed.name, "digest": digest(token),
            "source": feed.source, "made_by": feed.made_by, "made_at": feed.made_at,
        }  # fmt: skip
        async with self._database.write() as db:
            here = select(sessions.c.id).where(sessions.c.id == feed.session)
            if feed.session and await db.scalar(here) is None:
                return False
            await db.execute(insert(feeds).values(values))
            await note(db, entry)
        return True

    async def revoke(self, id: str, entry: Entry) -> bool:
        """Take nothing from the feed any more; False when that is so already, or there is none."""
        mine = (feeds.c.id == id) & feeds.c.revoked_at.is_(None)
        async with self._database.write() as db:
            gone = bool((await db.execute(update(feeds).where(mine).values(revoked_at=entry.at))).rowcount)
            if gone:
                await note(db, entry)
            return gone

    async def behind(self, tokens: Collection[str]) -> dict[str, MetricFeed]:
        """The feeds that these tokens are of, without those that were revoked or never given out."""
        digests = {digest(token): token for token in tokens}
        wanted = feeds.c.digest.in_(sorted(digests)) & feeds.c.revoked_at.is_(None)
        async with self._database.read() as db:
            return {digests[row.digest]: _feed(row) for row in await db.execute(select(feeds).where(wanted))}

    async def all(self, *, scope: Scope) -> tuple[MetricFeed, ...]:
        """Feeds of the teams and of the merchants' sessions that the scope reaches, revoked ones too, oldest first."""
        ours = select(sessions.c.id).where(sessions.c.merchant.in_(sorted(scope.merchants)))
        whole = feeds.c.session.is_(None) & feeds.c.team.in_(sorted(scope.teams)) if scope.teams else false()
        async with self._database.read() as db:
            rows = await db.execute(
                select(feeds).where(or_(whole, feeds.c.session.in_(ours))).order_by(feeds.c.made_at, feeds.c.id)
            )
            return tuple(_feed(row) for row in rows)

    async def one(self, id: str, *, scope: Scope) -> MetricFeed | None:
        """A feed by its id, None when there is none that the scope reaches."""
        return next((one for one in await self.all(scope=scope) if one.id == id), None)

    async def latest(self, team: str, session: str) -> tuple[str, bool]:
        """For the clock: what the feed is called that may write to a session and was seen last, and whether it is fetched.

        Empty where none was.
        """
        may = (feeds.c.team == team) & (feeds.c.session.is_(None) | (feeds.c.session == session))
        both = feeds.outerjoin(polls, polls.c.feed == feeds.c.id)
        seen = select(feeds.c.name, polls.c.feed).select_from(both).where(may, feeds.c.last_seen_at.is_not(None))
        async with self._database.read() as db:
            row = (await db.execute(seen.order_by(feeds.c.last_seen_at.desc()).limit(1))).first()
            return ("", False) if row is None else (row.name, row.feed is not None)


def digest(token: str) -> str:
    """What is kept of a token: tokens are long and random, so a plain hash of one tells nothing."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _feed(row: Row[Any]) -> MetricFeed:
    return MetricFeed(
        row.id, row.team, row.session or "", row.name, row.source, row.made_by, row.made_at, row.revoked_at, row.last_seen_at
    )
