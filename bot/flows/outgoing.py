"""The outbox, looked after by whoever runs the copilot: what waits or went wrong, sent after all, or given up.

Nobody else gets in: a message's key and chat say who asked what where.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.domain.access import scope_of_collections
from bot.domain.audit import Deed, Entry
from bot.domain.messages import Message
from bot.errors import NotFound, Refused
from bot.flows.access import Actor, Gate
from bot.storage.chats import Chats
from bot.storage.outbox import State
from bot.storage.outbox_care import MENDABLE, UNSENT, OutboxCare, StoredMessage


@dataclass(frozen=True, slots=True)
class OutgoingDesk:
    """All that is done to messages beside sending them."""

    care: OutboxCare
    chats: Chats
    gate: Gate

    async def messages(self, actor: Actor, states: Collection[State] = UNSENT, *, limit: int = 50) -> tuple[StoredMessage, ...]:
        """The newest messages in these states, newest first, without their texts."""
        _let_in(actor)
        return await self.care.messages(states, limit=limit)

    async def titles(self, actor: Actor, messages: Collection[StoredMessage]) -> dict[str, str]:
        """The names of the chats of these messages, as far as they are known."""
        _let_in(actor)
        return await self.chats.titles(*{one.chat for one in messages})

    async def one(self, actor: Actor, id: int) -> StoredMessage:
        """One message without its text. Raises NotFound."""
        _let_in(actor)
        found = await self.care.one(id)
        if found is None:
            raise NotFound("no_message")
        return found

    async def show(self, actor: Actor, id: int) -> tuple[StoredMessage, Message | None]:
        """A message with what it says, None when that is not kept any more. Noted in the trail of those whose text it is."""
        found = await self.one(actor, id)
        if not found.kept:
            return found, None
        await self.gate.trail.add(*await self._entries(actor, Deed.MESSAGE_READ, found))
        return found, await self.care.text(id)

    async def retry(self, actor: Actor, id: int) -> StoredMessage:
        """Let a failed or unknown message be sent after all; what its chat may not be shown any more is still not shown.

        Raises NotFound, or Refused when it is neither failed nor unknown, or its text is not kept any more.
        """
        found = await self.one(actor, id)
        if found.state not in MENDABLE:
            raise Refused("message_not_mendable")
        if not found.kept:
            raise Refused("message_text_gone")
        entries = await self._entries(actor, Deed.MESSAGE_RETRIED, found)
        if not await self.care.put_back(found, *entries, now=self.gate.now()):
            raise Refused("message_not_mendable")
        return found

    async def discard(self, actor: Actor, id: int) -> StoredMessage:
        """Give up a message that waits, failed, or may have arrived. Raises NotFound, or Refused when it is none of these."""
        found = await self.one(actor, id)
        entries = await self._entries(actor, Deed.MESSAGE_DISCARDED, found)
        if not await self.care.discard(id, *entries, now=self.gate.now()):
            raise Refused("message_not_closable")
        return found

    async def _entries(self, actor: Actor, deed: Deed, message: StoredMessage) -> list[Entry]:
        """One entry for each team and merchant whose text is in the message, or one of nobody's."""
        drawn = scope_of_collections(message.collections)
        teams = await self.gate.merchants.teams(drawn.merchants)
        whose = [(team, merchant) for merchant, team in sorted(teams.items())] + [(team, "") for team in sorted(drawn.teams)]
        now, subject = self.gate.now(), str(message.id)
        return [Entry(now, actor.person, deed, message.chat, team, merchant, subject) for team, merchant in whose or [("", "")]]


def _let_in(actor: Actor) -> None:
    """Raises Refused for everybody but whoever runs commands beside the database."""
    if not actor.access.everything:
        raise Refused("not_allowed")
