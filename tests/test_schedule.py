"""The clock ticks on after a failure, makes up once for what it missed, and never runs a job beside itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from apscheduler.events import EVENT_JOB_EXECUTED, EVENT_JOB_MAX_INSTANCES, JobEvent
from apscheduler.jobstores.base import ConflictingIdError
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from structlog.testing import capture_logs

from bot.schedule import Apart, Job, _LeftOut, scheduler

pytestmark = pytest.mark.alone

ZONE = ZoneInfo("Asia/Shanghai")
SOON = 0.05


async def run(
    work: Callable[[], Awaitable[None]],
    seconds: float,
    *,
    start: datetime | None = None,
    enough: Callable[[], bool] = lambda: False,
) -> None:
    """Let the clock tick for so long, or until it is `enough`."""
    clock = scheduler([Job("job", IntervalTrigger(seconds=SOON, start_date=start, timezone=ZONE), work)], ZONE)
    clock.start()
    ends = asyncio.get_running_loop().time() + seconds
    while not enough() and asyncio.get_running_loop().time() < ends:  # noqa: ASYNC110 - any condition, nobody to set an event
        await asyncio.sleep(SOON)
    clock.shutdown(wait=False)


async def test_a_job_runs_again_and_again() -> None:
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)

    await run(work, 20, enough=lambda: len(runs) >= 3)
    assert len(runs) >= 3


@pytest.mark.parametrize("error", [ValueError, OSError, KeyError])
async def test_a_job_that_fails_is_tried_again(error: type[Exception]) -> None:
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)
        raise error("no")

    await run(work, 20, enough=lambda: len(runs) >= 2)
    assert len(runs) >= 2


async def test_a_slow_job_never_runs_beside_itself() -> None:
    running, most = 0, 0

    async def work() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.15)
        running -= 1

    await run(work, 0.6)
    assert most == 1


async def test_runs_that_are_left_out_are_said_once_and_not_by_the_library(caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        await asyncio.sleep(30)

    with capture_logs() as said, caplog.at_level("WARNING"):
        await run(work, 20, enough=lambda: bool(said))
        await run(work, 0.5)
    told = [(one["job"], one["log_level"]) for one in said if one["event"] == "job.left_out"]
    assert told == [("job", "info")] * 2
    assert not [one for one in caplog.records if one.name.startswith("apscheduler")]


def test_of_runs_that_are_left_out_each_job_is_said_once_a_minute_with_how_many() -> None:
    now = [0.0]
    heard = _LeftOut(lambda: now[0])

    def happens(code: int, job: str) -> None:
        heard(JobEvent(code, job, "default"))

    with capture_logs() as said:
        for second in range(200):
            now[0] = float(second)
            happens(EVENT_JOB_MAX_INSTANCES, "busy")
        for second in range(200, 320):
            now[0] = float(second)
            happens(EVENT_JOB_EXECUTED, "busy")
            happens(EVENT_JOB_EXECUTED, "idle")
    assert [(one["job"], one["times"]) for one in said] == [("busy", 1), ("busy", 60), ("busy", 60), ("busy", 60), ("busy", 19)]


async def test_what_was_missed_is_made_up_for_once() -> None:
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)

    trigger = IntervalTrigger(hours=1, start_date=datetime.now(UTC) - timedelta(hours=5), timezone=ZONE)
    clock = scheduler([Job("job", trigger, work)], ZONE)
    clock.start(paused=True)
    clock.modify_job("job", next_run_time=datetime.now(UTC) - timedelta(hours=5))
    clock.resume()
    await asyncio.sleep(0.3)
    clock.shutdown(wait=False)
    assert len(runs) == 1


def test_times_are_meant_in_the_teams_time_zone() -> None:
    async def work() -> None:
        raise AssertionError("never started")

    clock = scheduler([Job("nightly", CronTrigger(hour=4, minute=30, timezone=ZONE), work)], ZONE)
    (job,) = clock.get_jobs()
    due = job.trigger.get_next_fire_time(None, datetime(2026, 1, 1, tzinfo=UTC))
    assert due is not None and due.astimezone(UTC).hour == 20


async def test_two_jobs_of_one_name_are_refused() -> None:
    async def work() -> None:
        raise AssertionError("never started")

    jobs = [Job("same", IntervalTrigger(seconds=9), work)] * 2
    clock = scheduler(jobs, ZONE)
    with pytest.raises(ConflictingIdError):
        clock.start(paused=True)


async def test_a_stop_while_a_job_runs_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    started = asyncio.Event()

    async def work() -> None:
        started.set()
        await asyncio.sleep(30)

    clock = scheduler([Job("job", IntervalTrigger(seconds=SOON, timezone=ZONE), work)], ZONE)
    clock.start()
    await started.wait()
    clock.shutdown(wait=False)
    await asyncio.sleep(SOON)
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]


async def test_what_fails_for_one_is_tried_again_less_and_less_often_and_holds_up_no_other() -> None:
    now = [datetime(2026, 3, 2, 3, tzinfo=UTC)]
    begin, tried, well = now[0], list[int](), list[int]()
    apart = Apart("weekly", lambda: now[0])

    async def fails() -> int:
        tried.append(int((now[0] - begin).total_seconds()) // 60)
        raise KeyError("no")

    async def goes() -> int:
        well.append(1)
        return 2

    with capture_logs() as said:
        for _ in range(200):
            assert await apart.each({"one": fails, "two": goes}) == 2
            now[0] += timedelta(minutes=1)
    assert tried == [0, 1, 6, 36, 96, 156] and len(well) == 200
    assert [(one["part"], one["times"], one["again_minutes"]) for one in said] == [
        ("one", 1, 1), ("one", 2, 5), ("one", 3, 30), ("one", 4, 60), ("one", 5, 60), ("one", 6, 60),
    ]  # fmt: skip
    assert [one["exc_info"] for one in said] == [True, *[False] * 5]


async def test_what_went_well_or_is_not_due_any_more_has_no_errors_behind_it() -> None:
    now = [datetime(2026, 3, 2, 3, tzinfo=UTC)]
    apart, broken = Apart("weekly", lambda: now[0]), [True]

    async def work() -> int:
        if broken[0]:
            raise OSError("no")
        return 1

    with capture_logs() as said:
        for is_broken, due in ((True, True), (False, True), (True, True), (True, False), (True, True)):
            broken[0] = is_broken
            await apart.each({"one": work} if due else {})
            now[0] += timedelta(minutes=1)
    assert [one["times"] for one in said] == [1, 1, 1]
