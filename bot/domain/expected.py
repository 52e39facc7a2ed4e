"""What a figure is expected to be at a moment of a session: from earlier sessions where there are some, else from this one.

One pure function for whoever tells or draws it; what is not known is None, never a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.domain.decisions import Source
from bot.domain.nudges import Phase
from bot.domain.pasts import BIN, EDGES, LEAST, Past, Usual

LEAST_MINUTES = 20
"""Minutes of this session that its own middle is taken of at least."""
LAG = 5
"""The latest minutes are no part of what is usual: what is happening now would hide itself."""
SPREADS = 3.0
# Of a normal distribution the standard deviation is so many median absolute deviations.
_NORMAL = 1.4826


@dataclass(frozen=True, slots=True)
class Expected:
    """What a figure should be about, between which edges it usually lies, where that is from, and of how many sessions."""

    value: float
    low: float
    high: float
    source: Source
    sessions: int = 0


def expected(metric: str, minute: float, phase: Phase, known: Usual, here: Sequence[float] = ()) -> Expected | None:
    """What `metric` is expected to be `minute` minutes after go-live, in this part of the session; None where nobody can know.

    From the sessions of `known` (at least three that have the figure): the median of what each was at that minute if it was in
    the same part then, else of what it was in that part; the edges hold all of these values and the usual swing within such a
    part (10th to 90th percentile). Else from `here`, this session's own values minute by minute up to now, in its body: their
    median and three robust standard deviations (1.4826 x median absolute deviation). Values are in the metric's unit.
    """
    pasts, source = known.counted
    at = [found for one in pasts if (found := _at(one, metric, minute, phase)) is not None]
    if len(at) >= LEAST:
        values = [value for value, _, _ in at]
        middle = float(np.median(values))
        low, high = (middle * float(np.median([edges[place] for edges in at])) for place in (1, 2))
        return Expected(middle, min(low, *values), max(high, *values), source, len(at))
    return _itself(here) if phase not in EDGES else None


def _at(past: Past, metric: str, minute: float, phase: Phase) -> tuple[float, float, float] | None:
    """What a session's figure was, and how far it usually swung in that part, as factors."""
    summary, place = past.summary, int(max(minute, 0.0) // BIN)
    curve, spread = summary.curve.get(metric, ()), summary.phases.get(phase, {}).get(metric)
    swing = (spread.low / spread.middle, spread.high / spread.middle) if spread and spread.middle > 0 else (1.0, 1.0)
    if place < len(curve) and summary.parts[place] is phase and (value := curve[place]) is not None:
        return value, *swing
    return None if spread is None else (spread.middle, *swing)


def _itself(here: Sequence[float]) -> Expected | None:
    before = np.array(here[: len(here) - LAG], dtype=float)
    before = before[~np.isnan(before)]
    if len(before) < LEAST_MINUTES:
        return None
    middle = float(np.median(before))
    reach = SPREADS * _NORMAL * float(np.median(np.abs(before - middle)))
    return Expected(middle, max(0.0, middle - reach) if middle >= 0 else middle - reach, middle + reach, Source.SESSION)
