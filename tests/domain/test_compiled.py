"""Compiled expressions say what `evaluate` says, on any figures, with any of them missing."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.domain.board import STEP, Board
from bot.domain.expressions import Derived, Expression, evaluate, parse
from bot.domain.expressions.compiled import Program
from bot.domain.expressions.nodes import COMPARING, Binary, is_condition, walk
from bot.domain.expressions.values import Points

NAMES = ("online", "views", "orders")
FORMULAS = {"share": parse("orders / views"), "lately": parse("delta(orders, 20s)")}
SLOTS = 30
Recorded = dict[str, list[int | None]]


class Slots:
    """Figures on the grid, one a slot, the last of them now: what `evaluate` reads of a board."""

    def __init__(self, recorded: Recorded) -> None:
        self._recorded = recorded

    def now(self, name: str) -> float | None:
        return self.ago(name, 0.0)

    def ago(self, name: str, seconds: float) -> float | None:
        values = self._recorded.get(name, [])
        back = round(seconds / STEP)
        return values[-1 - back] if back < len(values) else None

    def over(self, name: str, start: float, end: float) -> Points:
        first = SLOTS - 1 if math.isinf(start) else round(start / STEP)
        if name not in self._recorded:
            return []
        held = [(back * STEP, self.ago(name, back * STEP)) for back in range(first, round(end / STEP) - 1, -1)]
        return [(seconds, math.nan if value is None else value) for seconds, value in held]

    def delta(self, name: str, start: float, end: float) -> float | None:
        first, last = self.ago(name, start), self.ago(name, end)
        return None if first is None or last is None else last - first


def compiled(expression: Expression, recorded: Recorded) -> float | bool | None:
    """The value as a board of two sessions has it, the second of which has no figures."""
    program = Program(FORMULAS)
    place = program.add(expression.root)
    board = Board(dict.fromkeys(NAMES, 0.0) | program.depths, 2, whole=program.whole)
    for slot in range(SLOTS):
        board.advance(slot + 1)
        known = [(board.index[name], value) for name, values in recorded.items() if (value := values[slot]) is not None]
        figures = np.array([figure for figure, _ in known], dtype=np.intp)
        values = np.array([value for _, value in known], dtype=np.float64)
        board.put(figures, np.zeros(len(known), dtype=np.intp), values, np.full(len(known), slot + 1, dtype=np.int64))
    found = program.run(board.view())[place]
    if not expression.condition:
        return None if math.isnan(found[0]) else float(found[0])
    assert not (found[0][0] and found[1][0])
    return True if found[0][0] else False if found[1][0] else None


_windows = st.sampled_from(["10s", "20s", "40s", "1min"])
_figures = st.sampled_from([*NAMES, *FORMULAS])
_plain = st.one_of(_figures, st.integers(0, 9).map(str))
_moving = st.one_of(
    st.tuples(st.sampled_from(["ago", "change", "delta", "rate"]), _figures, _windows),
    st.tuples(st.sampled_from(["mean", "highest", "lowest"]), st.one_of(_figures, st.just("views * 2")), _windows),
).map(lambda call: f"{call[0]}({call[1]}, {call[2]})")
_earlier = st.tuples(st.sampled_from(["ago", "change"]), _moving, _windows).map(lambda call: f"{call[0]}({call[1]}, {call[2]})")
_whole = st.tuples(st.sampled_from(["time_mean", "maximum"]), st.sampled_from(NAMES)).map(lambda call: f"{call[0]}({call[1]})")
_atoms = st.one_of(_plain, _moving, _earlier, _whole, st.tuples(_figures, _windows).map(lambda x: f"rate({x[0]}, {x[1]}, 20s)"))
_numbers = st.recursive(
    _atoms, lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda x: f"({' '.join(x)})"), max_leaves=4
)
_trends = st.tuples(st.sampled_from(["falling", "rising"]), _figures, _windows).map(lambda x: f"{x[0]}({x[1]}, {x[2]}, 3)")
_peaks = st.tuples(_figures, _windows).map(lambda x: f"peak({x[0]}, {x[1]})")
_compared = st.tuples(_numbers, st.sampled_from(sorted(COMPARING)), _numbers).map(" ".join)
_conditions = st.recursive(
    st.one_of(_compared, _trends, _peaks),
    lambda inner: st.one_of(
        inner.map(lambda x: f"(not {x})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda x: f"({' '.join(x)})"),
    ),
    max_leaves=3,
)
_series = st.lists(st.one_of(st.none(), st.integers(0, 40), st.integers(0, 40)), min_size=SLOTS, max_size=SLOTS)
_recorded = st.fixed_dictionaries(dict.fromkeys(NAMES, _series))


def _too_close(expression: Expression, values: Derived) -> Iterable[bool]:
    """Comparisons of numbers that differ by rounding only may come out either way."""
    for node in walk(expression.root):
        if isinstance(node, Binary) and node.operator in COMPARING and not is_condition(node.left):
            left, right = (evaluate(Expression("", side), values) for side in (node.left, node.right))
            yield left is not None and right is not None and math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-9)


@settings(max_examples=400, deadline=None)
@given(st.one_of(_numbers, _conditions), _recorded)
def test_a_compiled_expression_is_worth_what_the_readable_one_is(text: str, recorded: Recorded) -> None:
    expression, values = parse(text), Derived(Slots(recorded), FORMULAS)
    assume(not any(_too_close(expression, values)))
    expected, found = evaluate(expression, values), compiled(expression, recorded)
    if isinstance(expected, float | int) and not isinstance(expected, bool):
        assert found is not None and math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)
    else:
        assert found is expected


def test_a_part_that_two_expressions_share_is_computed_once() -> None:
    program = Program(FORMULAS)
    program.add(parse("mean(share, 1min) > 1").root)
    count = len(program.operations)
    program.add(parse("mean(share, 1min) > 1 and online > 1").root)
    assert len(program.operations) == count + 3  # online, its comparison, and


def test_a_recorded_figure_goes_before_its_formula() -> None:
    program = Program(FORMULAS, frozenset({"share"}))
    place = program.add(parse("share").root)
    board = Board(program.depths, 2)
    board.advance(1)
    figures = np.array([board.index[name] for name in ("orders", "views", "share")], dtype=np.intp)
    for column, values in enumerate(([1.0, 2.0, 0.9], [1.0, 2.0, np.nan])):
        board.put(figures, np.full(3, column, dtype=np.intp), np.array(values), np.full(3, 9, dtype=np.int64))
    assert program.run(board.view())[place].tolist() == [0.9, 0.5]
