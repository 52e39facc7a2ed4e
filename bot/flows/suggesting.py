"""The weekly look at which rules should be others: what people did with their tips, candidates played over past sessions, and one
message to each lead, which is drawn again when one of them decides. Nothing is changed here. Knows no channel.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

import structlog

from bot.domain.access import Merchant, Right, Scope, merchant_collection, team_collection
from bot.domain.candidates import Candidate, Terms, Way, candidates, signed
from bot.domain.decisions import Source
from bot.domain.expressions import ExpressionError
from bot.domain.limit_names import Called, limit_names
from bot.domain.messages import Message
from bot.domain.metrics import Input, Metric
from bot.domain.nudges import Rule
from bot.domain.outgoing import Kind
from bot.domain.own_rules import HOLD, OWN, PEERS, SESSION, SheetVersion, hold_said, limit_said
from bot.domain.rule_trial import Past, told
from bot.domain.sessions import LiveSession, Status
from bot.domain.suggestions import (
    BACK,
    LEAST_JUDGED,
    MOST,
    Judged,
    Moment,
    Outcome,
    Suggestion,
    chosen,
    due_week,
    fingerprint,
    may_change,
    outcome,
    over_in_time,
    precision,
    sources_of,
    way_of,
)
from bot.flows.access import Gate
from bot.flows.library import Place
from bot.flows.own_rules import RuleDesk, Standing
from bot.flows.ports import Apart
from bot.flows.replays import Replays
from bot.flows.session_board import digest, row_of
from bot.flows.team import new_id
from bot.storage.cards import Said
from bot.storage.effects import Effects
from bot.storage.nudges import StoredTip
from bot.storage.outbox import Outbox
from bot.storage.rhythms import Rhythms
from bot.storage.suggestions import Suggestions

log = structlog.get_logger(__name__)

LATELY = timedelta(hours=1)
"""How long the clock sees to it that every lead's message says what was decided: a process may end between the two."""
MOST_PLAYED = 6
"""Rules of which candidates are played for one team in one week: those that are wrong most surely come first, and each takes a
processor for minutes."""
MOST_SESSIONS = 60
"""Sessions that one rule is played over; rows are bounded besides."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposal with the names of its rule, limit and merchant, the last empty for a whole team's. `current` says that the rule
    is still the one that it was made for, `by` is the name of who settled it, empty where nobody has or they have none.
    """

    suggestion: Suggestion
    rule: str
    limit: Called
    place: str
    current: bool = True
    by: str = ""

    def waits(self, now: datetime) -> bool:
        """Whether somebody may still take it."""
        return self.current and self.suggestion.waits(now)


@dataclass(frozen=True, slots=True)
class Weekly:
    """What one reader is told of one week of a team."""

    team: str
    week: date
    shown: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class _Case:
    """A rule at a place, with the evidence that it should be another. `group` are the merchants that go by it there."""

    place: Place
    standing: Standing
    rule: Rule
    base: Rule
    group: frozenset[str]
    judged: tuple[Judged, ...]
    way: Way


@dataclass(frozen=True, slots=True)
class _Told:
    """A lead's message about a week, and which proposals are in it."""

    person: str
    made: Sequence[Suggestion]
    message: Message


