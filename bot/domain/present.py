"""What a live session is like right now, for whoever asks why a figure moved: each step of the funnel beside the session's usual,
the figure that was asked about, and the rules that are true or nearly so. Pure; `now` is an argument.

A step is a rate of two counts, or people a minute. What the last `WINDOW` brought is put beside all before it, and counts as a
move only where the counts carry it (`chance.change`) and it is worth speaking of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from bot.domain.chance import change
from bot.domain.deciding import decide
from bot.domain.decisions import Look, Reason
from bot.domain.expressions import Derived, Expression, Series, evaluate
from bot.domain.expressions.nodes import Binary, Name, Number, walk
from bot.domain.metrics import Aggregation, Good, Metric
from bot.domain.nudges import Rule, Severity
from bot.domain.rulebook import recent

WINDOW = 900.0
"""Seconds that count as now: a product's turn and a half, so that one slow product is no fall."""
BEFORE = 600.0
"""Seconds that there have to be before them."""
DEVIATIONS = 2.0
"""Standard deviations of a move: less than a tip needs, for here somebody has asked."""
WORTH = 0.1
"""Share by which a figure has to move to be spoken of."""
FEW = 20
"""A rate of fewer people says nothing."""
_STEP = 300.0
_SWING = 1.4826
"""A median absolute deviation times this is a standard deviation."""
_COUNTERS = (Aggregation.COUNTER, Aggregation.COUNTER_DISTINCT)
_RANK = {severity: rank for rank, severity in enumerate(Severity)}


class Step(StrEnum):
    """The funnel, from outside in."""

    EXPOSURE = "exposure"
    ENTRY = "entry"
    SHOWN = "shown"
    CLICK = "click"
    ORDER = "order"
    PAY = "pay"


COUNTS: Mapping[Step, tuple[str, str]] = {
    Step.EXPOSURE: ("impression_uv", ""),
    Step.ENTRY: ("watch_uv", "impression_uv"),
    Step.SHOWN: ("item_exp_uv", "watch_uv"),
    Step.CLICK: ("item_clk_uv", "item_exp_uv"),
    Step.ORDER: ("create_order_cnt", "item_clk_uv"),
    Step.PAY: ("pay_order_cnt", "create_order_cnt"),
}
"""Of each step what is counted, and of how many; a minute where nothing is named."""
METRIC_OF: Mapping[Step, str] = {
    Step.EXPOSURE: "enter_5m", Step.ENTRY: "enter_rate", Step.SHOWN: "item_exp_uv", Step.CLICK: "item_ctr",
    Step.ORDER: "clk_pay_rate", Step.PAY: "pay_rate",
}  # fmt: skip
"""The metric whose section says what to do about a step."""
LEADS: Mapping[str, tuple[Step, ...]] = {"流量": (Step.EXPOSURE, Step.ENTRY), "互动": ()}
"""The steps that lead to figures of a group; to those of all others the whole funnel leads."""


@dataclass(frozen=True, slots=True)
class Move:
    """A figure in the last minutes beside its usual; None where it is not known. `clear` says that it is more than chance."""

    now: float | None
    usual: float | None
    clear: bool = False

    @property
    def growth(self) -> float | None:
        """By which share it moved."""
        return self.now / self.usual - 1 if self.now is not None and self.usual else None

    @property
    def moved(self) -> bool:
        """Whether it moved clearly and by something worth speaking of."""
        return self.clear and self.growth is not None and abs(self.growth) >= WORTH


