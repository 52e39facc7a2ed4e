"""Live sessions watched: samples in, tips out to the session's group, with the reason of every decision on record.

What is decided stands in rows. In memory there is only what makes deciding quick, and it is made again from the rows: after a
restart, when the handbook or the plan changes, or when a write fails.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.domain.access import Scope
from bot.domain.decisions import BEYOND_THRESHOLD, Decision
from bot.domain.feeds import Gap, Return
from bot.domain.lookout import PLANNED, Happening, Lookout, Over, Row, Spoken, planned, rows_of, watched_of
from bot.domain.order_rows import order_of
from bot.domain.samples import Sample
from bot.domain.session_state import read_state
from bot.domain.sessions import LiveSession, Status
from bot.errors import StorageError
from bot.flows.effects import EffectDesk
from bot.flows.nudge_news import NudgeNews
from bot.flows.pasts import PastDesk
from bot.flows.reference import Reference
from bot.flows.rulebooks import Rulebooks
from bot.flows.tip_facts import moment, stored_decision, stored_tip
from bot.storage.cards import Said
from bot.storage.effect_trials import Trial
from bot.storage.nudges import Kept, Nudges
from bot.storage.samples import Samples
from bot.storage.sessions import Sessions

log = structlog.get_logger(__name__)

MOST = 200
"""Sessions that are in memory at once; of those that were looked at longest ago the rows are enough."""
PAST = timedelta(hours=1)
"""Rules look back no further."""
OLDEST = timedelta(hours=2)
"""Samples that nobody decided about for so long tell of nothing any more."""
EARLY = timedelta(days=1)
"""How long before its time a session may be live."""
URGENT_AFTER = timedelta(minutes=2)
"""An urgent tip that nobody took for so long goes to the operator."""
URGENT_UNTIL = timedelta(minutes=10)
"""What is older than that has been overtaken by what came since."""


@dataclass(slots=True)
class _Watched:
    """A lookout, and the session's revision and the version of its rules that it was made with."""

    lookout: Lookout
    revision: int
    reference: Reference


