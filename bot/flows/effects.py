"""Whether tips help: effects measured when they are due, what a team's rules are worth to it, what withholding shows."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.access import Right, Scope
from bot.domain.audit import Deed, Entry
from bot.domain.courses import course
from bot.domain.deciding import Draw
from bot.domain.effects import HORIZONS, Acted, Effect, measure
from bot.domain.learning import Feedback, Lift, acting, by_attention
from bot.domain.lookout import watched_of
from bot.domain.metrics import Good, Input, Metric
from bot.domain.nudges import Rule
from bot.domain.order_rows import order_of
from bot.domain.seats import Watched
from bot.domain.sessions import LiveSession
from bot.errors import NotFound, Refused
from bot.flows.access import Actor, Clock
from bot.flows.reference import Reference
from bot.flows.rulebooks import Rulebooks
from bot.flows.tip_facts import led_by
from bot.storage.effects import Effects, Pressed, Withholding
from bot.storage.nudges import Nudges, StoredTip
from bot.storage.samples import Samples
from bot.storage.sessions import Sessions

WAIT = timedelta(seconds=90)
"""Samples of a minute may come a little later than it."""
BACK = timedelta(hours=2)
"""How long before its sign a figure's course is looked at."""
AT_ONCE = 10
"""Tips that are measured at a time; the others a minute later."""
LOOK_BACK = timedelta(days=90)
"""What people did with tips longer ago says little about the rules of today."""
MOST_PERCENT = 20
"""More withheld tips would cost a team more than it could learn."""


@dataclass(frozen=True, slots=True)
class RuleWorth:
    """What a team's tips of one rule came to; `rule` is None where the handbook has it no more."""

    rule: Rule | None
    feedback: Feedback


@dataclass(frozen=True, slots=True)
class Worth:
    """What a team's rules came to in the last 90 days, what needs attention first, and what withholding shows."""

    rules: tuple[RuleWorth, ...]
    withholding: Withholding | None
    lift: Lift


