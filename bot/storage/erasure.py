"""A merchant leaves: all rows that hold anything of it go in one transaction, and what is left can be counted.

The audit trail stays. It holds ids only, and that somebody deleted the merchant is part of it.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, cast, delete, func, select
from sqlalchemy.types import Text

from bot.domain.access import merchant_collection
from bot.domain.audit import Entry
from bot.storage.audit import note
from bot.storage.database import Database
from bot.storage.session_tables import series, sessions
from bot.storage.tables import authorisations, bindings, documents, exchanges, invitations, memberships, merchants, outbox


def _rows(merchant: str) -> tuple[tuple[Table, ColumnElement[bool]], ...]:
    """Each table with its rows of the merchant, in an order in which they can be deleted; what hangs below goes along."""
    named = f'"{merchant}"'  # ids are hexadecimal, so they stand in a JSON list as they are
    return (
        # Whoever asked could read the merchant: the question may be about it wherever the answer came from.
        (exchanges, cast(exchanges.c.merchants, Text).contains(named, autoescape=True)),
        (outbox, cast(outbox.c.collections, Text).contains(f'"{merchant_collection(merchant)}"', autoescape=True)),
        (sessions, sessions.c.merchant == merchant),
        (series, series.c.merchant == merchant),
        (documents, documents.c.merchant == merchant),
        (bindings, bindings.c.merchant == merchant),
        (invitations, invitations.c.merchant == merchant),
        (memberships, memberships.c.merchant == merchant),
        (authorisations, authorisations.c.merchant == merchant),
        (merchants, merchants.c.id == merchant),
    )


class Erasure:
    """Deletes merchants."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def erase(self, merchant: str, entry: Entry) -> dict[str, int]:
        """Delete all that is stored of a merchant, from the disk as well; returns the number of rows a table."""
        async with self._database.write() as db:
            gone = {table.name: (await db.execute(delete(table).where(where))).rowcount for table, where in _rows(merchant)}
            await note(db, entry)
        await self._database.fold()
        return gone

    async def left(self, merchant: str) -> dict[str, int]:
        """How many rows of a merchant there are in each table; all 0 once it is deleted."""
        async with self._database.read() as db:
            return {
                table.name: int(await db.scalar(select(func.count()).select_from(table).where(where)) or 0)
                for table, where in _rows(merchant)
            }