@dataclass(slots=True)
class NudgeDesk:
    """Watches sessions that are live. `observe` hears of new samples, `tick` looks for silence and for what nobody took."""

    sessions: Sessions
    samples: Samples
    nudges: Nudges
    pasts: PastDesk
    news: NudgeNews
    books: Rulebooks
    effects: EffectDesk
    _watched: OrderedDict[str, _Watched] = field(default_factory=OrderedDict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def observe(self, session: LiveSession, samples: Sequence[Sample]) -> None:
        """Decide about samples that were stored and are new. Raises StorageError; then they are decided about later."""
        async with self._turn:
            found = await self.sessions.known(session.id)
            if found is None or found.status is not Status.LIVE:
                return
            watched = self._watched.get(session.id)
            if watched is None or watched.revision != found.revision or watched.reference is not await self.books.of(found):
                await self._open(found)  # what is stored, these samples among it, is decided about on the way
                return
            self._watched.move_to_end(session.id)
            await self._decide(found, watched, _rows(samples))

    async def tick(self, now: datetime) -> int:
        """What comes without a sample; returns how many messages were written down or have to be drawn again."""
        written = 0
        await self.books.look()
        live = [one for one in await self.sessions.open_at(now, reach=EARLY) if one.status is Status.LIVE]
        for id in self._watched.keys() - {one.id for one in live}:
            self._watched.pop(id, None)
        for session in live[-MOST:]:
            async with self._turn:
                written += await self._silence(session, now)
        for tip in await self.nudges.untaken(now - URGENT_UNTIL, now - URGENT_AFTER):
            if said := await self.news.urgent(tip, now):
                written += await self.nudges.escalate(tip, said, now)
        return written + await self.nudges.end_mutes(now)

    async def _silence(self, session: LiveSession, now: datetime) -> int:
        watched = self._watched.get(session.id) or await self._open(session)
        gaps = watched.lookout.silent(now.timestamp()) if watched else []
        if not gaps:
            return 0
        return await self.nudges.say(session.id, [one for gap in gaps for one in await self.news.blind(session, gap)], now)

    async def unplanned(self, session: LiveSession) -> tuple[str, ...]:
        """The inputs that a plan sets and that are not known in this session, neither from it nor from its feed."""
        async with self._turn:
            watched = self._watched.get(session.id)
            if watched is not None:
                return watched.lookout.unknown(PLANNED)
        return tuple(name for name in PLANNED if name not in planned(session))

    async def mute(self, session: str) -> None:
        """Let the lookout know what has been muted."""
        async with self._turn:
            if session in self._watched:
                await self._mute(session, self._watched[session].lookout)

    async def _mute(self, session: str, lookout: Lookout) -> None:
        muted = await self.nudges.muted(session, self.news.now())
        lookout.mute({rule: until.timestamp() for rule, until in muted.items()})

    async def _open(self, session: LiveSession) -> _Watched | None:
        """Go on with a session from its rows. None where there is nothing to watch by."""
        self._watched.pop(session.id, None)
        found = await self.books.book(session)
        if found is None:
            return None
        reference, book = found
        scope = Scope(frozenset({session.merchant}))
        kept = await self.nudges.watch(session.id)
        begin = session.go_live
        state, upto = (read_state(kept[0]), kept[1]) if kept else (None, begin - timedelta(milliseconds=1))
        order = order_of(await self.sessions.running_order(session.id, scope=scope))
        pasts = await self.pasts.before(session, scope=scope)
        now = self.news.now()
        oldest = max(begin, upto - PAST, now - OLDEST)
        rows = _rows(await self.samples.between(session.id, oldest, now + PAST, scope=scope))
        lookout = Lookout(book, await self.effects.watched(watched_of(session, order, pasts), session), state)
        decided = upto.timestamp()
        await asyncio.to_thread(lookout.remember, [row for row in rows if row[0] <= decided])
        await self._mute(session.id, lookout)
        watched = self._watched[session.id] = _Watched(lookout, session.revision, reference)
        while len(self._watched) > MOST:
            self._watched.popitem(last=False)
        await self._decide(session, watched, rows_of(rows, decided))
        return watched

    async def _decide(self, session: LiveSession, watched: _Watched, rows: Sequence[Row]) -> None:
        if not rows:
            return
        lookout, now = watched.lookout, self.news.now()
        try:
            found = await asyncio.to_thread(lookout.take, rows)
            kept = await self._kept(session, lookout, found, now)
            new = await self.nudges.keep(session.id, kept, now)
        except (StorageError, asyncio.CancelledError):
            self._watched.pop(session.id, None)  # it is ahead of its rows: next time it is made from them again
            raise
        if new is None:
            self._watched.pop(session.id, None)
        elif new:
            self.news.notify()

    async def _kept(self, session: LiveSession, lookout: Lookout, found: Sequence[Happening], now: datetime) -> Kept:
        spoken = [one for one in found if isinstance(one, Spoken)]
        silent = [one for one in found if isinstance(one, Decision) and one.stage in BEYOND_THRESHOLD]
        tips = [stored_tip(session, one) for one in spoken]
        over = [(one.rule.id, moment(one.at), one.value) for one in found if isinstance(one, Over)]
        said: list[Said] = [one for tip in tips for one in await self.news.tip(session, tip, now)]
        said += [one for gap in found if isinstance(gap, Gap) for one in await self.news.blind(session, gap)]
        answers = [one for back in found if isinstance(back, Return) for one in await self.news.sighted(session, back)]
        judged = [*silent, *(one.decision for one in spoken)]
        decided = [stored_decision(session, one) for one in judged]
        trials = [Trial(session.id, one.rule.id, moment(one.at), one.sent) for one in judged if one.drawn]
        return Kept(lookout.state.as_json(), moment(lookout.latest), decided, tips, over, said, answers, trials)


def _rows(samples: Sequence[Sample]) -> list[Row]:
    return [(one.at.timestamp(), one.values) for one in samples]
