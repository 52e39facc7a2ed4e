"""How this copilot is: whether it delivers, writes and ticks, for /healthz; its figures, for /metrics.

Knows nothing about Telegram: whether that can be reached is no reason to start the process anew.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import structlog
from apscheduler.triggers.interval import IntervalTrigger
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.delivery import Delivery
from bot.errors import DatabaseTaken, StorageError
from bot.metrics import CONTENT_TYPE, Metrics
from bot.schedule import Job
from bot.storage.database import Database
from bot.storage.inbox import Inbox
from bot.storage.inbox import State as Received
from bot.storage.outbox_care import OutboxCare

log = structlog.get_logger(__name__)

TICK_EVERY = 5
"""Seconds between two ticks of the scheduler that are only there to be seen."""
TICK_LATE = 15.0
"""Seconds after which a tick that does not come means that the scheduler stands still."""
CHECK_EVERY = 5.0
"""Seconds between two looks at whether the database can be written and is still ours."""
DELIVERY_LATE = 30.0
"""Seconds after which a delivery that does not look at the outbox stands still; it looks once a second."""


class Vitals:
    """The process's own view of itself."""

    def __init__(
        self, database: Database, delivery: Delivery, metrics: Metrics, now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        """Nothing is late yet; `watch` and `job` have to run for it to stay so."""
        self._database = database
        self._delivery = delivery
        self._metrics = metrics
        self._now = now
        self._monotonic = monotonic
        self._ticked = monotonic()
        self._writable = True
        self.job = Job("tick", IntervalTrigger(seconds=TICK_EVERY, timezone="UTC"), self._tick)
        self.route = Route("/metrics", self._page)

    async def watch(self, over: asyncio.Event) -> None:
        """Look until `over` whether the database can be written. Raises DatabaseTaken when another copilot owns it now."""
        while not over.is_set():
            await self.check()
            with suppress(TimeoutError):
                async with asyncio.timeout(CHECK_EVERY):
                    await over.wait()

    async def check(self) -> None:
        """Look once. Raises DatabaseTaken."""
        try:
            await self._database.check()
        except DatabaseTaken:
            raise
        except StorageError as error:
            if self._writable:
                log.error("database_not_writable", error=str(error))
            self._writable = False
        else:
            self._writable = True

    def health(self) -> dict[str, Any]:
        """What /healthz says; ``ok`` when everything that can stand still goes on."""
        parts = {
            "delivery": self._delivery.looked_ago() < DELIVERY_LATE,
            "database": self._writable,
            "scheduler": self._late() < TICK_LATE,
        }
        return {"ok": all(parts.values()), "role": "owner", **parts}

    async def _tick(self) -> None:
        self._ticked = self._monotonic()

    def _late(self) -> float:
        return max(0.0, self._monotonic() - self._ticked - TICK_EVERY)

    async def _page(self, _: Request) -> Response:
        try:
            now = self._now()
            backlog = await OutboxCare(self._database).backlog(now)
            waiting = (await Inbox(self._database).counts()).get(Received.WAITING, 0)
        except StorageError as error:
            log.error("metrics_unread", error=str(error))
            return Response("", 503)
        oldest = 0.0 if backlog.oldest_due is None else (now - backlog.oldest_due).total_seconds()
        self._metrics.stored(backlog.states, oldest, waiting)
        self._metrics.late(self._late())
        return Response(self._metrics.page(), media_type=CONTENT_TYPE)
