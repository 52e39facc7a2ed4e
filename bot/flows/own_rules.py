"""A team's own rules: looked at, changed, tried on past sessions, taken up or given up, brought back. Knows no channel.

A change is a draft until it was tried. What somebody may not know of is not found; what they may not do is refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.domain.access import Right, Scope
from bot.domain.audit import Deed, Entry
from bot.domain.expressions import ExpressionError
from bot.domain.metrics import Input, Metric
from bot.domain.nudges import Rule
from bot.domain.own_form import Form, as_typed, condition_of, in_form, row_of
from bot.domain.own_rules import HOLD, Change, Changed, Mistake, Own, Sheet, SheetVersion, changes, is_legal, prefix
from bot.domain.peers import in_force as known_now
from bot.domain.peers import read_by
from bot.domain.rule_trial import Past, Side, Trial, tried
from bot.domain.sessions import LiveSession, Status
from bot.errors import NotFound, Refused
from bot.flows.access import Actor, Gate
from bot.flows.library import Place
from bot.flows.peer_figures import read_peers
from bot.flows.reference import Reference
from bot.flows.replays import Replays
from bot.flows.rulebooks import ReadSheet, Rulebooks, with_sheets
from bot.flows.team import new_id
from bot.storage.own_rules import OwnRules
from bot.storage.sessions import Sessions

BACK = timedelta(days=30)
"""How old the sessions are at most that a change is tried on."""
MOST_SESSIONS = 8
WAITS = timedelta(days=7)
"""How long a draft waits for somebody to decide."""
GROUPS = ("流量", "互动", "商品", "成交", "投放")
"""What an own rule is about, as its first metric is."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand at a place: the version in force (0: none yet), its sheet as it was read, the rules before it and with it.

    `handbook` are the rules that the sheet is applied to: of a merchant, those of its team. `reference` is what comes of it.
    """

    place: Place
    number: int
    own: Own
    handbook: Reference
    reference: Reference

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in force."""
        return self.reference.rules


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft with what it changes, and the rules as they would be; `known` are all rules of before and then."""

    draft: SheetVersion
    place: Place
    changed: tuple[Changed, ...]
    reference: Reference
    known: tuple[Rule, ...]

    @property
    def touched(self) -> frozenset[str]:
        """The ids of the rules that would speak otherwise."""
        rules = {one.rule for one in self.changed if one.change is not Change.PEERS}
        metrics = (one.limit for one in self.changed if one.change is Change.PEERS)
        return frozenset(rules.union(rule.id for metric in metrics for rule in read_by(self.reference.rules, metric)))


@dataclass(frozen=True, slots=True)
class Tried:
    """A trial, with the sessions that its examples are from, by id."""

    trial: Trial
    sessions: Mapping[str, LiveSession]


class SheetWrong(Refused):
    """A sheet or a form that cannot be used; the one in force stays. `mistakes` say what is wrong, at which line."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("rules_wrong")
        self.mistakes = tuple(mistakes)


