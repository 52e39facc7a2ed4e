"""Whether a condition that does not hold is close to it: every comparison with a limit may fall short of it by a little."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.domain.expressions.nodes import Binary, Node, Unary
from bot.domain.rulebook import Prepared, Test

MARGIN = 0.1
"""The share of its limit by which a figure may fall short: what a few minutes more of the same would bring."""


def nearly(prepared: Prepared, found: Sequence[Any], place: int) -> bool:
    """Whether the condition would hold with its limits moved by `MARGIN`; False where it holds as they are."""
    return not found[prepared.when][0][place] and _holds(prepared.root, prepared, found, place)


def _holds(node: Node, prepared: Prepared, found: Sequence[Any], place: int) -> bool:
    if isinstance(node, Binary) and node.operator in ("and", "or"):
        sides = [_holds(side, prepared, found, place) for side in (node.left, node.right)]
        return all(sides) if node.operator == "and" else any(sides)
    if isinstance(node, Unary):  # of what must not be there nothing is nearly there
        return bool(found[prepared.conditions[node.operand]][1][place])
    test = prepared.tests.get(node)
    if test is None:
        return bool(found[prepared.conditions[node]][0][place])
    return _close(test, found, place)


def _close(test: Test, found: Sequence[Any], place: int) -> bool:
    figure, null, against = (float(found[one][place]) for one in (test.figure, test.null, test.against))
    if test.comparison.relative:
        figure = figure / null - 1 if null else float("nan")
    margin = MARGIN * abs(against)
    return figure >= against - margin if test.comparison.above else figure <= against + margin  # nan is neither
