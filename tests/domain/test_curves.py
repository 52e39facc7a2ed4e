"""Figures over time: cut at gaps, never drawn through zero, never on an axis of no height."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.curves import Curve, Expected, extent, gaps, known, round_steps, runs
from bot.domain.metrics import Good
from bot.domain.panel import Gauge, grouped, off, worst

NAN = math.nan


def curve(*values: float, step: float = 60.0, **more: object) -> Curve:
    """Samples a minute apart from 0 on; nan is missing."""
    times = [number * 60.0 for number in range(len(values))]
    made = Curve("在线", "online", "人", times, values, 0.0, max(times[-1], 1.0), "Asia/Shanghai", step)
    return replace(made, **more)  # type: ignore[arg-type]


def test_a_single_missing_sample_does_not_cut_and_a_gap_does() -> None:
    assert runs(curve(1, NAN, 3, NAN, NAN, NAN, 7)) == [([0.0, 120.0], [1, 3]), ([360.0], [7])]
    assert gaps(curve(1, NAN, 3, NAN, NAN, NAN, 7)) == [(120.0, 360.0)]


def test_what_lies_outside_the_picture_is_not_in_it() -> None:
    assert known(curve(1, 2, 3, start=60.0, end=60.0)) == [(60.0, 2)]


def test_a_silent_start_and_end_are_gaps_too() -> None:
    silent = curve(NAN, NAN, NAN, NAN, 5, NAN, NAN, NAN, NAN)
    assert gaps(silent) == [(0.0, 240.0), (240.0, 480.0)] and runs(silent) == [([240.0], [5])]


def test_an_old_value_is_not_the_present_one() -> None:
    assert curve(1, 2, NAN, NAN).current == 2 and curve(1, 2, NAN, NAN, NAN, NAN).current is None
    assert curve(NAN, NAN).current is None


def test_the_axis_holds_the_band_and_the_threshold_and_nothing_counted_goes_below_zero() -> None:
    banded = curve(10, 12, expected=Expected([0, 60, 600], [8, NAN, 0], [20, 14, 900]), threshold=5.0)
    low, high = extent(banded)
    assert 0 <= low < 5 and 20 < high < 25
    assert extent(curve(0, 0)) == (0.0, 1.0) and extent(curve(NAN, NAN)) == (0.0, 1.0)
    assert extent(curve(-0.2, -0.1, unit="%"))[0] < -0.2


@given(st.lists(st.floats(-1e9, 1e9) | st.just(NAN), min_size=1, max_size=30))
def test_every_axis_has_a_height_and_round_values_inside(values: list[float]) -> None:
    low, high = extent(curve(*values))
    steps = round_steps(low, high)
    assert low < high and len(steps) <= 6
    assert all(low - (high - low) * 1e-6 <= step <= high + (high - low) * 1e-6 for step in steps)
    assert sum(len(times) for times, _ in runs(curve(*values))) == sum(not math.isnan(value) for value in values)


def gauge(id: str, value: float, low: float, high: float, good: Good = Good.UP, group: str = "流量", unit: str = "人") -> Gauge:
    expected = Expected([0.0], [low], [high])
    return Gauge(id, group, curve(value, good=good, unit=unit, expected=expected))


@pytest.mark.parametrize(
    "good,value,bad",
    [(Good.UP, 5, True), (Good.UP, 50, False), (Good.DOWN, 50, True), (Good.DOWN, 5, False), (Good.CONTEXT, 5, True)],
)
def test_which_side_is_bad_depends_on_the_metric(good: Good, value: float, bad: bool) -> None:
    found = off(gauge("a", value, 10, 20, good))
    assert found is not None and found.bad is bad and (found.by < 0) is (value < 10)


def test_inside_and_unknown_are_not_off() -> None:
    assert off(gauge("a", 15, 10, 20)) is None and off(gauge("a", NAN, 10, 20)) is None
    assert off(gauge("a", 5, NAN, 20)) is None and off(Gauge("a", "流量", curve(5))) is None


def test_the_worst_are_the_furthest_off_whatever_their_unit() -> None:
    gauges = [
        gauge("near", 9, 10, 20), gauge("far", 1, 10, 20), gauge("rate", 0.01, 0.10, 0.12, unit="%"),
        gauge("good", 90, 10, 20), gauge("middling", 6, 10, 20),
    ]  # fmt: skip
    found = worst(gauges)
    assert [one.gauge.id for one in found] == ["rate", "far", "middling"]
    assert found[0].by == pytest.approx(-0.09) and found[1].by == pytest.approx(-0.9)


def test_groups_keep_their_order_and_their_members() -> None:
    gauges = [gauge("a", 1, 0, 2, group="流量"), gauge("b", 1, 0, 2, group="互动"), gauge("c", 1, 0, 2, group="流量")]
    assert [(group, [one.id for one in members]) for group, members in grouped(gauges)] == [
        ("流量", ["a", "c"]),
        ("互动", ["b"]),
    ]
