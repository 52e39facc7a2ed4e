"""Whether a tip that was acted on helped: what its figure did, against what it would have done by itself, with an interval.

A tip fires when a figure is extreme, so some of what follows is regression to the mean (Galton 1886; Barnett, van der Pols and
Dobson 2005, Int. J. Epidemiology 34:215-220): doing nothing would look like help. So the expected course is a trend plus the
share of a deviation that stayed after as many minutes at comparable moments of the same session, at which nobody acted:

    expected(t + h) = trend(t + h) + stays(h) * (figure(t) - trend(t))

`trend` is the median of slopes (Theil 1950, Sen 1968) over the minutes before the sign, or its level alone, whichever missed
less at those moments. `stays` is the slope of the later deviation on the earlier one through the origin, kept to [0, 1].
The interval is what this very forecast missed by at those moments, at the rank that holds nine in ten of new ones (split
conformal prediction: Vovk, Gammerman and Shafer 2005; rolling origins: Hyndman and Athanasopoulos, FPP3, 5.10). Moments overlap,
so the rank is that of as many as lie apart. Pure; minutes are those since 1970.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bot.domain.metrics import Good

HORIZONS = (5, 15)
"""Minutes after somebody took a tip: the deadlines of its later steps."""
_TRENDS = ((20, False), (20, True), (60, False))
"""The minutes that a trend is taken from, and whether it has a slope: a room drifts, climbs, or goes back to what it is like."""
_LEAST_KNOWN = 12
LEAST_MOMENTS = 12
"""Comparable moments from which on an interval can be told: nine in ten of fewer are all of them, with nothing to spare."""
COVERAGE = 0.9
LATEST = 15
"""Minutes after the sign began by which somebody has to have acted: a trend goes no further."""
_MISSING = 0.25
"""Share of the minutes in between that may be missing."""
_FURTHEST = 4.0
"""A tip's figure may be off so many times as far as at any comparable moment; what stays of more than that nobody has seen."""
FEW = 10.0
"""Counts below this waver by a third or more, whatever anybody does."""
_COUNTED = frozenset({"人", "次", "条", "单", "件"})

Minutes = Mapping[int, float]
"""A figure by minute; minutes in which it is not known are not in it."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a figure was `minutes` after a tip was acted on, against what was expected, and an interval of the difference.

    `reason` says why that cannot be told; the figures are None then.
    """

    minutes: int
    figure: str
    observed: float | None = None
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str = ""

    @property
    def difference(self) -> float | None:
        """Observed less expected, in the figure's unit; None where it cannot be told."""
        return None if self.observed is None or self.expected is None else self.observed - self.expected

    def helped(self, good: Good) -> bool | None:
        """Whether the whole interval is on the good side of nothing, or (False) on the bad one; None where it holds nothing."""
        if self.low is None or self.high is None or good is Good.CONTEXT or self.low <= 0 <= self.high:
            return None
        return (self.low > 0) is (good is Good.UP)


@dataclass(frozen=True, slots=True)
class Acted:
    """What is known of a tip besides its figure, all in minutes.

    `since` is when its sign began, `at` when somebody acted, `ended` when the session ended, None while it runs. `others` are
    when tips of the same cause were acted on, this one not among them; `planned` are announced events, each from when to when it
    has settled.
    """

    since: int
    at: int
    ended: int | None = None
    others: Collection[int] = ()
    planned: Collection[tuple[int, int]] = ()


def measure(figure: str, unit: str, course: Minutes, acted: Acted, minutes: int) -> Effect:
    """The effect so many minutes after somebody acted. `course` should reach back an hour before the sign."""
    if reason := _in_the_way(course, acted, minutes):
        return Effect(minutes, figure, reason=reason)
    gap = max(1, acted.at - acted.since)
    forecast = _forecast(course, acted, gap, minutes)
    if isinstance(forecast, str):
        return Effect(minutes, figure, reason=forecast)
    expected, miss = forecast
    observed = course[acted.at + minutes]
    if unit.partition("/")[0] in _COUNTED and max(abs(observed), abs(expected)) < FEW:
        return Effect(minutes, figure, reason="few_counts")
    return Effect(minutes, figure, observed, expected, observed - expected - miss, observed - expected + miss)


