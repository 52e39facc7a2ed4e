"""The clock: a table of (name, trigger, function), run by APScheduler. Due work is rows; timers only tick.

Every job can be missed without loss: it does what is due whenever it next runs.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import structlog
from apscheduler.events import EVENT_JOB_EXECUTED, EVENT_JOB_MAX_INSTANCES, JobEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

log = structlog.get_logger(__name__)

SAY_EVERY = 60.0
"""Seconds between two lines about runs of one job that were left out."""
_LIBRARY = logging.getLogger("apscheduler.scheduler")


@dataclass(frozen=True, slots=True)
class Job:
    """One line of the table."""

    name: str
    trigger: BaseTrigger
    work: Callable[[], Awaitable[None]]


def scheduler(jobs: Sequence[Job], zone: ZoneInfo) -> AsyncIOScheduler:
    """A scheduler that is not started yet. A late run is made up for once (`coalesce`), and never beside itself."""
    clock = AsyncIOScheduler(timezone=zone)
    _LIBRARY.addFilter(_not_left_out)
    clock.add_listener(_LeftOut(), EVENT_JOB_MAX_INSTANCES | EVENT_JOB_EXECUTED)
    for job in jobs:
        clock.add_job(
            _kept_alive(job), job.trigger, id=job.name, name=job.name, coalesce=True, max_instances=1, misfire_grace_time=None
        )
    return clock


class _LeftOut:
    """Says which jobs' runs are left out because the one before still goes on: once a minute a job, with how many."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._times: Counter[str] = Counter()
        self._said: dict[str, float] = {}

    def __call__(self, event: JobEvent) -> None:
        """A run was left out; or one is done, which may be the moment to say of how many nobody has heard yet."""
        job, now = str(event.job_id), self._monotonic()
        self._times[job] += event.code == EVENT_JOB_MAX_INSTANCES
        if self._times[job] and now - self._said.get(job, -SAY_EVERY) >= SAY_EVERY:
            log.info("job.left_out", job=job, times=self._times.pop(job))
            self._said[job] = now


def _not_left_out(record: logging.LogRecord) -> bool:
    """Everything but the library's line for every single run that it leaves out: a busy minute would have sixty for each job."""
    return not str(record.msg).startswith('Execution of job "%s" skipped')


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
