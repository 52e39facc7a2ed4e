"""Figures over time as they are drawn: runs without gaps, what was expected, what stands out. Knows no way of drawing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.decisions import Source
from bot.domain.metrics import Good

GAP_STEPS = 3.0
"""So many usual steps without a sample are a gap: one late sample is none."""
_ROOM = 0.08
_FLAT = 0.02


@dataclass(frozen=True, slots=True)
class Span:
    """A named stretch of time, seconds of the epoch; such as a planned event."""

    name: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Expected:
    """What a figure should be: from `low` to `high` at each of `times`; nan where nothing is expected.

    Of a counter `since` is what it was when the growth began that is expected, `span` seconds before; empty where the figure
    itself is. `source` says what the expectation comes from.
    """

    times: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    since: Sequence[float] = ()
    span: float = 0.0
    source: Source = Source.SESSION


@dataclass(frozen=True, slots=True)
class Curve:
    """One figure over time.

    `times` are seconds of the epoch, ascending; `values` belong to them, in `unit` (fractions for %), nan where missing. `step`
    is how many seconds usually lie between two. The picture is from `start` to `end`. `moment` is what it is about, `threshold`
    the value that counts there. `where` says whose figures these are, `zone` (IANA) in which times are said.
    """

    name: str
    english: str
    unit: str
    times: Sequence[float]
    values: Sequence[float]
    start: float
    end: float
    zone: str
    step: float = 60.0
    where: str = ""
    good: Good = Good.CONTEXT
    expected: Expected | None = None
    threshold: float | None = None
    moment: float | None = None
    events: tuple[Span, ...] = ()

    @property
    def current(self) -> float | None:
        """The value that holds at the end; None where the latest is too old to be that of now."""
        shown = known(self)
        fresh = shown and self.end - shown[-1][0] <= GAP_STEPS * self.step
        return shown[-1][1] if fresh else None


Run = tuple[list[float], list[float]]
"""Times and values that follow each other without a gap."""


def known(curve: Curve) -> list[tuple[float, float]]:
    """(time, value) in the picture, without what is missing."""
    pairs = zip(curve.times, curve.values, strict=True)
    return [(time, value) for time, value in pairs if curve.start <= time <= curve.end and math.isfinite(value)]


def runs(curve: Curve) -> list[Run]:
    """What is known, cut wherever a sample is missing: over a gap no line is drawn."""
    found: list[Run] = []
    last: float | None = None
    for time, value in known(curve):
        if last is None or time - last > GAP_STEPS * curve.step:
            found.append(([], []))
        found[-1][0].append(time)
        found[-1][1].append(value)
        last = time
    return found


def gaps(curve: Curve) -> list[tuple[float, float]]:
    """The stretches without samples, also before the first and after the last."""
    times = [time for time, _ in known(curve)]
    edges = [curve.start, *times, curve.end]
    pairs = zip(edges, edges[1:], strict=False)
    return [(earlier, later) for earlier, later in pairs if later - earlier > GAP_STEPS * curve.step]


def extent(curve: Curve) -> tuple[float, float]:
    """The lowest and highest value that the picture has to hold, with some room; never a range of no height."""
    values = [value for _, value in known(curve)]
    if curve.expected:
        inside = [curve.start <= time <= curve.end for time in curve.expected.times]
        for bound in (curve.expected.low, curve.expected.high):
            values += [value for value, shown in zip(bound, inside, strict=True) if shown and math.isfinite(value)]
    if curve.threshold is not None and math.isfinite(curve.threshold):
        values.append(curve.threshold)
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    room = max((high - low) * _ROOM, max(abs(low), abs(high)) * _FLAT) or 1.0
    # Nothing that is counted goes below zero; an axis that does would say so.
    return (0.0 if low >= 0 and low - room < 0 else low - room), high + room


def round_steps(low: float, high: float, most: int = 4) -> list[float]:
    """Round values between the two, at most `most` + 1 of them: steps of 1, 2, 2.5 or 5 times a power of ten."""
    if not high > low:
        return [low]
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * size for size in (1, 2, 2.5, 5, 10) if power * size >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]
