"""What the clock does: the table of jobs, and what each does. Nothing is lost when one runs late or not at all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from bot.schedule import Job
from bot.storage.database import Database
from bot.storage.inbox import Inbox
from bot.storage.outbox import Outbox

KEEP = timedelta(days=30)
"""Handled updates and sent messages are kept so long: an older answer can no longer be edited in place."""


def jobs(database: Database, now: Callable[[], datetime], zone: ZoneInfo) -> list[Job]:
    """All jobs of `copilot run`."""
    return [Job("prune", CronTrigger(hour=4, minute=30, timezone=zone), pruning(database, now))]


def pruning(database: Database, now: Callable[[], datetime]) -> Callable[[], Awaitable[None]]:
    """Forget what is long done, and take from the disk what was emptied since."""

    async def prune() -> None:
        before = now() - KEEP
        await Inbox(database).prune(before)
        await Outbox(database).prune(before)
        # What is pressed after a merchant's deletion may still quote it: emptied once handled, but not in the log.
        await database.fold()

    return prune
