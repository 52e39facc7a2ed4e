"""What people do with a tip: they take it, mute it, say that it is of no use, ask why; and what was decided lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.access import Right, Scope
from bot.domain.nudges import Severity
from bot.domain.sessions import LiveSession, Status
from bot.domain.tips import Tip
from bot.errors import NotFound, Refused
from bot.flows.access import Actor
from bot.flows.checklists import visible
from bot.flows.nudge_news import NudgeNews
from bot.flows.nudges import NudgeDesk
from bot.flows.session_board import Board
from bot.flows.tip_facts import QUOTED
from bot.storage.nudges import StoredDecision, StoredTip

LATEST = 80
"""Decisions that are looked at for one list: many repeat one another, every minute while something lasts."""
MOST_TOLD = 6
"""Tips that one list holds, those that stand before all others."""
_DAYS = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a press came to: the tip as it is now; `first` says that nobody had done it before."""

    tip: Tip
    first: bool


@dataclass(frozen=True, slots=True)
class TipDesk:
    """Tips in people's hands. `scope` is always that of the chat in which somebody presses or asks."""

    desk: NudgeDesk
    news: NudgeNews

    async def acknowledge(self, actor: Actor, scope: Scope, id: str) -> Pressed:
        """Take a tip; the first who does stays. Raises NotFound, Refused."""
        stored, session = await self._found(actor, scope, id, Right.TICK)
        now = self.news.now()
        return await self._changed(stored, session, "acked_at", now, acked_by=actor.person, acked_at=now)

    async def mute(self, actor: Actor, scope: Scope, id: str, minutes: int) -> Pressed:
        """Keep the tip's rule silent in this session for a while. Raises NotFound, Refused: the law is not muted."""
        stored, session = await self._found(actor, scope, id, Right.TICK)
        if stored.severity is Severity.CRITICAL:
            raise Refused("tip_not_muted")
        now = self.news.now()
        pressed = await self._changed(stored, session, "muted_until", now, muted_until=now + timedelta(minutes=minutes))
        await self.desk.mute(session.id)
        return pressed

    async def useless(self, actor: Actor, scope: Scope, id: str) -> Pressed:
        """Note that a tip was of no use. Raises NotFound, Refused."""
        stored, session = await self._found(actor, scope, id, Right.TICK)
        now = self.news.now()
        return await self._changed(stored, session, "useless_at", now, useless_by=actor.person, useless_at=now)

    async def tip(self, actor: Actor, scope: Scope, id: str) -> Tip:
        """A tip as it is now. Raises NotFound, Refused."""
        stored, session = await self._found(actor, scope, id, Right.READ)
        return await self._shown(stored, session)

    async def case(self, actor: Actor, scope: Scope, id: str) -> str:
        """The key of the section at which the past case nearest to a tip begins. Raises NotFound, Refused."""
        stored, session = await self._found(actor, scope, id, Right.READ)
        case = await self.news.case(stored, session)
        if case is None:
            raise NotFound("no_case")
        return case.key

    async def decided(
        self, actor: Actor, scope: Scope, chat: str, topic: int | None, *, private: bool
    ) -> tuple[LiveSession, tuple[StoredDecision, ...]]:
        """What was decided last in the session that runs here, newest first. Raises NotFound when none does."""
        session = await self.running(actor, scope, chat, topic, private=private)
        return session, await self.news.nudges.decided(session.id, scope=scope, limit=LATEST)

    async def told(self, session: LiveSession, scope: Scope, since: datetime) -> tuple[Tip, ...]:
        """The tips of a session that still stand, and those decided since then; newest first."""
        stored = await self.news.nudges.of(session.id, scope=scope)
        # Words that were said are over as soon as they are.
        stands = [one for one in stored if one.recovered_at is None and QUOTED not in one.figures]
        late = [one for one in stored if one.decided_at >= since and one not in stands]
        wanted = sorted([*stands[::-1], *late[::-1]][:MOST_TOLD], key=lambda one: one.decided_at, reverse=True)
        shown = [await self.news.shown(one, session) for one in wanted]
        return tuple(one for one in shown if one is not None)

    async def unplanned(self, session: LiveSession) -> tuple[str, ...]:
        """The inputs that a plan sets and that are not known in this session."""
        return await self.desk.unplanned(session)

    async def running(self, actor: Actor, scope: Scope, chat: str, topic: int | None, *, private: bool) -> LiveSession:
        """The live session of a group, or in private one's own. Raises NotFound."""
        return (await on_air(self.news.board, actor, scope, chat, topic, self.news.now(), private=private))[-1]

    async def _found(self, actor: Actor, scope: Scope, id: str, right: Right) -> tuple[StoredTip, LiveSession]:
        stored = await self.news.nudges.one(id, scope=scope)
        if stored is None:
            raise NotFound("no_tip")
        return stored, await visible(self.news.board, actor, scope, stored.session, right)

    async def _changed(self, stored: StoredTip, session: LiveSession, column: str, now: datetime, **values: object) -> Pressed:
        first = await self.news.nudges.change(stored, column, values, now)
        fresh = await self.news.nudges.known(stored.id)
        tip = await self._shown(fresh or stored, session)
        if first:
            await self.news.redraw(now)
            self.news.notify()
        return Pressed(tip, first)

    async def _shown(self, stored: StoredTip, session: LiveSession) -> Tip:
        tip = await self.news.shown(stored, session)
        if tip is None:
            raise NotFound("no_tip")
        return tip


async def on_air(
    board: Board, actor: Actor, scope: Scope, chat: str, topic: int | None, now: datetime, *, private: bool
) -> tuple[LiveSession, ...]:
    """The live sessions of a group, or in private one's own, that the actor may read.

    Raises NotFound where there is none; in private that is said otherwise where others' sessions run that the actor may read.
    """
    if private:
        found = await board.sessions.between(now - _DAYS, now + _DAYS, scope=scope, statuses=(Status.LIVE,))
    else:
        found = await board.sessions.in_chat(chat, topic, scope=scope)
    live = [one for one in found if one.status is Status.LIVE and actor.access.may(Right.READ, one.team, one.merchant)]
    if not live:
        raise NotFound("no_live_session")
    mine = [one for one in live if actor.person in one.people] if private else live
    if not mine:
        raise NotFound("no_live_session_of_yours")
    return tuple(mine)