@dataclass(frozen=True, slots=True)
class RuleDesk:
    """All that is done to own rules, by what the actor may do alone: nobody comes here from a group. `append` puts a row behind
    rules.
    """

    store: OwnRules
    books: Rulebooks
    gate: Gate
    sessions: Sessions
    replays: Replays
    read: ReadSheet
    append: Callable[[str, Mapping[str, Any]], str]

    async def places(self, actor: Actor) -> tuple[Place, ...]:
        """Where the actor may change rules, teams first; merchants whose authorisation does not hold are left out."""
        access, now = actor.access, self.gate.now()
        teams = [one for one in await self.gate.people.teams(access=access) if access.may(Right.CURATE, one.id)]
        found = [Place(one.id, "", one.name) for one in teams]
        for one in await self.gate.merchants.all(access=access):
            if one.open(now) and access.may(Right.CURATE, one.team, one.id):
                found.append(Place(one.team, one.id, one.name))
        return tuple(found)

    async def place(self, actor: Actor, team: str, merchant: str = "") -> Place:
        """One of those. Raises NotFound, and Refused where the actor only reads."""
        found = next((one for one in await self.places(actor) if (one.team, one.merchant) == (team, merchant)), None)
        if found is None:
            known = actor.access.may(Right.READ, team, merchant)
            raise Refused("not_allowed") if known else NotFound("no_merchant" if merchant else "no_team")
        return found

    async def standing(self, actor: Actor, team: str, merchant: str = "") -> Standing:
        """How things stand. Raises NotFound, Refused."""
        return (await self.standing_at(await self.place(actor, team, merchant)))[0]

    async def standing_at(self, place: Place) -> tuple[Standing, tuple[SheetVersion, ...]]:
        """For the clock: how things stand at a place, and its versions, newest first."""
        versions = await self.store.versions(place.team, place.merchant, scope=_scope(place))
        number, sheet = (versions[0].number, versions[0].sheet) if versions else (0, Sheet())
        return await self._standing(place, number, sheet), versions

    async def history(self, actor: Actor, team: str, merchant: str = "") -> tuple[SheetVersion, ...]:
        """All versions, newest first. Raises NotFound, Refused."""
        place = await self.place(actor, team, merchant)
        return await self.store.versions(team, merchant, scope=_scope(place))

    async def differences(self, place: Place, versions: Sequence[SheetVersion]) -> list[tuple[Changed, ...]]:
        """What each of these versions, newest first, changed of the one before."""
        sheets = [one.sheet for one in versions] + [Sheet()]
        handbook = await self._under(place)
        owns = [self.read(sheet, prefix(place.merchant), handbook) for sheet in sheets]
        return [changes(before, after) for after, before in zip(owns, owns[1:], strict=False)]

    # ---- proposing ----

    async def propose_file(self, actor: Actor, team: str, merchant: str, text: str) -> Proposal:
        """Own rules as a file has them, in place of those before. Raises SheetWrong; then what is in force stays."""
        standing = await self.standing(actor, team, merchant)
        return await self._propose(actor, standing, replace(standing.own.sheet, rules=text))

    async def propose_rule(self, actor: Actor, team: str, merchant: str, form: Form) -> Proposal:
        """One more own rule, as a form has it. Raises SheetWrong."""
        standing = await self.standing(actor, team, merchant)
        handbook, sheet = standing.handbook, standing.own.sheet
        names = {one.id: (one.name, *one.also) for one in handbook.metrics} | {one.id: (one.name,) for one in handbook.inputs}
        try:
            condition = condition_of(form.condition, handbook.units, names)
        except ExpressionError as error:
            zh, en = ({id: one.to(language) for id, one in handbook.called.items()} for language in ("zh", "en"))
            said = as_typed(error.message, form.condition, zh), as_typed(error.english, form.condition, en)
            raise SheetWrong([Mistake(form.lines.get("condition", 0), *said)]) from None
        first = next((one.group for one in handbook.metrics if one.id in condition.when), "")
        id = self._free_id(standing)
        row = row_of(id, form, condition, first if first in GROUPS else "成交")
        try:
            return await self._propose(actor, standing, replace(sheet, rules=self.append(sheet.rules, row)))
        except SheetWrong as error:  # the lines are those of the file, which nobody has seen who fills in a form
            raise SheetWrong([in_form(one, id, form) for one in error.mistakes]) from None

    async def propose_switch(self, actor: Actor, team: str, merchant: str, rule: str, *, on: bool) -> Proposal:
        """A rule off, or on again. Raises SheetWrong, NotFound; rules about the law are never off."""
        standing = await self.standing(actor, team, merchant)
        self._known(standing, rule)
        off = standing.own.sheet.off - {rule} if on else standing.own.sheet.off | {rule}
        return await self._propose(actor, standing, replace(standing.own.sheet, off=off))

    async def propose_limit(self, actor: Actor, team: str, merchant: str, rule: str, limit: str, said: str) -> Proposal:
        """A limit or ``hold`` set to what somebody wrote, or as it was before for an empty text. Raises SheetWrong, NotFound."""
        standing = await self.standing(actor, team, merchant)
        if limit not in (*self._known(standing, rule).limits, HOLD):
            raise NotFound("no_limit")
        limits = dict(standing.own.sheet.limits)
        if said.strip():
            limits[f"{rule}.{limit}"] = " ".join(said.split())
        else:
            limits.pop(f"{rule}.{limit}", None)
        return await self._propose(actor, standing, replace(standing.own.sheet, limits=limits))

    async def propose_peers(self, actor: Actor, team: str, merchant: str, text: str) -> Proposal:
        """Medians of comparable rooms, a line each. Raises SheetWrong with the lines of what was written."""
        standing = await self.standing(actor, team, merchant)
        sheet = standing.own.sheet
        peers, mistakes = read_peers(text, standing.reference, sheet.peers, self.gate.now())
        if mistakes:
            raise SheetWrong(mistakes)
        return await self._propose(actor, standing, replace(sheet, peers=peers))

    async def propose_old(self, actor: Actor, team: str, merchant: str, number: int) -> Proposal:
        """An earlier version once more, 0 for no sheet at all. Raises NotFound, SheetWrong where the handbook has changed."""
        if number == 0:
            return await self._propose(actor, await self.standing(actor, team, merchant), Sheet())
        versions = await self.history(actor, team, merchant)
        old = next((one for one in versions if one.number == number), None)
        if old is None:
            raise NotFound("no_version")
        return await self._propose(actor, await self.standing(actor, team, merchant), old.sheet)

    async def proposal(self, actor: Actor, id: str) -> Proposal:
        """A draft that waits. Raises NotFound."""
        draft = await self.store.draft(id, scope=actor.access.scope(self.gate.now()))
        if draft is None:
            raise NotFound("no_rule_draft")
        place = await self.place(actor, draft.team, draft.merchant)
        standing = await self.standing(actor, draft.team, draft.merchant)
        if standing.number != draft.base:
            raise Refused("rules_moved_on")
        return await self._proposed(draft, place, standing)

    # ---- trying and deciding ----

    async def trial(self, actor: Actor, id: str) -> Tried:
        """Try a draft on sessions of the past that the actor may see. Raises NotFound, Refused."""
        proposal = await self.proposal(actor, id)
        standing = await self.standing(actor, proposal.place.team, proposal.place.merchant)
        scope = actor.access.scope(self.gate.now())
        if proposal.place.merchant:
            scope = Scope(scope.merchants & {proposal.place.merchant})
        sessions, pasts = await self._pasts(proposal.place.team, scope)
        figures: list[Metric | Input] = [*proposal.reference.metrics, *proposal.reference.inputs]
        now = self.gate.now()
        old, new = (Side(one.rules, known_now(one.peers, now)) for one in (standing.reference, proposal.reference))
        found = await asyncio.to_thread(tried, proposal.touched, old, new, figures, pasts)
        return Tried(found, {one.id: one for one in sessions})

    async def adopt(self, actor: Actor, id: str, *, settles: str = "") -> tuple[Proposal, int]:
        """Put a draft in force; live sessions go by it from their next sample on. Raises NotFound, Refused.

        `settles` is the weekly proposal that is taken by it.
        """
        proposal = await self.proposal(actor, id)
        draft = proposal.draft
        said = {"version": str(draft.base + 1), "rules": " ".join(sorted(proposal.touched))}
        entry = Entry(
            self.gate.now(), actor.person, Deed.RULES_CHANGED, actor.chat, draft.team, draft.merchant, draft.id, said
        )  # fmt: skip
        number = await self.store.adopt(draft, self.gate.now(), entry, settles=settles)
        if number is None:
            raise Refused("rules_moved_on")
        await self.books.look()
        return proposal, number

    async def drop(self, actor: Actor, id: str) -> Place:
        """Do without a draft. Raises NotFound."""
        draft = await self.store.draft(id, scope=actor.access.scope(self.gate.now()))
        if draft is None:
            raise NotFound("no_rule_draft")
        place = await self.place(actor, draft.team, draft.merchant)
        await self.store.drop(id)
        return place

    # ---- inside ----

    async def _propose(self, actor: Actor, standing: Standing, sheet: Sheet) -> Proposal:
        place, now = standing.place, self.gate.now()
        own = self.read(sheet, prefix(place.merchant), standing.handbook)
        if own.mistakes:
            raise SheetWrong(own.mistakes)
        draft = SheetVersion(new_id(), place.team, place.merchant, 0, standing.number, sheet, actor.person, now)
        proposal = await self._proposed(draft, place, standing)
        if not proposal.changed:
            raise Refused("rules_same")
        await self.store.propose(draft, now - WAITS)
        return proposal

    async def _proposed(self, draft: SheetVersion, place: Place, standing: Standing) -> Proposal:
        own = self.read(draft.sheet, prefix(place.merchant), standing.handbook)
        known = (*standing.handbook.rules, *standing.own.rules, *own.rules)
        return Proposal(draft, place, changes(standing.own, own), with_sheets(standing.handbook, [own]), known)

    async def _standing(self, place: Place, number: int, sheet: Sheet) -> Standing:
        handbook = await self._under(place)
        own = self.read(sheet, prefix(place.merchant), handbook)
        return Standing(place, number, own, handbook, with_sheets(handbook, [own]))

    async def _under(self, place: Place) -> Reference:
        """What a sheet is applied to: the handbook, and for a merchant with its team's sheet."""
        return await self.books.of_place(place.team) if place.merchant else self.books.handbook()

    async def _pasts(self, team: str, scope: Scope) -> tuple[list[LiveSession], list[Past]]:
        """The newest sessions of which there are samples, and their rows."""
        now = self.gate.now()
        found = await self.sessions.between(now - BACK, now, scope=scope, statuses=(Status.ENDED, Status.LIVE))
        newest = sorted((one for one in found if one.team == team), key=lambda one: one.go_live, reverse=True)
        return await self.replays.those(newest, MOST_SESSIONS, scope=scope)

    @staticmethod
    def _known(standing: Standing, rule: str) -> Rule:
        rules = (*standing.handbook.rules, *standing.own.rules)
        found = next((one for one in rules if one.id == rule), None)
        if found is None:
            raise NotFound("no_rule")
        if is_legal(found):
            raise Refused("rule_legal", rule=f"{found.id} {found.name}")
        return found

    @staticmethod
    def _free_id(standing: Standing) -> str:
        letter, taken = prefix(standing.place.merchant), {rule.id for rule in standing.own.rules}
        free = next((id for n in range(1, 100) if (id := f"{letter}{n:02}") not in taken), None)
        if free is None:
            raise Refused("rules_full")
        return free


def _scope(place: Place) -> Scope:
    return Scope(frozenset({place.merchant} - {""}), frozenset({place.team}))
