"""Tables of live metrics that wait until somebody confirms them: a day at most, and as they were sent."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from bot.domain.access import Scope
from bot.domain.metric_tables import Line, Table
from bot.storage.database import Database
from bot.storage.sample_tables import metric_drafts as drafts
from bot.storage.session_tables import sessions
from bot.storage.upsert import insert


@dataclass(frozen=True, slots=True)
class Draft:
    """A table that waits. `name` is the file's, empty for text; `said` is the text where it may be a question as well."""

    id: str
    session: str
    person: str
    name: str
    made_at: datetime
    table: Table
    said: str = ""
    kept_at: datetime | None = None


class MetricDrafts:
    """All that waits. Reads take the scope of whoever looks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, draft: Draft) -> None:
        """Let a table wait."""
        values = {
            "id": draft.id, "session": draft.session, "person": draft.person, "name": draft.name, "made_at": draft.made_at,
            "held": _packed(draft),
        }  # fmt: skip
        async with self._database.write() as db:
            await db.execute(insert(drafts).values(values))

    async def one(self, id: str, *, scope: Scope) -> Draft | None:
        """What waits under an id, None when there is nothing that the scope reaches."""
        ours = drafts.c.session.in_(select(sessions.c.id).where(sessions.c.merchant.in_(sorted(scope.merchants))))
        async with self._database.read() as db:
            row = (await db.execute(select(drafts).where(drafts.c.id == id, ours))).first()
            return None if row is None else _draft(row)

    async def move(self, id: str, session: str) -> bool:
        """Let it be of another session; False when it was put in meanwhile."""
        return await self._set(id, session=session)

    async def keep(self, id: str, now: datetime) -> bool:
        """It was put in; False when that was so already."""
        return await self._set(id, kept_at=now)

    async def drop(self, id: str) -> bool:
        """Forget what waits; False when there is nothing, or it was put in."""
        waits = (drafts.c.id == id) & drafts.c.kept_at.is_(None)
        async with self._database.write() as db:
            return bool((await db.execute(delete(drafts).where(waits))).rowcount)

    async def prune(self, before: datetime) -> int:
        """Forget what was sent before that time; returns how many."""
        async with self._database.write() as db:
            return (await db.execute(delete(drafts).where(drafts.c.made_at < before))).rowcount

    async def _set(self, id: str, **values: Any) -> bool:
        waits = (drafts.c.id == id) & drafts.c.kept_at.is_(None)
        async with self._database.write() as db:
            return bool((await db.execute(update(drafts).where(waits).values(values))).rowcount)


def _packed(draft: Draft) -> bytes:
    table = draft.table
    held = {
        "head": table.head, "body": [[line.number, line.cells] for line in table.body],
        "at": table.at.isoformat() if table.at else "", "said": draft.said,
    }  # fmt: skip
    return zlib.compress(json.dumps(held, separators=(",", ":")).encode())


def _draft(row: Row[Any]) -> Draft:
    held = json.loads(zlib.decompress(row.held))
    body = tuple(Line(number, tuple(cells)) for number, cells in held["body"])
    table = Table(tuple(held["head"]), body, datetime.fromisoformat(held["at"]) if held["at"] else None)
    return Draft(row.id, row.session, row.person, row.name, row.made_at, table, held["said"], row.kept_at)
