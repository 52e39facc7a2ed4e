"""A limit that is moved the stricter way never lets a condition hold where it did not hold before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.expressions import parse
from bot.domain.expressions.evaluation import evaluate
from bot.domain.expressions.values import Series
from bot.domain.strictness import stricter_way
from tests.domain.rule_room import handbook

FIGURES = ("a", "b", "c")
NUMBERS = st.sampled_from(["0", "1", "2.5", "40"])
NAMES = st.sampled_from([*FIGURES, "low"])


def joined(signs: str) -> st.SearchStrategy[str]:
    return st.sampled_from(signs.split())


TERMS: st.SearchStrategy[str] = st.recursive(
    st.one_of(NAMES, NUMBERS),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, joined("+ - * /"), inner), st.builds("mean({}, 5min)".format, NAMES)
    ),
    max_leaves=5,
)
CONDITIONS: st.SearchStrategy[str] = st.recursive(
    st.builds("{} {} {}".format, TERMS, joined("< <= > >="), TERMS),
    lambda inner: st.one_of(st.builds("({} {} {})".format, inner, joined("and or"), inner), st.builds("not ({})".format, inner)),
    max_leaves=4,
)
VALUES = st.floats(0, 100, allow_nan=False)


@given(CONDITIONS, st.fixed_dictionaries({name: VALUES for name in FIGURES}), VALUES, st.floats(0, 50))
def test_a_stricter_limit_holds_only_where_the_limit_held(text: str, values: dict[str, float], limit: float, by: float) -> None:
    condition = parse(text)
    way = stricter_way(condition.root, "low")
    moved = limit + way * by
    if not way or moved < 0:
        return

    def holds(at: float) -> object:
        figures = {**values, "low": at}
        return evaluate(condition, Series({name: [(0.0, value)] for name, value in figures.items()}, 600.0))

    assert holds(moved) is not True or holds(limit) is not False


@pytest.mark.parametrize(
    "rule,limit,way",
    [("N10", "quiet", -1), ("N03", "drop", 1), ("N07", "short", 1), ("N07", "enough", -1), ("N23", "unpaid", 1), 
     ("N25", "surge", 0), ("N30", "back", 0), ("N28", "ahead", 1), ("N39", "dear", 1), ("N29", "cheap", -1)],
)  # fmt: skip
def test_it_is_told_of_the_handbooks_limits(rule: str, limit: str, way: int) -> None:
    found = next(one for one in handbook().rules if one.id == rule)
    assert stricter_way(found.when.root, limit) == way


def test_nothing_is_said_of_what_multiplies_a_figure_that_may_be_below_zero() -> None:
    condition = parse("a < low * b")
    assert stricter_way(condition.root, "low") == -1 and stricter_way(condition.root, "low", {"b"}) == 0
    assert stricter_way(parse("a == low").root, "low") == 0
    assert stricter_way(parse("change(low, 5min) > a").root, "low") == 0
