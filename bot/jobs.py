"""What the clock does: the table of jobs, and what each does. Nothing is lost when one runs late or not at all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.domain.metrics import Input, Metric
from bot.domain.samples import lasting
from bot.flows.metric_imports import WAITS
from bot.schedule import Job
from bot.storage.cards import Cards
from bot.storage.database import Database
from bot.storage.inbox import Inbox
from bot.storage.metric_drafts import MetricDrafts
from bot.storage.nudges import Nudges
from bot.storage.outbox import Outbox
from bot.storage.samples import Samples

Work = Callable[[], Awaitable[None]]
Figures = Callable[[], Sequence[Metric | Input]]

ENDINGS_EVERY = 60
"""Seconds; people should hear of it while they still wonder why a question is not answered."""
KEEP = timedelta(days=30)
"""Handled updates and sent messages are kept so long: an older answer can no longer be edited in place."""


def jobs(database: Database, tell_endings: Work, now: Callable[[], datetime], zone: ZoneInfo) -> list[Job]:
    """All jobs of `copilot run`. `tell_endings` says which authorisations have ended."""
    return [
        Job("endings", IntervalTrigger(seconds=ENDINGS_EVERY, timezone=zone), tell_endings),
        Job("prune", CronTrigger(hour=4, minute=30, timezone=zone), pruning(database, now)),
    ]


def thinning(
    database: Database, now: Callable[[], datetime], full: timedelta, kept: timedelta, figures: Figures,
    zone: ZoneInfo,
) -> Job:  # fmt: skip
    """Live metrics of which nobody needs each second any more, and those that nobody needs at all.

    `full` is how long they stay as they came, `kept` how long at all.
    """

    async def thin() -> None:
        samples, at = Samples(database), now()
        await samples.prune(at - kept)
        await Nudges(database).prune(at - kept)
        await samples.thin(at - full, lasting(figures()))

    return Job("thin", CronTrigger(hour=5, minute=10, timezone=zone), thin)


def pruning(database: Database, now: Callable[[], datetime]) -> Work:
    """Forget what is long done, and take from the disk what was emptied since."""

    async def prune() -> None:
        before = now() - KEEP
        await Inbox(database).prune(before)
        await Outbox(database).prune(before)
        await Cards(database).prune(before)
        await MetricDrafts(database).prune(now() - WAITS)
        # What is pressed after a merchant's deletion may still quote it: emptied once handled, but not in the log.
        await database.fold()

    return prune
