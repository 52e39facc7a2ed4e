"""Who may fetch their calendar without signing in: one link a person, of which only a digest is kept."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, select

from bot.storage.database import Database
from bot.storage.session_tables import calendar_links
from bot.storage.upsert import insert


class CalendarLinks:
    """Links by person; a new one ends the one before."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def set(self, person: str, token: str, now: datetime) -> None:
        """Let whoever has this token fetch the person's calendar, and nobody with the one before."""
        values = {"digest": _digest(token), "made_at": now}
        statement = insert(calendar_links).values(person=person, **values)
        async with self._database.write() as db:
            await db.execute(statement.on_conflict_do_update(index_elements=["person"], set_=values))

    async def revoke(self, person: str) -> bool:
        """End the person's link; False when there was none."""
        async with self._database.write() as db:
            return bool((await db.execute(delete(calendar_links).where(calendar_links.c.person == person))).rowcount)

    async def person_of(self, token: str) -> str | None:
        """Whose calendar a token opens."""
        async with self._database.read() as db:
            return await db.scalar(select(calendar_links.c.person).where(calendar_links.c.digest == _digest(token)))


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
