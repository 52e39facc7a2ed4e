"""Expressions compiled to a list of operations over arrays, one value a session. `evaluate` says what each must come to.

Every different part of all expressions is one operation, however many rules read it. A number that is missing is nan; a
condition is a pair of arrays, (holds, does not hold), and where neither is true it is unknown. A figure between two samples is
what held, so a window weighs every slot alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.domain.board import STEP, Numbers, View, depths, slots
from bot.domain.expressions.evaluation import PEAK
from bot.domain.expressions.nodes import COMPARING, Binary, Call, Expression, ExpressionError, Name, Node, Number, Unary

Truth = tuple[NDArray[np.bool_], NDArray[np.bool_]]
Operation = Callable[[View, list[Any]], Any]
_Key = tuple[Node, int]


def _finite(values: Numbers) -> Numbers:
    """What grew beyond all numbers, or was divided by zero, is missing."""
    return np.where(np.isinf(values), np.nan, values) if np.isinf(values).any() else values


_WORK: Mapping[str, Callable[[Numbers, Numbers], Numbers]] = MappingProxyType(
    {
        "+": np.add,
        "-": np.subtract,
        "*": lambda left, right: _finite(left * right),
        "/": lambda left, right: _finite(left / right),
    }
)
_COMPARISONS: Mapping[str, tuple[Any, Any]] = MappingProxyType(
    {
        "<": (np.less, np.greater_equal),
        "<=": (np.less_equal, np.greater),
        ">": (np.greater, np.less_equal),
        ">=": (np.greater_equal, np.less),
        "==": (np.equal, None),
    }
)


@dataclass(slots=True)
class Program:
    """Expressions over base figures on a board, and derived ones by their `formulas`.

    `add` gives the place of an expression's value in what `run` returns. Add everything before asking for `depths`.
    """

    formulas: Mapping[str, Expression]
    recorded: frozenset[str] = frozenset()
    operations: list[Operation] = field(default_factory=list)
    _places: dict[_Key, int] = field(default_factory=dict)
    _reads: list[tuple[str, float]] = field(default_factory=list)
    _whole: set[str] = field(default_factory=set)

    def add(self, node: Node, back: int = 0) -> int:
        """The place of a node's value as it was `back` slots before."""
        key = (node, back)
        if key not in self._places:
            operation = self._operation(node, back)
            self.operations.append(operation)
            self._places[key] = len(self.operations) - 1
        return self._places[key]

    @property
    def depths(self) -> dict[str, float]:
        """How far back each figure is read, in seconds."""
        return depths(self._reads)

    @property
    def whole(self) -> frozenset[str]:
        """The figures that are read over the whole session."""
        return frozenset(self._whole)

    def run(self, board: View) -> list[Any]:
        """The value of every operation at the present of each session in view."""
        found: list[Any] = []
        with np.errstate(all="ignore"):
            for operation in self.operations:
                found.append(operation(board, found))
        return found

    def read_whole(self, name: str) -> None:
        """Note that a figure is read over the whole session."""
        self._reads.append((name, STEP))
        self._whole.add(name)

    def _operation(self, node: Node, back: int) -> Operation:
        if isinstance(node, Number):
            return _constant(node.value)
        if isinstance(node, Name):
            return self._name(node, back)
        if isinstance(node, Unary):
            return self._unary(node, back)
        if isinstance(node, Binary):
            return self._binary(node, back)
        return _CALLS[node.function](self, node, back)

    def _name(self, node: Name, back: int) -> Operation:
        formula = self.formulas.get(node.id)
        if formula is None or node.id in self.recorded:
            self._reads.append((node.id, (back + 1) * STEP))
        if formula is None:
            id = node.id
            return lambda board, found: board.ago(id, back)
        place = self.add(formula.root, back)
        if node.id not in self.recorded:
            return lambda board, found: found[place]
        return lambda board, found: _either(board.ago(node.id, back), found[place])

    def _unary(self, node: Unary, back: int) -> Operation:
        place = self.add(node.operand, back)
        if node.operator == "-":
            return lambda board, found: -found[place]
        return lambda board, found: (found[place][1], found[place][0])

    def _binary(self, node: Binary, back: int) -> Operation:
        left, right = self.add(node.left, back), self.add(node.right, back)
        if node.operator in _WORK:
            work = _WORK[node.operator]
            return lambda board, found: work(found[left], found[right])
        if node.operator in COMPARING:
            return _comparison(node.operator, left, right)
        if node.operator == "and":
            return lambda board, found: (found[left][0] & found[right][0], found[left][1] | found[right][1])
        return lambda board, found: (found[left][0] | found[right][0], found[left][1] & found[right][1])

    def series(self, node: Node, first: int, last: int) -> Operation:
        """[slot, session] of a node from `first` to `last` slots back, both included, oldest first."""
        if isinstance(node, Number):
            value = node.value
            return lambda board, found: np.full((first - last + 1, board.sessions), value)
        if isinstance(node, Name):
            return self._named_series(node, first, last)
        if isinstance(node, Unary):
            inner = self.series(node.operand, first, last)
            return lambda board, found: -inner(board, found)
        if isinstance(node, Binary):
            left, right = self.series(node.left, first, last), self.series(node.right, first, last)
            work = _WORK[node.operator]
            return lambda board, found: work(left(board, found), right(board, found))
        return self._called_series(node, first, last)

    def _named_series(self, node: Name, first: int, last: int) -> Operation:
        formula = self.formulas.get(node.id)
        own = formula is None or node.id in self.recorded
        if own:
            self._reads.append((node.id, (first + 1) * STEP))
        if formula is None:
            return lambda board, found: board.window(node.id, first, last)
        inner = self.series(formula.root, first, last)
        if not own:
            return inner
        return lambda board, found: _either(board.window(node.id, first, last), inner(board, found))

    def _called_series(self, node: Call, first: int, last: int) -> Operation:
        """Of the functions that read single moments; `parse` allows no other inside a window."""
        width, back = slots(node.window), slots(node.back) if node.back else 0
        now = self.series(node.x, first + back, last + back)
        then = self.series(node.x, first + back + width, last + back + width)
        if node.function == "ago":
            return then
        if node.function == "change":
            return lambda board, found: _finite(now(board, found) / then(board, found)) - 1.0
        per = node.window / 60 if node.function == "rate" else 1.0
        return lambda board, found: (now(board, found) - then(board, found)) / per


