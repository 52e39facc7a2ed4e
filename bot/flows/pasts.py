"""What earlier sessions tell of the next one: kept when a session is over, read when one of the same merchant is watched."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.domain.access import Scope
from bot.domain.expressions import ExpressionError
from bot.domain.lookout import watched_of
from bot.domain.order_rows import order_of
from bot.domain.pasts import Past, Summary
from bot.domain.rulebook import Rulebook, prepare
from bot.domain.samples import minute_of
from bot.domain.sessions import LiveSession
from bot.domain.summaries import summarised
from bot.flows.access import Clock
from bot.flows.reference import Reference
from bot.storage.pasts import Pasts
from bot.storage.samples import Samples
from bot.storage.sessions import Sessions

log = structlog.get_logger(__name__)

AT_ONCE = 5
"""Sessions that one tick puts together: each takes about a second of a core, and tips must not wait."""
BACK = timedelta(days=90)
"""How far back earlier sessions are read: what each of the last two was worth is asked also of a room that is on rarely."""


@dataclass(frozen=True, slots=True)
class PastDesk:
    """Keeps what is to be kept of sessions, and gives it to those that come after."""

    pasts: Pasts
    samples: Samples
    sessions: Sessions
    reference: Callable[[], Reference]
    now: Clock

    async def keep_due(self) -> int:
        """Put together what is over and not kept yet, the newest first; returns how many sessions that were."""
        due = await self.pasts.due(AT_ONCE)
        book = self._book() if due else None
        if book is None:
            return 0
        for session in due:
            await self._keep(session, book)
        return len(due)

    async def before(self, session: LiveSession, *, scope: Scope) -> tuple[Past, ...]:
        """What is kept of the merchant's sessions before this one, by their go-live."""
        return await self.pasts.before(session.merchant, session.go_live - BACK, session.go_live, scope=scope)

    async def _keep(self, session: LiveSession, book: Rulebook) -> None:
        scope = Scope(frozenset({session.merchant}))
        brought = [one for one in await self.samples.all(session.id, scope=scope) if one.at <= session.ends_at]
        order = order_of(await self.sessions.running_order(session.id, scope=scope))
        summary = await asyncio.to_thread(summarised, book, watched_of(session, order), brought) if brought else Summary()
        newest = await self.samples.latest(session.id, scope=scope)
        await self.pasts.keep(session.id, minute_of(newest.at) if newest else -1, summary, self.now())

    def _book(self) -> Rulebook | None:
        """The metrics alone: no rule is asked about what is over."""
        reference = self.reference()
        try:
            return prepare((), reference.metrics, reference.inputs) if reference.metrics else None
        except ExpressionError as error:
            log.error("pasts.metrics_not_usable", error=str(error))
            return None
