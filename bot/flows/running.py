"""Live sessions begin and end, by a person's word or, long after their time, by the clock's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from bot.domain.access import Right, Scope
from bot.domain.audit import Deed
from bot.domain.session_items import SessionItem, gone_on, numbers, open_blocking
from bot.domain.sessions import LiveSession, Override, Status
from bot.errors import Refused
from bot.flows.access import Actor
from bot.flows.session_ground import Ground
from bot.flows.sessions import require_open
from bot.storage.cards import Said
from bot.storage.sessions import Lay

LONGEST_REASON = 200
FAR_OFF = timedelta(hours=12)
"""Whoever starts a session so long before its time has the wrong one before them."""


@dataclass(frozen=True, slots=True)
class Running:
    """Starting and ending live sessions."""

    ground: Ground

    async def begin(self, actor: Actor, id: str, *, scope: Scope, override_reason: str = "") -> LiveSession:
        """The session is live from now on. Raises NotFound, Refused.

        While blocking items are open that takes a reason, which is kept and told to those who answer for the merchant.
        """
        before = await self.ground.one(actor, id, Right.RUN, scope=scope)
        self._require_startable(before)
        now, items = self.ground.now(), await self.ground.items_of(before)
        missing = open_blocking(items)
        reason = " ".join(override_reason.split())[:LONGEST_REASON]
        if missing and not reason:
            raise Refused("items_open", count=len(missing))
        override = Override(actor.person, reason, now, ids_of(missing)) if missing else None
        after = replace(before, status=Status.LIVE, began_at=now, override=override, revision=before.revision + 1)
        said = await self._overridden(actor, after, missing, numbers(items)) if missing else []
        taken_on = {one.key for one in missing}
        lay = _unless_more(taken_on, await self.ground.lay(before, after))
        detail = {"override": ",".join(override.items)} if override else {}
        entry = self.ground.entry(actor, Deed.SESSION_BEGUN, after, **detail)
        if not await self.ground.sessions.save(after, lay, entry, said):
            raise Refused("session_changed")
        self.ground.news.notify()
        return after

    async def missing(self, session: LiveSession, *, scope: Scope) -> tuple[tuple[SessionItem, ...], Mapping[str, int]]:
        """What stands against going live, and the numbers of the session's items by id."""
        items = await self.ground.items.of(session.id, scope=scope)
        return open_blocking(items), numbers(items)

    async def end(self, actor: Actor, id: str, *, scope: Scope) -> LiveSession:
        """The session is over. Raises NotFound, Refused."""
        before = await self.ground.one(actor, id, Right.RUN, scope=scope)
        require_open(before)
        if before.status is not Status.LIVE:
            raise Refused("session_not_live")
        return await self.over(actor, before, [])

    async def goes_on(self, actor: Actor, id: str, *, scope: Scope) -> LiveSession:
        """Somebody says that it still runs beyond its planned end: its lists go on. Raises NotFound, Refused."""
        session = await self.ground.one(actor, id, Right.RUN, scope=scope)
        require_open(session)
        if session.status is not Status.LIVE:
            raise Refused("session_not_live")
        now = self.ground.now()
        await self.ground.items.retime(session.id, lambda items: gone_on(session, items, now))
        return session

    async def over(self, actor: Actor, before: LiveSession, said: Iterable[Said]) -> LiveSession:
        """End a session that was read as live. Raises Refused when somebody else changed it meanwhile."""
        after = replace(before, status=Status.ENDED, ended_at=self.ground.now(), revision=before.revision + 1)
        entry = self.ground.entry(actor, Deed.SESSION_ENDED, after)
        if not await self.ground.sessions.save(after, await self.ground.lay(before, after), entry, said):
            raise Refused("session_changed")
        self.ground.news.notify()
        return after

    def _require_startable(self, session: LiveSession) -> None:
        require_open(session)
        if session.status is Status.LIVE:
            raise Refused("session_live_already")
        if session.status is Status.DRAFT:
            raise Refused("session_unconfirmed")
        if session.starts_at - self.ground.now() > FAR_OFF:
            raise Refused("session_far_off")

    async def _overridden(
        self, actor: Actor, after: LiveSession, missing: tuple[SessionItem, ...], called: Mapping[str, int]
    ) -> list[Said]:
        news = self.ground.news
        others = [person for person in await news.leads(after) if person != actor.person]
        write, named = partial(news.words.overridden, after, missing, called), [one.person for one in missing]
        return await news.to_people(f"override:{after.id}", after, others, write, named=named)


def ids_of(items: Iterable[SessionItem]) -> tuple[str, ...]:
    """The items by their numbers in the handbook, each once."""
    return tuple(dict.fromkeys(one.id for one in items))


def _unless_more(taken_on: set[tuple[str, int]], lay: Lay) -> Lay:
    """Lay the items out, unless one stands open that nobody has taken on: somebody took its tick back meanwhile."""

    def checked(old: tuple[SessionItem, ...]) -> Iterable[SessionItem]:
        if any(one.key not in taken_on for one in open_blocking(old)):
            raise Refused("session_changed")
        return lay(old)

    return checked