@dataclass(frozen=True, slots=True)
class EffectDesk:
    """Effects, feedback and withholding over the rows."""

    effects: Effects
    nudges: Nudges
    sessions: Sessions
    samples: Samples
    books: Rulebooks
    now: Clock

    async def measure_effects(self, now: datetime) -> int:
        """For the clock: measure what is due; returns how many effects were written down."""
        written = 0
        for minutes in HORIZONS:
            for tip in await self.effects.due(now, minutes, WAIT, AT_ONCE):
                effect = await self._measured(tip, minutes)
                last = minutes == HORIZONS[-1] and not effect.reason
                await self.effects.keep(tip, effect, now, redraw=last)
                written += 1
        return written

    async def watched(self, watched: Watched, session: LiveSession) -> Watched:
        """For the clock: a session with what its team has taught and set."""
        counts = await self.effects.acting(session.team, self.now() - LOOK_BACK)
        kept = await self.effects.withholding(session.team, scope=_of_team(session.team))
        draw = None if kept is None else Draw(kept.seed, session.id, kept.percent / 100)
        weights = {rule: acting(told, acted) for rule, (told, acted) in counts.items()}
        return replace(watched, acting=weights, draw=draw)

    async def worth(self, actor: Actor, scope: Scope, team: str) -> Worth:
        """What a team's rules came to, as far as the scope reaches. Raises NotFound, Refused: that is for who runs sessions."""
        self._known(actor, team)
        here = [one.id for one in actor.access.merchants if one.team == team and one.id in scope.merchants]
        if not here:
            raise NotFound("no_team")
        reached = [one for one in here if actor.access.may(Right.RUN, team, one)]
        if not reached:
            raise Refused("not_allowed")
        ours, now = Scope(frozenset(reached)), self.now()
        since = now - LOOK_BACK
        hours = await self.effects.hours(team, since, now, scope=ours)
        pressed = await self.effects.pressed(team, since, HORIZONS[-1], scope=ours)
        reference = await self.books.of_place(team)
        found = by_attention([_feedback(one, hours, reference) for one in pressed])
        return Worth(
            tuple(RuleWorth(reference.rule(one.rule), one) for one in found),
            await self.effects.withholding(team, scope=_of_team(team)), await self.effects.lift(team, now, scope=ours),
        )  # fmt: skip

    async def withholding(self, actor: Actor, scope: Scope, team: str) -> Withholding | None:
        """What a team keeps back, None for nothing. Raises NotFound where the scope or the actor does not know the team."""
        self._known(actor, team)
        if team not in scope.teams:
            raise NotFound("no_team")
        return await self.effects.withholding(team, scope=scope)

    async def withhold(self, actor: Actor, team: str, percent: int) -> None:
        """Set how many of a hundred mild tips are withheld, 0 for none. Raises NotFound, Refused."""
        self._known(actor, team)
        if not actor.access.may(Right.MANAGE, team):
            raise Refused("not_allowed")
        if not 0 <= percent <= MOST_PERCENT:
            raise Refused("withhold_unclear")
        entry = Entry(
            self.now(), actor.person, Deed.WITHHOLDING_SET, actor.chat, team, "", team, {"percent": str(percent)}
        )  # fmt: skip
        await self.effects.withhold(team, Withholding(percent, secrets.token_hex(8)), entry)

    def _known(self, actor: Actor, team: str) -> None:
        if team not in actor.access.teams:
            raise NotFound("no_team")

    async def _measured(self, tip: StoredTip, minutes: int) -> Effect:
        session = await self.sessions.known(tip.session)
        if session is None or tip.acked_at is None:
            return Effect(minutes, "", reason="no_figure")
        reference = await self.books.naming(session)
        rule = reference.rule(tip.rule)
        headline, _ = led_by(tip, rule) if rule else (None, None)
        figure = headline.of if headline else ""
        known: list[Metric | Input] = [*reference.metrics, *reference.inputs]
        figures = {one.id: one for one in known}
        if rule is None or headline is None or figure not in figures:
            return Effect(minutes, figure, reason="no_figure")
        scope = Scope(frozenset({session.merchant}))
        watched = watched_of(session, order_of(await self.sessions.running_order(session.id, scope=scope)))
        since = datetime.fromtimestamp(tip.figures["since"], tip.acked_at.tzinfo)
        end = tip.acked_at + timedelta(minutes=minutes + 1)
        rows = await self.samples.between(session.id, max(session.go_live, since - BACK), end, scope=scope)
        samples = [(one.at.timestamp(), one.values) for one in rows]
        minutely = await asyncio.to_thread(course, headline.node, reference.metrics, reference.inputs, watched, samples)
        groups = {one.id: one.group for one in reference.rules}
        others = [
            _minute(one.acked_at)
            for one in await self.nudges.of(session.id, scope=scope)
            if one.id != tip.id and one.acked_at is not None and groups.get(one.rule) == rule.group
        ]
        events = watched.plan.events if watched.plan else ()
        acted = Acted(
            _minute(since), _minute(tip.acked_at), None if session.ended_at is None else _minute(session.ended_at),
            others, [(_minute(one.start), _minute(one.settled)) for one in events],
        )  # fmt: skip
        return measure(figure, "%" if headline.whole else figures[figure].unit, minutely, acted, minutes)


def _of_team(team: str) -> Scope:
    """What a team has of its own, for whoever was let in to it, and for the clock."""
    return Scope(teams=frozenset({team}))


def _minute(at: datetime) -> int:
    return int(at.timestamp() // 60)


def _feedback(one: Pressed, hours: float, reference: Reference) -> Feedback:
    known: Mapping[str, Metric] = {metric.id: metric for metric in reference.metrics}
    shares = [share for effect in one.effects if (share := _share(effect, known.get(effect.figure))) is not None]
    return Feedback(one.rule, one.tips, one.acted, one.useless, one.right, hours, shares)


def _share(effect: Effect, metric: Metric | None) -> float | None:
    """An effect as a share of what was expected, good ones positive; None where no way is better, or nothing was expected."""
    difference = effect.difference
    if metric is None or metric.good is Good.CONTEXT or difference is None or not effect.expected:
        return None
    return difference / abs(effect.expected) * (1 if metric.good is Good.UP else -1)
