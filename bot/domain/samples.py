"""Samples: what the figures of a live session were at one moment, as kept; and one minute's, put into one. No I/O, no clock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import fsum

from bot.domain.metrics import Aggregation, Input, Metric

EPOCH = datetime.fromtimestamp(0, UTC)
MINUTE = 60
"""Seconds of one block."""
_LASTING = (Aggregation.COUNTER, Aggregation.COUNTER_DISTINCT, Aggregation.GAUGE_MAX)


@dataclass(frozen=True, slots=True)
class Sample:
    """The figures at one moment, in their units, fractions for %. A figure that was not brought is not in `values`: never 0."""

    at: datetime
    values: Mapping[str, float]


def minute_of(at: datetime) -> int:
    """Minutes since 1970 in UTC: the block that a moment belongs to."""
    return int(at.timestamp() // MINUTE)


def start_of(minute: int) -> datetime:
    """When a block begins."""
    return datetime.fromtimestamp(minute * MINUTE, UTC)


def to_the_millisecond(at: datetime) -> datetime:
    """The moment as it is kept, in UTC."""
    whole = at.astimezone(UTC)
    return whole - timedelta(microseconds=whole.microsecond % 1000)


def merged(kept: Iterable[Sample], new: Iterable[Sample]) -> tuple[tuple[Sample, ...], tuple[Sample, ...]]:
    """Samples with new ones put in, by their time, and what each of `new` added to them, in its own order.

    A moment holds each figure once, and the first that came stays: a repeated row adds nothing (empty `values`), and a second
    feed may bring other figures of the same moment.
    """
    whole = {one.at: dict(one.values) for one in kept}
    added = []
    for one in new:
        there = whole.setdefault(one.at, {})
        fresh = {name: value for name, value in one.values.items() if name not in there}
        there.update(fresh)
        added.append(Sample(one.at, fresh))
    return tuple(Sample(at, whole[at]) for at in sorted(whole) if whole[at]), tuple(added)


def one_minute(minute: int, samples: Sequence[Sample], lasting: Collection[str]) -> Sample:
    """A block as a single sample at its start: the last value of what only grows (`lasting`), the mean of all else.

    The mean is over the samples that have the figure; blocks are a minute long, so their distances hardly weigh.
    """
    columns: dict[str, list[float]] = {}
    for one in sorted(samples, key=lambda one: one.at):
        for name, value in one.values.items():
            columns.setdefault(name, []).append(value)
    values = {name: found[-1] if name in lasting else fsum(found) / len(found) for name, found in columns.items()}
    return Sample(start_of(minute), values)


def lasting(figures: Iterable[Metric | Input]) -> frozenset[str]:
    """Ids of the figures of which the last value stands for a minute: counters, and the highest so far."""
    return frozenset(one.id for one in figures if isinstance(one, Metric) and one.aggregation in _LASTING)
