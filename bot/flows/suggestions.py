"""Proposals to change rules in people's hands: looked at, taken, done without. Knows no channel.

Taking one is a change of own rules like any other: tried before, a version, an entry in the trail, and a way back.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from bot.domain.access import Right
from bot.domain.audit import Deed, Entry
from bot.domain.sessions import LiveSession
from bot.domain.suggestions import BACK, State, Suggestion
from bot.errors import CopilotError, NotFound, Refused, StorageError
from bot.flows.access import Actor, Gate
from bot.flows.own_rules import RuleDesk
from bot.flows.reference import Reference
from bot.flows.suggesting import Shown, Suggesting, Weekly, shown
from bot.storage.nudges import Nudges, StoredTip
from bot.storage.suggestions import Suggestions


@dataclass(frozen=True, slots=True)
class Evidence:
    """One proposal with tips that were told: what becomes of each (gone, lost, kept), the tip, its session and merchant."""

    shown: Shown
    tips: tuple[tuple[str, StoredTip, LiveSession, str], ...]
    reference: Reference


@dataclass(frozen=True, slots=True)
class SuggestionDesk:
    """All that people do with proposals, by what the actor may do alone: nobody comes here from a group.

    `suggesting` told the leads, and tells them what one of them decides; `notify` wakes the delivery.
    """

    store: Suggestions
    rules: RuleDesk
    nudges: Nudges
    gate: Gate
    suggesting: Suggesting
    notify: Callable[[], None]

    async def lately(self, actor: Actor, team: str) -> tuple[Shown, ...]:
        """A team's proposals of the last weeks that the actor may decide about, settled ones too; newest first."""
        now, access = self.gate.now(), actor.access
        found = await self.store.of(team, now - BACK, scope=access.scope(now))
        return await shown([one for one in found if access.may(Right.CURATE, team, one.merchant)], self.rules, self.gate)

    async def waiting(self, actor: Actor) -> tuple[Shown, ...]:
        """Those of all teams that still wait, and whose rule is still as it was when they were made."""
        now = self.gate.now()
        found = [one for team in sorted(actor.access.teams) for one in await self.lately(actor, team)]
        return tuple(one for one in found if one.waits(now))

    async def week(self, actor: Actor, id: str) -> Weekly:
        """All of the week that a proposal belongs to, as the actor may see it. Raises NotFound, Refused."""
        one = await self._one(actor, id)
        named = {team.id: team.name for team in await self.gate.people.teams(access=actor.access)}
        theirs = tuple(other for other in await self.lately(actor, one.team) if other.suggestion.week == one.week)
        return Weekly(named.get(one.team, ""), one.week, theirs)

    async def evidence(self, actor: Actor, id: str) -> Evidence:
        """One proposal with some of the tips that it is about. Raises NotFound, Refused."""
        one = await self._one(actor, id)
        scope = actor.access.scope(self.gate.now())
        names = await self.gate.merchants.names(*one.merchants)
        found = []
        for kind, ids in one.outcome.examples.items():
            for tip in [await self.nudges.one(tip, scope=scope) for tip in ids]:
                session = await self.rules.replays.sessions.one(tip.session, scope=scope) if tip else None
                if tip is not None and session is not None:
                    found.append((kind, tip, session, names.get(session.merchant, "")))
        (named,) = await shown([one], self.rules, self.gate)
        return Evidence(named, tuple(found), await self.rules.books.of_place(one.team, one.merchant))

    async def adopt(self, actor: Actor, id: str) -> tuple[Shown, int]:
        """Take one: its limit is set as if somebody had set it; the version's number. Raises NotFound, Refused."""
        one = self._open(await self._one(actor, id))
        if not (await self._named(actor, id)).current:
            raise Refused("proposal_stale")
        draft = (await self.rules.propose_limit(actor, one.team, one.merchant, one.rule, one.limit, one.written)).draft.id
        try:
            _, number = await self.rules.adopt(actor, draft, settles=id)
        except StorageError:
            with suppress(CopilotError):  # old drafts go when the next one is made
                await self.rules.drop(actor, draft)
            raise
        except Refused as error:
            await self.rules.drop(actor, draft)
            self._open(await self._one(actor, id))
            raise Refused("proposal_again") from error
        await self._tell(one)
        return await self._named(actor, id), number

    async def decline(self, actor: Actor, id: str) -> Shown:
        """Do without one; nothing changes. Raises NotFound, Refused."""
        one = self._open(await self._one(actor, id))
        entry = Entry(
            self.gate.now(), actor.person, Deed.PROPOSAL_DECLINED, actor.chat, one.team, one.merchant, one.id, {"rule": one.rule}
        )  # fmt: skip
        if not await self.store.decline(id, entry):
            self._open(await self._one(actor, id))
        await self._tell(one)
        return await self._named(actor, id)

    async def _tell(self, one: Suggestion) -> None:
        """What was decided stands in every lead's message, not only in that of who decided."""
        if await self.suggesting.redraw(one.team, one.week):
            self.notify()

    async def _one(self, actor: Actor, id: str) -> Suggestion:
        """One that the actor may decide about. Raises NotFound, Refused: that is for leads."""
        one = await self.store.one(id, scope=actor.access.scope(self.gate.now()))
        if one is None:
            raise NotFound("no_proposal")
        if not actor.access.may(Right.CURATE, one.team, one.merchant):
            raise Refused("proposal_for_leads")
        return one

    def _open(self, one: Suggestion) -> Suggestion:
        if one.state is not State.OPEN:
            raise Refused("proposal_adopted" if one.state is State.ADOPTED else "proposal_declined")
        if not one.waits(self.gate.now()):
            raise Refused("proposal_old")
        return one

    async def _named(self, actor: Actor, id: str) -> Shown:
        (named,) = await shown([await self._one(actor, id)], self.rules, self.gate)
        return named
