"""The value of an expression on given figures. What is missing stays missing: it is never taken for zero.

Arithmetic and comparisons with a missing operand, and division by zero, are missing; and/or follow Kleene's three values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from bot.domain.expressions.nodes import Binary, Call, Expression, Name, Node, Number, Unary, walk
from bot.domain.expressions.values import Earlier, Points, Values

PEAK = 1.3
"""How many times the mean of its window a peak reaches at least."""
# A window counts once figures are known for half of it.
_COVERED = 0.5


def evaluate(expression: Expression, values: Values) -> float | bool | None:
    """A number, or yes or no for a condition; None when what it needs is missing."""
    return _condition(expression.root, values) if expression.condition else _number(expression.root, values)


@dataclass(frozen=True, slots=True)
class Derived:
    """Figures with those that formulas give for names under which nothing was recorded.

    `formulas` maps names to formulas that do not lead back to themselves.
    """

    values: Values
    formulas: Mapping[str, Expression]

    def now(self, name: str) -> float | None:
        """The recorded figure, otherwise the formula's."""
        return self.ago(name, 0.0)

    def ago(self, name: str, seconds: float) -> float | None:
        """The recorded figure that many seconds before, otherwise the formula's."""
        found = self.values.ago(name, seconds)
        if found is not None or name not in self.formulas:
            return found
        return _number(self.formulas[name].root, Earlier(self, seconds))

    def over(self, name: str, start_seconds_ago: float, end_seconds_ago: float) -> Points:
        """The recorded figures, otherwise the formula at every moment at which one of its figures changed."""
        found = self.values.over(name, start_seconds_ago, end_seconds_ago)
        if found or name not in self.formulas:
            return found
        return _points(self.formulas[name].root, self, start_seconds_ago, end_seconds_ago)

    def delta(self, name: str, start_seconds_ago: float, end_seconds_ago: float) -> float | None:
        """The growth of the recorded counter, otherwise by how much the formula's value changed."""
        found = self.values.delta(name, start_seconds_ago, end_seconds_ago)
        if found is not None or name not in self.formulas:
            return found
        return _difference(self.ago(name, end_seconds_ago), self.ago(name, start_seconds_ago))


def _number(node: Node, values: Values) -> float | None:
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Name):
        return values.now(node.id)
    if isinstance(node, Unary):
        operand = _number(node.operand, values)
        return None if operand is None else -operand
    if isinstance(node, Binary):
        return _arithmetic(node.operator, _number(node.left, values), _number(node.right, values))
    return _NUMBERS[node.function](node, values)


def _arithmetic(operator: str, left: float | None, right: float | None) -> float | None:
    if left is None or right is None or (operator == "/" and right == 0):
        return None
    result = _ARITHMETIC[operator](left, right)
    return result if math.isfinite(result) else None


_ARITHMETIC: Mapping[str, Callable[[float, float], float]] = MappingProxyType(
    {
        "+": lambda left, right: left + right,
        "-": lambda left, right: left - right,
        "*": lambda left, right: left * right,
        "/": lambda left, right: left / right,
    }
)
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = MappingProxyType(
    {
        "<": lambda left, right: left < right,
        "<=": lambda left, right: left <= right,
        ">": lambda left, right: left > right,
        ">=": lambda left, right: left >= right,
        "==": lambda left, right: left == right,
    }
)


def _condition(node: Node, values: Values) -> bool | None:
    if isinstance(node, Call):
        return _CONDITIONS[node.function](node, values)
    if isinstance(node, Unary):
        operand = _condition(node.operand, values)
        return None if operand is None else not operand
    if not isinstance(node, Binary):
        raise TypeError(f"a number where `parse` allows only a condition: {node}")
    if node.operator not in _COMPARISONS:
        return _joined(node.operator, _condition(node.left, values), _condition(node.right, values))
    left, right = _number(node.left, values), _number(node.right, values)
    return None if left is None or right is None else _COMPARISONS[node.operator](left, right)


def _joined(operator: str, left: bool | None, right: bool | None) -> bool | None:
    decided = operator == "or"
    if left is decided or right is decided:
        return decided
    return None if left is None or right is None else not decided


def _difference(now: float | None, before: float | None) -> float | None:
    return _arithmetic("-", now, before)


