"""How well the counts behind a condition carry it in one session: every comparison with a limit is put to its test."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from bot.domain.baselines import Baselines
from bot.domain.chance import CLEARLY, DEVIATIONS, change, level
from bot.domain.decisions import Evidence
from bot.domain.expressions.nodes import Binary, Node, Unary
from bot.domain.rulebook import Prepared, Test
from bot.domain.seats import Seat


def evidence(prepared: Prepared, found: Sequence[Any], past: Baselines, seat: Seat) -> Evidence:
    """Of what joined conditions say, `and` is as sure as its weaker side and `or` as its surer one."""
    return _of(prepared.root, prepared, found, past, seat)


def _of(node: Node, prepared: Prepared, found: Sequence[Any], past: Baselines, seat: Seat) -> Evidence:
    if isinstance(node, Binary) and node.operator in ("and", "or"):
        sides = [_of(side, prepared, found, past, seat) for side in (node.left, node.right)]
        if node.operator == "and":
            return _weaker(*sides)
        return max((side for side in sides), key=lambda side: (side.carries, side.holds, side.deviations))
    if isinstance(node, Unary):
        inner = _of(node.operand, prepared, found, past, seat)
        return Evidence(not inner.holds)
    holds = bool(found[prepared.conditions[node]][0][seat.place])
    test = prepared.tests.get(node)
    return Evidence(holds) if test is None or not holds else _tested(test, found, past, seat)


def _weaker(one: Evidence, other: Evidence) -> Evidence:
    if not (one.holds and other.holds):
        return one if not one.holds else other
    if one.carries != other.carries:
        return other if one.carries else one
    return min(one, other, key=lambda side: side.deviations)


def _tested(test: Test, found: Sequence[Any], past: Baselines, seat: Seat) -> Evidence:
    figure, null = float(found[test.figure][seat.place]), float(found[test.null][seat.place])
    exposure, null_exposure = _at(test.exposure, found, seat), _at(test.null_exposure, found, seat)
    if test.swings is None:
        return (
            Evidence(True)
            if exposure is None
            else Evidence(True, _levels(test, figure, null, exposure, found, seat), wanted=DEVIATIONS)
        )
    moved = figure / null - 1 if null else 0.0
    swing, undoes = past.swing(test.swings, seat.column, moved), _undoes(test, found, past, seat)
    if exposure is None or null_exposure is None:
        return Evidence(True, swing=swing, moved=moved, undoes=undoes)
    against = float(found[test.against][seat.place])
    limit = null * (1 + against) if test.comparison.relative else against
    if (limit < null) if test.comparison.above else (limit > null):
        # Not a move but its absence, as in "sales below 1.2 times their mean": what did not happen needs no proof.
        return Evidence(True)
    if moved > 0:
        rise = past.rise(test.swings, seat.column)
        swing = float("inf") if rise is None else rise
    return Evidence(True, change(figure, null, exposure, null_exposure), swing, moved, DEVIATIONS, undoes)


def _levels(test: Test, figure: float, null: float, exposure: float, found: Sequence[Any], seat: Seat) -> float:
    """The deviations from what is usual, as far as the figure is clearly beyond its limit as well."""
    against = float(found[test.against][seat.place])
    beyond = level(figure, against, exposure)
    return min(level(figure, null, exposure), beyond * DEVIATIONS / CLEARLY) if null != against else beyond


def _undoes(test: Test, found: Sequence[Any], past: Baselines, seat: Seat) -> bool:
    """Whether a rise only makes up for a fall before: it has to go half as far above what is usual as above what was."""
    usual = None if test.levels is None else past.usual(test.levels, seat.column)
    if usual is None or usual <= 0:
        return False
    figure, null, against = (float(found[place][seat.place]) for place in (test.figure, test.null, test.against))
    relative = test.comparison.relative
    wanted = against if relative else against / null - 1
    return figure < usual * (1 + wanted / 2)


def _at(place: int | None, found: Sequence[Any], seat: Seat) -> float | None:
    if place is None:
        return None
    value = float(found[place][seat.place])
    return 0.0 if math.isnan(value) else value
