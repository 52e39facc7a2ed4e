"""What each group, and each topic of it, is bound to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, false, select, true

from bot.domain.access import Access, Binding, Policy, Right
from bot.domain.audit import Entry
from bot.errors import NotFound
from bot.storage.audit import deleted, note
from bot.storage.database import Database
from bot.storage.robots import forget
from bot.storage.tables import bindings, chats
from bot.storage.upsert import insert


@dataclass(frozen=True, slots=True)
class BoundGroup:
    """A binding with the group's name, and whether the bot can still write there."""

    binding: Binding
    title: str
    gone: bool


class Groups:
    """Bindings by qualified chat and topic."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def here(self, chat: str) -> tuple[Binding, ...]:
        """All bindings of one group, for deciding what it may be shown."""
        async with self._database.read() as db:
            return tuple(_binding(row) for row in await db.execute(select(bindings).where(bindings.c.chat == chat)))

    async def of(self, merchant: str) -> tuple[Binding, ...]:
        """All bindings to one merchant, for telling these groups what becomes of it."""
        async with self._database.read() as db:
            rows = await db.execute(select(bindings).where(bindings.c.merchant == merchant))
            return tuple(_binding(row) for row in rows)

    async def all(self, team: str, *, access: Access) -> tuple[BoundGroup, ...]:
        """The groups of a team, as far as the person may read what they are bound to."""
        joined = bindings.outerjoin(chats, chats.c.chat == bindings.c.chat)
        query = select(bindings, chats.c.title, chats.c.gone_at).select_from(joined).where(bindings.c.team == team)
        async with self._database.read() as db:
            found = (await db.execute(query.order_by(bindings.c.bound_at, bindings.c.chat, bindings.c.topic))).all()
        seen = (row for row in found if access.may(Right.READ, team, row.merchant))
        return tuple(BoundGroup(_binding(row), row.title or "", row.gone_at is not None) for row in seen)

    async def unbound(self, *, access: Access) -> tuple[BoundGroup, ...]:
        """Groups where the bot is that nobody has bound; none but for whoever runs commands beside the database."""
        bound = select(bindings.c.chat)
        query = select(chats.c.chat, chats.c.title).where(chats.c.chat.not_in(bound), chats.c.gone_at.is_(None))
        query = query.where(chats.c.kind.in_(["group", "supergroup"]), true() if access.everything else false())
        async with self._database.read() as db:
            rows = await db.execute(query.order_by(chats.c.title, chats.c.chat))
            return tuple(BoundGroup(Binding(row.chat, ""), row.title, False) for row in rows)

    async def bind(self, binding: Binding, entry: Entry) -> None:
        """Bind a group or topic, in place of what it was bound to. Raises NotFound when the merchant was deleted meanwhile."""
        key = {"chat": binding.chat, "topic": binding.topic}
        values = {
            "team": binding.team, "merchant": binding.merchant, "ceiling": int(binding.ceiling), "bound_by": entry.person,
            "bound_at": entry.at,
        }  # fmt: skip
        statement = insert(bindings).values(**key, **values)
        here = (bindings.c.chat == binding.chat) & (bindings.c.topic == binding.topic)
        same = here & (bindings.c.team == binding.team) & (bindings.c.merchant == binding.merchant)
        async with self._database.write() as db:
            if binding.merchant and await deleted(db, [binding.merchant]):
                raise NotFound("no_merchant")
            if not binding.topic and await db.scalar(select(bindings.c.chat).where(same)) is None:
                await forget(db, binding.chat)
            await db.execute(statement.on_conflict_do_update(index_elements=["chat", "topic"], set_=values))
            await note(db, entry)

    async def unbind(self, chat: str, topic: int, entry: Entry) -> bool:
        """Take a binding away; False when there was none."""
        async with self._database.write() as db:
            here = (bindings.c.chat == chat) & (bindings.c.topic == topic)
            gone = (await db.execute(delete(bindings).where(here))).rowcount
            if gone:
                await note(db, entry)
                if not topic:
                    await forget(db, chat)
            return bool(gone)


def _binding(row: Row[Any]) -> Binding:
    return Binding(row.chat, row.team, row.merchant, row.topic, Policy(row.ceiling))
