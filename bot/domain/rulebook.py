"""Rules and metrics prepared for watching: every expression in one program, and where to find each value in what it gives.

A limit is a figure of its own, named after its rule, so that each session can have its own thresholds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.chance import Comparison, Facts, comparisons, usual_name
from bot.domain.expressions import Expression
from bot.domain.expressions.compiled import Program
from bot.domain.expressions.nodes import Binary, Call, Name, Node, Unary, renamed
from bot.domain.headlines import Headline, headlines
from bot.domain.metrics import Input, Metric
from bot.domain.nudges import Limit, Rule
from bot.domain.oddities import HEADLINES, node_of

RECENT = 600.0
"""Seconds over which a ratio of counters is taken when a session is compared with itself: the whole session's barely moves."""
ELAPSED, LENGTH = "elapsed", "length"
"""Figures that come from the clock and the plan, not from the feed."""


@dataclass(frozen=True, slots=True)
class Test:
    """A comparison with a limit, and the places of its figures; `swings` is the row of its history, None for a level, and
    `levels` that of the figure itself, for a rise."""

    comparison: Comparison
    figure: int
    null: int
    against: int
    exposure: int | None
    null_exposure: int | None
    swings: int | None
    levels: int | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A rule, and the places of its condition, its end and its figures; `bases` are what feeds have to bring for it.

    `heads` are what its tip may lead with, each with the places of its value and of the part of the condition that it is of.
    """

    rule: Rule
    root: Node
    when: int
    recovered: int | None
    conditions: Mapping[Node, int]
    tests: Mapping[Node, Test]
    needs: Mapping[str, int]
    bases: frozenset[str]
    heads: tuple[tuple[Headline, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules over one program. `histories` are the places of what is remembered minute by minute, as (figure, null) for a
    comparison and (ratio, None) for a metric; `recents` finds a metric's row among them; `heads` are the places of the
    figures that are watched without a rule."""

    known: tuple[Metric | Input, ...]
    rules: tuple[Prepared, ...]
    program: Program
    limits: Mapping[str, Limit]
    usuals: Mapping[str, str]
    histories: tuple[tuple[int, int | None], ...]
    recents: Mapping[str, int]
    figures: Mapping[str, int]
    heads: Mapping[str, int]

    @property
    def cadences(self) -> dict[str, float]:
        """How many seconds there are at most between two samples of each metric that feeds bring, as the handbook says."""
        return {one.id: found for one in self.known if isinstance(one, Metric) and (found := seconds_of(one.cadence))}

    @property
    def formulas(self) -> Mapping[str, Expression]:
        """Formulas of derived metrics."""
        return self.program.formulas


def limit_name(rule: str, name: str) -> str:
    """What a rule's limit is called among the figures; no metric has a dot."""
    return f"{rule}.{name}"


def prepare(rules: Sequence[Rule], metrics: Sequence[Metric], inputs: Sequence[Input]) -> Rulebook:
    """Compile rules and metrics. `recorded` derived metrics count as they come, otherwise their formula does."""
    formulas = {metric.id: metric.formula for metric in metrics if metric.formula is not None}
    program = Program(formulas, frozenset(formulas))
    figures: tuple[Metric | Input, ...] = (*metrics, *inputs)
    facts = Facts({figure.id: figure.unit for figure in figures}, formulas)
    desk = _Desk(program, facts)
    limits = {limit_name(rule.id, name): limit for rule in rules for name, limit in rule.limits.items()}
    recents = {limit.of: desk.recent(limit.of) for limit in limits.values() if limit.session is not None}
    prepared = tuple(desk.prepared(rule) for rule in rules)
    places = {metric.id: program.add(Name(metric.id, 0)) for metric in metrics}
    usuals = {name: usual_name(name) for name in limits}
    heads = {name: program.add(node_of(name)) for name in HEADLINES if name in places and rules}
    return Rulebook(figures, prepared, program, limits, usuals, tuple(desk.histories), recents, places, heads)


@dataclass(slots=True)
class _Desk:
    program: Program
    facts: Facts
    histories: list[tuple[int, int | None]]

    def __init__(self, program: Program, facts: Facts) -> None:
        self.program, self.facts, self.histories = program, facts, []

    def prepared(self, rule: Rule) -> Prepared:
        own = {name: limit_name(rule.id, name) for name in rule.limits}
        limits = {own[name]: limit for name, limit in rule.limits.items()}
        root = renamed(rule.when.root, own)
        found = comparisons(Expression(rule.when.text, root), limits, self.facts)
        heads = tuple((one, self.program.add(one.node), self.program.add(renamed(one.when, own))) for one in headlines(rule))
        recovered = None if rule.recovered is None else self.program.add(renamed(rule.recovered.root, own))
        return Prepared(
            rule, root, self.program.add(root), recovered,
            {node: self.program.add(node) for node in _conditions(root)},
            {one.node: self._test(one) for one in found},
            {name: self.program.add(Name(name, 0)) for name in sorted(rule.needs)},
            frozenset(bases(rule.needs, self.facts.formulas)), heads,
        )  # fmt: skip

    def _test(self, one: Comparison) -> Test:
        add = self.program.add
        exposure = None if one.exposure is None else add(one.exposure)
        null_exposure = None if one.null_exposure is None else add(one.null_exposure)
        figure, null = add(one.figure), add(one.null)
        swings = self._row(figure, null) if one.change else None
        levels = self._row(figure, None) if one.change and one.above else None
        return Test(one, figure, null, add(one.against), exposure, null_exposure, swings, levels)

    def recent(self, metric: str) -> int:
        """The history row of a metric's recent value: of a ratio of counters, what was added lately; otherwise as it is."""
        node = recent(self.facts.formulas[metric].root) if metric in self.facts.formulas else Name(metric, 0)
        return self._row(self.program.add(node), None)

    def _row(self, figure: int, null: int | None) -> int:
        if (figure, null) not in self.histories:
            self.histories.append((figure, null))
        return self.histories.index((figure, null))


def silencers(rules: Sequence[Prepared]) -> dict[int, list[tuple[int, Rule]]]:
    """By a rule's number, those that silence it."""
    numbers = {prepared.rule.id: number for number, prepared in enumerate(rules)}
    found: dict[int, list[tuple[int, Rule]]] = {}
    for number, prepared in enumerate(rules):
        for name in prepared.rule.inhibits:
            if name in numbers:
                found.setdefault(numbers[name], []).append((number, prepared.rule))
    return found


def seconds_of(cadence: str) -> float:
    """The longer of ``10-60s``; 0 for what is derived."""
    match = re.fullmatch(r"(?:[0-9]+-)?([0-9]+)(s|min|h)", cadence)
    return float(match[1]) * {"s": 1, "min": 60, "h": 3600}[match[2]] if match else 0.0


def recent(formula: Node) -> Node:
    """A formula of counters with each one's growth over the last minutes in its place."""
    if isinstance(formula, Name):
        return Call("delta", formula, RECENT, 0.0, 0, 0)
    if isinstance(formula, Binary):
        return replace(formula, left=recent(formula.left), right=recent(formula.right))
    return formula


def _conditions(node: Node) -> Iterable[Node]:
    """The parts that and, or and not join."""
    if isinstance(node, Binary) and node.operator in ("and", "or"):
        return (*_conditions(node.left), *_conditions(node.right))
    return _conditions(node.operand) if isinstance(node, Unary) else (node,)


def bases(names: Iterable[str], formulas: Mapping[str, Expression]) -> Iterable[str]:
    """What feeds have to bring for these figures."""
    for name in names:
        if name in formulas:
            yield from bases(formulas[name].names, formulas)
        else:
            yield name
