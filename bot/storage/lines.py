"""Words from the room: written once, together with the tips that come of them, and forgotten after an hour."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Scope
from bot.domain.heard import Source
from bot.domain.lines import Line
from bot.domain.sessions import Status
from bot.storage.cards import Said, write_down
from bot.storage.database import Database
from bot.storage.line_tables import lines
from bot.storage.nudges import StoredDecision, StoredTip, put_nudges
from bot.storage.sample_tables import feeds
from bot.storage.samples import TAKES
from bot.storage.session_tables import sessions
from bot.storage.upsert import insert

_AT_ONCE = 500
"""Keys of one query: a database takes so many parameters only."""


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """What a host said and when."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Hearing:
    """What lines of a session came to: tips, decisions, and what is said of them."""

    tips: Sequence[StoredTip] = ()
    decisions: Sequence[StoredDecision] = ()
    said: Sequence[Said] = ()


class Lines:
    """The lines of all sessions. Reads take the scope of whoever will see them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, session: str, keys: Collection[str]) -> frozenset[str]:
        """For the intake: which of these keys are there already."""
        wanted, found = sorted(keys), set[str]()
        async with self._database.read() as db:
            for start in range(0, len(wanted), _AT_ONCE):
                here = (lines.c.session == session) & lines.c.key.in_(wanted[start : start + _AT_ONCE])
                found |= set(await db.scalars(select(lines.c.key).where(here)))
        return frozenset(found)

    async def keep(self, session: str, new: Sequence[Line], hearing: Hearing, now: datetime, *, feed: str = "") -> int | None:
        """Write down lines with what came of them, in one transaction; returns how many messages are new.

        `feed` was seen at this moment. None, and nothing is written, when the session takes no lines any more, or is not live any
        more and something came of them.
        """
        async with self._database.write() as db:
            status = await db.scalar(select(sessions.c.status).where(sessions.c.id == session))
            if status not in TAKES or (hearing.tips and status != Status.LIVE.value):
                return None
            for start in range(0, len(new), _AT_ONCE):
                values = [_values(session, line) for line in new[start : start + _AT_ONCE]]
                await db.execute(insert(lines).on_conflict_do_nothing(), values)
            if feed:
                await db.execute(update(feeds).where(feeds.c.id == feed).values(last_seen_at=now))
            await put_nudges(db, hearing.tips, hearing.decisions)
            return await write_down(db, hearing.said, now)

    async def lately(self, since: datetime) -> tuple[str, ...]:
        """For the clock: the live sessions in which something was said since a moment."""
        live = select(sessions.c.id).where(sessions.c.status == Status.LIVE.value)
        query = select(lines.c.session).where(lines.c.at >= since, lines.c.text != "", lines.c.session.in_(live)).distinct()
        async with self._database.read() as db:
            return tuple(await db.scalars(query))

    async def spoken(self, session: str, since: datetime, *, scope: Scope) -> tuple[SpokenLine, ...]:
        """What hosts said since a moment, oldest first; nothing of a session that the scope does not reach."""
        ours = select(sessions.c.id).where(sessions.c.merchant.in_(sorted(scope.merchants)))
        here = (lines.c.session == session) & lines.c.session.in_(ours) & (lines.c.at >= since) & (lines.c.text != "")
        async with self._database.read() as db:
            rows = await db.execute(select(lines).where(here).order_by(lines.c.at, lines.c.key))
            return tuple(SpokenLine(row.at, row.text) for row in rows)

    async def prune(self, before: datetime) -> int:
        """Forget lines of before that time; returns how many."""
        async with self._database.write() as db:
            return (await db.execute(delete(lines).where(lines.c.at < before))).rowcount


async def lines_in(db: AsyncConnection, session: str) -> tuple[SpokenLine, ...]:
    """Inside a transaction that has asked for the right to it: what was said in a session and is still there."""
    here = (lines.c.session == session) & (lines.c.text != "")
    rows = await db.execute(select(lines).where(here).order_by(lines.c.at, lines.c.key))
    return tuple(SpokenLine(row.at, row.text) for row in rows)


def _values(session: str, line: Line) -> dict[str, object]:
    text = line.text if line.source is Source.SPEECH else ""
    return {"session": session, "key": line.key, "at": line.at, "text": text}