@dataclass(frozen=True, slots=True)
class RuleNow:
    """A rule that is true or nearly so. `told` is when its tip came that is not over; `reason` is why it is silent."""

    rule: Rule
    told: float | None
    near: bool
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Present:
    """All that is known right now. `metric` was asked about; `since` is from when there are no figures, None while they come."""

    metric: Metric
    now: float
    began: float
    asked: Move
    steps: Mapping[Step, Move]
    rules: tuple[RuleNow, ...]
    since: float | None = None

    @property
    def early(self) -> bool:
        """Whether the session is too young to have a usual."""
        return self.now - self.began < WINDOW + BEFORE

    @property
    def worse(self) -> bool:
        """Whether the figure that was asked about got worse; for one without a better way, whether it moved at all."""
        return self.asked.moved and (self.metric.good is Good.CONTEXT or not self.better)

    @property
    def better(self) -> bool:
        """Whether it got better."""
        up = (self.asked.growth or 0.0) > 0
        return self.asked.moved and self.metric.good is not Good.CONTEXT and up == (self.metric.good is Good.UP)

    @property
    def likely(self) -> tuple[Step, ...]:
        """The steps that fell and lead to the figure that was asked about, the deepest first."""
        before = LEADS.get(self.metric.group, tuple(Step))
        moved = [(self.steps[step].growth or 0.0, step) for step in before if step in self.steps and self.steps[step].moved]
        fallen = [one for one in moved if one[0] < 0]
        return tuple(step for _, step in sorted(fallen, key=lambda one: one[0]))


def remedy(found: Present, metrics: Mapping[str, Metric], rules: Sequence[Rule]) -> Rule | None:
    """The rule whose steps help with what was found; None where no rule is about that, or nothing got worse.

    What was found is the likeliest step of the funnel, or the figure that was asked about where no step fell. A rule is about a
    figure that it holds against a limit: one that only needs so many clicks to speak is not about clicks. One that is true comes
    first; else the rule of the section that says what to do about the figure when it is low.
    """
    if found.since is not None or not (found.likely or found.worse):
        return None
    about = METRIC_OF[found.likely[0]] if found.likely else found.metric.id
    true = next((one.rule for one in found.rules if not one.near and judges(one.rule, about)), None)
    rose = not found.likely and found.metric.good is Good.CONTEXT and (found.asked.growth or 0.0) > 0
    if true is not None or rose or about not in metrics:
        return true
    section = metrics[about].low_section
    return next((one for one in rules if section and one.section == section), None)


def judges(rule: Rule, metric: str) -> bool:
    """Whether a rule holds this figure against a limit; without limits, whether it reads it."""
    return metric in ({one.of for one in rule.limits.values()} if rule.limits else rule.needs)


def present(
    metric: Metric, metrics: Sequence[Metric], rows: Sequence[tuple[float, Mapping[str, float]]], began: float, now: float,
    looks: Iterable[tuple[Look, bool]], since: float | None = None,
) -> Present:  # fmt: skip
    """What a session is like at `now`, from all its rows (seconds, figures) since `began`."""
    samples: dict[str, list[tuple[float, float]]] = {}
    for at, values in rows:
        for name, value in values.items():
            samples.setdefault(name, []).append((at, value))
    series = Series(samples, now)
    steps = {step: _counted(series, count, of, began, now) for step, (count, of) in COUNTS.items()}
    known = {step: move for step, move in steps.items() if move.now is not None}
    return Present(metric, now, began, _asked(metric, metrics, samples, began, now), known, _rules(looks), since)


def _counted(series: Series, count: str, of: str, began: float, now: float) -> Move:
    """A rate of two counters, or a counter's growth a minute, in the window and before it."""
    age = now - began
    new, old = _growth(series, count, of, WINDOW, 0.0), _growth(series, count, of, age, WINDOW)
    if new is None:
        return Move(None, None)
    if old is None or age < WINDOW + BEFORE or min(old[1], new[1]) < (FEW if of else 0):
        return Move(_rate(new), None)
    usual, present_rate = _rate(old), _rate(new)
    deviations = change(present_rate, usual, new[1], old[1])
    return Move(present_rate, usual, deviations >= DEVIATIONS)


def _growth(series: Series, count: str, of: str, start: float, end: float) -> tuple[float, float] | None:
    """(how many, of how many), or of how many minutes: those that were counted, for a feed may begin long after go-live."""
    since = _since(series, count, start, end)
    grown = None if since is None else series.delta(count, since, end)
    if since is None or grown is None:
        return None
    before = _since(series, of, start, end) if of else None
    exposed = (since - end) / 60 if not of else None if before is None else series.delta(of, before, end)
    return None if exposed is None or exposed <= 0 else (grown, exposed)


