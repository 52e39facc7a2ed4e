"""The clock: a table of (name, trigger, function), run by APScheduler. Due work is rows; timers only tick.

Every job can be missed without loss: it does what is due whenever it next runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """One line of the table."""

    name: str
    trigger: BaseTrigger
    work: Callable[[], Awaitable[None]]


def scheduler(jobs: Sequence[Job], zone: ZoneInfo) -> AsyncIOScheduler:
    """A scheduler that is not started yet. A late run is made up for once (`coalesce`), and never beside itself."""
    clock = AsyncIOScheduler(timezone=zone)
    for job in jobs:
        # By the name APScheduler says which job it left out.
        clock.add_job(
            _kept_alive(job), job.trigger, id=job.name, name=job.name, coalesce=True, max_instances=1, misfire_grace_time=None
        )
    return clock


def _kept_alive(job: Job) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        try:
            await job.work()
        except asyncio.CancelledError:
            # A stop while the job runs: its transaction is taken back, and what was due is still a row. APScheduler would
            # print a traceback.
            log.info("job.stopped", job=job.name)
        except Exception as error:
            # The next tick tries again; whatever was due is still a row.
            log.exception("job.failed", job=job.name, error=type(error).__name__)

    return run
