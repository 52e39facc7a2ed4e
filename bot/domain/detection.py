"""Streaming anomaly scores for any series of numbers: what no rule names.

Each value is looked at in three views: has the level moved (a short mean against a long one), is the value unlike what this hour
of the day had last, and is the short mean unlike what this hour of the week had. A view's distance says nothing by itself; how
rare it is among the distances of the same series does. The three rarities are added: the evidence for an anomaly.

The tail of the distances is Hill's estimator (B. M. Hill, Annals of Statistics 3, 1975) over the largest ones seen. What each
idea that was tried gave, and why these were kept: docs/detection.md. Knows no labels, no files and no clock, never looks ahead.
"""

from __future__ import annotations

import math
from array import array
from bisect import insort
from datetime import datetime

THRESHOLD = 0.5
"""A score from here on is an anomaly. One value for every series; the constants below are chosen so that it is in the middle."""

SHORT = 15
"""Values in the short mean: few enough to notice a change within minutes, enough to outlast a single odd value."""
LONG = 300
"""Values in the long mean: a day of five-minute values, twenty times the short one, so that the two part when the level moves."""
LEARN = 0.5
"""What an hour's newest value weighs in the profiles of the day and the week: yesterday counts half as much as today."""
TAIL = 0.03
"""Share of the distances that is the tail: beyond it the distribution falls as a power, below it as a bell does."""
TAIL_LEAST = 5
"""Values that a tail has at least; a slope through fewer is chance."""
MEMORY = 10_000
"""Values after which the older half counts for half: the state stays small, and a series may change its nature."""
WARM_UP = 30
"""Values before the first score above 0: nothing can be rare among fewer."""
STEEPEST = 0.05
"""Least slope of a tail: the tail of a series without noise would be vertical, and rounding would be an anomaly."""
RAREST = 6.0
"""Most evidence of one view: one in a million is as rare as some thousand values can tell."""
EVIDENCE = 4.7
"""Evidence at which the score is THRESHOLD: three views at one in forty each, or two at one in two hundred. Pure noise
reaches it once or twice in a thousand values, and a score of 0.65 never in 20,000."""
HOLD = 150
HOLD_SHARE = 0.1
"""After an anomaly the score is halved for so many values, at most this share of those seen: one event is told once."""
AGAIN = 2.0
"""Within that time it is told again when the evidence is so many times what it was: a jolt must not hide behind a tremor."""
FATIGUE = 0.2
RECOVERY = 5_000
"""Each anomaly raises what the next one needs by this share, which wears off in about this many values: a series that is often
unusual is not unusual."""
EXPERIENCE = 1_000
"""Before so many values an anomaly raises it by less, in proportion: what is new to a young detector is often nothing else."""

_ZERO = -27.6
"""The logarithm that stands for no distance at all; distances below 1e-12 do not differ from it."""
_ROUNDING = 1e-9
"""A distance smaller than this share of the value is the arithmetic's."""
_MOST = 1e150
"""Values are cut to this size, so that no difference overflows."""


class Tail:
    """How rare a distance is among those before it: their number and the logarithms of the largest, smallest first."""

    __slots__ = ("_largest", "_seen", "_sum")

    def __init__(self) -> None:
        self._seen = 0
        self._largest = array("d")
        self._sum = 0.0

    def weigh(self, log: float) -> float:
        """Minus the decimal logarithm of the share of distances that were at least as large, 0 to RAREST; then learn it.

        `log` is the natural logarithm of the distance, _ZERO for none.
        """
        evidence = self._rarity(log) if self._seen >= WARM_UP and log > _ZERO else 0.0
        self._learn(log)
        return evidence

    def _rarity(self, log: float) -> float:
        size, edge = len(self._largest), self._largest[0]
        at_edge = math.log10(self._seen / size)
        if log <= edge:
            return at_edge * math.exp(2 * (log - edge))  # as the logarithm of a bell curve: with the square of the distance
        slope = max(self._sum / size - edge, STEEPEST)
        return min(at_edge + (log - edge) / (slope * math.log(10)), RAREST)

    def _learn(self, log: float) -> None:
        self._seen += 1
        largest = self._largest
        if len(largest) >= max(TAIL_LEAST, int(TAIL * self._seen)):
            if log <= largest[0]:
                return
            self._sum -= largest.pop(0)
        insort(largest, log)
        self._sum += log
        if self._seen >= MEMORY:
            self._seen //= 2
            self._largest = largest[::-2][::-1]  # every other one, and the largest of all
            self._sum = math.fsum(self._largest)


class Detector:
    """The anomaly score of one series, value by value, in constant time and memory (about 10 kB). Independent of all others."""

    __slots__ = ("_day", "_fatigue", "_held", "_hold", "_long", "_seen", "_short", "_tails", "_week")

    def __init__(self) -> None:
        self._seen = 0
        self._short = self._long = 0.0
        self._day = array("d", [math.nan]) * 24
        self._week = array("d", [math.nan]) * (7 * 24)
        self._tails = (Tail(), Tail(), Tail())
        self._hold = 0
        self._held = 0.0
        self._fatigue = 0.0

    def update(self, timestamp: datetime, value: float) -> float:
        """Score of the next value, 0 (usual) to 1; THRESHOLD and above is an anomaly that was not told before.

        Hour and weekday are read off `timestamp` as it stands. A value that is missing or not finite is a gap: its score is nan
        and the detector stays as it was. The first WARM_UP values score 0.
        """
        if not math.isfinite(value):
            return math.nan
        return self._judge(self._evidence(timestamp, max(-_MOST, min(value, _MOST))))

    def _evidence(self, timestamp: datetime, value: float) -> float:
        self._seen += 1
        long = self._long if self._seen > 1 else value
        self._short += (value - self._short) * max(1 / SHORT, 1 / self._seen)
        short, hour = self._short, timestamp.hour
        noise = _ROUNDING * (abs(value) + abs(long))
        level, day, week = self._tails
        evidence = (
            level.weigh(_log(short - long, noise))
            + day.weigh(_log(value - _compare(self._day, hour, value, long), noise))
            + week.weigh(_log(short - _compare(self._week, timestamp.weekday() * 24 + hour, short, long), noise))
        )
        self._long += (value - self._long) * max(1 / LONG, 1 / self._seen)
        return evidence

    def _judge(self, evidence: float) -> float:
        self._fatigue *= 1 - 1 / RECOVERY
        left = max(0.0, evidence - self._fatigue)
        score = left / (left + EVIDENCE)
        if self._hold > 0:
            self._hold -= 1
            if left < AGAIN * self._held:
                return score / 2
        if score >= THRESHOLD:
            self._held, self._hold = evidence, min(HOLD, int(HOLD_SHARE * self._seen))
            self._fatigue += FATIGUE * EVIDENCE * min(1.0, self._seen / EXPERIENCE)
        return score


def _compare(profile: array[float], slot: int, value: float, otherwise: float) -> float:
    """What the profile had in that slot before, `otherwise` when nothing yet; the value is then learnt."""
    known = profile[slot]
    if math.isnan(known):
        profile[slot] = value
        return otherwise
    profile[slot] = known + LEARN * (value - known)
    return known


def _log(difference: float, noise: float) -> float:
    distance = abs(difference)
    return max(math.log(distance), _ZERO) if distance > noise else _ZERO
