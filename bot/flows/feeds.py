"""Metric feeds: made, listed and revoked by whoever manages what they write to. Knows no channel."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass

from bot.domain.access import Right, Scope
from bot.domain.audit import Deed, Entry
from bot.domain.sessions import LiveSession
from bot.errors import NotFound, Refused
from bot.flows.access import Actor, Gate, lacks
from bot.storage.feeds import Feeds, MetricFeed
from bot.storage.sessions import Sessions

TOKEN_BYTES = 24
"""Random bytes of a token: more than anybody can try."""
TOKEN_PREFIX = "ocf_"
"""By which a token is known for what it is, wherever somebody finds it."""
LONGEST_NAME = 40
MOST = 50
"""Feeds in force that a team may have."""


@dataclass(frozen=True, slots=True)
class FeedDesk:
    """All that is done to feeds. `sources` are the names by which the handbook's sources/ may be chosen."""

    feeds: Feeds
    sessions: Sessions
    gate: Gate
    sources: Callable[[], Collection[str]]

    async def all(self, actor: Actor, *, scope: Scope) -> tuple[MetricFeed, ...]:
        """The feeds that the actor manages, revoked ones too, oldest first."""
        found = await self.feeds.all(scope=scope)
        return tuple([one for one in found if await self._managed(actor, one, scope)])

    async def one(self, actor: Actor, id: str, *, scope: Scope) -> MetricFeed:
        """One feed that the actor manages. Raises NotFound."""
        found = await self.feeds.one(id, scope=scope)
        if found is None or not await self._managed(actor, found, scope):
            raise NotFound("no_feed")
        return found

    async def add(
        self, actor: Actor, name: str, *, scope: Scope, team: str = "", session: str = "", source: str = ""
    ) -> tuple[MetricFeed, str]:
        """A new feed for all sessions of a team, or for one session, and its token, which is to be had only now.

        Raises NotFound, Refused.
        """
        of = await self._session(actor, session, scope) if session else None
        if of is None and team not in scope.teams:
            raise NotFound("no_team")
        owner, merchant = (of.team, of.merchant) if of else (team, "")
        if not actor.access.may(Right.MANAGE, owner, merchant):
            raise lacks(Right.MANAGE)
        await self._require_room(owner, scope)
        feed = MetricFeed(
            secrets.token_hex(4), owner, session, self._name(name), self._source(source), actor.person, self.gate.now()
        )
        token = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        if not await self.feeds.add(feed, token, self._entry(actor, Deed.FEED_ADDED, feed, merchant)):
            raise NotFound("no_session")
        return feed, token

    async def revoke(self, actor: Actor, id: str, *, scope: Scope) -> MetricFeed:
        """Take nothing from a feed any more. Raises NotFound, Refused when that is so already."""
        feed = await self.one(actor, id, scope=scope)
        of = await self.sessions.one(feed.session, scope=scope) if feed.session else None
        entry = self._entry(actor, Deed.FEED_REVOKED, feed, of.merchant if of else "")
        if not await self.feeds.revoke(id, entry):
            raise Refused("feed_revoked")
        return feed

    async def _session(self, actor: Actor, id: str, scope: Scope) -> LiveSession:
        found = await self.sessions.one(id, scope=scope)
        if found is None or not actor.access.may(Right.READ, found.team, found.merchant):
            raise NotFound("no_session")
        return found

    async def _managed(self, actor: Actor, feed: MetricFeed, scope: Scope) -> bool:
        of = await self.sessions.one(feed.session, scope=scope) if feed.session else None
        return actor.access.may(Right.MANAGE, feed.team, of.merchant if of else "")

    async def _require_room(self, team: str, scope: Scope) -> None:
        there = [one for one in await self.feeds.all(scope=scope) if one.team == team and one.revoked_at is None]
        if len(there) >= MOST:
            raise Refused("feeds_full", most=MOST)

    def _name(self, name: str) -> str:
        kept = " ".join("".join(c if c.isprintable() else " " for c in name).split())
        if not kept:
            raise Refused("feed_unnamed")
        if len(kept) > LONGEST_NAME:
            raise Refused("name_long", most=LONGEST_NAME)
        return kept

    def _source(self, source: str) -> str:
        known = sorted(self.sources())
        if source and source not in known:
            raise Refused("source_unknown", given=source, known="、".join(known))
        return source

    def _entry(self, actor: Actor, deed: Deed, feed: MetricFeed, merchant: str) -> Entry:
        detail = {"session": feed.session} if feed.session else {}
        return Entry(self.gate.now(), actor.person, deed, actor.chat, feed.team, merchant, feed.id, detail)
