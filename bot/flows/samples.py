"""Live metrics on their way in: whose feed, which session, which rows; stored, then shown to whoever watches.

Knows no channel.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from datetime import timedelta

import structlog

from bot.domain.access import Scope
from bot.domain.cells import Kind, kind_of
from bot.domain.metrics import Input, Metric
from bot.domain.sample_rows import Bounds, Reading, Rejected, Rows, by_ids, read_rows
from bot.domain.samples import Sample
from bot.domain.sessions import LiveSession, Status
from bot.errors import CopilotError, NotFound, Refused
from bot.flows.access import Clock
from bot.flows.ports import Observe
from bot.storage.feeds import Feeds, MetricFeed
from bot.storage.merchants import Merchants
from bot.storage.rounds import Rounds
from bot.storage.samples import TAKES, Samples
from bot.storage.sessions import Sessions

log = structlog.get_logger(__name__)

AHEAD = timedelta(minutes=1)
"""How far a feed's clock may be ahead of ours."""
BEFORE = timedelta(days=1)
"""How long before its session a row may be: a feed is tried out the day before, and what is older was meant for another."""

_AT_ONCE = 1_000
"""Rejections that are counted at once; of more the event loop does not wait for the count."""

Figures = Callable[[], Sequence[Metric | Input]]
Sources = Callable[[str], Reading | None]
"""How a source of the handbook is read, None when there is none of that name."""


@dataclass(frozen=True, slots=True)
class Report:
    """What rows came to. `accepted` and `duplicates` count rows; a row of which some values were refused is accepted too."""

    accepted: int
    duplicates: int
    rejected: tuple[Rejected, ...]


@dataclass(frozen=True, slots=True)
class SampleDesk:
    """Takes samples. `observe` hears of what was stored and new, by its time, after it is stored.

    Whose a token is and what a session is at is read when it is asked, for all that ask at about the same time at once:
    reads begin `every` so many seconds apart where many feeds call.
    """

    feeds: Feeds
    samples: Samples
    sessions: Sessions
    merchants: Merchants
    figures: Figures
    sources: Sources
    now: Clock
    observe: Observe
    every: InitVar[float] = 0.0
    _behind: Rounds[str, MetricFeed | None] = field(init=False, repr=False)
    _served: Rounds[str, LiveSession | None] = field(init=False, repr=False)

    def __post_init__(self, every: float) -> None:
        object.__setattr__(self, "_behind", Rounds(self._feeds_behind, every))
        object.__setattr__(self, "_served", Rounds(self._sessions_served, every))

    async def feed(self, token: str) -> MetricFeed | None:
        """The feed that a token is of, None for one that opens nothing."""
        return await self._behind.do(token)

    async def _feeds_behind(self, tokens: Sequence[str]) -> list[MetricFeed | None]:
        found = await self.feeds.behind(set(tokens))
        return [found.get(token) for token in tokens]

    async def _sessions_served(self, ids: Sequence[str]) -> list[LiveSession | None]:
        """The sessions of merchants that are served now."""
        found = await self.sessions.some(set(ids), scope=Scope(await self.merchants.open_ids(self.now())))
        return [found.get(id) for id in ids]

    async def session(self, feed: MetricFeed, id: str) -> LiveSession:
        """The session that the feed may write to now. Raises NotFound for any other, Refused when it is over."""
        found = await self._served.do(id) if feed.session in ("", id) else None
        if found is None or found.team != feed.team or found.status is Status.DRAFT:
            raise NotFound("no_session")
        if found.over:
            raise Refused("session_over")
        return found

    def read(self, session: LiveSession, rows: Sequence[object], source: str = "", *, text: bool = False) -> Rows:
        """Rows as they came -> samples of this session; stores nothing, so it may run beside the event loop.

        `text` says that numbers are written as text, as in CSV. Raises NotFound for a source that is in the handbook no more.
        """
        kinds = {one.id: kind_of(one) for one in self.figures()}
        return read_rows(rows, kinds, self.bounds(session), self.reading(source, kinds, text=text))

    def reading(self, source: str, kinds: Mapping[str, Kind], *, text: bool = False) -> Reading:
        """How rows of a source are read, or those that name figures by their ids. Raises NotFound for one that is not there."""
        reading = self.sources(source) if source else by_ids(kinds, text=text)
        if reading is None:
            raise NotFound("no_source")
        return reading

    def bounds(self, session: LiveSession) -> Bounds:
        """The moments that a row of the session may be of; those without a zone are read in the session's."""
        now = self.now()
        return Bounds(session.local_zone, min(session.go_live, now) - BEFORE, now + AHEAD)

    async def take(
        self, session: LiveSession, rows: Rows, *, feed: str = "", by: str = "", statuses: Collection[Status] = TAKES
    ) -> Report:
        """Store what was read. Raises Refused when the session is over meanwhile, StorageError.

        `feed` or `by` says where it comes from, for the log. Rows that were there already change nothing.
        """
        new = [sample for _, sample in rows.samples]
        added = await self.samples.add(session.id, new, self.now(), feed=feed, statuses=statuses)
        if added is None:
            raise Refused("session_over")
        fresh = sorted((one for one in added if one.values), key=lambda one: one.at)
        await log_rejected("samples.rejected", session, feed or by, rows.rejected)
        if fresh:
            await self._tell(session, fresh)
        return Report(len(fresh), len(added) - len(fresh), rows.rejected)

    async def _tell(self, session: LiveSession, fresh: Sequence[Sample]) -> None:
        try:
            await self.observe(session, fresh)
        except CopilotError as error:
            # What was brought is stored, and whoever brought it cannot help that nobody could look at it.
            log.error("samples.not_observed", session=session.id, error=str(error))


async def log_rejected(event: str, session: LiveSession, origin: str, rejected: Sequence[Rejected]) -> None:
    """One event, however much was rejected: how often each cause, with the figure or the field of ours that it is about.

    The rows themselves are the merchant's, and so are names of fields that nobody knows: they may be names of people.
    """
    if rejected:
        causes = await asyncio.to_thread(_causes, rejected) if len(rejected) > _AT_ONCE else _causes(rejected)
        log.warning(event, session=session.id, origin=origin, causes=causes)


def _causes(rejected: Sequence[Rejected]) -> dict[str, int]:
    counted = Counter((one.about, one.reason.value) for one in rejected)
    return {f"{about} {reason}".strip(): times for (about, reason), times in sorted(counted.items())}


async def unobserved(session: LiveSession, samples: Sequence[Sample]) -> None:
    """Nobody watches."""
