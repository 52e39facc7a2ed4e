"""Which way a limit of a condition has to move for the condition to hold less often. Pure.

A condition is followed from its root to the limit, and at each step it is said whether what stands there grows with the limit
or falls. Figures are counts, shares, times and money, so they are taken for non-negative where something multiplies them; those
that may be below zero have to be named.
"""

from __future__ import annotations

from collections.abc import Collection

from bot.domain.expressions.nodes import COMPARING, JOINING, Binary, Call, Name, Node, Number, Unary, walk

_MONOTONE = frozenset({"ago", "mean", "highest", "lowest", "time_mean", "maximum"})
"""Functions that grow with what they are taken of, and are not below zero where that is not."""


def stricter_way(condition: Node, limit: str, signed: Collection[str] = ()) -> int:
    """1 where a higher limit makes the condition hold less often and never more, -1 where a lower one does, 0 where neither is
    certain or the limit is not in it. `signed` are figures that may be below zero.
    """
    found = _truth(condition, limit, signed)
    return 0 if found is None else -found


def _truth(node: Node, limit: str, signed: Collection[str]) -> int | None:
    """How a condition's truth goes with the limit: 1 with it, -1 against it, 0 not at all, None not to be told."""
    if not _reads(node, limit):
        return 0
    if isinstance(node, Unary) and node.operator == "not":
        return _turned(_truth(node.operand, limit, signed))
    if isinstance(node, Binary) and node.operator in JOINING:
        return _both(_truth(node.left, limit, signed), _truth(node.right, limit, signed))
    if isinstance(node, Binary) and node.operator in COMPARING - {"=="}:
        left, right = _value(node.left, limit, signed), _value(node.right, limit, signed)
        return _both(left, _turned(right)) if node.operator in (">", ">=") else _both(_turned(left), right)
    return None


def _value(node: Node, limit: str, signed: Collection[str]) -> int | None:
    """The same of a number."""
    if not _reads(node, limit):
        return 0
    if isinstance(node, Name):
        return 1
    if isinstance(node, Unary):
        return _turned(_value(node.operand, limit, signed))
    if isinstance(node, Call):
        return _value(node.x, limit, signed) if node.function in _MONOTONE else None
    return _computed(node, limit, signed) if isinstance(node, Binary) else None


def _computed(node: Binary, limit: str, signed: Collection[str]) -> int | None:
    left, right = _value(node.left, limit, signed), _value(node.right, limit, signed)
    if node.operator in ("+", "-"):
        return _both(left, right if node.operator == "+" else _turned(right))
    if not (_positive(node.left, signed) and _positive(node.right, signed)):
        return None
    return _both(left, right if node.operator == "*" else _turned(right))


def _positive(node: Node, signed: Collection[str]) -> bool:
    """Whether a number is never below zero."""
    if isinstance(node, Number):
        return node.value >= 0
    if isinstance(node, Name):
        return node.id not in signed
    if isinstance(node, Call):
        return node.function in _MONOTONE and _positive(node.x, signed)
    if not isinstance(node, Binary) or node.operator not in ("+", "*", "/"):
        return False
    return _positive(node.left, signed) and _positive(node.right, signed)


def _both(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return None
    return (one or other) if one == other or 0 in (one, other) else None


def _turned(found: int | None) -> int | None:
    return None if found is None else -found


def _reads(node: Node, limit: str) -> bool:
    return any(isinstance(part, Name) and part.id == limit for part in walk(node))
