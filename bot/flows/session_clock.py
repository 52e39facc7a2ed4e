"""What happens to live sessions because time passes: the gate, what the operator is asked, what is ended for them.

All of it is found in rows and has a unique key in the outbox, so that a tick can be missed, repeated and killed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.domain.session_items import numbers, open_blocking
from bot.domain.sessions import LiveSession, Status
from bot.errors import Refused
from bot.flows.running import Running
from bot.flows.session_ground import Ground
from bot.flows.session_series import BY_ITSELF, SeriesDesk
from bot.storage.cards import Card, CardKind, Cards, Said

GATE = timedelta(minutes=30)
NOT_BEGUN = timedelta(minutes=15)
NOT_ENDED = timedelta(minutes=30)
ENDED_FOR_THEM = timedelta(hours=6)
"""So long after the planned end nobody broadcasts any more; they forgot to say so."""
ASKED_WITHIN = timedelta(hours=6)
"""After a standstill nobody is asked about what was due longer ago."""
DRAFT_LASTS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SessionClock:
    """Everything that is due about sessions themselves. `tick` may run as often as one likes."""

    ground: Ground
    running: Running
    series: SeriesDesk
    cards: Cards

    async def tick(self) -> None:
        """Do what is due now."""
        await self.series.make_due()
        now = self.ground.now()
        served = await self.ground.news.merchants.open_ids(now)
        for session in await self.ground.sessions.open_at(now, reach=GATE):
            if session.status is Status.PLANNED and session.merchant in served:
                await self._waiting(session, now)
            elif session.status is Status.LIVE:
                await self._running(session, now)
        await self.ground.sessions.drop_drafts(now - DRAFT_LASTS)
        await self._redraw(CardKind.PLAN)
        await self._redraw(CardKind.GATE)

    async def follow(self, session: LiveSession, key: str, chat: str, topic: int | None, language: str) -> None:
        """Keep true from now on the plan that stands in a chat, in the message with this key in the outbox."""
        card = Card(key, session.id, chat, topic, CardKind.PLAN, (), language)
        await self.cards.follow(card, self.ground.now())

    async def _redraw(self, kind: CardKind) -> None:
        """Write down the edit of every card of this kind that was sent and shows something old."""
        news = self.ground.news
        for stale in await self.cards.stale(kind):
            session = await self.ground.sessions.known(stale.card.session)
            if session is None:
                continue
            items = await self.ground.items.known(session.id) if kind is CardKind.GATE else ()
            missing = open_blocking(items)
            gate, plan = partial(news.words.gate, session, missing, numbers(items)), partial(news.words.planned, session)
            write, named = gate if kind is CardKind.GATE else plan, [one.person for one in missing]
            row = await news.edit(stale, session, write, named)
            await self.cards.redraw(stale.card, row)
            news.notify()

    async def _waiting(self, session: LiveSession, now: datetime) -> None:
        late, news = now - session.starts_at, self.ground.news
        said: list[Said] = []
        if late < NOT_BEGUN:
            said = await self._gate(session)
        elif late < ASKED_WITHIN:
            key, write = f"not-begun:{session.id}:{_minute(session.starts_at)}", partial(news.words.not_begun, session)
            said = await news.to_people(key, session, [session.operator], write, lasts=ASKED_WITHIN - late)
        await self._say(said)

    async def _gate(self, session: LiveSession) -> list[Said]:
        """One card for the operator, and where something is missing for the leads as well."""
        news, items = self.ground.news, await self.ground.items.known(session.id)
        missing = open_blocking(items)
        people = [session.operator, *(await news.leads(session) if missing else ())]
        key, write = f"gate:{session.id}:{_minute(session.starts_at)}", partial(news.words.gate, session, missing, numbers(items))
        named = [one.person for one in missing]
        return await news.to_people(key, session, people, write, kind=CardKind.GATE, lasts=GATE + NOT_BEGUN, named=named)

    async def _running(self, session: LiveSession, now: datetime) -> None:
        over, news = now - session.ends_at, self.ground.news
        if over >= ENDED_FOR_THEM:
            await self._end(session)
        elif over >= NOT_ENDED:
            key, write = f"not-ended:{session.id}:{_minute(session.ends_at)}", partial(news.words.not_ended, session)
            await self._say(await news.to_people(key, session, [session.operator], write, lasts=ENDED_FOR_THEM - over))

    async def _end(self, session: LiveSession) -> None:
        news, key, write = self.ground.news, f"ended-late:{session.id}", partial(self.ground.news.words.ended_late, session)
        said = await news.to_people(key, session, [session.operator], write) + await news.to_group(key, session, write)
        try:
            await self.running.over(BY_ITSELF, session, said)
        except Refused:
            return  # somebody was faster; the next tick looks again

    async def _say(self, said: list[Said]) -> None:
        if said and await self.cards.push(said, now=self.ground.now()):
            self.ground.news.notify()


def _minute(moment: datetime) -> int:
    """What tells a time from the one that it was moved to."""
    return int(moment.timestamp()) // 60