@dataclass(frozen=True, slots=True)
class Suggesting:
    """What the clock does about rules. Groups are never written to; `worded` makes the message of one reader.

    `apart` deals with each team's week by itself: a replay takes minutes, and an error in it is no reason to play it again each
    minute.
    """

    store: Suggestions
    effects: Effects
    replays: Replays
    rules: RuleDesk
    rhythms: Rhythms
    gate: Gate
    worded: Callable[[Weekly, datetime, str], Message]
    language: str
    apart: Apart
    outbox: Outbox

    async def propose_due(self, now: datetime) -> int:
        """For the clock: deal with every team's week that has come; returns how many messages were written down."""
        due = {}
        for team, last in (await self.store.weeks()).items():
            week = due_week(now, await self.rhythms.of(team))
            if week is not None and week.isoformat() > last:
                due[team] = partial(self._deal_with, team, week)
        return await self.apart.each(due)

    async def _deal_with(self, team: str, week: date) -> int:
        now = self.gate.now()
        served = [one for one in await self.gate.merchants.every() if one.team == team and one.open(now)]
        made: list[Suggestion] = []
        for case in (await self._cases(team, served, now))[:MOST_PLAYED] if served else ():
            if len(made) < MOST and (found := await self._made(case, week)) is not None:
                made.append(found)
        # Playing takes minutes, and a message is as old as when it was written.
        return await self.store.keep(team, week, made, await self._said(team, week, made), self.gate.now()) or 0

    # ---- evidence ----

    async def _cases(self, team: str, served: Sequence[Merchant], now: datetime) -> list[_Case]:
        """The rules that the evidence speaks against, the surest first, then those that speak too late."""
        scope = Scope(frozenset(one.id for one in served), frozenset({team}))
        rested = {(one.merchant, one.rule) for one in await self.store.since(team, now - BACK)}
        tips = await self.effects.judged(team, now - BACK, scope=scope)
        sessions = await self.replays.sessions.those({tip.session for tip in tips})
        places = {"": Place(team, "", "")} | {one.id: Place(team, one.id, one.name) for one in served}
        stand = {id: await self.rules.standing_at(place) for id, place in places.items()}
        since = {id: await self._changed(place, stand[id][1]) for id, place in places.items()}
        found: dict[tuple[str, str], list[Judged]] = {}
        for tip in tips:
            session = sessions.get(tip.session)
            if session is None:  # deleted since the tips were read
                continue
            where = session.merchant if _owns(stand[session.merchant][0], tip.rule) else ""
            changed = (since[id].get(tip.rule) for id in ("", session.merchant))
            if (where, tip.rule) not in rested and all(at is None or at < tip.decided_at for at in changed):
                found.setdefault((where, tip.rule), []).append(_judged(tip, session))
        cases = []
        for (where, id), judged in found.items():
            standing = stand[where][0]
            group = {where} if where else {one.id for one in served if not _owns(stand[one.id][0], id)}
            case = _case(places[where], standing, id, frozenset(group), judged)
            cases += [case] if case else []
        return sorted(
            cases, key=lambda one: (one.way is Way.LOOSER, precision(one.judged).interval[1], -len(one.judged), one.rule.id)
        )

    async def _changed(self, place: Place, versions: Sequence[SheetVersion]) -> Mapping[str, datetime]:
        """By rule when the place's sheet last changed it: what was told before was told by another rule."""
        found: dict[str, datetime] = {}
        for version, changes in zip(versions, await self.rules.differences(place, versions), strict=False):
            for one in changes:
                found.setdefault(one.rule, version.at)
        return found

    # ---- the replay ----

    async def _made(self, case: _Case, week: date) -> Suggestion | None:
        """The proposal that a rule's replays come to, None where no change does enough."""
        now, scope = self.gate.now(), Scope(case.group, frozenset({case.place.team}))
        spoke = {one.session for one in case.judged}
        found = await self.replays.sessions.between(now - BACK, now, scope=scope, statuses=(Status.ENDED,))
        ours = [one for one in found if one.team == case.place.team]
        # Those in which somebody judged first: the rows that are played are bounded.
        ours.sort(key=lambda one: (one.id in spoke, one.go_live), reverse=True)
        sessions, pasts = await self.replays.those(ours, MOST_SESSIONS, scope=scope)
        try:
            best = await asyncio.to_thread(_best, case, pasts)
        except ExpressionError as error:
            log.error("suggestions.rule_not_usable", rule=case.rule.id, error=str(error))
            return None
        if best is None:
            return None
        candidate, came = best
        units, hours = case.standing.handbook.units, sum(past.hours for past in pasts)
        share = precision(case.judged)
        return Suggestion(
            new_id(), case.place.team, case.place.merchant, tuple(sorted({one.merchant for one in sessions})), week, case.rule.id,
            case.way, candidate.limit, *_moved(case.rule, candidate, units), candidate.written, fingerprint(case.rule),
            share.part, share.whole - share.part, len(sessions), hours, came, self.gate.now(),
        )  # fmt: skip

    # ---- the message ----

    async def _said(self, team: str, week: date, made: Sequence[Suggestion]) -> list[Said]:
        """One message for each lead, with the proposals that they may decide about."""
        now = self.gate.now()
        return [
            (None, row_of(_key(team, week, one.person), one.person, one.message, now, collections_of(one.made), kind=Kind.NOTICE))
            for one in await self._told(team, week, made)
        ]

    async def redraw_due(self, now: datetime) -> int:
        """For the clock: what a process left undone that ended just after a decision; returns how many edits that were."""
        return sum([await self.redraw(team, week) for team, week in await self.store.settled(now - LATELY)])

    async def redraw(self, team: str, week: date) -> int:
        """Write down the edit of each lead's message of a week, so that all see who decided what; returns how many.

        One for each way in which things stand: to do it again writes nothing. A message that was not sent yet has to wait.
        """
        written = 0
        for one in await self._told(team, week, await self.store.of_week(team, week)):
            key = _key(team, week, one.person)
            stands = f"{key}:{digest((found.id, found.state.value) for found in one.made)}"
            pieces = await self.outbox.message_ids(key)
            if pieces is None:
                continue
            written += await self.outbox.add(
                stands, one.person.partition(":")[0], one.person, one.message, kind=Kind.REDRAW, now=self.gate.now(),
                edit_of=pieces[-1], collections=collections_of(one.made),
            )  # fmt: skip
        return written

    async def _told(self, team: str, week: date, made: Sequence[Suggestion]) -> list[_Told]:
        """What each lead reads of a week."""
        people, now = self.gate.people, self.gate.now()
        leads = [person for one in made for person in await people.managers(team, one.merchant)]
        languages = await people.languages(*leads)
        told: list[_Told] = []
        for person in dict.fromkeys(leads):
            access = await people.access(person)
            scope = access.scope(now)
            theirs = [
                one for one in made
                if access.may(Right.CURATE, team, one.merchant) and set(one.merchants) <= scope.merchants
            ]  # fmt: skip
            if not theirs:
                continue
            names = {one.id: one.name for one in await people.teams(access=access)}
            weekly = Weekly(names.get(team, ""), week, await shown(theirs, self.rules, self.gate))
            told.append(_Told(person, theirs, self.worded(weekly, now, languages.get(person, self.language))))
        return told


