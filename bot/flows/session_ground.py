"""What every flow about live sessions stands on: where they are kept, who may do what to them, whether they can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.access import Merchant, Right, Scope, group_scope
from bot.domain.audit import Deed, Entry
from bot.domain.checklists import Item
from bot.domain.lengths import LONGEST, sensible
from bot.domain.money import MOST_MONEY, MoneyWrong
from bot.domain.session_items import SessionItem
from bot.domain.session_layout import laid_anew
from bot.domain.sessions import POSTS, LiveSession, Post, Status, overlapping
from bot.errors import NotFound, Refused
from bot.flows.access import Actor, Clock
from bot.flows.session_news import News
from bot.storage.groups import Groups
from bot.storage.people import People
from bot.storage.rhythms import Rhythms
from bot.storage.session_items import SessionItems
from bot.storage.sessions import Lay, Sessions

LONGEST_NAME = 20
"""Characters of a host's or somebody's name."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Stores and rules. `handbook` gives the checklist items as they are in force; `now` never goes back."""

    sessions: Sessions
    items: SessionItems
    rhythms: Rhythms
    people: People
    groups: Groups
    handbook: Callable[[], Sequence[Item]]
    news: News
    now: Clock

    async def one(self, actor: Actor, id: str, right: Right, *, scope: Scope) -> LiveSession:
        """A session that the scope reaches and for which the actor has the right; reading takes the scope alone.

        Raises NotFound, Refused. A draft is not found by whoever could not have written it.
        """
        found = await self.sessions.one(id, scope=scope)
        may_run = found is not None and actor.access.may(Right.RUN, found.team, found.merchant)
        if found is None or (found.status is Status.DRAFT and not may_run):
            raise NotFound("no_session")
        if right is not Right.READ and not actor.access.may(right, found.team, found.merchant):
            raise Refused("not_allowed")
        return found

    def merchant(self, actor: Actor, id: str) -> Merchant:
        """A merchant that is open and for which the actor runs sessions. Raises NotFound, Refused."""
        found = next((one for one in actor.access.merchants if one.id == id and actor.access.knows(one)), None)
        if found is None:
            raise NotFound("no_merchant")
        if not actor.access.may(Right.RUN, found.team, found.id):
            raise Refused("not_allowed")
        if not found.open(self.now()):
            raise Refused("merchant_closed")
        return found

    async def require_possible(self, actor: Actor, session: LiveSession) -> None:
        """Raises Refused where such a session cannot be: its time, length, goal, people or group."""
        self.require_time(actor, session)
        sensible(session.length)
        if session.goal is not None and session.goal < 1:
            raise Refused(MoneyWrong.TOO_SMALL)
        if session.goal is not None and session.goal > MOST_MONEY:
            raise Refused(MoneyWrong.TOO_LARGE)
        await self._require_people(session)
        await self._require_group(session)

    def require_time(self, actor: Actor, session: LiveSession) -> None:
        """Raises Refused: in the past, or when the merchant's authorisation has ended by then."""
        if session.status in (Status.DRAFT, Status.PLANNED) and session.starts_at <= self.now():
            raise Refused("session_past")
        merchant = next((one for one in actor.access.merchants if one.id == session.merchant), None)
        if merchant is not None and not merchant.open(session.starts_at):
            raise Refused("authorisation_ends_before")

    async def require_alone(self, session: LiveSession) -> None:
        """Raises Refused when the host has another session at that time; `with` is when that one starts."""
        day = LONGEST + timedelta(hours=6)
        scope = Scope(frozenset({session.merchant}))  # whoever plans for the merchant may read its sessions
        near = await self.sessions.between(session.starts_at - day, session.ends_at + day, scope=scope)
        if met := overlapping(near, session):
            other = met[0]
            raise Refused("session_overlaps", host=session.host, at=f"{other.go_live:%m-%d %H:%M}–{other.ends_at:%H:%M}")

    async def lay(self, before: LiveSession, after: LiveSession) -> Lay:
        """How the items follow from the change."""
        rhythm, handbook = await self.rhythms.of(after.team), tuple(self.handbook())
        return lambda old: laid_anew(before, after, old, handbook, rhythm)

    async def items_of(self, session: LiveSession) -> tuple[SessionItem, ...]:
        """The items as they are now, of a session that was read with a scope before."""
        return await self.items.of(session.id, scope=Scope(frozenset({session.merchant})))

    def entry(self, actor: Actor, deed: Deed, session: LiveSession, **detail: str) -> Entry:
        """A line of the trail."""
        return Entry(self.now(), actor.person, deed, actor.chat, session.team, session.merchant, session.id, detail)

    async def _require_people(self, session: LiveSession) -> None:
        roles = [post.role for post in session.posts]
        if not set(roles) <= set(POSTS) or len(roles) != len(set(roles)):
            raise Refused("post_unknown")
        await self._require_right(session, (session.operator,), Right.RUN, "operator_may_not")
        await self._require_right(session, session.people[1:], Right.READ, "post_may_not_read")

    async def _require_right(self, session: LiveSession, people: Iterable[str], right: Right, reason: str) -> None:
        for person in people:
            if not (await self.people.access(person)).may(right, session.team, session.merchant):
                raise Refused(reason)

    async def _require_group(self, session: LiveSession) -> None:
        """Every member of the group reads along, so it has to be bound to this merchant."""
        if not session.chat:
            return
        bound = await self.groups.here(session.chat)
        if session.merchant not in group_scope(bound, session.topic, {session.merchant}).merchants:
            raise Refused("group_of_another")


def checked(name: str) -> str:
    """A host's or somebody's name on one line. Raises Refused."""
    kept = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if len(kept) > LONGEST_NAME:
        raise Refused("name_long", most=LONGEST_NAME)
    return kept


def with_post(posts: tuple[Post, ...], post: Post) -> tuple[Post, ...]:
    """The posts with this one in place of whoever held it; with neither person nor name nobody holds it."""
    kept = {one.role: one for one in posts} | {post.role: post}
    return tuple(kept[role] for role in POSTS if role in kept and (kept[role].person or kept[role].name))
