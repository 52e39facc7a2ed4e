"""Live sessions watched: samples in, tips out to the session's group, with the reason of every decision on record.

What is decided stands in rows. In memory there is only what makes deciding quick, and it is made again from the rows: after a
restart, when the handbook or the plan changes, or when a write fails.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.domain.access import Scope
from bot.domain.decisions import BEYOND_THRESHOLD, Decision
from bot.domain.feeds import Gap, Return
from bot.domain.lookout import PLANNED, Happening, Lookout, Over, Row, Spoken, planned, rows_of, watched_of
from bot.domain.order_rows import order_of
from bot.domain.rulebook import Rulebook
from bot.domain.samples import Sample
from bot.domain.session_state import read_state
from bot.domain.sessions import LiveSession, Status
from bot.errors import StorageError
from bot.flows.effects import EffectDesk
from bot.flows.nudge_news import NudgeNews
from bot.flows.passing_on import PassingOn
from bot.flows.pasts import PastDesk
from bot.flows.reference import Reference
from bot.flows.rulebooks import Rulebooks
from bot.flows.tip_facts import moment, stored_decision, stored_tip
from bot.storage.cards import Said
from bot.storage.effect_trials import Trial
from bot.storage.nudges import Kept, Nudges
from bot.storage.rounds import Rounds
from bot.storage.samples import Samples
from bot.storage.sessions import Sessions

log = structlog.get_logger(__name__)

MOST = 2_000
"""Sessions that are in memory at once, 140 KB each; of those that were looked at longest ago the rows are enough."""
OPENED_AT_ONCE = 20
"""Sessions that are gone on with from their rows in one turn, so that those that are watched already do not wait long."""
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


@dataclass(frozen=True, slots=True)
class _Brought:
    """Samples of a session that are new."""

    session: str
    samples: Sequence[Sample]


@dataclass(frozen=True, slots=True)
class _Watched:
    """Who watches a session, and the session's revision and the version of its rules that it was taken up with."""

    lookout: Lookout
    revision: int
    reference: Reference


