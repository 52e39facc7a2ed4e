"""Sessions with their items as they are shown: read together, named, drawn. Knows no channel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from bot.domain.access import Scope
from bot.domain.messages import Message
from bot.domain.outgoing import Kind
from bot.domain.session_cards import ItemCard
from bot.domain.session_items import SessionItem, numbers
from bot.domain.sessions import LiveSession
from bot.flows.access import Gate
from bot.flows.ports import SessionViews
from bot.storage.cards import Card, CardKind, Said, StaleCard
from bot.storage.outbox import outgoing
from bot.storage.session_items import SessionItems
from bot.storage.sessions import Sessions


@dataclass(frozen=True, slots=True)
class Board:
    """What cards are made from. Groups are written to in `language`."""

    sessions: Sessions
    items: SessionItems
    gate: Gate
    views: SessionViews
    language: str

    async def said(
        self, key: str, session: LiveSession, items: Sequence[SessionItem], chat: str, topic: int | None, now: datetime
    ) -> Said:
        """A new card with these items for a chat."""
        language = await self.language_of(chat)
        card = Card(key, session.id, chat, topic, CardKind.ITEMS, tuple(one.key for one in items), language)
        message = await self.drawn(session, items, now, language)
        return card, row_of(key, chat, message, now, session.collections, topic=topic)

    async def drawn(self, session: LiveSession, items: Sequence[SessionItem], now: datetime, language: str) -> Message:
        """The card as it is now."""
        notes = await self.items.notes(session.id, scope=Scope(frozenset({session.merchant})))
        people = {one for item in items for one in (item.person, item.by, item.proof)}
        people |= {note.person for said in notes.values() for note in said}
        names = await self.gate.people.names(*sorted(filter(None, people)))
        numbered = numbers(await self.items.known(session.id))
        merchant = await self.merchant(session)
        return self.views.card(ItemCard(session, merchant, tuple(items), numbered, names, now, language, notes))

    async def merchant(self, session: LiveSession) -> str:
        """The name of a session's merchant."""
        return (await self.gate.merchants.names(session.merchant)).get(session.merchant, "")

    async def language_of(self, chat: str) -> str:
        """The language of a person, or the groups'."""
        return (await self.gate.people.languages(chat)).get(chat, self.language)

    async def reads(self, session: LiveSession, chat: str, topic: int | None = None, *, private: bool) -> bool:
        """Whether what is said of the session may be said in this chat, now."""
        return session.readable(await self.gate.audience(chat, topic, private=private))


def row_of(
    key: str, chat: str, message: Message, now: datetime, collections: Iterable[str], *, kind: Kind = Kind.CHECKLIST,
    topic: int | None = None, edit_of: int | None = None, expires_at: datetime | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The row of a message for a qualified chat."""
    return outgoing(
        key, chat.partition(":")[0], chat, message, kind=kind, now=now, topic=topic, edit_of=edit_of, expires_at=expires_at,
        collections=tuple(collections),
    )  # fmt: skip


def edit_of(stale: StaleCard, session: LiveSession, message: Message, now: datetime) -> dict[str, Any]:
    """The row of the edit that brings a card up to date."""
    card = stale.card
    return row_of(
        f"{card.key}:{card.changes}", card.chat, message, now, session.collections, kind=Kind.REDRAW, topic=card.topic,
        edit_of=stale.message_id,
    )  # fmt: skip


def digest(items: Iterable[tuple[object, ...]]) -> str:
    """A short name for a set of things, in whatever order they come."""
    return blake2b("\n".join(sorted(map(repr, items))).encode(), digest_size=6).hexdigest()
