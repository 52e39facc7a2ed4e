"""All figures of a live session side by side: which are off what was expected, and how far. No layout, no storage."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, repeat

from bot.domain.curves import Curve
from bot.domain.metrics import Good

WORST = 3


@dataclass(frozen=True, slots=True)
class Gauge:
    """One metric on the board: its id and group, and its figures with what is expected of them."""

    id: str
    group: str
    curve: Curve

    @property
    def value(self) -> float | None:
        """What it is now; None where that is not known."""
        return self.curve.current

    @property
    def expected(self) -> tuple[float, float] | None:
        """From where to where it should be now; None where nothing is expected."""
        found = self._now()
        return found[:2] if found else None

    @property
    def since(self) -> float | None:
        """What a counter was when the growth began that is expected; None where the figure itself is."""
        found = self._now()
        return found[2] if found and math.isfinite(found[2]) else None

    def _now(self) -> tuple[float, float, float] | None:
        wanted = self.curve.expected
        if wanted is None:
            return None
        rows = zip(wanted.times, wanted.low, wanted.high, wanted.since or repeat(math.nan), strict=False)
        held = [(low, high, since) for time, low, high, since in rows if time <= self.curve.end]
        return held[-1] if held and all(map(math.isfinite, held[-1][:2])) else None


@dataclass(frozen=True, slots=True)
class Off:
    """A gauge beyond what is expected: above or below, `by` how much of the nearest bound (in % the difference), how `far`.

    Of a counter, whose growth is expected, `by` is how much of that growth. `far` counts widths of what is expected, so that
    figures of all units compare. `bad` says that this is not welcome.
    """

    gauge: Gauge
    by: float
    far: float
    bad: bool


def off(gauge: Gauge) -> Off | None:
    """How far it is off; None inside what is expected, and where either is not known."""
    value, wanted = gauge.value, gauge.expected
    if value is None or wanted is None or wanted[0] <= value <= wanted[1]:
        return None
    low, high = wanted
    bound, since = low if value < low else high, gauge.since or 0.0
    far = abs(value - bound) / max(high - low, abs(bound - since) * 0.05, 1e-9)
    share = value - bound if gauge.curve.unit == "%" or bound == since else (value - bound) / abs(bound - since)
    unwelcome = {Good.UP: value < low, Good.DOWN: value > high}
    return Off(gauge, share, far, unwelcome.get(gauge.curve.good, True))


def worst(gauges: Iterable[Gauge], most: int = WORST) -> list[Off]:
    """Those that are furthest off in a way that is not welcome, the furthest first."""
    found = [one for gauge in gauges if (one := off(gauge)) is not None and one.bad]
    return sorted(found, key=lambda one: (-one.far, one.gauge.id))[:most]


def grouped(gauges: Sequence[Gauge]) -> list[tuple[str, list[Gauge]]]:
    """The gauges by group, both in the order in which they come."""
    order = {group: place for place, group in enumerate(dict.fromkeys(gauge.group for gauge in gauges))}
    together = sorted(gauges, key=lambda gauge: order[gauge.group])
    return [(group, list(members)) for group, members in groupby(together, key=lambda gauge: gauge.group)]
