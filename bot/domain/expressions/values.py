"""What expressions are evaluated on: figures now, ago and over a stretch of time; recorded ones, and those moved back in time."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

Points = Sequence[tuple[float, float]]
"""(seconds ago, value), oldest first; a value holds until the next one, and nan says that none is known from there on."""

# Seconds; less than any sampling step, more than what subtracting two times of day rounds off.
_ROUNDING = 1e-6
# A counter at less than half of what it was has started over; a smaller drop is a correction by whoever counts.
_RESTARTED = 0.5


class Values(Protocol):
    """Figures by name; missing is None, never zero."""

    def now(self, name: str) -> float | None:
        """The figure at this moment."""

    def ago(self, name: str, seconds: float) -> float | None:
        """The figure that many seconds before."""

    def over(self, name: str, start_seconds_ago: float, end_seconds_ago: float) -> Points:
        """What held from start to end, beginning with what was known at the start; an infinite start means from the first."""

    def delta(self, name: str, start_seconds_ago: float, end_seconds_ago: float) -> float | None:
        """How much a counter grew from start to end; None when it was unknown at either."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The same figures as they were `seconds` before."""

    values: Values
    seconds: float

    def now(self, name: str) -> float | None:
        """The figure at that moment."""
        return self.values.ago(name, self.seconds)

    def ago(self, name: str, seconds: float) -> float | None:
        """The figure that much earlier still."""
        return self.values.ago(name, self.seconds + seconds)

    def over(self, name: str, start_seconds_ago: float, end_seconds_ago: float) -> Points:
        """What held then, counted back from that moment."""
        points = self.values.over(name, self.seconds + start_seconds_ago, self.seconds + end_seconds_ago)
        return [(seconds - self.seconds, value) for seconds, value in points]

    def delta(self, name: str, start_seconds_ago: float, end_seconds_ago: float) -> float | None:
        """The growth then."""
        return self.values.delta(name, self.seconds + start_seconds_ago, self.seconds + end_seconds_ago)


class Series:
    """Recorded samples, seen from the moment `now`; what came later is not seen.

    `samples` maps a name to its (time in seconds, value) in any order. A value holds until the next sample, and for at most
    `hold` seconds of its name where that is given.
    """

    def __init__(self, samples: Mapping[str, Sequence[tuple[float, float]]], now: float, hold: Mapping[str, float] | None = None):
        self._samples = {name: sorted(recorded) for name, recorded in samples.items()}
        self._now = now
        self._hold = hold or {}

    def now(self, name: str) -> float | None:
        """The last value, unless it is too old."""
        return self.ago(name, 0.0)

    def ago(self, name: str, seconds: float) -> float | None:
        """The value that held that many seconds before."""
        moment = self._now - seconds
        recorded = self._samples.get(name, [])
        after = self._after(name, moment)
        if not after or moment - recorded[after - 1][0] > self._hold.get(name, math.inf) + _ROUNDING:
            return None
        return recorded[after - 1][1]

    def over(self, name: str, start_seconds_ago: float, end_seconds_ago: float) -> Points:
        """What held from start to end, with a nan where a value had grown too old."""
        held = self.ago(name, start_seconds_ago)
        points = [] if held is None else [(start_seconds_ago, held)]
        points += [(self._now - t, value) for t, value in self._within(name, start_seconds_ago, end_seconds_ago)]
        return sorted([*points, *self._lapses(name, start_seconds_ago, end_seconds_ago)], key=lambda point: -point[0])

    def delta(self, name: str, start_seconds_ago: float, end_seconds_ago: float) -> float | None:
        """The growth from start to end, also over a counter that started over in between."""
        last = self.ago(name, start_seconds_ago)
        if last is None or self.ago(name, end_seconds_ago) is None:
            return None
        growth = 0.0
        for _, value in self._within(name, start_seconds_ago, end_seconds_ago):
            growth += value if value < last * _RESTARTED else value - last
            last = value
        return growth

    def _after(self, name: str, moment: float) -> int:
        """How many samples were there at that moment; those after now do not count."""
        return bisect_right(self._samples.get(name, []), (min(moment, self._now) + _ROUNDING, math.inf))

    def _within(self, name: str, start: float, end: float) -> Sequence[tuple[float, float]]:
        return self._samples.get(name, [])[self._after(name, self._now - start) : self._after(name, self._now - end)]

    def _lapses(self, name: str, start: float, end: float) -> Iterator[tuple[float, float]]:
        """Where between start and end a value grew too old before the next one came."""
        if name not in self._hold:
            return
        times = [t for t, _ in self._samples.get(name, [])[: self._after(name, self._now - end)]]
        for t, following in pairwise([*times, self._now - end]):
            old = t + self._hold[name]
            if old + _ROUNDING < following and self._now - old < start:
                yield self._now - old, math.nan
