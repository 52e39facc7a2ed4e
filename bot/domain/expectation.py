"""What a metric should be, minute by minute, so that a board can say which are off: a curve of what `expected` says of a moment,
or of what the session itself was like. Pure.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.domain.baselines import Baselines
from bot.domain.curves import Expected
from bot.domain.expected import expected
from bot.domain.metrics import Aggregation, Metric
from bot.domain.nudges import Phase
from bot.domain.pasts import Usual
from bot.domain.plans import EDGE

GROWTH = 600.0
"""Seconds over which a counter's growth is compared with how it usually grows: its level says nothing about now."""
RECENT = 45
"""Minutes that say what is usual: several products long, and short enough for the part of the session that is on."""
LEAST = 0.05
"""An expected value is never known closer than this share of it."""
CHANCE = 3.0
"""Standard deviations that chance gives: a count of n wavers by about the root of n."""
MINUTE = 60.0
_NEAR = 90.0
_COUNTED = frozenset({"人", "次", "条", "粉", "单", "件"})
COUNTERS = frozenset({Aggregation.COUNTER, Aggregation.COUNTER_DISTINCT})


@dataclass(frozen=True, slots=True)
class Track:
    """One metric at moments about a minute apart, in seconds and ascending; nan where it is not known. `began` is go-live."""

    metric: Metric
    times: Sequence[float]
    values: Sequence[float]
    began: float


Expecting = Callable[[Track, float], Expected | None]
"""What a track should have been at each of its moments from a time on, judged only by what was known then. None for nothing."""


def from_session(track: Track, since: float) -> Expected | None:
    """What the session itself has been like lately: the median and three usual swings around it, without the last five minutes.

    The first ten minutes are no measure, and a figure that is usually zero has no usual. Of a counter it is the growth over
    `GROWTH` that is expected, on top of what the counter was then (`Expected.since`). Of the distance to the plan nothing is: a
    session that has been behind from the start is no better for staying so.
    """
    if track.metric.aggregation is Aggregation.GAUGE_MAX or track.metric.against_plan:
        return None
    counter = track.metric.aggregation in COUNTERS
    starts = _before(track) if counter else None
    levels = [value - start for value, start in zip(track.values, starts, strict=True)] if starts else list(track.values)
    settled = track.began + EDGE.total_seconds() + (GROWTH if counter else 0.0)
    past, here, lows, highs = Baselines(1, 1), np.zeros(1, dtype=np.intp), [], []
    for time, level in zip(track.times, levels, strict=True):
        past.remember(here, np.array([[level if time >= settled else math.nan]], dtype=np.float32))
        low, high = _bounds(track.metric, past) if time >= since else (math.nan, math.nan)
        lows.append(low)
        highs.append(high)
    if starts:
        lows, highs = ([start + bound for start, bound in zip(starts, bounds, strict=True)] for bounds in (lows, highs))
    if not any(map(math.isfinite, lows)):
        return None
    return Expected(track.times, lows, highs, starts or (), GROWTH if starts else 0.0)


def from_pasts(known: Usual, phase: Callable[[float], Phase]) -> Expecting:
    """What earlier sessions were like at the same minute of the same part; `phase` is the part at a moment.

    Of counters, whose level grows with all that went before, and where earlier sessions cannot tell of the latest moment, it is
    what the session itself has been like.
    """

    def expecting(track: Track, since: float) -> Expected | None:
        metric = track.metric
        if not known.counted[0] or metric.aggregation in COUNTERS or metric.aggregation is Aggregation.GAUGE_MAX:
            return from_session(track, since)
        found = [
            expected(metric.id, (time - track.began) / MINUTE, phase(time), known) if time >= since else None
            for time in track.times
        ]
        if not found or found[-1] is None:
            return from_session(track, since)
        lows, highs = ([math.nan if one is None else getattr(one, edge) for one in found] for edge in ("low", "high"))
        return Expected(track.times, lows, highs, source=known.counted[1])

    return expecting


def _bounds(metric: Metric, past: Baselines) -> tuple[float, float]:
    found = past.band(0, 0, RECENT)
    if found is None or found[0] == 0:
        return math.nan, math.nan
    middle, swing = found
    chance = CHANCE * math.sqrt(abs(middle)) if metric.unit.partition("/")[0] in _COUNTED else 0.0
    half = max(swing, LEAST * abs(middle), chance)
    return (max(0.0, middle - half) if middle > 0 else middle - half), middle + half


def _before(track: Track) -> list[float]:
    """What a counter was `GROWTH` before each moment; nan where nothing near that is known."""
    known = [(time, value) for time, value in zip(track.times, track.values, strict=True) if math.isfinite(value)]
    times = [time for time, _ in known]
    found = []
    for time in track.times:
        place = bisect_right(times, time - GROWTH + _NEAR / 2) - 1
        near = place >= 0 and abs(times[place] - (time - GROWTH)) <= _NEAR
        found.append(known[place][1] if near else math.nan)
    return found
