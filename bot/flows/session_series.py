"""Live sessions that come back every week: begun from a planned one, ended, and made some time ahead by the clock."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.domain.access import Access, Right, Scope
from bot.domain.audit import CLOCK, Deed
from bot.domain.series import Series, weekly
from bot.domain.sessions import LiveSession, Status
from bot.errors import Refused
from bot.flows.access import Actor
from bot.flows.session_defaults import Defaults
from bot.flows.session_ground import Ground
from bot.flows.sessions import require_open
from bot.flows.team import new_id
from bot.storage.series import SeriesStore

BY_ITSELF = Actor(Access(CLOCK), CLOCK)


@dataclass(frozen=True, slots=True)
class SeriesDesk:
    """Weekly repetitions."""

    ground: Ground
    defaults: Defaults
    store: SeriesStore

    async def repeat(self, actor: Actor, id: str, *, scope: Scope) -> LiveSession:
        """Let a planned session come back every week at its local time. Raises NotFound, Refused."""
        before = await self.ground.one(actor, id, Right.RUN, scope=scope)
        require_open(before)
        if before.status is not Status.PLANNED:
            raise Refused("session_unconfirmed" if before.status is Status.DRAFT else "session_live")
        if await self.goes_on(before, scope=scope):
            raise Refused("repeats_already")
        made = Series(new_id(), before, weekly(before), actor.person, max(before.starts_at, self.ground.now()))
        after = replace(before, series=made.id, revision=before.revision + 1)
        entry = self.ground.entry(actor, Deed.SERIES_MADE, after, series=made.id)
        if not await self.store.add(made, entry):
            raise Refused("merchant_closed")
        changed = self.ground.entry(actor, Deed.SESSION_CHANGED, after, revision=str(after.revision))
        if not await self.ground.sessions.save(after, None, changed):
            await self.store.end(made.id, self.ground.entry(actor, Deed.SERIES_ENDED, after, series=made.id))
            raise Refused("session_changed")
        await self._make_ahead(made, actor)
        return after

    async def stop(self, actor: Actor, id: str, *, scope: Scope) -> LiveSession:
        """Let the series of a session end; what has been planned stays. Raises NotFound, Refused."""
        session = await self.ground.one(actor, id, Right.RUN, scope=scope)
        if not await self.goes_on(session, scope=scope):
            raise Refused("repeats_not")
        await self.store.end(session.series, self.ground.entry(actor, Deed.SERIES_ENDED, session, series=session.series))
        after = replace(session, series="", revision=session.revision + 1)
        kept = await self.ground.sessions.save(after, None, self.ground.entry(actor, Deed.SESSION_CHANGED, after))
        return after if kept else session

    async def goes_on(self, session: LiveSession, *, scope: Scope) -> bool:
        """Whether the session belongs to a series that has not ended."""
        return bool(session.series) and await self.store.one(session.series, scope=scope) is not None

    async def make_due(self) -> None:
        """For the clock: plan the occurrences of the next days; one that is there already, or was moved, is not made again."""
        for one in await self.store.going_on():
            await self._make_ahead(one, BY_ITSELF)

    async def _make_ahead(self, one: Series, actor: Actor) -> None:
        """Plan what is due of a series, and tell of all of it at once: a group that hears of each alone stops reading."""
        ready: list[LiveSession] = []
        for starts_at in one.due(self.ground.now()):
            session = await self._ready(one.occurrence(new_id(), starts_at))
            if session is None:
                break
            ready.append(session)
        for number, session in enumerate(ready):
            # All that is said goes with the first: were it lost with a later one, nobody would hear of those before.
            said = [] if number else await self.ground.news.planned_ahead(actor, ready)
            lay = await self.ground.lay(replace(session, status=Status.DRAFT), session)
            entry = self.ground.entry(BY_ITSELF, Deed.SESSION_PLANNED, session, series=one.id)
            if await self.ground.sessions.add(session, lay(()), entry, said) and said:
                self.ground.news.notify()
            one = replace(one, made_until=session.starts_at)
            await self.store.made(one)

    async def _ready(self, wanted: LiveSession) -> LiveSession | None:
        """The occurrence as it is planned; None while its merchant is closed, or nobody is there to run it."""
        served = {merchant.id: merchant for merchant in await self.ground.news.merchants.every()}.get(wanted.merchant)
        operator = await self._operator(wanted)
        if served is None or not served.open(self.ground.now()) or not served.open(wanted.starts_at) or not operator:
            return None
        chat, topic = await self.defaults.place(wanted)
        posts = await self.defaults.readers(wanted)
        return replace(wanted, operator=operator, chat=chat, topic=topic, posts=posts, planned_at=self.ground.now())

    async def _operator(self, wanted: LiveSession) -> str:
        """Whoever operated so far, or a lead once they may not any more; empty for nobody."""
        for person in (wanted.operator, *await self.ground.people.managers(wanted.team, wanted.merchant)):
            if (await self.ground.people.access(person)).may(Right.RUN, wanted.team, wanted.merchant):
                return person
        return ""
