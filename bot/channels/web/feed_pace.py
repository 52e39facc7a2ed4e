"""How often feeds may call, decided before anything is read: one that floods must cost next to nothing.

Two paces. Each token has one of its own, also one that nobody has ever seen. And each address has one for tokens that have opened
nothing so far, so that trying tokens keeps neither the database busy nor anybody's feed waiting: one that has opened something is
known, and is not held up by what strangers do from the same address.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from datetime import UTC, datetime, timedelta

import structlog

from bot.domain.limits import Limit, Pace

log = structlog.get_logger(__name__)

STRANGERS = Limit(per_minute=60, burst=20)
"""Tokens that open nothing, from one address."""
REMEMBERED = 10_000
_SAY_EVERY = timedelta(minutes=1)


class FeedPace:
    """Which calls may pass. Tokens are told apart by their digests."""

    def __init__(self, per_minute: int) -> None:
        """A token may call so often a minute, and a tenth of that at once."""
        self._feeds = Pace(Limit(per_minute, max(1, per_minute // 10)))
        self._strangers = Pace(STRANGERS)
        self._known: OrderedDict[str, str] = OrderedDict()
        self._held_up: Counter[str] = Counter()
        self._said = datetime.min.replace(tzinfo=UTC)

    def wait(self, digest: str, address: str, now: datetime) -> timedelta:
        """Zero when the call may pass, else how long whoever calls has to wait."""
        waits = self._feeds.take(digest, now)
        if not waits and digest not in self._known:
            waits = self._strangers.take(address, now)
        if waits:
            self._count(digest, now)
        return waits

    def opened(self, digest: str, feed: str) -> None:
        """The token is that of this feed."""
        self._known[digest] = feed
        self._known.move_to_end(digest)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def closed(self, digest: str) -> None:
        """The token opens nothing, or nothing any more."""
        self._known.pop(digest, None)

    def _count(self, digest: str, now: datetime) -> None:
        """Log once a minute who is held up: a line for each call would be a flood of its own."""
        self._held_up[self._known.get(digest, "")] += 1
        if now - self._said >= _SAY_EVERY:
            for feed, times in sorted(self._held_up.items()):
                log.warning("samples.refused", status=429, cause="too_often", feed=feed, times=times)
            self._held_up.clear()
            self._said = now
