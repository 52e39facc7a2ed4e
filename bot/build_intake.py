"""Joins the parts of live metrics and of words from the room: who may bring them, how they are kept, what the clock does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from apscheduler.triggers.interval import IntervalTrigger
from starlette.routing import Route

from bot.channels.web.feed_pace import FeedPace
from bot.channels.web.samples import sample_routes
from bot.config import Settings
from bot.domain.heard import Lexicon
from bot.domain.metrics import Input, Metric
from bot.flows.access import Clock, Gate
from bot.flows.listening import ListeningDesk
from bot.flows.ports import Observe
from bot.flows.reference import Reference
from bot.flows.samples import SampleDesk, unobserved
from bot.flows.tips import TipDesk
from bot.jobs import thinning
from bot.schedule import Job
from bot.storage.database import Database
from bot.storage.feeds import Feeds
from bot.storage.lines import Lines
from bot.storage.merchants import Merchants
from bot.storage.samples import Samples
from bot.storage.sessions import Sessions

Referring = Callable[[], Reference]
"""The handbook's content as it is in force."""


def samples_over(database: Database, gate: Gate, reference: Referring, observe: Observe = unobserved) -> SampleDesk:
    """Where samples are taken; `observe` hears of those that are new."""
    return SampleDesk(
        Feeds(database), Samples(database), Sessions(database), Merchants(database), _figures(reference),
        lambda name: reference().reading(name), gate.now, observe,
    )  # fmt: skip


def listening_over(
    database: Database, tips: TipDesk, reference: Referring, lexicon: Callable[[], Lexicon | None]
) -> ListeningDesk:
    """Where words from the room are taken; what comes of them is told as tips are."""
    return ListeningDesk(Lines(database), Samples(database), Sessions(database), tips.news, reference, lexicon)


def intake_routes(desk: SampleDesk, listening: ListeningDesk, settings: Settings) -> list[Route]:
    """What the HTTP server serves of it."""
    return sample_routes(desk, FeedPace(settings.feed_per_minute), listening)


def listening_jobs(listening: ListeningDesk, notify: Callable[[], None], clock: Clock) -> list[Job]:
    """What time does to words: each second what waited is told, each minute what is old is forgotten."""

    async def settle() -> None:
        if await listening.tick(clock()):
            notify()

    async def forget() -> None:
        await listening.prune(clock())

    return [Job("listening", IntervalTrigger(seconds=1), settle), Job("lines", IntervalTrigger(minutes=1), forget)]


def sample_jobs(database: Database, gate: Gate, settings: Settings, reference: Referring) -> list[Job]:
    """What time does to samples, for the scheduler's table."""
    full, kept = timedelta(days=settings.samples_full_days), timedelta(days=settings.samples_days)
    return [thinning(database, gate.now, full, kept, _figures(reference), settings.zone)]


def _figures(reference: Referring) -> Callable[[], tuple[Metric | Input, ...]]:
    def figures() -> tuple[Metric | Input, ...]:
        found = reference()
        return (*found.metrics, *found.inputs)

    return figures
