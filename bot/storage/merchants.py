"""Merchants, and the authorisation of each to be served, which ends."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Access, Merchant, Right
from bot.domain.audit import Deed, Entry
from bot.errors import NotFound
from bot.storage.audit import deleted, note
from bot.storage.database import Database
from bot.storage.tables import audit, authorisations, merchants
from bot.storage.upsert import insert


@dataclass(frozen=True, slots=True)
class Authorisation:
    """One time for which a merchant let the team serve it. `granted_by` is who said so on its side, as it was written down."""

    granted_by: str
    recorded_by: str
    begins_at: datetime
    ends_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Ending:
    """An authorisation that is over. `number` tells it from others; `by` is who ended it before its time, empty for nobody."""

    number: int
    merchant: Merchant
    by: str


class Merchants:
    """Every merchant by its id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, *, access: Access) -> tuple[Merchant, ...]:
        """The merchants that the person may know of, by name; also those whose authorisation has ended."""
        async with self._database.read() as db:
            found = await all_merchants(db, access.teams)
        return tuple(one for one in found if access.knows(one))

    async def authorisations(self, merchant: Merchant, *, access: Access) -> tuple[Authorisation, ...]:
        """What was recorded, newest first; nothing for somebody who does not manage the merchant."""
        if not access.may(Right.MANAGE, merchant.team, merchant.id):
            return ()
        query = select(authorisations).where(authorisations.c.merchant == merchant.id).order_by(authorisations.c.id.desc())
        async with self._database.read() as db:
            return tuple(
                Authorisation(row.granted_by, row.recorded_by, row.begins_at, row.ends_at, row.recorded_at)
                for row in await db.execute(query)
            )

    async def ended_by(self, merchant: Merchant, *, access: Access) -> str:
        """Who ended the newest authorisation before its time; empty when nobody did, or for somebody who may not know of it."""
        if not access.knows(merchant):
            return ""
        async with self._database.read() as db:
            return await _ended_by(db, merchant.id)

    async def endings(self, since: datetime, now: datetime) -> tuple[Ending, ...]:
        """What has ended since a moment and was not renewed; for telling those who look after it, not for showing."""
        async with self._database.read() as db:
            over = [one for one in await all_merchants(db) if one.ended(now) and not one.ended(since)]
            return tuple([Ending(await _newest(db, one.id), one, await _ended_by(db, one.id)) for one in over])

    async def ended(self, now: datetime) -> tuple[Merchant, ...]:
        """All merchants whose authorisation has ended; for deciding what a group may be told of."""
        async with self._database.read() as db:
            return tuple(one for one in await all_merchants(db) if one.ended(now))

    async def every(self) -> tuple[Merchant, ...]:
        """For the clock: all merchants that there are, for deciding what is planned, not for showing."""
        async with self._database.read() as db:
            return await all_merchants(db)

    async def open_ids(self, now: datetime) -> frozenset[str]:
        """Ids of all merchants whose authorisation holds; for deciding what a group may be shown, not for showing."""
        async with self._database.read() as db:
            return frozenset(one.id for one in await all_merchants(db) if one.open(now))

    async def ids(self) -> frozenset[str]:
        """Ids of all merchants that there are: a collection without one of these has been left over."""
        async with self._database.read() as db:
            return frozenset((await db.scalars(select(merchants.c.id))).all())

    async def teams(self, ids: Collection[str]) -> dict[str, str]:
        """The team of each of these merchants, as far as they are there; for noting what happened with them."""
        if not ids:
            return {}
        query = select(merchants.c.id, merchants.c.team).where(merchants.c.id.in_(sorted(ids)))
        async with self._database.read() as db:
            return {row.id: row.team for row in await db.execute(query)}

    async def names(self, *ids: str) -> dict[str, str]:
        """The names of these merchants; for messages that name the merchant's collection, so that the delivery checks them."""
        async with self._database.read() as db:
            rows = await db.execute(select(merchants.c.id, merchants.c.name).where(merchants.c.id.in_(ids)))
            return {row.id: row.name for row in rows}

    async def add(self, merchant: Merchant, entry: Entry) -> None:
        """Add a merchant; it is closed until an authorisation is recorded."""
        async with self._database.write() as db:
            await db.execute(insert(merchants).values(id=merchant.id, team=merchant.team, name=merchant.name, added_at=entry.at))
            await note(db, entry)

    async def rename(self, merchant: str, name: str, entry: Entry) -> None:
        """Give a merchant another name."""
        async with self._database.write() as db:
            await db.execute(update(merchants).where(merchants.c.id == merchant).values(name=name))
            await note(db, entry)

    async def authorise(self, merchant: str, granted: Authorisation, entry: Entry) -> None:
        """Record an authorisation; the newest one counts. Raises NotFound when the merchant has been deleted meanwhile."""
        values = {
            "merchant": merchant, "granted_by": granted.granted_by, "recorded_by": granted.recorded_by,
            "begins_at": granted.begins_at, "ends_at": granted.ends_at, "recorded_at": granted.recorded_at,
        }  # fmt: skip
        async with self._database.write() as db:
            if await deleted(db, [merchant]):
                raise NotFound("no_merchant")
            await db.execute(insert(authorisations).values(values))
            await note(db, entry)

    async def close(self, merchant: str, entry: Entry) -> None:
        """End the authorisation that holds now; where none does, nothing is done and nothing noted."""
        newest = select(func.max(authorisations.c.id)).where(authorisations.c.merchant == merchant).scalar_subquery()
        ends = update(authorisations).where(authorisations.c.id == newest, authorisations.c.ends_at > entry.at)
        async with self._database.write() as db:
            if (await db.execute(ends.values(ends_at=entry.at))).rowcount:
                await note(db, entry)