def _either(recorded: Numbers, computed: Numbers) -> Numbers:
    return np.where(np.isnan(recorded), computed, recorded)


def _constant(value: float) -> Operation:
    kept: dict[int, Numbers] = {}

    def constant(board: View, found: list[Any]) -> Numbers:
        if board.sessions not in kept:
            kept[board.sessions] = np.full(board.sessions, value)
        return kept[board.sessions]

    return constant


def _comparison(operator: str, left: int, right: int) -> Operation:
    holds, fails = _COMPARISONS[operator]

    def compare(board: View, found: list[Any]) -> Truth:
        one, other = found[left], found[right]
        if fails is None:
            return one == other, (one < other) | (one > other)
        return holds(one, other), fails(one, other)

    return compare


def _ago(program: Program, call: Call, back: int) -> Operation:
    place = program.add(call.x, back + slots(call.window))
    return lambda board, found: found[place]


def _change(program: Program, call: Call, back: int) -> Operation:
    now, then = program.add(call.x, back), program.add(call.x, back + slots(call.window))
    return lambda board, found: _finite(found[now] / found[then]) - 1.0


def _delta(program: Program, call: Call, back: int) -> Operation:
    end = back + (slots(call.back) if call.back else 0)
    now, then = program.add(call.x, end), program.add(call.x, end + slots(call.window))
    per = call.window / 60 if call.function == "rate" else 1.0
    return lambda board, found: (found[now] - found[then]) / per


def _mean(program: Program, call: Call, back: int) -> Operation:
    width = slots(call.window)
    inner = program.series(call.x, back + width, back + 1)
    return lambda board, found: _covered_mean(inner(board, found), width)


def _covered_mean(values: Numbers, width: int) -> Numbers:
    known = ~np.isnan(values)
    count = known.sum(axis=0)
    if count.min(initial=width) == width:
        return np.asarray(values.sum(axis=0) / width)
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.where(2 * count >= width, total / count, np.nan)


def _extreme(program: Program, call: Call, back: int) -> Operation:
    width = slots(call.window)
    inner = program.series(call.x, back + width, back)
    pick = np.fmax if call.function == "highest" else np.fmin

    def extreme(board: View, found: list[Any]) -> Numbers:
        values = inner(board, found)
        known = width - np.isnan(values[:-1]).sum(axis=0)
        return np.where(2 * known >= width, pick.reduce(values, axis=0), np.nan)

    return extreme


def _trend(program: Program, call: Call, back: int) -> Operation:
    width = slots(call.window)
    means = [program.add(replace(call, function="mean", count=0), back + width * number) for number in range(call.count)]
    sign = -1 if call.function == "falling" else 1

    def trend(board: View, found: list[Any]) -> Truth:
        steps = [(found[later] - found[earlier]) * sign for later, earlier in zip(means, means[1:], strict=False)]
        fails = np.logical_or.reduce([step <= 0 for step in steps])
        return np.logical_and.reduce([step > 0 for step in steps]), fails

    return trend


def _peak(program: Program, call: Call, back: int) -> Operation:
    now = program.add(call.x, back)
    highest = program.add(replace(call, function="highest"), back)
    mean = program.add(replace(call, function="mean"), back)

    def peak(board: View, found: list[Any]) -> Truth:
        bar = np.maximum(found[highest], PEAK * found[mean])
        return found[now] >= bar, found[now] < bar

    return peak


def _whole(program: Program, call: Call, back: int) -> Operation:
    """Over the whole session, which the board counts as it goes: of a recorded figure, and as it stands now."""
    if not isinstance(call.x, Name) or call.x.id in program.formulas or back:
        english = f"{call.function} works on metrics that feeds bring, not on derived ones"
        raise ExpressionError(f"{call.function} 只能用在抄录的指标上", call.column, english)
    name, maximum = call.x.id, call.function == "maximum"
    program.read_whole(name)
    return lambda board, found: board.maximum(name) if maximum else board.time_mean(name)


_CALLS: Mapping[str, Callable[[Program, Call, int], Operation]] = MappingProxyType(
    {
        "ago": _ago,
        "change": _change,
        "delta": _delta,
        "rate": _delta,
        "mean": _mean,
        "highest": _extreme,
        "lowest": _extreme,
        "falling": _trend,
        "rising": _trend,
        "peak": _peak,
        "time_mean": _whole,
        "maximum": _whole,
    }
)
