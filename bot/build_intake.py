"""Joins the parts of live metrics: who may bring them, how they are read and kept, what the clock does with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from starlette.routing import Route

from bot.channels.web.feed_pace import FeedPace
from bot.channels.web.samples import sample_routes
from bot.config import Settings
from bot.domain.metrics import Input, Metric
from bot.flows.access import Gate
from bot.flows.ports import Observe
from bot.flows.reference import Reference
from bot.flows.samples import SampleDesk, unobserved
from bot.jobs import thinning
from bot.schedule import Job
from bot.storage.database import Database
from bot.storage.feeds import Feeds
from bot.storage.merchants import Merchants
from bot.storage.samples import Samples
from bot.storage.sessions import Sessions

Referring = Callable[[], Reference]
"""The handbook's content as it is in force."""


def samples_over(
    database: Database, gate: Gate, reference: Referring, observe: Observe = unobserved, every: float = 0.0
) -> SampleDesk:
    """Where samples are taken; `observe` hears of those that are new. `every` is how many seconds apart they are stored."""
    return SampleDesk(
        Feeds(database), Samples(database, every), Sessions(database), Merchants(database), _figures(reference),
        lambda name: reference().reading(name), gate.now, observe,
    )  # fmt: skip


def intake_routes(desk: SampleDesk, settings: Settings) -> list[Route]:
    """What the HTTP server serves of it."""
    return sample_routes(desk, FeedPace(settings.feed_per_minute))


def sample_jobs(database: Database, gate: Gate, settings: Settings, reference: Referring) -> list[Job]:
    """What time does to samples, for the scheduler's table."""
    full, kept = timedelta(days=settings.samples_full_days), timedelta(days=settings.samples_days)
    return [thinning(database, gate.now, full, kept, _figures(reference), settings.zone)]


def _figures(reference: Referring) -> Callable[[], tuple[Metric | Input, ...]]:
    def figures() -> tuple[Metric | Input, ...]:
        found = reference()
        return (*found.metrics, *found.inputs)

    return figures
