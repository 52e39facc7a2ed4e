"""Addresses that live metrics are fetched from: set and stopped by whoever manages the feed. Knows no channel and no HTTP."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.access import Right, Scope
from bot.domain.audit import Deed, Entry
from bot.domain.polling import LONGEST, SHORTEST, USUAL, Poll, UrlWrong, wrong_headers, wrong_in
from bot.errors import NotFound, Refused
from bot.flows.access import Actor
from bot.flows.feeds import FeedDesk
from bot.storage.feeds import MetricFeed
from bot.storage.polls import Polls, StoredPoll


@dataclass(frozen=True, slots=True)
class PollDesk:
    """All that people do to addresses. Hosts in `allowed` may be in the copilot's own network."""

    feeds: FeedDesk
    polls: Polls
    allowed: Collection[str] = ()

    async def of(self, feeds: Sequence[MetricFeed]) -> dict[str, StoredPoll]:
        """What is fetched for feeds that the reader manages, by feed."""
        return await self.polls.of([one.id for one in feeds])

    async def put(
        self, actor: Actor, feed: str, url: str, *, scope: Scope, every: int = USUAL, headers: Mapping[str, str] | None = None,
        merchant: str = "",
    ) -> Poll:  # fmt: skip
        """Fetch this every so many seconds while the feed's session is live; `merchant` says whose, where the feed is a team's.

        Raises NotFound, Refused.
        """
        of = await self.feeds.one(actor, feed, scope=scope)
        if of.revoked_at is not None:
            raise Refused("feed_revoked")
        if merchant and not of.session:
            known = next((one for one in actor.access.merchants if one.id == merchant and one.team == of.team), None)
            if known is None or not actor.access.knows(known):
                raise NotFound("no_merchant")
            if not actor.access.may(Right.MANAGE, of.team, merchant):
                raise Refused("not_allowed")
        if wrong := wrong_in(url, self.allowed):
            raise Refused(wrong)
        if not SHORTEST <= every <= LONGEST:
            raise Refused(UrlWrong.EVERY, least=SHORTEST, most=LONGEST)
        if wrong_headers(headers or {}):
            raise Refused(UrlWrong.HEADER)
        poll = Poll(of.id, url, headers or {}, every, "" if of.session else merchant)
        await self.polls.put(poll, self._entry(actor, Deed.POLL_SET, of, host=poll.host, every=str(every)))
        return poll

    async def stop(self, actor: Actor, feed: str, *, scope: Scope) -> MetricFeed:
        """Fetch nothing more for a feed. Raises NotFound, Refused when nothing is fetched."""
        of = await self.feeds.one(actor, feed, scope=scope)
        if not await self.polls.remove(of.id, self._entry(actor, Deed.POLL_STOPPED, of)):
            raise Refused("no_poll")
        return of

    def _entry(self, actor: Actor, deed: Deed, feed: MetricFeed, **detail: str) -> Entry:
        return Entry(self.feeds.gate.now(), actor.person, deed, actor.chat, feed.team, "", feed.id, detail)
