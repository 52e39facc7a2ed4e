"""The trail of who saw, asked, changed and exported what. Entries are added and read; the database refuses to change them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, false, func, insert, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Access, Right
from bot.domain.audit import OF_THE_TRAIL, Deed, Entry
from bot.storage.database import Database
from bot.storage.tables import audit


async def note(db: AsyncConnection, *entries: Entry) -> None:
    """Add entries inside a transaction that does what they say, so that there is never one without the other."""
    if entries:
        await db.execute(insert(audit), [_values(entry) for entry in entries])


async def deleted(db: AsyncConnection, merchants: Collection[str]) -> bool:
    """Whether one of these merchants has been deleted: its own rows have gone without a trace, but the trail says so.

    What was under way meanwhile has to ask, or it would bring back some of what was deleted.
    """
    if not merchants:
        return False
    told = audit.c.merchant.in_(sorted(merchants)) & (audit.c.deed == Deed.MERCHANT_DELETED.value)
    return await db.scalar(select(audit.c.id).where(told).limit(1)) is not None


class Trail:
    """The audit trail."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, *entries: Entry) -> None:
        """Note what changed nothing else in the database: somebody looked, asked, or was refused."""
        async with self._database.write() as db:
            await note(db, *entries)

    async def latest(self) -> datetime | None:
        """When the last entry was made; a clock that says less has been set back."""
        async with self._database.read() as db:
            found = (await db.execute(select(audit.c.at).order_by(audit.c.id.desc()).limit(1))).scalar_one_or_none()
        return found if isinstance(found, datetime) else None

    async def entries(self, *, access: Access, team: str, merchant: str = "", limit: int = 20) -> tuple[Entry, ...]:
        """The newest entries of a team, or of one merchant of it, newest first, as far as `access` may read the trail."""
        query = select(audit).where(_of(team, merchant), _readable(access, team)).order_by(audit.c.id.desc())
        async with self._database.read() as db:
            return tuple(entry_of(row) for row in await db.execute(query.limit(limit)))

    async def beside(
        self, *, access: Access, team: str, merchant: str = "", older: int = 0, newer: int = 0, limit: int = 20
    ) -> tuple[Entry, ...]:
        """`entries` next to the one with a number: older or newer than that, the nearest ones; without a number the newest.

        Looks at the trail itself are left out: whoever turns its pages would see little else.
        """
        look = (audit.c.deed == Deed.LISTED.value) & (func.coalesce(audit.c.detail["list"].as_string(), "") == OF_THE_TRAIL)
        query = select(audit).where(_of(team, merchant), _readable(access, team), ~look)
        query = query.where(audit.c.id < older) if older else query.where(audit.c.id > newer)
        query = query.order_by(audit.c.id if newer else audit.c.id.desc())
        async with self._database.read() as db:
            found = [entry_of(row) for row in await db.execute(query.limit(limit))]
        return tuple(sorted(found, key=lambda one: one.number, reverse=True))

    async def everything(self, *, access: Access, merchant: str = "", limit: int = 20) -> tuple[Entry, ...]:
        """The newest entries of all teams and of none, newest first; nothing but for whoever runs commands beside the database.

        With `merchant` those of one merchant, also of one that has been deleted.
        """
        query = select(audit).where(
            true() if access.everything else false(), audit.c.merchant == merchant if merchant else true()
        )
        async with self._database.read() as db:
            return tuple(entry_of(row) for row in await db.execute(query.order_by(audit.c.id.desc()).limit(limit)))


def _of(team: str, merchant: str) -> ColumnElement[bool]:
    return (audit.c.team == team) & (audit.c.merchant == merchant if merchant else true())


def _readable(access: Access, team: str) -> ColumnElement[bool]:
    """Entries that the person may read: a team's own, and those of each merchant that they manage, deleted ones included."""
    if access.may(Right.MANAGE, team):
        return true()
    managed = [one.id for one in access.merchants if one.team == team and access.may(Right.MANAGE, team, one.id)]
    return audit.c.merchant.in_(managed) if managed else false()


def _values(entry: Entry) -> dict[str, Any]:
    return {
        "at": entry.at, "person": entry.person, "deed": entry.deed.value, "chat": entry.chat, "team": entry.team,
        "merchant": entry.merchant, "subject": entry.subject, "detail": entry.detail,
    }  # fmt: skip


def entry_of(row: Row[Any]) -> Entry:
    """The entry that a row of the trail is."""
    return Entry(row.at, row.person, Deed(row.deed), row.chat, row.team, row.merchant, row.subject, dict(row.detail), row.id)
