"""What a live session's board shows: every metric with what is expected of it, or one metric. Knows no channel, draws nothing."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from bot.domain.access import Right, Scope
from bot.domain.expectation import from_pasts
from bot.domain.gauging import Frame, Line, gauges, lines
from bot.domain.lookout import watched_of
from bot.domain.messages import Message
from bot.domain.metrics import Metric
from bot.domain.nudges import Rule
from bot.domain.order_rows import order_of
from bot.domain.own_rules import is_legal
from bot.domain.panel import Gauge
from bot.domain.plans import PlannedEvent
from bot.domain.rulebook import Rulebook, prepare
from bot.domain.seats import Watched, phase_at
from bot.domain.sessions import LiveSession, Status
from bot.domain.tips import Tip
from bot.domain.tracks import Tracks, traced
from bot.errors import NotFound
from bot.flows.access import Actor
from bot.flows.checklists import visible
from bot.flows.pasts import PastDesk
from bot.flows.reference import Match, Reference
from bot.flows.rulebooks import Rulebooks
from bot.flows.session_board import Board
from bot.flows.tip_facts import rule_told
from bot.flows.tips import on_air
from bot.storage.nudges import Nudges
from bot.storage.sample_blocks import unpacked
from bot.storage.samples import Blocks, Samples

FRESH = timedelta(seconds=10)
"""What was computed so short a time ago is shown again: a whole group may ask at once."""
KEPT = 20
"""Sessions of which that is kept."""
AHEAD = timedelta(minutes=1)
"""How far samples may be ahead of our clock."""
_DAYS = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Panel:
    """A session's metrics as they stood `at`. `latest` is the newest sample's moment; `events` are what was announced.

    `standing` are the rules that were told and are not over, oldest first.
    """

    session: LiveSession
    merchant: str
    gauges: tuple[Gauge, ...]
    at: datetime
    latest: datetime
    events: tuple[PlannedEvent, ...]
    standing: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """One metric of a panel, with the rules that read it and the limits in force that they compare it with."""

    panel: Panel
    metric: Metric
    gauge: Gauge
    rules: tuple[Rule, ...]
    lines: tuple[Line, ...]


class Pictures(Protocol):
    """How boards and metrics are shown: messages with a picture, drawn beside the event loop. `language` is ``zh`` or ``en``.

    Where a picture cannot be drawn the message has none, and its last line says why.
    """

    async def board(self, panel: Panel, language: str) -> Message:
        """All metrics, the worst three first."""
        ...

    async def reading(self, reading: Reading, names: Mapping[str, str], language: str) -> Message:
        """One metric; `names` are those of figures by id."""
        ...

    async def tip(self, tip: Tip, reading: Reading, language: str) -> Message:
        """What a tip is about."""
        ...

    def close(self) -> None:
        """Draw no more."""
        ...


@dataclass(frozen=True, slots=True)
class _Followed:
    tracks: Tracks
    watched: Watched
    panel: Panel
    reference: Reference
    revision: int


@dataclass(slots=True)
class PanelDesk:
    """Boards. `pasts` say what figures and limits should be, as they do to the watch; `books` are the rules that it goes by."""

    board: Board
    samples: Samples
    books: Rulebooks
    pasts: PastDesk
    nudges: Nudges
    _kept: OrderedDict[str, _Followed] = field(default_factory=OrderedDict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def live(self, actor: Actor, scope: Scope, chat: str, topic: int | None, *, private: bool) -> tuple[LiveSession, ...]:
        """The sessions that run here, a group's own or in private one's own; else all that may be shown here. Raises NotFound."""
        now = self.board.gate.now()
        try:
            return await on_air(self.board, actor, scope, chat, topic, now, private=private)
        except NotFound:
            found = await self.board.sessions.between(now - _DAYS, now + _DAYS, scope=scope, statuses=(Status.LIVE,))
            readable = tuple(one for one in found if actor.access.may(Right.READ, one.team, one.merchant))
            if not readable:
                raise
            return readable

    def metric(self, text: str) -> Match[Metric]:
        """A metric by id, name, another name or a word of the glossary; otherwise the nearest."""
        return self.books.handbook().find_metric(text)

    async def panel(self, actor: Actor, scope: Scope, id: str) -> Panel:
        """All metrics of a session. Raises NotFound, Refused; NotFound too where it has no samples yet."""
        return (await self._followed(await visible(self.board, actor, scope, id, Right.READ))).panel

    async def reading(self, actor: Actor, scope: Scope, id: str, metric: str) -> Reading:
        """One metric, by its id. Raises NotFound, Refused; NotFound too where the session has no samples yet."""
        return self._reading(await self._followed(await visible(self.board, actor, scope, id, Right.READ)), metric)

    async def seen(self, session: LiveSession, metric: str) -> Reading:
        """For the clock: one metric of a session, for a picture whose chat is checked when it is delivered. Raises NotFound."""
        return self._reading(await self._followed(session), metric)

    def _reading(self, followed: _Followed, id: str) -> Reading:
        reference = followed.reference
        metric = reference.metric(id)
        if metric is None:
            raise NotFound("no_metric")
        gauge = next(one for one in followed.panel.gauges if one.id == id)
        rules = reference.watching(metric)
        return Reading(followed.panel, metric, gauge, rules, lines(metric, rules, followed.tracks.thresholds))

    async def _followed(self, session: LiveSession) -> _Followed:
        async with self._turn:
            reference, now = await self.books.of(session), self.board.gate.now()
            kept = self._kept.get(session.id)
            if (
                kept is None
                or kept.reference is not reference
                or kept.revision != session.revision
                or not timedelta() <= now - kept.panel.at < FRESH
            ):
                kept = self._kept[session.id] = await self._follow(session, reference, now)
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            return kept

    async def _follow(self, session: LiveSession, reference: Reference, now: datetime) -> _Followed:
        scope = Scope(frozenset({session.merchant}))
        blocks = await self.samples.blocks(session.id, now + AHEAD, scope=scope)
        if not blocks:
            raise NotFound("no_samples")
        if not reference.metrics:
            raise NotFound("no_metrics")
        order = order_of(await self.board.sessions.running_order(session.id, scope=scope))
        watched = watched_of(session, order, await self.pasts.before(session, scope=scope), reference.peers)
        found = await self.books.book(session)
        # Without rules that can be used the figures are shown all the same.
        book = found[1] if found else prepare((), reference.metrics, reference.inputs)
        merchant, end = await self.board.merchant(session), min(now, session.ended_at or now)
        followed = await asyncio.to_thread(self._computed, session, reference, book, watched, blocks, merchant, end)
        return replace(followed, panel=replace(followed.panel, standing=await self._standing(session, scope)))

    async def _standing(self, session: LiveSession, scope: Scope) -> tuple[Rule, ...]:
        """The rules whose tips are not over. Words that were said are not over or under, and what was of no use is no worry."""
        if session.over:
            return ()
        named = await self.books.naming(session)
        told = [one for one in await self.nudges.of(session.id, scope=scope) if not one.recovered_at and not one.useless_at]
        rules = [rule for one in told if (rule := rule_told(one, named)) is not None and not is_legal(rule)]
        return tuple({rule.name: rule for rule in rules}.values())

    def _computed(
        self, session: LiveSession, reference: Reference, book: Rulebook, watched: Watched, blocks: Blocks, merchant: str,
        end: datetime,
    ) -> _Followed:  # fmt: skip
        rows = [(one.at.timestamp(), one.values) for minute, block in blocks for one in unpacked(minute, block)]
        latest = unpacked(*blocks[-1])[-1].at
        tracks = traced(book, watched, rows)
        # A feed's clock may be a little ahead; the newest figure is on the picture all the same.
        shown = max(end, latest) if session.ended_at is None else end
        where = " · ".join(filter(None, (merchant, session.host)))
        frame = Frame(session.go_live.timestamp(), shown.timestamp(), session.zone, where)
        expecting = from_pasts(watched.past, partial(phase_at, watched.plan, watched.began))
        found = tuple(gauges(reference.metrics, tracks, frame, expecting))
        events = watched.plan.events if watched.plan else ()
        panel = Panel(session, merchant, found, end, latest, events)
        return _Followed(tracks, watched, panel, reference, session.revision)
