"""What the handlers of live sessions share: the desk as one person sees it from one chat, and words in their language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from telegram import Message

from bot.channels.plan_view import card
from bot.channels.telegram.context import Context
from bot.channels.words import Phrase
from bot.domain.access import Merchant, Right, Scope
from bot.domain.messages import Message as Outgoing
from bot.domain.messages import text
from bot.domain.sessions import LiveSession
from bot.flows.access import Actor
from bot.flows.floor import Floor


@dataclass(frozen=True, slots=True)
class Spot:
    """One person in one chat, before the desk where sessions are planned."""

    context: Context

    @property
    def floor(self) -> Floor:
        """All that is done to sessions."""
        return self.context.parts.floor

    @property
    def actor(self) -> Actor:
        """The person, with all that they are."""
        return self.context.actor

    @property
    def scope(self) -> Scope:
        """What may be shown here."""
        return self.context.viewer.scope

    @property
    def language(self) -> str:
        """The person's, in a group the group's: everybody reads along."""
        viewer = self.context.viewer
        return viewer.language if viewer.private else self.context.parts.language

    @property
    def now(self) -> datetime:
        """The gate's time, which never goes back."""
        return self.context.parts.gate.now()

    def say(self, phrase: Phrase, **values: object) -> str:
        """The sentence in the language of the chat."""
        return phrase.to(self.language, **values)

    def merchants(self) -> list[Merchant]:
        """Those for which the person may plan sessions here: in a group the one that it is bound to."""
        return [
            one
            for one in self.actor.access.merchants
            if one.id in self.scope.merchants and self.actor.access.may(Right.RUN, one.team, one.id)
        ]

    async def card(self, session: LiveSession, notes: Sequence[str] = ()) -> Outgoing:
        """The session with its buttons."""
        names = await self.floor.ground.news.names(session)
        return card(session, names, self.now, self.language, notes)

    async def follow(self, message_id: int, session: LiveSession) -> None:
        """Keep the card true that stands here: others may change what it shows. They have cards of their own."""
        viewer = self.context.viewer
        if key := await self.context.parts.outbox.key_of(message_id, chat=viewer.chat):
            await self.floor.clock.follow(session, key, viewer.chat, viewer.topic, self.language)

    async def answer(self, message: Message, key: str, shown: Outgoing, *sessions: LiveSession) -> None:
        """Answer a message that somebody wrote; with the sessions whose text is in the answer."""
        viewer = self.context.viewer
        await self.context.parts.send(
            f"{key}:{message.chat.id}:{message.message_id}", viewer.chat, shown, topic=viewer.topic,
            reply_to=message.message_id, collections={name for one in sessions for name in one.collections},
        )  # fmt: skip

    async def tell(self, message: Message, key: str, phrase: Phrase, **values: object) -> None:
        """Answer with one sentence."""
        await self.answer(message, key, text(self.say(phrase, **values)))