def _ago(call: Call, values: Values) -> float | None:
    return _number(call.x, Earlier(values, call.window))


def _change(call: Call, values: Values) -> float | None:
    return _difference(_arithmetic("/", _number(call.x, values), _ago(call, values)), 1.0)


def _delta(call: Call, values: Values) -> float | None:
    """Growth over the window that ended `back` ago. A formula may start over with a counter in it, so it is only compared."""
    start, end = call.back + call.window, call.back
    if isinstance(call.x, Name):
        return values.delta(call.x.id, start, end)
    return _difference(_number(call.x, Earlier(values, end)), _number(call.x, Earlier(values, start)))


def _rate(call: Call, values: Values) -> float | None:
    return _arithmetic("/", _delta(call, values), call.window / 60)


def _mean(call: Call, values: Values) -> float | None:
    return _window_mean(call, values, 0.0)


def _window_mean(call: Call, values: Values, end: float) -> float | None:
    start = end + call.window
    points = _points(call.x, values, start, end)
    return _weighted(points, end) if _is_covered(points, start, end) else None


def _extreme(call: Call, values: Values, pick: Callable[[list[float]], float]) -> float | None:
    points = _points(call.x, values, call.window, 0.0)
    return pick(_known(points)) if _is_covered(points, call.window, 0.0) else None


def _time_mean(call: Call, values: Values) -> float | None:
    return _weighted(_points(call.x, values, math.inf, 0.0), 0.0)


def _maximum(call: Call, values: Values) -> float | None:
    return max(_known(_points(call.x, values, math.inf, 0.0)), default=None)


def _trend(call: Call, values: Values, sign: int) -> bool | None:
    means = [_window_mean(call, values, call.window * number) for number in range(call.count)]
    steps = [_difference(later, earlier) for later, earlier in zip(means, means[1:], strict=False)]
    if any(step is not None and step * sign <= 0 for step in steps):
        return False
    return None if None in steps else True


def _peak(call: Call, values: Values) -> bool | None:
    now, highest, mean = _number(call.x, values), _extreme(call, values, max), _mean(call, values)
    return None if now is None or highest is None or mean is None else now >= highest and now >= PEAK * mean


_NUMBERS: Mapping[str, Callable[[Call, Values], float | None]] = MappingProxyType(
    {
        "ago": _ago,
        "change": _change,
        "delta": _delta,
        "rate": _rate,
        "mean": _mean,
        "highest": lambda call, values: _extreme(call, values, max),
        "lowest": lambda call, values: _extreme(call, values, min),
        "time_mean": _time_mean,
        "maximum": _maximum,
    }
)
_CONDITIONS: Mapping[str, Callable[[Call, Values], bool | None]] = MappingProxyType(
    {
        "falling": lambda call, values: _trend(call, values, -1),
        "rising": lambda call, values: _trend(call, values, 1),
        "peak": _peak,
    }
)


def _points(node: Node, values: Values, start: float, end: float) -> Points:
    """A name's own points, or a formula at every moment at which one of its names has one."""
    if isinstance(node, Name):
        return values.over(node.id, start, end)
    names = {part.id for part in walk(node) if isinstance(part, Name)}
    moments = {seconds for name in names for seconds, _ in values.over(name, start, end)}
    found = [(seconds, _number(node, Earlier(values, seconds))) for seconds in sorted(moments, reverse=True)]
    return [(seconds, math.nan if value is None else value) for seconds, value in found]


def _known(points: Points) -> list[float]:
    return [value for _, value in points if not math.isnan(value)]


def _weights(points: Points, end: float) -> list[tuple[float, float]]:
    """(value, for how many seconds it held) of the known values."""
    pairs = pairwise([*points, (end, math.nan)])
    return [(value, seconds - until) for (seconds, value), (until, _) in pairs if not math.isnan(value)]


def _is_covered(points: Points, start: float, end: float) -> bool:
    return sum(weight for _, weight in _weights(points, end)) >= _COVERED * (start - end)


def _weighted(points: Points, end: float) -> float | None:
    """The mean, each value counting for as long as it held; the plain mean of values that held no time."""
    weights = _weights(points, end)
    total = sum(weight for _, weight in weights)
    if total > 0:
        return sum(value * weight for value, weight in weights) / total
    return sum(value for value, _ in weights) / len(weights) if weights else None
