"""Merchants: taken in, authorised for a time, renamed, deleted with all that is stored; and the groups bound to them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.access import Binding, Merchant, Policy, Right
from bot.domain.audit import Deed, Entry
from bot.domain.messages import text
from bot.errors import NotFound, Refused
from bot.flows.access import Actor, Clock, lacks
from bot.flows.team import checked_name, new_id
from bot.flows.words import say
from bot.storage.erasure import Erasure
from bot.storage.groups import BoundGroup, Groups
from bot.storage.merchants import Authorisation, Merchants

LONGEST_AUTHORISATION = timedelta(days=3 * 366)
LONGEST_GRANTOR = 80


@dataclass(frozen=True, slots=True)
class MerchantDesk:
    """All that is done to merchants and groups. `forget` drops a merchant's files and index; `now` never goes back."""

    merchants: Merchants
    groups: Groups
    erasure: Erasure
    forget: Callable[[str], Awaitable[None]]
    now: Clock

    async def all(self, actor: Actor, team: str | None = None) -> tuple[Merchant, ...]:
        """The merchants that the actor may know of, in one team or in all of theirs."""
        found = await self.merchants.all(access=actor.access)
        return tuple(one for one in found if team is None or one.team == team)

    async def one(self, actor: Actor, id: str, right: Right = Right.READ) -> Merchant:
        """A merchant for which the actor has a right. Raises NotFound when they may not know of it, Refused when only that."""
        for merchant in await self.all(actor):
            if merchant.id == id:
                if not actor.access.may(right, merchant.team, merchant.id):
                    raise lacks(right)
                return merchant
        raise NotFound("no_merchant")

    async def add(self, actor: Actor, team: str, name: str) -> Merchant:
        """Take a merchant in; nothing of it is shown before an authorisation is recorded. Raises NotFound, Refused."""
        if not actor.access.may(Right.MANAGE, team):
            raise NotFound("no_team") if team not in actor.access.teams else Refused("not_allowed")
        named = checked_name(name)
        if any(one.name == named for one in await self.all(actor, team)):
            raise Refused("name_taken", name=named)
        merchant = Merchant(new_id(), team, named)
        await self.merchants.add(merchant, self._entry(actor, Deed.MERCHANT_ADDED, merchant))
        return merchant

    async def rename(self, actor: Actor, id: str, name: str) -> None:
        """Give a merchant another name. Raises NotFound, Refused."""
        merchant, named = await self.one(actor, id, Right.MANAGE), checked_name(name)
        if any(one.name == named and one.id != id for one in await self.all(actor, merchant.team)):
            raise Refused("name_taken", name=named)
        await self.merchants.rename(id, named, self._entry(actor, Deed.MERCHANT_RENAMED, merchant))

    async def authorise(self, actor: Actor, id: str, until: datetime, granted_by: str) -> Merchant:
        """Record that the merchant lets the team serve it from now until a moment, and who on its side said so.

        Raises NotFound, Refused.
        """
        merchant, now = await self.one(actor, id, Right.MANAGE), self.now()
        by = " ".join(granted_by.split())[:LONGEST_GRANTOR]
        if not by:
            raise Refused("grantor_missing")
        if not now < until <= now + LONGEST_AUTHORISATION:
            raise Refused("date_out_of_range")
        entry = self._entry(actor, Deed.AUTHORISED, merchant, until=until.isoformat())
        await self.merchants.authorise(id, Authorisation(by, actor.person, now, until, now), entry)
        return Merchant(id, merchant.team, merchant.name, now, until)

    async def end_authorisation(self, actor: Actor, id: str) -> None:
        """The merchant may not be served any more: nothing of it is shown from now on. Raises NotFound, Refused."""
        merchant = await self.one(actor, id, Right.MANAGE)
        await self.merchants.close(id, self._entry(actor, Deed.AUTHORISATION_ENDED, merchant))

    async def ended_by_hand(self, actor: Actor, merchant: Merchant) -> bool:
        """Whether somebody ended the authorisation before its time, as far as the actor may know of the merchant."""
        return bool(await self.merchants.ended_by(merchant, access=actor.access))

    async def authorisations(self, actor: Actor, id: str) -> tuple[Authorisation, ...]:
        """What was recorded, newest first. Raises NotFound, Refused."""
        return await self.merchants.authorisations(await self.one(actor, id, Right.MANAGE), access=actor.access)

    async def delete(self, actor: Actor, id: str) -> dict[str, int]:
        """Delete a merchant with all that is stored of it; returns the rows deleted in each table. Raises NotFound, Refused."""
        merchant = await self.one(actor, id, Right.OWN)
        emptied = {language: text(say("tip_emptied", language)) for language in ("zh", "en")}
        gone = await self.erasure.erase(id, self._entry(actor, Deed.MERCHANT_DELETED, merchant), emptied)
        await self.forget(id)
        return gone

    async def bind(
        self, actor: Actor, chat: str, topic: int, team: str, merchant: str = "", ceiling: Policy = Policy.MERCHANT
    ) -> Binding:
        """Say what a group, or a topic of it, is for. Raises NotFound, Refused.

        Whoever binds a group that is bound already has to manage what it was bound to as well.
        """
        self._require_manager(actor, team, merchant)
        if merchant and (await self.one(actor, merchant)).team != team:
            raise NotFound("no_merchant")
        await self._require_free(actor, chat, topic)
        binding = Binding(chat, team, merchant, topic, ceiling)
        entry = Entry(
            self.now(), actor.person, Deed.BOUND, actor.chat, team, merchant, chat, {"topic": str(topic), "policy": ceiling.name}
        )
        await self.groups.bind(binding, entry)
        return binding

    async def unbind(self, actor: Actor, chat: str, topic: int) -> None:
        """Leave a group, or a topic of it, with the handbook alone. Raises NotFound, Refused."""
        bound = next((one for one in await self.groups.here(chat) if one.topic == topic), None)
        if bound is None:
            raise NotFound("not_bound")
        if not actor.access.may(Right.MANAGE, bound.team, bound.merchant):
            # Nobody is told to look for somebody else whose own merchant it is.
            raise Refused("not_allowed" if actor.access.may(Right.READ, bound.team, bound.merchant) else "group_taken")
        entry = Entry(self.now(), actor.person, Deed.UNBOUND, actor.chat, bound.team, bound.merchant, chat, {"topic": str(topic)})
        await self.groups.unbind(chat, topic, entry)

    async def bound(self, actor: Actor, team: str) -> tuple[BoundGroup, ...]:
        """The groups of a team that the actor may know of."""
        return await self.groups.all(team, access=actor.access)

    async def here(self, actor: Actor, chat: str, topic: int) -> Binding | None:
        """What this group, or this topic, is bound to, for somebody who may know; None otherwise."""
        found = next((one for one in await self.groups.here(chat) if one.topic == topic), None)
        if found is None or not actor.access.may(Right.READ, found.team, found.merchant):
            return None
        return found

    async def _require_free(self, actor: Actor, chat: str, topic: int) -> None:
        """Nobody takes a group away from somebody else."""
        for bound in await self.groups.here(chat):
            if bound.topic == topic and not actor.access.may(Right.MANAGE, bound.team, bound.merchant):
                raise Refused("group_taken")

    def _require_manager(self, actor: Actor, team: str, merchant: str) -> None:
        if actor.access.may(Right.MANAGE, team, merchant):
            return
        if not actor.access.may(Right.READ, team, merchant):
            raise NotFound("no_merchant" if merchant else "no_team")
        raise Refused("not_allowed")

    def _entry(self, actor: Actor, deed: Deed, merchant: Merchant, **detail: str) -> Entry:
        return Entry(self.now(), actor.person, deed, actor.chat, merchant.team, merchant.id, merchant.id, detail)