@dataclass(slots=True)
class NudgeDesk:
    """Watches sessions that are live. `observe` hears of new samples, `tick` looks for silence and for what nobody took.

    What many feeds bring at about the same time is decided about in one round; `every` is how often one begins, in seconds.
    """

    sessions: Sessions
    samples: Samples
    nudges: Nudges
    pasts: PastDesk
    news: NudgeNews
    books: Rulebooks
    effects: EffectDesk
    passing: PassingOn
    every: InitVar[float] = 0.0
    _lookouts: list[Lookout] = field(default_factory=list)
    _watched: dict[str, _Watched] = field(default_factory=dict)  # those that were looked at longest ago first
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _rounds: Rounds[_Brought, None] = field(init=False)

    def __post_init__(self, every: float) -> None:
        self._rounds = Rounds(self._round, every)

    async def observe(self, session: LiveSession, samples: Sequence[Sample]) -> None:
        """Decide about samples that were stored and are new. Raises StorageError; then they are decided about later."""
        await self._rounds.do(_Brought(session.id, samples))

    async def tick(self, now: datetime) -> int:
        """What comes without a sample; returns how many messages were written down or have to be drawn again."""
        written = 0
        await self.books.look()
        live = await self.sessions.live(now + EARLY)
        async with self._turn:
            for id in self._watched.keys() - live.keys():
                self._leave(id)
            known = {id: one.revision for id, one in self._watched.items()}
            new = [id for id in [*live][-MOST:] if known.get(id) != live[id]][:OPENED_AT_ONCE]
            for error in (await self._open([*(await self.sessions.those(new)).values()])).values() if new else ():
                raise error
            silent = {id: gaps for one in self._lookouts for id, gaps in one.silent(now.timestamp()).items()}
            for session in (await self.sessions.those(silent)).values() if silent else ():
                said = [one for gap in silent[session.id] for one in await self.news.blind(session, gap)]
                written += await self.nudges.say(session.id, said, now)
        written += await self.passing.pass_on(now)
        for tip in await self.nudges.untaken(now - URGENT_UNTIL, now - URGENT_AFTER):
            if urgent := await self.news.urgent(tip, now):
                written += await self.nudges.escalate(tip, urgent, now)
        return written + await self.nudges.end_mutes(now)

    async def unplanned(self, session: LiveSession) -> tuple[str, ...]:
        """The inputs that a plan sets and that are not known in this session, neither from it nor from its feed."""
        async with self._turn:
            watched = self._watched.get(session.id)
            if watched is not None:
                return watched.lookout.unknown(session.id, PLANNED)
        return tuple(name for name in PLANNED if name not in planned(session))

    async def mute(self, session: str) -> None:
        """Let the lookout know what has been muted."""
        async with self._turn:
            if session in self._watched:
                await self._mute(session, self._watched[session].lookout)

    async def _mute(self, session: str, lookout: Lookout) -> None:
        muted = await self.nudges.muted(session, self.news.now())
        lookout.mute(session, {rule: until.timestamp() for rule, until in muted.items()})

    async def _round(self, brought: Sequence[_Brought]) -> list[StorageError | None]:
        """Decide about what was brought since the last round; each is told of its own session's failure."""
        rows: dict[str, list[Row]] = {}
        for one in brought:
            rows.setdefault(one.session, []).extend(_rows(one.samples))
        async with self._turn:
            found = {id: one for id, one in (await self.sessions.those(rows)).items() if one.status is Status.LIVE}
            new = [one for one in found.values() if not await self._is_watched(one)]
            ready = {id: one for id, one in found.items() if one not in new}
            failed = await self._decide(ready, {id: rows[id] for id in ready})
            # What is stored, these samples among it, is decided about on the way; for more than a few sessions the clock does so.
            failed |= await self._open(new[:OPENED_AT_ONCE])
        return [failed.get(one.session) for one in brought]

    async def _is_watched(self, session: LiveSession) -> bool:
        """Whether a session is watched as it is planned now, by the rules that are in force for it."""
        watched = self._watched.get(session.id)
        current = watched is not None and watched.revision == session.revision
        return watched is not None and current and watched.reference is await self.books.of(session)

    def _leave(self, id: str) -> None:
        watched = self._watched.pop(id, None)
        if watched is not None:
            watched.lookout.leave(id)
            self._lookouts = [one for one in self._lookouts if len(one)]

    async def _open(self, new: Sequence[LiveSession]) -> dict[str, StorageError]:
        """Go on with sessions from their rows; those of which that could not be done. Nothing where there are no rules."""
        failed: dict[str, StorageError] = {}
        past: dict[Lookout, dict[str, Sequence[Row]]] = {}
        later: dict[str, Sequence[Row]] = {}
        for session in new:
            self._leave(session.id)
            try:
                decided, rows = await self._seated(session)
            except StorageError as error:
                self._leave(session.id)
                failed[session.id] = error
                continue
            if session.id in self._watched:
                earlier = [row for row in rows if row[0] <= decided]
                past.setdefault(self._watched[session.id].lookout, {})[session.id] = earlier
                later[session.id] = rows_of(rows, decided)
        for lookout, theirs in past.items():
            await asyncio.to_thread(lookout.remember, theirs)
        while len(self._watched) > MOST:
            self._leave(next(iter(self._watched)))
        return failed | await self._decide({one.id: one for one in new}, later)

    async def _seated(self, session: LiveSession) -> tuple[float, list[Row]]:
        """Let a session join as it was kept, if there are rules; up to when it was decided, and its rows since an hour before."""
        found = await self.books.book(session)
        if found is None:
            return 0.0, []
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
        lookout = self._watching_by(book)
        watched = await self.effects.watched(watched_of(session, order, pasts, reference.peers), session)
        lookout.join(watched, state, upto.timestamp())
        self._watched[session.id] = _Watched(lookout, session.revision, reference)
        await self._mute(session.id, lookout)
        return upto.timestamp(), rows

    def _watching_by(self, book: Rulebook) -> Lookout:
        """Who watches by these rules; sessions of which nobody has rules of their own share one."""
        found = next((one for one in self._lookouts if one.book is book), None)
        if found is None:
            self._lookouts.append(found := Lookout(book))
        return found

    async def _decide(self, found: Mapping[str, LiveSession], rows: Mapping[str, Sequence[Row]]) -> dict[str, StorageError]:
        """Decide about rows and write down what comes of it; the sessions of which that could not be written down."""
        rows = {id: theirs for id, theirs in rows.items() if theirs and id in self._watched}
        now = self.news.now()
        if not rows:
            return {}
        ahead = set(rows)
        try:
            kept, failed = await self._all_kept(found, await self._happened(rows), now)
            new, not_written = await self._written(kept, now)
            ahead -= {id for id, count in new.items() if count is not None}
        finally:
            for id in ahead:
                self._leave(id)  # it is ahead of its rows: next time it is made from them again
        for id in new.keys() & self._watched.keys():
            self._watched[id] = self._watched.pop(id)
        if any(new.values()):
            self.news.notify()
        return failed | not_written

    async def _happened(self, rows: Mapping[str, Sequence[Row]]) -> dict[str, list[Happening]]:
        """What rows come to: one pass for all sessions that have the same rules."""
        found: dict[str, list[Happening]] = {}
        for lookout in self._lookouts:
            theirs = {id: rows[id] for id in rows if self._watched[id].lookout is lookout}
            if theirs:
                found |= await asyncio.to_thread(lookout.take, theirs)
        return found

    async def _all_kept(
        self, found: Mapping[str, LiveSession], happened: Mapping[str, Sequence[Happening]], now: datetime
    ) -> tuple[dict[str, Kept], dict[str, StorageError]]:
        kept: dict[str, Kept] = {}
        failed: dict[str, StorageError] = {}
        for id, theirs in happened.items():
            try:
                kept[id] = await self._kept(found[id], self._watched[id].lookout, theirs, now)
            except StorageError as error:
                failed[id] = error
        return kept, failed

    async def _written(self, kept: Mapping[str, Kept], now: datetime) -> tuple[dict[str, int | None], dict[str, StorageError]]:
        """How many messages are new by session, and what could not be written: all at once, or else each alone."""
        if len(kept) > 1:
            try:
                return await self.nudges.keep_all(kept, now), {}
            except StorageError as error:
                log.warning("nudges.written_one_by_one", sessions=len(kept), error=str(error))
        new: dict[str, int | None] = {}
        failed: dict[str, StorageError] = {}
        for id, one in kept.items():
            try:
                new[id] = await self.nudges.keep(id, one, now)
            except StorageError as error:
                failed[id] = error
        return new, failed

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
        state, upto = lookout.state(session.id).as_json(), moment(lookout.upto(session.id))
        return Kept(state, upto, decided, tips, over, said, answers, trials)


def _rows(samples: Sequence[Sample]) -> list[Row]:
    return [(one.at.timestamp(), one.values) for one in samples]
