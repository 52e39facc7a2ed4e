"""Joins the parts of live metrics that channels and the intake share: who may bring them, how they are read and kept."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.metrics import Input, Metric
from bot.flows.access import Gate
from bot.flows.metric_imports import ImportDesk
from bot.flows.ports import Observe
from bot.flows.reference import Reference
from bot.flows.samples import SampleDesk, unobserved
from bot.flows.session_ground import Ground
from bot.storage.audit import Trail
from bot.storage.database import Database
from bot.storage.feeds import Feeds
from bot.storage.merchants import Merchants
from bot.storage.metric_drafts import MetricDrafts
from bot.storage.samples import Samples
from bot.storage.sessions import Sessions

Referring = Callable[[], Reference]
"""The handbook's content as it is in force."""


def samples_over(
    database: Database, gate: Gate, reference: Referring, observe: Observe = unobserved, every: float = 0.0
) -> SampleDesk:
    """Where samples are taken; `observe` hears of those that are new. `every` is how many seconds apart they are stored, and at
    half of which is looked up whose they are."""
    return SampleDesk(
        Feeds(database), Samples(database, every), Sessions(database), Merchants(database), figures_of(reference),
        lambda name: reference().reading(name), gate.now, observe, every / 2,
    )  # fmt: skip


def imports_over(database: Database, ground: Ground, desk: SampleDesk, reference: Referring) -> ImportDesk:
    """Where tables are taken that people send."""
    return ImportDesk(desk, ground, MetricDrafts(database), Trail(database), lambda: reference().readings)


def figures_of(reference: Referring) -> Callable[[], tuple[Metric | Input, ...]]:
    """All that a sample may hold, as the handbook has it now."""

    def figures() -> tuple[Metric | Input, ...]:
        found = reference()
        return (*found.metrics, *found.inputs)

    return figures
