"""What is kept of live sessions that are over: one summary each, made once and read with a scope by those that come after."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Scope
from bot.domain.pasts import Past, Summary, as_json, read_summary
from bot.domain.sessions import LiveSession, Status
from bot.storage.database import Database
from bot.storage.past_tables import pasts
from bot.storage.sample_tables import samples
from bot.storage.session_tables import sessions
from bot.storage.sessions import session_of
from bot.storage.upsert import insert

_BEGAN = func.coalesce(sessions.c.began_at, sessions.c.starts_at)


class Pasts:
    """All summaries. Each belongs to its session's merchant, and no other ever reads it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, most: int) -> tuple[LiveSession, ...]:
        """For the clock: sessions that are over and of which there is no summary yet, or samples came since; newest first."""
        newest = select(func.max(samples.c.minute)).where(samples.c.session == sessions.c.id).scalar_subquery()
        stale = pasts.c.session.is_(None) | (pasts.c.upto < newest)
        query = select(sessions).join(pasts, pasts.c.session == sessions.c.id, isouter=True)
        query = query.where(sessions.c.status == Status.ENDED.value, stale).order_by(sessions.c.ended_at.desc(), sessions.c.id)
        async with self._database.read() as db:
            return tuple(session_of(row) for row in await db.execute(query.limit(most)))

    async def keep(self, session: str, upto: int, summary: Summary, now: datetime) -> bool:
        """Store a session's summary, in place of the one before; False when the session is gone meanwhile."""
        values = {"upto": upto, "summary": as_json(summary), "made_at": now}
        row = insert(pasts).values(session=session, **values)
        async with self._database.write() as db:
            if await db.scalar(select(sessions.c.id).where(sessions.c.id == session)) is None:
                return False
            await db.execute(row.on_conflict_do_update(index_elements=["session"], set_=values))
        return True

    async def before(self, merchant: str, since: datetime, until: datetime, *, scope: Scope) -> tuple[Past, ...]:
        """What is kept of a merchant's sessions that went live in [since, until), by their go-live; none of a merchant that the
        scope does not reach."""
        if merchant not in scope.merchants:
            return ()
        wanted = (sessions.c.merchant == merchant) & (since <= _BEGAN) & (until > _BEGAN)
        query = select(sessions.c.id, sessions.c.host, sessions.c.zone, _BEGAN.label("began"), pasts.c.summary)
        query = query.join(pasts, pasts.c.session == sessions.c.id).where(wanted).order_by(_BEGAN, sessions.c.id)
        async with self._database.read() as db:
            return tuple(
                Past(row.id, row.host, row.began.astimezone(ZoneInfo(row.zone)), read_summary(row.summary))
                for row in await db.execute(query)
            )


async def summary_in(db: AsyncConnection, session: str) -> Summary | None:
    """Inside a transaction that has asked for the right to it: what is kept of one session, None where nothing is."""
    found = await db.scalar(select(pasts.c.summary).where(pasts.c.session == session))
    return None if found is None else read_summary(found)
