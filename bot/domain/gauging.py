"""A session's tracks as the gauges of a board: each with the hour that is shown, what is expected, and the line that counts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.domain.curves import GAP_STEPS, Curve
from bot.domain.decisions import Threshold
from bot.domain.expectation import Expecting, Track
from bot.domain.expressions import Expression, evaluate
from bot.domain.expressions.nodes import Name, Node, walk
from bot.domain.expressions.values import Series
from bot.domain.headlines import sign_of
from bot.domain.metrics import Metric
from bot.domain.nudges import Rule, Severity
from bot.domain.own_rules import is_ours
from bot.domain.panel import Gauge
from bot.domain.rulebook import limit_name
from bot.domain.tracks import Tracks

SHOWN = 3600.0
"""Seconds that a picture goes back."""
LEAST = 600.0
"""A picture is no narrower, also when the session has just begun."""
BEFORE = 600.0
"""Seconds before now for which a figure is told beside that of now."""
_RANK = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Frame:
    """What pictures of a session have in common: go-live and the end of what is shown in seconds, the zone, whose they are."""

    began: float
    end: float
    zone: str
    where: str

    @property
    def start(self) -> float:
        """Where pictures begin: an hour before, or at go-live."""
        return min(max(self.began, self.end - SHOWN), self.end - LEAST)


@dataclass(frozen=True, slots=True)
class Line:
    """A limit in force for a metric itself, and the rule that compares it; `ours` says that the team set it."""

    rule: Rule
    threshold: Threshold
    ours: bool = False


def gauges(metrics: Iterable[Metric], tracks: Tracks, frame: Frame, expecting: Expecting) -> Iterator[Gauge]:
    """One for each metric, in their order."""
    for metric in metrics:
        track = Track(metric, tracks.times, tracks.values[metric.id], frame.began)
        shown = Curve(
            metric.name, metric.english, metric.unit, track.times, track.values, frame.start, frame.end, frame.zone, tracks.step,
            frame.where, metric.good, expecting(track, frame.start),
        )  # fmt: skip
        yield Gauge(metric.id, metric.group, shown)


def lines(metric: Metric, rules: Iterable[Rule], in_force: Mapping[str, Threshold]) -> tuple[Line, ...]:
    """The limits of a metric that rules compare it with as it is, the weightiest rule's first; not those of its changes."""
    found = [
        Line(rule, _signed(in_force[limit_name(rule.id, name)], sign_of(rule.when.root, name)), is_ours(rule, name))
        for rule in rules
        for name, limit in rule.limits.items()
        # A limit by another name says when it is over.
        if limit.of == metric.id and not limit.ratio and limit_name(rule.id, name) in in_force and name in rule.when.names
    ]
    return tuple(sorted(found, key=lambda line: (-_RANK[line.rule.severity], line.rule.id)))


def _signed(threshold: Threshold, sign: int) -> Threshold:
    """The limit on the figure's own scale, where the condition compares it below zero."""
    return threshold if sign > 0 else replace(threshold, value=-threshold.value, usual=threshold.usual and -threshold.usual)


def compared(gauge: Gauge, node: Node, others: Iterable[Gauge], share: bool) -> Gauge:
    """The gauge of what a condition makes of figures, such as the paid of those who clicked in the last ten minutes, in place of
    the one by whose name it goes. `others` are all of the board; with `share` it is a plain share. Nothing is expected of it.
    """
    curve = gauge.curve
    named = {one.id for one in walk(node) if isinstance(one, Name)}
    known = {one.id: one.curve for one in others if one.id in named}
    samples = {
        id: [(time, value) for time, value in zip(one.times, one.values, strict=True) if value == value]
        for id, one in known.items()
    }
    hold = {id: GAP_STEPS * one.step for id, one in known.items()}
    found = (evaluate(Expression("", node), Series(samples, time, hold)) for time in curve.times)
    values = tuple(math.nan if value is None else float(value) for value in found)
    return replace(gauge, curve=replace(curve, values=values, expected=None, unit="%" if share else curve.unit))


def before(gauge: Gauge, seconds: float = BEFORE) -> float | None:
    """What it was so long before the end; None where nothing near that moment is known."""
    curve = gauge.curve
    wanted = curve.end - seconds
    near = [
        (abs(time - wanted), value)
        for time, value in zip(curve.times, curve.values, strict=True)
        if abs(time - wanted) <= curve.step and value == value
    ]
    return min(near)[1] if near else None


def about(gauge: Gauge, *, start: float, end: float, moment: float | None, threshold: float | None) -> Gauge:
    """The same gauge from one moment to another, with what the picture is about."""
    return replace(gauge, curve=replace(gauge.curve, start=start, end=end, moment=moment, threshold=threshold))