def _key(team: str, week: date, person: str) -> str:
    return f"proposals:{team}:{week.isoformat()}:{person}"


async def shown(made: Sequence[Suggestion], rules: RuleDesk, gate: Gate) -> tuple[Shown, ...]:
    """Proposals with what is called how; for readers who may see them.

    One that is made of several merchants' figures counts no more when one of them goes by the team's rule no longer.
    """
    merchants = await gate.merchants.names(*{one.merchant for one in made if one.merchant})
    people = await gate.people.names(*{one.by for one in made if one.by})
    found = []
    for one in made:
        reference = await rules.books.of_place(one.team, one.merchant)
        rule = reference.rule(one.rule)
        named = rule or rules.books.handbook().rule(one.rule)
        current = rule is not None and fingerprint(rule) == one.fingerprint and not await _left(one, rules)
        limits = limit_names(named, reference.called) if named else {}
        limit = limits.get(one.limit, Called(one.limit, one.limit))  # of a rule that is gone nothing is known but that
        place, by = merchants.get(one.merchant, ""), people.get(one.by, "")
        found.append(Shown(one, named.name if named else "", limit, place, current, by))
    return tuple(found)


def collections_of(made: Sequence[Suggestion]) -> list[str]:
    """Whose figures and names stand in these proposals."""
    return sorted({team_collection(one.team) for one in made} | {merchant_collection(id) for one in made for id in one.merchants})


async def _left(one: Suggestion, rules: RuleDesk) -> bool:
    """Whether a merchant of a team's proposal has the rule otherwise by now: the figures are of sessions under the team's."""
    places = [Place(one.team, id, "") for id in one.merchants if not one.merchant]
    return any([_owns((await rules.standing_at(place))[0], one.rule) for place in places])


def _owns(standing: Standing, rule: str) -> bool:
    """Whether a merchant has this rule otherwise than its team."""
    sheet = standing.own.sheet
    touched = {name.partition(".")[0] for name in sheet.limits} | sheet.off | {one.id for one in standing.own.rules}
    return bool(standing.place.merchant) and rule in touched


def _judged(tip: StoredTip, session: LiveSession) -> Judged:
    useful = tip.acked_at is not None and tip.useless_at is None
    sources = {name: Source(source) for name, (_, source) in tip.figures.get("limits", {}).items()}
    over = over_in_time(tip.decided_at, tip.recovered_at, session.ended_at)
    return Judged(tip.id, tip.session, tip.decided_at.timestamp(), useful, over, sources)


def _case(place: Place, standing: Standing, id: str, group: frozenset[str], judged: Sequence[Judged]) -> _Case | None:
    rule = next((one for one in standing.rules if one.id == id), None)
    base = next((one for one in (*standing.handbook.rules, *standing.own.rules) if one.id == id), None)
    way = way_of(judged)
    if rule is None or base is None or way is None or not may_change(rule):
        return None
    return _Case(place, standing, rule, base, group, tuple(judged), way)


def _best(case: _Case, pasts: Sequence[Past]) -> tuple[Candidate, Outcome] | None:
    """Play the rule as it is and each candidate; the one to propose."""
    reference = case.standing.handbook
    figures: list[Metric | Input] = [*reference.metrics, *reference.inputs]
    before = _moments(case.standing.rules, case, figures, pasts)
    again = outcome(case.judged, before, before)
    if again.useful + again.useless < LEAST_JUDGED:
        return None
    terms = Terms(reference.units, reference.names, signed(reference.metrics))
    tried = []
    for one in candidates(case.rule, case.base, sources_of(case.judged), case.way, terms):
        rules = [one.rule if rule.id == case.rule.id else rule for rule in case.standing.rules]
        tried.append((one, outcome(case.judged, before, _moments(rules, case, figures, pasts))))
    return chosen(case.way, tried)


def _moments(rules: Sequence[Rule], case: _Case, figures: Sequence[Metric | Input], pasts: Sequence[Past]) -> list[Moment]:
    return [(one.session, one.at) for one in told({case.rule.id}, rules, figures, pasts)]


def _moved(rule: Rule, candidate: Candidate, units: Mapping[str, str]) -> tuple[str, str]:
    """The limit before and after, in words; of one that is made of several figures the one that moves."""
    name = candidate.limit
    if name == HOLD:
        return hold_said(rule.hold), hold_said(candidate.rule.hold)
    before, after = rule.limits[name], candidate.rule.limits[name]
    unit = units.get(before.of, "")
    for kind in (OWN, PEERS, SESSION):
        if getattr(after, kind) not in (None, getattr(before, kind)):
            was, becomes = (
                replace(one, own=None, peers=None, session=None, default=None, **{kind: getattr(one, kind)})
                for one in (before, after)
            )
            return limit_said(was, unit), limit_said(becomes, unit)
    return limit_said(before, unit), limit_said(after, unit)
