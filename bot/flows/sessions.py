"""Planning live sessions: drafted, confirmed, changed, cancelled, found again.

Whatever is done here is stored together with what is said about it. Times are moments with a zone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any, TypedDict, Unpack

from bot.domain.access import Right, Scope
from bot.domain.audit import Deed
from bot.domain.checklists import Variant
from bot.domain.lengths import LONGEST
from bot.domain.plan_figures import PlanFigures
from bot.domain.plan_line import PlanLine
from bot.domain.session_items import SessionItem
from bot.domain.sessions import LiveSession, Post, Status
from bot.domain.when import FURTHEST
from bot.errors import Refused
from bot.flows.access import Actor
from bot.flows.session_defaults import Defaults
from bot.flows.session_ground import Ground, checked
from bot.storage.cards import Said
from bot.storage.sessions import OPEN

WHILE_LIVE = {"length", "host", "goal", "figures", "posts", "operator"}
GONE_AFTER = timedelta(hours=12)
"""A planned session that nobody has started for so long is not the next one any more."""


class Wish(TypedDict, total=False):
    """What can be said of a session besides its start; `place` is a chat and a topic of it, an empty chat for none."""

    length: timedelta
    host: str
    variant: Variant
    goal: int | None
    figures: PlanFigures
    posts: tuple[Post, ...]
    operator: str
    place: tuple[str, int | None]


class Change(Wish, total=False):
    """What can be changed of a session."""

    starts_at: datetime


@dataclass(frozen=True, slots=True)
class SessionDesk:
    """All that is done to sessions before they go live, and how they are found."""

    ground: Ground
    defaults: Defaults

    async def draft(self, actor: Actor, merchant: str, starts_at: datetime, **what: Unpack[Wish]) -> LiveSession:
        """Begin to plan a session, of which nobody hears before `confirm`; what is not said is as last time.

        Raises NotFound, Refused.
        """
        made = changed(await self.defaults.made(actor, merchant, starts_at), what)
        self.ground.require_time(actor, made)
        entry = self.ground.entry(actor, Deed.SESSION_PLANNED, made, draft="yes")
        if not await self.ground.sessions.add(made, (), entry):
            raise Refused("merchant_closed")
        return made

    async def plan(
        self,
        actor: Actor,
        merchant: str,
        starts_at: datetime,
        *,
        confirmed: bool = False,
        series: str = "",
        **what: Unpack[Wish],
    ) -> LiveSession | None:
        """Plan a session at once; None when its series has one at that time already. Raises NotFound, Refused.

        With `confirmed` the host may have another session at that time.
        """
        made = replace(changed(await self.defaults.made(actor, merchant, starts_at), what), series=series)
        await self._require(actor, made, confirmed)
        after = replace(made, status=Status.PLANNED, planned_at=self.ground.now())
        lay = await self.ground.lay(made, after)
        entry = self.ground.entry(actor, Deed.SESSION_PLANNED, after)
        if not await self.ground.sessions.add(after, lay(()), entry, await self.ground.news.planned(actor, after)):
            return None
        self.ground.news.notify()
        return after

    async def confirm(self, actor: Actor, id: str, *, scope: Scope, confirmed: bool = False) -> LiveSession:
        """Plan what was drafted; what is planned already stays as it is. Raises NotFound, Refused."""
        before = await self.ground.one(actor, id, Right.RUN, scope=scope)
        if before.status is not Status.DRAFT:
            return before
        await self._require(actor, before, confirmed)
        after = replace(before, status=Status.PLANNED, revision=before.revision + 1, planned_at=self.ground.now())
        said = await self.ground.news.planned(actor, after)
        await self._save(actor, before, after, Deed.SESSION_PLANNED, said)
        return after

    async def change(
        self, actor: Actor, id: str, *, scope: Scope, confirmed: bool = False, **what: Unpack[Change]
    ) -> LiveSession:
        """Change a session; everything due moves with it, and who has to know is told. Raises NotFound, Refused.

        With `confirmed` the host may have another session at that time.
        """
        before = await self.ground.one(actor, id, Right.RUN, scope=scope)
        require_open(before)
        if before.status is Status.LIVE and not set(what) <= WHILE_LIVE:
            raise Refused("session_live")
        after = changed(before, what)
        if after == before:
            return before
        after = replace(after, revision=before.revision + 1)
        await self.ground.require_possible(actor, after)
        if before.status is not Status.DRAFT and not confirmed and {"starts_at", "length", "host"} & set(what):
            await self.ground.require_alone(after)
        said = [] if before.status is Status.DRAFT else await self.ground.news.changed(actor, before, after)
        await self._save(actor, before, after, Deed.SESSION_CHANGED, said)
        return after

    async def cancel(self, actor: Actor, id: str, *, scope: Scope) -> LiveSession:
        """Call a planned session off, or drop a draft. Raises NotFound, Refused."""
        before = await self.ground.one(actor, id, Right.RUN, scope=scope)
        require_open(before)
        if before.status is Status.LIVE:
            raise Refused("session_live")
        after = replace(before, status=Status.CANCELLED, revision=before.revision + 1)
        if before.status is Status.DRAFT:
            await self.ground.sessions.drop_draft(id)
            return after
        await self._save(actor, before, after, Deed.SESSION_CANCELLED, await self.ground.news.cancelled(actor, after))
        return after

    async def one(self, actor: Actor, id: str, *, scope: Scope, right: Right = Right.READ) -> LiveSession:
        """A session that the scope reaches and the actor has this right for. Raises NotFound, Refused."""
        return await self.ground.one(actor, id, right, scope=scope)

    async def items(self, session: LiveSession, *, scope: Scope) -> tuple[SessionItem, ...]:
        """The items of a session by when they are due."""
        return await self.ground.items.of(session.id, scope=scope)

    async def today(self, *, scope: Scope, zone: tzinfo) -> tuple[LiveSession, ...]:
        """Sessions that take place today, by their start; also one that has run since yesterday."""
        return await self.week(scope=scope, zone=zone, days=1)

    async def week(self, *, scope: Scope, zone: tzinfo, days: int = 7) -> tuple[LiveSession, ...]:
        """Sessions of today and the days after, by their start; also one that began earlier and runs, or ran into today."""
        start = self.ground.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        end = start + timedelta(days=days)  # days of the calendar, however long
        found = await self.ground.sessions.between(start - 3 * LONGEST, end, scope=scope)
        return tuple(one for one in found if one.starts_at >= start or one.ends_at > start or one.status is Status.LIVE)

    async def open(self, *, scope: Scope) -> tuple[LiveSession, ...]:
        """Sessions that run or are still to come, by their start."""
        now = self.ground.now()
        found = await self.ground.sessions.between(now - 3 * LONGEST, now + 2 * FURTHEST, scope=scope, statuses=OPEN)
        return tuple(one for one in found if one.status is Status.LIVE or one.starts_at > now - GONE_AFTER)

    def next_of(self, found: Collection[LiveSession]) -> LiveSession | None:
        """Of these the one that runs, else the one that comes next."""
        late = self.ground.now() - GONE_AFTER
        running = [one for one in found if one.status is Status.LIVE]
        coming = [one for one in found if one.status is Status.PLANNED and one.starts_at > late]
        return next(iter((*running, *sorted(coming, key=lambda one: one.starts_at))), None)

    async def of_chat(self, chat: str, topic: int | None, *, scope: Scope) -> tuple[LiveSession, ...]:
        """Sessions of a group or topic that are planned or live, by their start."""
        return await self.ground.sessions.in_chat(chat, topic, scope=scope)

    async def as_last_time(self, actor: Actor, id: str, *, scope: Scope) -> LiveSession:
        """Copy all but the time of the session before into a draft. Raises NotFound, Refused."""
        before = await self.ground.one(actor, id, Right.RUN, scope=scope)
        last = await self.ground.sessions.latest(before.merchant, scope=scope)
        if last is None:
            raise Refused("no_last_time")
        return await self.change(
            actor, id, scope=scope, host=last.host, length=last.length, variant=last.variant, goal=last.goal,
            figures=last.figures, posts=await self.defaults.readers(last), place=await self.defaults.place(last),
        )  # fmt: skip

    async def _require(self, actor: Actor, session: LiveSession, confirmed: bool) -> None:
        await self.ground.require_possible(actor, session)
        if not confirmed:
            await self.ground.require_alone(session)

    async def _save(self, actor: Actor, before: LiveSession, after: LiveSession, deed: Deed, said: list[Said]) -> None:
        lay = None if after.status is Status.DRAFT else await self.ground.lay(before, after)
        entry = self.ground.entry(actor, deed, after, revision=str(after.revision))
        if not await self.ground.sessions.save(after, lay, entry, said):
            raise Refused("session_changed")
        self.ground.news.notify()


def wish_of(said: PlanLine) -> Wish:
    """What somebody wants of a session besides its start. Raises Refused for figures that do not go together."""
    what: Wish = {}
    if said.length is not None:
        what["length"] = said.length
    if said.goal is not None:
        what["goal"] = said.goal
    if said.host is not None:
        what["host"] = said.host
    if said.variant is not None:
        what["variant"] = said.variant
    if said.figures:
        what["figures"] = PlanFigures().changed(said.figures)
    return what


def changed(session: LiveSession, what: Wish | Change) -> LiveSession:
    """The session with what somebody wants of it; names are cleaned. Raises Refused."""
    values: dict[str, Any] = {**what}
    if "host" in values:
        values["host"] = checked(values["host"])
    if "posts" in values:
        values["posts"] = tuple(replace(post, name=checked(post.name)) for post in values["posts"])
    if "place" in values:
        values["chat"], values["topic"] = values.pop("place")
    return replace(session, **values)


def require_open(session: LiveSession) -> None:
    """Raises Refused when nothing can be done to the session any more."""
    if session.over:
        raise Refused("session_over" if session.status is Status.ENDED else "session_called_off")
