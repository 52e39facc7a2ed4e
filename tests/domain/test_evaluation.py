"""What expressions are worth on recorded figures, and that what is missing is never taken for zero."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.expressions import Derived, Expression, ExpressionError, Series, evaluate, parse
from bot.domain.expressions.nodes import Name, Unary

MINUTE = 60.0
Samples = dict[str, list[tuple[float, float]]]


def _minutes(*values: float | None) -> list[tuple[float, float]]:
    """One value a minute, the last one now (time 0); None is a minute without one."""
    start = -MINUTE * (len(values) - 1)
    return [(start + number * MINUTE, value) for number, value in enumerate(values) if value is not None]


def _value(text: str, **samples: list[tuple[float, float]]) -> float | bool | None:
    return evaluate(parse(text), Series(samples, now=0.0))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("gmv * 1000 / views", 500.0),
        ("gmv / orders - 1", 99.0),
        ("-gmv + 2", -998.0),
        ("gmv / (orders - 10)", None),
        ("gone + 1", None),
        ("0 * gone", None),
        ("gone / 0", None),
        ("gmv >= 1000", True),
        ("gmv < 1000", False),
        ("gmv == 1000 and orders == 10", True),
        ("gone > 1", None),
        ("gone == gone", None),
    ],
)
def test_numbers_and_comparisons(text: str, value: float | bool | None) -> None:
    assert _value(text, gmv=[(0.0, 1000.0)], views=[(0.0, 2000.0)], orders=[(0.0, 10.0)]) == value


def test_what_grows_beyond_all_numbers_is_missing() -> None:
    assert _value("x * x", x=[(0.0, 1e200)]) is None


_logic: dict[bool | None, str] = {True: "1 > 0", False: "1 < 0", None: "gone > 0"}
_any = st.sampled_from([True, False, None])


def _said(text: str) -> float | bool | None:
    return _value(text)


@given(_any, _any)
def test_and_is_the_weaker_and_or_the_stronger_of_two(one: bool | None, other: bool | None) -> None:
    strength = {False: 0, None: 1, True: 2}
    assert _said(f"{_logic[one]} and {_logic[other]}") is min(one, other, key=strength.__getitem__)
    assert _said(f"{_logic[one]} or {_logic[other]}") is max(one, other, key=strength.__getitem__)


@given(_any, _any)
def test_de_morgan_holds_with_missing_values(one: bool | None, other: bool | None) -> None:
    x, y = _logic[one], _logic[other]
    assert _said(f"not ({x} and {y})") is _said(f"(not {x}) or (not {y})")
    assert _said(f"not ({x} or {y})") is _said(f"(not {x}) and (not {y})")
    assert _said(f"not (not {x})") is one


FALLING = _minutes(*[200.0] * 5, *[180.0] * 5, *[150.0] * 5, 140.0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x", 140.0),
        ("ago(x, 5min)", 150.0),
        ("ago(x, 1h)", None),
        ("change(x, 10min)", 140 / 180 - 1),
        ("mean(x, 10min)", 165.0),
        ("highest(x, 10min)", 180.0),
        ("lowest(x, 10min)", 140.0),
        ("mean(x, 25min)", 530 / 3),
        ("mean(x, 40min)", None),
        ("highest(x, 40min)", None),
        ("falling(x, 5min, 3)", True),
        ("rising(x, 5min, 3)", False),
        ("falling(x, 5min, 4)", None),
        ("rising(x, 5min, 4)", False),
        ("peak(x, 10min)", False),
        ("time_mean(x)", 530 / 3),
        ("maximum(x)", 200.0),
        ("delta(x, 10min)", -40.0),
        ("ago(mean(x, 5min), 5min)", 180.0),
        ("mean(2 * x, 10min)", 330.0),
        ("change(2 * x, 10min)", 140 / 180 - 1),
    ],
)
def test_functions_look_back(text: str, value: float | bool | None) -> None:
    assert _value(text, x=FALLING) == (pytest.approx(value) if isinstance(value, float) else value)


def test_a_change_from_zero_is_missing() -> None:
    assert _value("change(x, 1min)", x=_minutes(0.0, 5.0)) is None


def test_a_flat_stretch_neither_falls_nor_rises() -> None:
    flat = _minutes(*[100.0] * 16)
    assert _value("falling(x, 5min, 3)", x=flat) is False
    assert _value("rising(x, 5min, 3)", x=flat) is False


@pytest.mark.parametrize(("last", "peak"), [(139.0, False), (140.0, True)])
def test_a_peak_is_the_highest_and_well_above_the_mean(last: float, peak: bool) -> None:
    # The new value has not lasted yet, so the mean is still 10 x 100 and a little of the rise before it.
    rise = _minutes(*[100.0] * 9, 140.0, last)
    assert _value("peak(x, 10min)", x=rise) is peak


def test_a_mean_weighs_each_value_by_how_long_it_held() -> None:
    assert _value("mean(x, 10min)", x=[(-600.0, 100.0), (-60.0, 200.0)]) == pytest.approx(110.0)
    assert _value("time_mean(x)", x=[(0.0, 7.0)]) == 7.0


def test_a_counter_grows_over_a_restart_and_a_correction_is_taken_as_it_is() -> None:
    assert _value("delta(x, 3min)", x=_minutes(100.0, 110.0, 5.0, 8.0)) == 18.0
    assert _value("delta(x, 3min)", x=_minutes(100.0, 110.0, 108.0, 112.0)) == 12.0


def test_a_rate_is_growth_per_minute_now_or_earlier() -> None:
    counter = _minutes(0.0, 10.0, 20.0, 50.0, 80.0)
    assert _value("rate(x, 2min)", x=counter) == 30.0
    assert _value("rate(x, 2min, 2min)", x=counter) == 10.0
    assert _value("rate(x, 5min)", x=counter) is None
    assert _value("delta(2 * x, 2min)", x=counter) == 120.0


def test_a_value_holds_no_longer_than_it_may() -> None:
    samples: Samples = {"x": _minutes(100.0, None, None, None, 300.0, None)}
    series = Series(samples, now=0.0, hold={"x": 90.0})
    assert evaluate(parse("ago(x, 2min)"), series) is None
    assert evaluate(parse("x"), series) == 300.0
    # Known for 90 s at 100 and 60 s at 300; the gap between counts for neither.
    assert evaluate(parse("mean(x, 5min)"), series) == pytest.approx((90 * 100 + 60 * 300) / 150)
    assert evaluate(parse("mean(x, 4min)"), series) is None
    assert evaluate(parse("x"), Series(samples, now=60.0, hold={"x": 90.0})) is None


def test_what_comes_later_is_not_seen() -> None:
    series = Series({"x": [(0.0, 1.0), (60.0, 9.0)]}, now=30.0)
    assert [evaluate(parse(text), series) for text in ("x", "maximum(x)", "delta(x, 30s)")] == [1.0, 1.0, 0.0]


@given(st.lists(st.integers(0, 50), min_size=2, max_size=30), st.integers(1, 29), st.integers(1, 29))
def test_neighbouring_windows_add_up(steps: list[int], first: int, second: int) -> None:
    total, counter = 0, []
    for step in steps:
        total += step
        counter.append(float(total))
    series = Series({"x": _minutes(*counter)}, now=0.0)
    whole = series.delta("x", (first + second) * MINUTE, 0.0)
    if whole is None:
        assert first + second > len(steps) - 1
    else:
        parts = series.delta("x", (first + second) * MINUTE, first * MINUTE), series.delta("x", first * MINUTE, 0.0)
        assert None not in parts
        assert whole == sum(part for part in parts if part is not None)


@given(st.lists(st.one_of(st.none(), st.integers(-1000, 1000)), min_size=1, max_size=20), st.integers(1, 15))
def test_a_mean_lies_between_the_lowest_and_the_highest(values: list[int | None], window: int) -> None:
    samples = {"x": _minutes(*values)}
    lowest, mean, highest = (_value(f"{call}(x, {window}min)", **samples) for call in ("lowest", "mean", "highest"))
    assert (lowest is None) == (mean is None) == (highest is None)
    if lowest is not None and mean is not None and highest is not None:
        assert lowest - 1e-9 <= mean <= highest + 1e-9


FORMULAS = {
    "paid_rate": parse("paid / made"),
    "per_five": parse("delta(paid, 5min)"),
    "twice": parse("2 * paid_rate"),
}
ORDERS: Samples = {"paid": _minutes(*[float(5 * n) for n in range(12)]), "made": _minutes(*[float(10 * n) for n in range(12)])}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("paid_rate", 0.5),
        ("twice", 1.0),
        ("ago(twice, 5min)", 1.0),
        ("per_five", 25.0),
        ("ago(per_five, 5min)", 25.0),
        ("mean(per_five, 5min)", 25.0),
        ("change(paid_rate, 11min)", None),
        ("mean(paid_rate, 11min)", 0.5),
        ("delta(paid_rate, 5min)", 0.0),
        ("unknown", None),
        ("mean(unknown, 5min)", None),
        ("delta(unknown, 5min)", None),
    ],
)
def test_derived_figures_come_from_recorded_ones_at_every_moment(text: str, value: float | None) -> None:
    assert evaluate(parse(text), Derived(Series(ORDERS, now=0.0), FORMULAS)) == value


def test_a_recorded_figure_counts_before_its_formula() -> None:
    recorded = Derived(Series({**ORDERS, "paid_rate": _minutes(0.8, 0.9)}, now=0.0), FORMULAS)
    assert evaluate(parse("paid_rate"), recorded) == 0.9
    assert evaluate(parse("delta(paid_rate, 1min)"), recorded) == pytest.approx(0.1)
    assert evaluate(parse("maximum(paid_rate)"), recorded) == 0.9


def test_points_of_a_gap_are_marked() -> None:
    points = Series({"x": [(-300.0, 1.0)]}, now=0.0, hold={"x": 60.0}).over("x", 300.0, 0.0)
    assert points[0] == (300.0, 1.0)
    assert points[1][0] == 240.0
    assert math.isnan(points[1][1])


_numbers = st.recursive(
    st.sampled_from(["x", "gone", "0", "3", "15%", "10min"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda parts: f"({' '.join(parts)})"),
        st.tuples(st.sampled_from(["ago", "change", "delta", "rate", "mean", "highest"]), inner).map(
            lambda c: f"{c[0]}({c[1]}, 3min)"
        ),
    ),
    max_leaves=6,
)


@given(_numbers, _numbers, st.lists(st.one_of(st.none(), st.floats(-1e300, 1e300)), max_size=12))
def test_whatever_is_read_can_be_evaluated(one: str, other: str, recorded: list[float | None]) -> None:
    try:
        number, condition = parse(one), parse(f"{one} <= {other}")
    except ExpressionError as error:
        assert "里面不能再套" in error.message  # the only rule that the texts above can break
        return
    series = Series({"x": _minutes(*recorded)}, now=0.0, hold={"x": 90.0})
    value = evaluate(number, series)
    assert value is None or math.isfinite(value)
    assert evaluate(condition, series) in (None, True, False)


def test_a_number_in_the_place_of_a_condition_is_a_mistake_of_the_program() -> None:
    with pytest.raises(TypeError):
        evaluate(Expression("not x", Unary("not", Name("x", 5), 1)), Series({}, now=0.0))
