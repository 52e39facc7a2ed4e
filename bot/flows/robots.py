"""Robots of bound groups: added, tried, removed by whoever manages what the group is bound to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.access import Binding, Right, Scope
from bot.domain.audit import Deed, Entry
from bot.domain.messages import text
from bot.domain.outgoing import ROBOT, Kind, own_id
from bot.domain.robots import address
from bot.errors import NotFound, Refused
from bot.flows.access import Actor, Gate
from bot.flows.words import say
from bot.storage.outbox import Outbox
from bot.storage.robots import Robot, Robots

MOST = 5
"""Robots of one group."""
TEST_LASTS = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class RobotDesk:
    """All that is done to robots."""

    robots: Robots
    outbox: Outbox
    gate: Gate

    async def here(self, actor: Actor, chat: str) -> tuple[Robot, ...]:
        """The robots of a bound group. Raises NotFound, Refused."""
        await self._managed(actor, chat)
        return await self.robots.here(chat)

    async def one(self, actor: Actor, id: int) -> Robot:
        """One robot. Raises NotFound, Refused."""
        found = await self.robots.one(id)
        if found is None:
            raise NotFound("no_robot")
        try:
            await self._managed(actor, found.chat)
        except NotFound:
            raise NotFound("no_robot") from None
        return found

    async def add(self, actor: Actor, chat: str, said: str) -> Robot:
        """Let a robot carry the pushes of a bound group; `said` is its URL, with the key to sign with behind it if it has one.

        Raises NotFound, Refused.
        """
        bound = await self._managed(actor, chat)
        to = address(said)
        if to is None:
            raise Refused("robot_url")
        if await self.robots.count(chat) >= MOST:
            raise Refused("robots_full", most=MOST)
        if not await self.robots.add(chat, to, self._entry(actor, Deed.ROBOT_ADDED, bound, kind=to.kind, print=to.fingerprint)):
            raise Refused("robot_known")
        return (await self.robots.here(chat))[-1]

    async def remove(self, actor: Actor, id: int) -> Robot:
        """Forget a robot. Raises NotFound, Refused."""
        found = await self.one(actor, id)
        bound = await self._managed(actor, found.chat)
        entry = self._entry(actor, Deed.ROBOT_REMOVED, bound, kind=found.kind, print=found.fingerprint)
        if not await self.robots.remove(id, entry):
            raise NotFound("no_robot")
        return found

    async def test(self, actor: Actor, id: int, key: str, language: str) -> Robot:
        """Let a robot say that it works; once for each `key`. Raises NotFound, Refused."""
        found, now = await self.one(actor, id), self.gate.now()
        said = text(say("robot_test", language))
        await self.outbox.add(f"robot-test:{key}", ROBOT, str(id), said, kind=Kind.NOTICE, now=now, expires_at=now + TEST_LASTS)
        return found

    async def audience(self, chat: str) -> Scope:
        """What may be sent to a robot (by its qualified chat): what its whole group may be shown."""
        found = await self.robots.one(int(own_id(chat)))
        return Scope() if found is None else await self.gate.audience(found.chat, None, private=False)

    async def _managed(self, actor: Actor, chat: str) -> Binding:
        """The binding of the whole group, for somebody who manages what it is bound to."""
        bound = next((one for one in await self.gate.groups.here(chat) if one.topic == 0), None)
        if bound is None or not actor.access.may(Right.READ, bound.team, bound.merchant):
            raise NotFound("not_bound")
        if not actor.access.may(Right.MANAGE, bound.team, bound.merchant):
            raise Refused("not_allowed")
        return bound

    def _entry(self, actor: Actor, deed: Deed, bound: Binding, **detail: str) -> Entry:
        return Entry(self.gate.now(), actor.person, deed, actor.chat, bound.team, bound.merchant, bound.chat, detail)
