"""The robots that carry a group's pushes as well. An address is read for sending alone; lists get its kind and fingerprint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.audit import Entry
from bot.domain.outgoing import ROBOT, qualified
from bot.domain.robots import Address, RobotKind, stored
from bot.storage.audit import note
from bot.storage.database import Database
from bot.storage.tables import bindings, outbox, robots
from bot.storage.upsert import insert


@dataclass(frozen=True, slots=True)
class Robot:
    """A robot of a group, without its address."""

    id: int
    chat: str
    kind: RobotKind
    fingerprint: str
    added_by: str
    added_at: datetime

    @property
    def name(self) -> str:
        """How it is called as a chat."""
        return qualified(ROBOT, str(self.id))


class Robots:
    """Robots by number."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def here(self, chat: str) -> tuple[Robot, ...]:
        """The robots of one (qualified) group, oldest first."""
        async with self._database.read() as db:
            rows = await db.execute(select(robots).where(robots.c.chat == chat).order_by(robots.c.id))
            return tuple(_robot(row) for row in rows)

    async def one(self, id: int) -> Robot | None:
        """One robot, None when there is none of this number."""
        async with self._database.read() as db:
            row = (await db.execute(select(robots).where(robots.c.id == id))).first()
            return None if row is None else _robot(row)

    async def address(self, id: int) -> Address | None:
        """Where to post, None when the robot was removed."""
        async with self._database.read() as db:
            written = await db.scalar(select(robots.c.url).where(robots.c.id == id))
            return None if written is None else stored(written)

    async def add(self, chat: str, to: Address, entry: Entry) -> bool:
        """Let a robot carry a group's pushes; False when it does so already."""
        values = {"chat": chat, "kind": to.kind, "url": to.written, "added_by": entry.person, "added_at": entry.at}
        async with self._database.write() as db:
            new = (await db.execute(insert(robots).values(values).on_conflict_do_nothing())).rowcount == 1
            if new:
                await note(db, entry)
            return new

    async def remove(self, id: int, entry: Entry) -> bool:
        """Forget a robot; False when there is none of this number."""
        async with self._database.write() as db:
            gone = bool((await db.execute(delete(robots).where(robots.c.id == id))).rowcount)
            if gone:
                await note(db, entry)
            return gone

    async def count(self, chat: str) -> int:
        """How many robots a group has."""
        async with self._database.read() as db:
            return int(await db.scalar(select(func.count()).select_from(robots).where(robots.c.chat == chat)) or 0)


async def mirror(db: AsyncConnection, row: dict[str, Any]) -> None:
    """Inside a transaction: a push to a group goes to its robots too, each as a message of its own.

    What is for a topic with a binding of its own stays there: the robots are the whole group's.
    """
    here = robots.c.chat == row["chat"]
    if row["topic"]:
        here &= ~exists().where(and_(bindings.c.chat == row["chat"], bindings.c.topic == row["topic"]))
    for id in (await db.scalars(select(robots.c.id).where(here))).all():
        name = qualified(ROBOT, str(id))
        copied = row | {"key": f"{row['key']}@{name}", "channel": ROBOT, "chat": name, "topic": None, "reply_to": None}
        await db.execute(insert(outbox).values(copied).on_conflict_do_nothing())


async def forget(db: AsyncConnection, chat: str) -> None:
    """Inside a transaction: the group is for somebody else from now on, and other people read what its robots carried."""
    await db.execute(delete(robots).where(robots.c.chat == chat))


def _robot(row: Row[Any]) -> Robot:
    known = stored(row.url)
    return Robot(row.id, row.chat, RobotKind(row.kind), known.fingerprint if known else "", row.added_by, row.added_at)
