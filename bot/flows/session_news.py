"""Who is told about a live session: rows for the outbox, to be stored together with what they tell of. Knows no platform."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.domain.audit import CLOCK
from bot.domain.messages import Message
from bot.domain.outgoing import Kind
from bot.domain.sessions import LiveSession
from bot.flows.access import Actor, Clock
from bot.flows.ports import Names, SessionWords
from bot.flows.session_board import edit_of, row_of
from bot.storage.cards import Card, CardKind, Said, StaleCard
from bot.storage.chats import Chats
from bot.storage.merchants import Merchants
from bot.storage.people import People

TOLD_TO_ALL = ("starts_at", "length", "host", "variant", "chat", "topic")
"""What everybody has to hear of when it changes; other changes are told to those whom they concern."""
Write = Callable[[Names, datetime, str], Message]
"""A message in a language."""


@dataclass(frozen=True, slots=True)
class News:
    """Messages about sessions. Groups are written to in `language`; `notify` wakes the delivery."""

    people: People
    merchants: Merchants
    chats: Chats
    words: SessionWords
    language: str
    notify: Callable[[], None]
    now: Clock

    async def names(self, session: LiveSession, others: Collection[str] = ()) -> Names:
        """What a message about the session, and about these others, calls things."""
        merchant = (await self.merchants.names(session.merchant)).get(session.merchant, "")
        acted = (session.override.by,) if session.override else ()
        titles = await self.chats.titles(session.chat) if session.chat else {}
        return Names(merchant, await self.people.names(*session.people, *acted, *others), titles.get(session.chat, ""))

    async def to_group(
        self, key: str, session: LiveSession, write: Write, *, kind: CardKind | None = None, lasts: timedelta | None = None
    ) -> list[Said]:
        """One message for the group that the session is run in; none where it has none. With `kind` it is a card."""
        if not session.chat:
            return []
        names, now = await self.names(session), self.now()
        return [self._said(key, session, session.chat, session.topic, write(names, now, self.language), kind, lasts)]

    async def to_people(
        self,
        key: str,
        session: LiveSession,
        people: Collection[str],
        write: Write,
        *,
        kind: CardKind | None = None,
        lasts: timedelta | None = None,
        named: Collection[str] = (),
    ) -> list[Said]:
        """One message for each of these people, in their language, who can be written to in private.

        `named` are others whose names stand in it.
        """
        names, now = await self.names(session, named), self.now()
        languages = await self.people.languages(*people)
        return [
            self._said(
                f"{key}:{person}", session, person, None, write(names, now, languages.get(person, self.language)), kind, lasts,
                language=languages.get(person, self.language),
            )
            for person in dict.fromkeys(people)
            if await self.chats.is_private(person) and not await self.chats.is_gone(person)
        ]  # fmt: skip

    async def planned(self, actor: Actor, session: LiveSession) -> list[Said]:
        """The plan, for the group, unless it was made there and stands there already, and for everybody who has to be there."""
        key, write = f"plan:{session.id}", partial(self.words.planned, session)
        others = [person for person in session.people if person != actor.person]
        said = [] if session.chat == actor.chat else await self.to_group(key, session, write, kind=CardKind.PLAN)
        return said + await self.to_people(key, session, others, write, kind=CardKind.PLAN)

    async def planned_ahead(self, actor: Actor, sessions: Sequence[LiveSession]) -> list[Said]:
        """Occurrences of one series that are planned at once: their group and their people each get one message of all of them.

        Whoever let it repeat has seen that it does. One alone is told like any other session.
        """
        first = sessions[0]
        if len(sessions) == 1:
            return await self.planned(Actor(actor.access, CLOCK), first)
        key, write = f"series:{first.series}:{first.id}", partial(self.words.repeated, sessions)
        people = sorted({person for one in sessions for person in one.people} - {actor.person})
        return await self.to_group(key, first, write) + await self.to_people(key, first, people, write)

    async def changed(self, actor: Actor, before: LiveSession, after: LiveSession) -> list[Said]:
        """What was changed from what to what: for all where all have to know, else for those whose post it is."""
        key, write = f"changed:{after.id}:{after.revision}", partial(self.words.changed, before, after)
        differs = any(getattr(before, name) != getattr(after, name) for name in TOLD_TO_ALL)
        handed = {person for _, person in _held(before) ^ _held(after)}
        people = {*before.people, *after.people} if differs else handed
        said = await self.to_people(key, after, sorted(people - {actor.person}), write)
        if differs:
            said += await self.to_group(key, after, write)
        if (before.chat, before.topic) != (after.chat, after.topic):
            said += await self.to_group(f"{key}:left", before, write)
        return said

    async def cancelled(self, actor: Actor, session: LiveSession) -> list[Said]:
        """That the session will not take place."""
        key, write = f"changed:{session.id}:{session.revision}", partial(self.words.cancelled, session)
        others = [person for person in session.people if person != actor.person]
        return await self.to_group(key, session, write) + await self.to_people(key, session, others, write)

    async def leads(self, session: LiveSession) -> tuple[str, ...]:
        """Who answers for the merchant above the operator."""
        return await self.people.managers(session.team, session.merchant)

    async def edit(self, stale: StaleCard, session: LiveSession, write: Write, named: Collection[str] = ()) -> dict[str, Any]:
        """The row that draws a card again."""
        now = self.now()
        return edit_of(stale, session, write(await self.names(session, named), now, stale.card.language), now)

    def _said(
        self,
        key: str,
        session: LiveSession,
        chat: str,
        topic: int | None,
        message: Message,
        kind: CardKind | None,
        lasts: timedelta | None,
        *,
        language: str = "",
    ) -> Said:
        now = self.now()
        row = row_of(
            key, chat, message, now, session.collections, kind=Kind.NOTICE, topic=topic,
            expires_at=now + lasts if lasts else None,
        )  # fmt: skip
        card = Card(key, session.id, chat, topic, kind, (), language or self.language) if kind else None
        return card, row


def _held(session: LiveSession) -> set[tuple[str, str]]:
    return {("", session.operator), *((post.role, post.person) for post in session.posts if post.person)}
