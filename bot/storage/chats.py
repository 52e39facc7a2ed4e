"""The chats that people reach us in, and what became of them.

Knows nothing about who may read what there.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update

from bot.storage.database import Database
from bot.storage.session_tables import cards, sessions
from bot.storage.tables import bindings, chats, exchanges, lead_questions, robots
from bot.storage.upsert import insert

# `seen` comes with every update; writing it down each time would double the writes for nothing.
SEEN_EVERY = timedelta(hours=1)


class Chats:
    """Every chat by its qualified id, e.g. ``telegram:-100``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def seen(self, chat: str, title: str, kind: str, now: datetime) -> None:
        """The chat is alive: `title` is its name or its person's, `kind` the platform's word for it."""
        fresh = {"title": title, "kind": kind, "seen_at": now}
        statement = insert(chats).values(chat=chat, **fresh)
        new = statement.excluded
        changed = or_(
            chats.c.title != new.title,
            chats.c.kind != new.kind,
            chats.c.gone_at.is_not(None),
            chats.c.seen_at < now - SEEN_EVERY,
        )
        alive = fresh | {"gone_at": None, "gone_reason": None}
        async with self._database.write() as db:
            await db.execute(statement.on_conflict_do_update(index_elements=[chats.c.chat], set_=alive, where=changed))

    async def gone(self, chat: str, reason: str, now: datetime) -> None:
        """The chat is lost: blocked, kicked or deleted. It is back as soon as it is seen again."""
        lost = {"gone_at": now, "gone_reason": reason}
        statement = insert(chats).values(chat=chat, title="", kind="", seen_at=now, **lost)
        async with self._database.write() as db:
            await db.execute(statement.on_conflict_do_update(index_elements=[chats.c.chat], set_=lost))

    async def is_gone(self, chat: str) -> bool:
        """Whether nothing can be sent there at present; a chat that nobody has seen yet is not gone."""
        async with self._database.read() as db:
            return await db.scalar(select(chats.c.gone_at).where(chats.c.chat == chat)) is not None

    async def is_private(self, chat: str) -> bool:
        """Whether one person alone reads there; a chat that nobody has seen yet may be a group."""
        async with self._database.read() as db:
            return await db.scalar(select(chats.c.kind).where(chats.c.chat == chat)) == "private"

    async def titles(self, *ids: str) -> dict[str, str]:
        """The names of these chats, as far as they are known; for telling somebody who knows of them already."""
        async with self._database.read() as db:
            rows = await db.execute(select(chats.c.chat, chats.c.title).where(chats.c.chat.in_(ids)))
            return {row.chat: row.title for row in rows if row.title}

    async def migrate(self, old: str, new: str) -> None:
        """The group has a new id, and all that was asked and answered in it goes along. Repeating is harmless."""
        async with self._database.write() as db:
            if await db.scalar(select(chats.c.chat).where(chats.c.chat == new)) is None:
                await db.execute(update(chats).where(chats.c.chat == old).values(chat=new))
            await db.execute(delete(chats).where(chats.c.chat == old))
            await db.execute(update(exchanges).where(exchanges.c.chat == old).values(chat=new))
            if await db.scalar(select(bindings.c.chat).where(bindings.c.chat == new).limit(1)) is None:
                await db.execute(update(bindings).where(bindings.c.chat == old).values(chat=new))
            await db.execute(delete(bindings).where(bindings.c.chat == old))
            await db.execute(update(robots).where(robots.c.chat == old).values(chat=new))
            await db.execute(update(sessions).where(sessions.c.chat == old).values(chat=new))
            await db.execute(update(cards).where(cards.c.chat == old).values(chat=new))
            # Message ids start anew in the new group: an old one would point at somebody else's message there.
            lost = {"lead_chat": None, "lead_message_id": None}
            await db.execute(update(lead_questions).where(lead_questions.c.lead_chat == old).values(lost))