def _since(series: Series, name: str, start: float, end: float) -> float | None:
    """From how many seconds ago a counter's growth is known: from the start, or else from the first sample behind it."""
    if series.delta(name, start, end) is not None:
        return start
    return max((seconds for seconds, value in series.over(name, start, end) if value == value), default=None)


def _rate(counts: tuple[float, float]) -> float:
    return counts[0] / counts[1]


def _asked(
    metric: Metric, metrics: Sequence[Metric], samples: Mapping[str, list[tuple[float, float]]], began: float, now: float
) -> Move:
    """The figure that was asked about: a rate of counters by its counts, any other by what it swings in this session."""
    counted = _ratio_of(metric, {one.id: one for one in metrics})
    if counted is not None and metric.id not in samples:
        return _counted(Series(samples, now), *counted, began, now)
    formulas = {one.id: one.formula for one in metrics if one.formula is not None and one.id not in samples}
    samples = {name: samples[name] for name in _needed(metric.id, formulas) if name in samples}
    formula = formulas.get(metric.id)
    lately = Expression(metric.id, recent(formula.root)) if formula and _counters(formula, metrics) else None
    counter = metric.aggregation in _COUNTERS

    def at(moment: float) -> float | None:
        series = Series(samples, moment)
        if counter:
            return series.delta(metric.id, WINDOW, 0.0)
        found = evaluate(lately, series) if lately else Derived(series, formulas).now(metric.id)
        return None if found is None or isinstance(found, bool) else float(found)

    current = at(now)
    moments = [began + BEFORE + _STEP * number for number in range(int(max(0.0, now - WINDOW - began - BEFORE) // _STEP) + 1)]
    usual = [value for moment in moments if moment <= now - WINDOW and (value := at(moment)) is not None]
    if current is None or len(usual) < 2:
        return Move(current, None)
    middle = median(usual)
    swing = _SWING * median(abs(value - middle) for value in usual)
    return Move(current, middle, abs(current - middle) > DEVIATIONS * swing)


def _ratio_of(metric: Metric, metrics: Mapping[str, Metric]) -> tuple[str, str] | None:
    """The two counters of ``pay_uv / item_clk_uv``; None for any other formula."""
    found = re.fullmatch(r"([a-z0-9_]+) / ([a-z0-9_]+)", metric.formula.text) if metric.formula else None
    if found is None or not all(_is_count(metrics.get(name)) for name in found.groups()):
        return None
    return found[1], found[2]


def _needed(name: str, formulas: Mapping[str, Expression]) -> set[str]:
    """What a figure is made from, itself included."""
    found = {name}
    for inner in formulas[name].names if name in formulas else ():
        found |= _needed(inner, formulas)
    return found


def _counters(formula: Expression, metrics: Sequence[Metric]) -> bool:
    """Whether a formula puts counters together: of the whole session its value barely moves."""
    known = {one.id: one for one in metrics}
    plain = all(isinstance(node, Name | Number | Binary) for node in walk(formula.root))
    return plain and all(name in known and known[name].aggregation in _COUNTERS for name in formula.names)


def _is_count(metric: Metric | None) -> bool:
    return metric is not None and metric.aggregation in _COUNTERS and not metric.unit.startswith("元")


def _rules(looks: Iterable[tuple[Look, bool]]) -> tuple[RuleNow, ...]:
    """Rules that were told and are not over, that are true, that nearly are; of each the most severe first."""
    found = []
    for look, near in looks:
        told = look.said if look.standing else None
        if told is not None or look.holds or near:
            reason = None if told is not None or not look.holds else decide(look)
            found.append(RuleNow(look.rule, told, near and told is None, reason))
    return tuple(sorted(found, key=lambda one: (one.told is None, one.near, -_RANK[one.rule.severity], one.rule.id)))