def by_minute(values: Iterable[tuple[float, float | None]]) -> dict[int, float]:
    """(seconds, value) as the median of each minute."""
    found: dict[int, list[float]] = {}
    for at, value in values:
        if value is not None and math.isfinite(value):
            found.setdefault(int(at // 60), []).append(value)
    return {minute: median(of) for minute, of in found.items()}


def _in_the_way(course: Minutes, acted: Acted, minutes: int) -> str:
    """Why nothing can be told, whatever the figures before were like; empty when something may be."""
    until = acted.at + minutes
    between = range(acted.at, until + 1)
    missing = sum(1 for minute in between if minute not in course)
    checks = (
        ("ended", acted.ended is not None and acted.ended < until),
        ("late", acted.at - acted.since > LATEST),
        ("another", any(acted.since <= other <= until for other in acted.others)),
        ("planned", any(begin <= until and end >= acted.at for begin, end in acted.planned)),
        ("gap", acted.at not in course or until not in course or missing > _MISSING * len(between)),
    )
    return next((reason for reason, holds in checks if holds), "")


@dataclass(frozen=True, slots=True)
class _Moment:
    """A moment of the past: how far the figure was off a trend, and how far it was later."""

    off: float
    later: float


def _forecast(course: Minutes, acted: Acted, gap: int, minutes: int) -> tuple[float, float] | str:
    """What is expected, and by how much that may miss; or why that cannot be told."""
    found: list[tuple[float, float, float]] = []
    reason = "little_before"
    for over, sloped in _TRENDS:
        own = _trend(course, acted.at - gap, over, sloped)
        moments = list(_moments(course, acted, gap, minutes, over, sloped))
        if own is None or len(moments) < LEAST_MOMENTS:
            continue
        level, slope = own
        off = course[acted.at] - (level + slope * gap)
        if abs(off) > _FURTHEST * max(abs(one.off) for one in moments):
            reason = "unlike"
            continue
        stays = _stays(moments)
        misses = sorted(abs(one.later - stays * one.off) for one in moments)
        found.append((median(misses), level + slope * (gap + minutes) + stays * off, misses[_rank(len(misses), minutes)]))
    if not found:
        return reason
    _, expected, miss = min(found)
    return expected, miss


def _rank(count: int, minutes: int) -> int:
    """Which of so many sorted misses a new one stays below nine times in ten.

    Moments that are less than the horizon apart share what happened after them, so that they count for fewer.
    """
    apart = count / minutes
    return min(count, math.ceil(count * (1 + 1 / apart) * COVERAGE)) - 1


def _moments(course: Minutes, acted: Acted, gap: int, minutes: int, over: int, sloped: bool) -> Iterable[_Moment]:
    """The moments of the same session before the sign, with all that followed, at which nobody acted and nothing was planned."""
    for at in range(min(course, default=0) + gap, acted.since - minutes):
        until = at + minutes
        if at not in course or until not in course or any(at - gap <= other <= until for other in acted.others):
            continue
        if any(begin <= until and end >= at - gap for begin, end in acted.planned):
            continue
        if (trend := _trend(course, at - gap, over, sloped)) is not None:
            level, slope = trend
            yield _Moment(course[at] - level - slope * gap, course[until] - level - slope * (gap + minutes))


def _stays(moments: Sequence[_Moment]) -> float:
    """The share of a deviation that is still there later."""
    square = sum(one.off**2 for one in moments)
    return 0.0 if square <= 0 else min(1.0, max(0.0, sum(one.off * one.later for one in moments) / square))


def _trend(course: Minutes, before: int, over: int, sloped: bool) -> tuple[float, float] | None:
    """(level at `before`, change a minute) of the minutes up to it; None where too few are known."""
    known = [(minute - before, course[minute]) for minute in range(before - over, before) if minute in course]
    if len(known) < _LEAST_KNOWN:
        return None
    pairs = [(b[1] - a[1]) / (b[0] - a[0]) for place, a in enumerate(known) for b in known[place + 1 :]] if sloped else [0.0]
    slope = median(pairs)
    return median(value - slope * minute for minute, value in known), slope
