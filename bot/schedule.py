"""The clock: a table of (name, trigger, function), run by APScheduler. Due work is rows; timers only tick.

Every job can be missed without loss: it does what is due whenever it next runs.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from apscheduler.events import EVENT_JOB_EXECUTED, EVENT_JOB_MAX_INSTANCES, JobEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

log = structlog.get_logger(__name__)

SAY_EVERY = 60.0
"""Seconds between two lines about runs of one job that were left out."""
AGAIN = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=1))
"""How long after its first, second, … error something is tried again; the last one counts from then on."""
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


class Apart:
    """Work that is due for several, such as teams: an error of one holds up no other, and it is tried again `AGAIN` later.

    Errors are counted in memory: in a new process everything is tried at once.
    """

    def __init__(self, job: str, now: Callable[[], datetime]) -> None:
        self._job, self._now = job, now
        self._failed: dict[str, tuple[int, datetime]] = {}

    async def each(self, due: Mapping[str, Callable[[], Awaitable[int]]]) -> int:
        """Do what is due and does not wait for another try, what never failed first; the sum of what was returned."""
        self._failed = {id: found for id, found in self._failed.items() if id in due}
        return sum([await self._one(id, due[id]) for id in sorted(due, key=self._errors)])

    def _errors(self, id: str) -> int:
        return self._failed[id][0] if id in self._failed else 0

    async def _one(self, id: str, work: Callable[[], Awaitable[int]]) -> int:
        before = self._errors(id)
        if before and self._now() < self._failed[id][1]:
            return 0
        try:
            done = await work()
        except Exception as error:
            again = AGAIN[min(before, len(AGAIN) - 1)]
            self._failed[id] = before + 1, self._now() + again
            # What is behind it is told once: the tries after that are rarely about something else.
            log.error(
                "job.part_failed", job=self._job, part=id, error=type(error).__name__, times=before + 1,
                again_minutes=int(again.total_seconds()) // 60, exc_info=not before,
            )  # fmt: skip
            return 0
        self._failed.pop(id, None)
        return done


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