def _with_newest() -> Select[Any]:
    newest = select(func.max(authorisations.c.id).label("id")).group_by(authorisations.c.merchant).subquery()
    latest = select(authorisations).join(newest, newest.c.id == authorisations.c.id).subquery()
    query = select(merchants, latest.c.begins_at, latest.c.ends_at).outerjoin(latest, latest.c.merchant == merchants.c.id)
    return query.order_by(merchants.c.name, merchants.c.id)


_WITH_NEWEST = _with_newest()
"""Asked with every update and before every message, so it is put together once: that takes longer than to run it."""


async def all_merchants(db: AsyncConnection, teams: Collection[str] | None = None) -> tuple[Merchant, ...]:
    """Inside a transaction: merchants of these teams (None: of all) with their newest authorisation, by name."""
    query = _WITH_NEWEST if teams is None else _WITH_NEWEST.where(merchants.c.team.in_(teams))
    return tuple(_merchant(row) for row in await db.execute(query))


async def _newest(db: AsyncConnection, merchant: str) -> int:
    return int(await db.scalar(select(func.max(authorisations.c.id)).where(authorisations.c.merchant == merchant)) or 0)


async def _ended_by(db: AsyncConnection, merchant: str) -> str:
    """The trail says it: the newest entry about an authorisation is its end where somebody ended it."""
    about = audit.c.deed.in_([Deed.AUTHORISED.value, Deed.AUTHORISATION_ENDED.value])
    query = select(audit.c.deed, audit.c.person).where(audit.c.merchant == merchant, about).order_by(audit.c.id.desc())
    row = (await db.execute(query.limit(1))).one_or_none()
    return str(row.person) if row is not None and row.deed == Deed.AUTHORISATION_ENDED.value else ""


async def remove(db: AsyncConnection, merchant: str) -> int:
    """Inside a transaction: the merchant itself and its authorisations; returns how many rows there were."""
    gone = (await db.execute(delete(authorisations).where(authorisations.c.merchant == merchant))).rowcount
    return gone + (await db.execute(delete(merchants).where(merchants.c.id == merchant))).rowcount


def _merchant(row: Row[Any]) -> Merchant:
    return Merchant(row.id, row.team, row.name, row.begins_at, row.ends_at)
