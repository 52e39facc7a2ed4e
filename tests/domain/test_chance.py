"""Whether counts carry a condition: the tests by themselves, and how many counts stand behind a figure."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from bot.domain.chance import DEVIATIONS, Comparison, Facts, change, comparisons, exposure, level, usual_name
from bot.domain.expressions import Series, evaluate, parse
from bot.domain.expressions.nodes import Expression, Name
from bot.domain.nudges import Limit

FACTS = Facts(
    {"online_now": "人", "watch_uv": "人", "pay_uv": "人", "item_clk_uv": "人", "pay_order_cnt": "单", "gmv": "元", "stay": "秒"},
    {
        "clk_pay_rate": parse("pay_uv / item_clk_uv"),
        "enter_5m": parse("delta(watch_uv, 5min)"),
        "gmv_5m": parse("delta(gmv, 5min)"),
    },
)
RATIO = Limit("online_now", None, None, 0.15, "", ratio=True)
LEVEL = Limit("clk_pay_rate", None, None, 0.1, "")


def only(text: str, limit: Limit) -> Comparison:
    (found,) = comparisons(parse(text), {"limit": limit}, FACTS)
    return found


@pytest.mark.parametrize(
    ("figure", "null", "counts", "carried"),
    [(0.02, 0.03, 200, False), (0.02, 0.03, 4000, True), (0.0, 0.1, 60, False), (0.0, 0.1, 100, True), (0.1, 0.1, 10**6, False)],
)
def test_a_share_of_few_does_not_carry(figure: float, null: float, counts: float, carried: bool) -> None:
    assert (level(figure, null, counts) >= DEVIATIONS) is carried


@pytest.mark.parametrize(
    ("now", "then", "carried"),
    [(85, 100, False), (8500, 10000, True), (60, 100, True), (0, 8, False), (0, 10, True), (70, 100, False)],
)
def test_a_fall_of_few_does_not_carry(now: float, then: float, carried: bool) -> None:
    assert (change(now, then, 1.0, 1.0) >= DEVIATIONS) is carried


@pytest.mark.parametrize("counts", [0.0, -1.0])
def test_without_counts_nothing_is_carried(counts: float) -> None:
    assert level(0.0, 0.1, counts) == change(0.0, 1.0, counts, 1.0) == 0.0


def test_chance_passes_as_seldom_as_it_should() -> None:
    """Of steady rates one look in about 400 goes so far; the more often in one direction."""
    dice = random.Random(3)
    looks = [change(sum(dice.random() < 0.5 for _ in range(400)), 200, 1, 1) for _ in range(400)]
    assert sum(look >= DEVIATIONS for look in looks) <= 2


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("watch_uv", 1.0),
        ("enter_5m", 1.0),
        ("clk_pay_rate", 500.0),
        ("delta(pay_uv, 5min) / delta(item_clk_uv, 5min)", 100.0),
        ("gmv / watch_uv", 90 / 9000 * 2000),
        ("gmv * 1000 / watch_uv", 90 / 9000 / 1000 * 2000),
        ("gmv_5m", 20 / 3000),
        ("mean(gmv_5m, 10min)", 40 / 5000 * 2),
        ("mean(enter_5m, 10min)", 2.0),
        ("rate(watch_uv, 5min)", 5.0),
        ("ago(clk_pay_rate, 5min)", 400.0),
    ],
)
def test_how_many_counts_a_figure_is_worth(text: str, counts: float) -> None:
    samples = {
        "watch_uv": [(-600.0, 1000.0), (-300.0, 1500.0), (0.0, 2000.0)],
        "item_clk_uv": [(-600.0, 300.0), (-300.0, 400.0), (0.0, 500.0)],
        "pay_uv": [(-600.0, 30.0), (-300.0, 40.0), (0.0, 50.0)],
        "pay_order_cnt": [(-600.0, 50.0), (-300.0, 70.0), (0.0, 90.0)],
        "gmv": [(-600.0, 4000.0), (-300.0, 6000.0), (0.0, 9000.0)],
    }
    found = exposure(parse(text).root, FACTS)
    assert found is not None
    assert evaluate(Expression("", found), Series(samples, now=0.0)) == pytest.approx(counts)


@pytest.mark.parametrize("text", ["stay", "stay + watch_uv", "change(stay, 5min)"])
def test_behind_some_figures_no_counts_are_known(text: str) -> None:
    assert exposure(parse(text).root, FACTS) is None


def test_a_fall_is_told_from_no_change() -> None:
    found = only("change(online_now, 10min) <= -limit", RATIO)
    assert (found.change, found.above, found.relative) == (True, False, True)
    assert found.null == parse("ago(online_now, 10min)").root


def test_a_multiple_is_told_from_what_it_multiplies() -> None:
    found = only("gmv_5m >= limit * mean(gmv_5m, 1h)", RATIO)
    assert (found.change, found.above, found.relative) == (True, True, False)
    assert found.null == parse("mean(gmv_5m, 1h)").root


def test_a_rate_is_told_from_what_is_usual() -> None:
    found = only("clk_pay_rate < limit", LEVEL)
    assert (found.change, found.exposure, found.null) == (False, parse("item_clk_uv").root, Name(usual_name("limit"), 0))


def test_a_limit_on_the_left_is_the_same_comparison() -> None:
    mirrored = only("limit > clk_pay_rate", LEVEL)
    assert replace(mirrored, node=only("clk_pay_rate < limit", LEVEL).node) == only("clk_pay_rate < limit", LEVEL)


@pytest.mark.parametrize("text", ["online_now >= limit", "delta(watch_uv, 5min) < limit", "stay < limit"])
def test_a_plain_number_is_a_fact_and_not_put_to_a_test(text: str) -> None:
    assert only(text, replace(LEVEL, of="online_now")).exposure is None
