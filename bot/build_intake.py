"""Joins what brings live metrics and words from outside and what the clock does with them, over the parts of build_metrics.py."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from starlette.routing import Route

from bot.build_metrics import Referring, figures_of
from bot.channels.web.feed_pace import FeedPace
from bot.channels.web.sample_bodies import NotUnderstood, rows_of
from bot.channels.web.samples import sample_routes
from bot.config import Settings
from bot.domain.heard import Lexicon
from bot.flows.access import Clock, Gate
from bot.flows.listening import ListeningDesk
from bot.flows.poll_clock import PollClock
from bot.flows.samples import SampleDesk
from bot.flows.tips import TipDesk
from bot.following import WATCH_SECONDS
from bot.jobs import thinning
from bot.schedule import Job
from bot.sources.polls import Fetcher
from bot.storage.database import Database
from bot.storage.lines import Lines
from bot.storage.outbox import Outbox
from bot.storage.polls import Polls
from bot.storage.samples import Samples
from bot.storage.sessions import Sessions
from knowledge.decode import decode


def listening_over(
    database: Database, tips: TipDesk, reference: Referring, lexicon: Callable[[], Lexicon | None]
) -> ListeningDesk:
    """Where words from the room are taken; what comes of them is told as tips are."""
    return ListeningDesk(Lines(database), Samples(database), Sessions(database), tips.news, reference, lexicon)


def intake_routes(desk: SampleDesk, listening: ListeningDesk, settings: Settings) -> list[Route]:
    """What the HTTP server serves of it."""
    return sample_routes(desk, FeedPace(settings.feed_per_minute), listening)


def listening_jobs(
    listening: ListeningDesk, look: Callable[[], None] | None, notify: Callable[[], None], clock: Clock
) -> list[Job]:  # fmt: skip
    """What time does to words: each second what waited is told, each minute what is old is forgotten.

    `look` makes the list of words ready: at once, so that the first words from a room need not wait for it, and again when it has
    been edited. The copilot is ready meanwhile. None where no words come.
    """

    async def settle() -> None:
        if await listening.tick(clock()):
            notify()

    async def forget() -> None:
        await listening.prune(clock())

    jobs = [Job("listening", IntervalTrigger(seconds=1), settle), Job("lines", IntervalTrigger(minutes=1), forget)]
    if look is None:
        return jobs
    often = OrTrigger([DateTrigger(), IntervalTrigger(seconds=int(WATCH_SECONDS))])
    return [*jobs, Job("hearing", often, partial(asyncio.to_thread, look))]


def sample_jobs(database: Database, gate: Gate, settings: Settings, reference: Referring) -> list[Job]:
    """What time does to samples, for the scheduler's table."""
    full, kept = timedelta(days=settings.samples_full_days), timedelta(days=settings.samples_days)
    return [thinning(database, gate.now, full, kept, figures_of(reference), settings.zone)]


def poll_clock(database: Database, gate: Gate, settings: Settings, desk: SampleDesk, notify: Callable[[], None]) -> PollClock:
    """What fetches live metrics, in the process that owns the database."""
    return PollClock(
        Polls(database), Sessions(database), desk, gate, Outbox(database), Fetcher(settings.poll_allowed), parsed, notify
    )  # fmt: skip


def poll_job(clock: PollClock, gate: Gate) -> Job:
    """Each second: what is due is due to the second."""

    async def tick() -> None:
        await clock.tick(gate.now())

    return Job("polls", IntervalTrigger(seconds=1), tick)


def parsed(body: bytes, kind: str) -> tuple[list[object], bool]:
    """What an address gave as rows; what others wrap into ``{"code": 0, "data": …}`` is unwrapped. Raises ValueError."""
    try:
        found = rows_of((decode(body) or "").encode(), kind)
    except NotUnderstood as error:
        raise ValueError(str(error)) from None
    rows = found.rows
    while len(rows) == 1 and isinstance(rows[0], dict) and isinstance(inner := rows[0].get("data"), dict | list):
        rows = inner if isinstance(inner, list) else [inner]
    return rows, found.text
