"""Units of figures: which fit together, and the unit of a formula from those of its names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from bot.domain.expressions.nodes import COMPARING, JOINING, Binary, Call, Expression, ExpressionError, Name, Node, Number, Unary

CONDITION = "是否"
"""The unit of what says yes or no; a plain ratio has the unit ``""``."""

Dimension = Mapping[str, int]
"""Powers of base units: 元/人 is ``{"元": 1, "人": -1}``; % and 倍 are empty."""

BASE = ("元", "人", "次", "条", "单", "件", "秒", "分钟")
_ALIASES = {"粉": "人", "s": "秒", "min": "秒", "h": "秒"}
_PLAIN = frozenset({"", "1", "%", "倍"})
# 千次 and 5min in a denominator are amounts, not dimensions: 元/千次 is 元/次, 人/5min is 人.
_PER_WINDOW = re.compile(r"[0-9]{1,4}(?:s|min|h|秒|分钟)")


def dimension(unit: str) -> Dimension:
    """The dimension of a unit as it is shown, such as 人, 元/千次 or 人/5min; raises ValueError for another."""
    upper, *lower = unit.replace(" ", "").split("/")
    powers: dict[str, int] = {}
    for part, power in (*((part, 1) for part in upper.split("·")), *((part, -1) for part in lower)):
        if power < 0 and _PER_WINDOW.fullmatch(part):
            continue
        base = part.removeprefix("千")
        base = _ALIASES.get(base, base)
        if base in BASE:
            powers[base] = powers.get(base, 0) + power
        elif part not in _PLAIN or (power < 0 and not part):
            raise ValueError(f"不认识单位「{unit}」，能用的有 {'、'.join(BASE)}、%、倍和它们的比")
    return _clean(powers)


def same_unit(one: str, other: str) -> bool:
    """Whether two units measure the same thing, as 元/千次 and 元/次 do."""
    return one == other or (CONDITION not in (one, other) and dimension(one) == dimension(other))


def unit_of(expression: Expression, units: Mapping[str, str]) -> str:
    """The unit of a formula, ``""`` for a plain ratio and CONDITION for yes or no.

    `units` maps every name to its unit. Raises ExpressionError when a name is unknown or units do not fit.
    """
    found = _unit(expression.root, units)
    return CONDITION if found is None else _text(found)


def _unit(node: Node, units: Mapping[str, str]) -> Dimension | None:
    if isinstance(node, Number):
        return dimension(node.unit)
    if isinstance(node, Name):
        return _named(node, units)
    if isinstance(node, Unary):
        return _unit(node.operand, units)
    if isinstance(node, Binary):
        return _binary(node, units)
    return _call(node, _numeric(node.x, units))


def _named(node: Name, units: Mapping[str, str]) -> Dimension:
    if node.id not in units:
        raise ExpressionError(f"没有 {node.id} 这个指标或输入", node.column, f"there is no metric or input {node.id}")
    try:
        return dimension(units[node.id])
    except ValueError as error:
        raise ExpressionError(f"{node.id}：{error}", node.column, f"{node.id} has a unit that is not known") from error


def _numeric(node: Node, units: Mapping[str, str]) -> Dimension:
    found = _unit(node, units)
    if found is None:
        raise ExpressionError("这里要用数，不能是判断（真或假）", node.column, "a number has to stand here, not a condition")
    return found


def _binary(node: Binary, units: Mapping[str, str]) -> Dimension | None:
    if node.operator in JOINING:
        _unit(node.left, units)
        _unit(node.right, units)
        return None
    left, right = _numeric(node.left, units), _numeric(node.right, units)
    if node.operator in "*/":
        return _combined(left, right, 1 if node.operator == "*" else -1)
    if left != right and not (_is_zero(node.left) or _is_zero(node.right)):
        verb, english = ("比", "compared") if node.operator in COMPARING else ("加减", "added")
        of = f"{_text(left) or 'a plain number'} and {_text(right) or 'a plain number'} cannot be {english}"
        raise ExpressionError(f"不能拿 {_shown(left)} 和 {_shown(right)} {verb}", node.column, of)
    if node.operator in COMPARING:
        return None
    return right if _is_zero(node.left) else left


def _call(node: Call, x: Dimension) -> Dimension | None:
    if node.function in ("falling", "rising", "peak"):
        return None
    if node.function == "change":
        return MappingProxyType({})
    return _combined(x, {"分钟": 1}, -1) if node.function == "rate" else x


def _is_zero(node: Node) -> bool:
    return isinstance(node, Number) and not node.unit and node.value == 0


def _combined(left: Dimension, right: Dimension, sign: int) -> Dimension:
    return _clean({base: left.get(base, 0) + sign * right.get(base, 0) for base in {*left, *right}})


def _clean(powers: Mapping[str, int]) -> Dimension:
    return {base: power for base, power in powers.items() if power}


def _text(powers: Dimension) -> str:
    """As `dimension` reads it where it can be: 元/人; a number of one over a unit is 1/人."""

    def side(sign: int) -> list[str]:
        return [base for base in BASE for _ in range(max(sign * powers.get(base, 0), 0))]

    upper, lower = "·".join(side(1)), "".join(f"/{base}" for base in side(-1))
    return (upper or "1") + lower if upper or lower else ""


def _shown(powers: Dimension) -> str:
    return _text(powers) or "没有单位的数"
