"""What a session that somebody begins to plan is like before they say otherwise: as last time, else as usual."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.access import Merchant, Right, Scope
from bot.domain.checklists import Variant
from bot.domain.sessions import LiveSession, Post, Status
from bot.errors import Refused
from bot.flows.access import Actor
from bot.flows.session_ground import Ground
from bot.flows.team import new_id

USUAL_LENGTH = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Defaults:
    """Drafts out of the last session of the same merchant."""

    ground: Ground

    async def made(self, actor: Actor, merchant: str, starts_at: datetime) -> LiveSession:
        """A draft with a new id that is not stored yet. Raises NotFound, Refused."""
        served = self.ground.merchant(actor, merchant)
        scope, rhythm = Scope(frozenset({served.id})), await self.ground.rhythms.of(served.team)
        last = await self.ground.sessions.latest(served.id, scope=scope)
        chat, topic = await self.place(last) if last else ("", None)
        if not chat:
            chat, topic = await self._group(actor, served)
        return LiveSession(
            new_id(), served.team, served.id, last.host if last else "", starts_at, last.length if last else USUAL_LENGTH,
            rhythm.zone, _usual(last), await self._operator(actor, served, last), None, chat, topic,
            await self.readers(last) if last else (), Status.DRAFT,
        )  # fmt: skip

    async def _operator(self, actor: Actor, served: Merchant, last: LiveSession | None) -> str:
        """Whoever plans it; in the place of somebody who only has the command line, last time's or a lead."""
        if not actor.access.everything:
            return actor.person
        people = [last.operator] if last else []
        people += await self.ground.people.managers(served.team, served.id)
        if not people:
            raise Refused("no_operator")
        return people[0]

    async def readers(self, last: LiveSession) -> tuple[Post, ...]:
        """The posts of last time, without people who may not read the merchant any more."""
        posts = [post for post in last.posts if post.person]
        held = {post.person: await self.ground.people.access(post.person) for post in posts}
        may = {person for person, access in held.items() if access.may(Right.READ, last.team, last.merchant)}
        return tuple(post for post in last.posts if not post.person or post.person in may)

    async def place(self, last: LiveSession) -> tuple[str, int | None]:
        """The group of last time, as long as it is still this merchant's."""
        bound = await self.ground.groups.here(last.chat)
        still = any(one.merchant == last.merchant and one.topic in (0, last.topic or 0) for one in bound)
        return (last.chat, last.topic) if still else ("", None)

    async def _group(self, actor: Actor, served: Merchant) -> tuple[str, int | None]:
        """The group that is written in where that is this merchant's, else its only one."""
        bound = [one.binding for one in await self.ground.groups.all(served.team, access=actor.access) if not one.gone]
        mine = [one for one in bound if one.merchant == served.id]
        here = [one for one in mine if one.chat == actor.chat]
        chosen = here[:1] if len(here) == 1 else mine if len(mine) == 1 else []
        return (chosen[0].chat, chosen[0].topic or None) if chosen else ("", None)


def _usual(last: LiveSession | None) -> Variant:
    """A merchant's first session has a list of its own; the ones after it are as the last one was."""
    if last is None:
        return Variant.FIRST
    return Variant.DAILY if last.variant is Variant.FIRST else last.variant
