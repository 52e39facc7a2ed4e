"""What every press and reply of this package starts from: which item, who acts, what they may see, and the cards anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.channels.session_lines import Teller, short
from bot.channels.telegram.context import Context
from bot.channels.telegram.presses import Press
from bot.channels.words import Phrase
from bot.domain.access import Scope
from bot.domain.messages import Message
from bot.errors import NotFound
from bot.flows.access import Actor
from bot.flows.checklists import Done, ItemName
from bot.flows.live import Checklists

TEXT = 60
"""Columns of an item's own words in a toast or a prompt."""


@dataclass(frozen=True, slots=True)
class Place:
    """One reader at the checklists."""

    context: Context

    @property
    def lists(self) -> Checklists:
        """The flows."""
        return self.context.parts.office.checklists

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self.context.actor

    @property
    def scope(self) -> Scope:
        """What may be shown here."""
        return self.context.viewer.scope

    @property
    def now(self) -> datetime:
        """The gate's time, which never goes back."""
        return self.context.parts.gate.now()

    def say(self, phrase: Phrase, **values: object) -> str:
        """The sentence in the reader's language."""
        return phrase.to(self.context.viewer.language, **values)

    def text(self, done: Done) -> str:
        """The item's own words."""
        return short(done.item.text, TEXT)

    async def teller(self, done: Done) -> Teller:
        """How things of the item's session are said to the reader."""
        item = done.item
        names = await self.context.parts.gate.people.names(*filter(None, (item.by, item.person, item.proof)))
        return Teller(done.session, names, self.now, self.context.viewer.language)

    async def redraw(self) -> None:
        """Bring all cards up to date that show something old."""
        await self.lists.pushing.redraw(self.now)
        self.context.parts.notify()

    async def show_card(self, press: Press) -> None:
        """Show the card below which was pressed as it is now."""
        await self.context.parts.channel.edit(press.chat, press.message_id, await self._card(press))

    async def _card(self, press: Press) -> Message:
        card, items, _ = await self.lists.lists.card(self.actor, self.scope, await self.key_of(press))
        board = self.lists.pushing.board
        session = await board.sessions.one(card.session, scope=self.scope)
        if session is None:
            raise NotFound("no_session")
        return await board.drawn(session, items, self.now, card.language)

    async def key_of(self, press: Press) -> str:
        """The key of the message that the button is below; empty when it is none of ours."""
        return await self.context.parts.outbox.key_of(press.message_id, chat=self.context.viewer.chat) or ""


def named(press: Press) -> ItemName:
    """The item that a button is about."""
    fields = press.action.fields
    return ItemName(fields["session"], fields["item"], int(fields["slot"]))
