"""That the built-in rules speak where they should, stay quiet just before, and are over once the figures are back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

from bot.content.metrics import read_metrics
from bot.content.rules import read_rules
from bot.content.yamlfile import YamlFile, read_yaml
from bot.domain.expressions import Expression, Series, evaluate
from bot.domain.nudges import Limit, Rule, Severity

HANDBOOK = Path(__file__).parents[2] / "handbook"


@cache
def _built_in() -> tuple[Rule, ...]:
    file = read_yaml("metrics.yaml", (HANDBOOK / "metrics.yaml").read_text("utf-8"))
    assert isinstance(file, YamlFile)
    metrics, problems = read_metrics(file)
    assert problems == []
    files = [read_yaml(f"rules/{path.name}", path.read_text("utf-8")) for path in sorted((HANDBOOK / "rules").glob("*.yaml"))]
    rules, problems = read_rules([file for file in files if isinstance(file, YamlFile)], metrics)
    assert problems == []
    return rules


def test_the_built_in_rules_are_the_45() -> None:
    assert [rule.id for rule in _built_in()] == [f"N{number:02}" for number in range(1, 46)]


def test_the_built_in_rules_have_the_published_severities() -> None:
    by_severity = {
        severity: {int(rule.id[1:]) for rule in _built_in() if rule.severity is severity} for severity in Severity
    }  # fmt: skip
    assert by_severity[Severity.CRITICAL] == {40, 41, 42, 43, 44, 45}
    assert by_severity[Severity.HIGH] == {1, 6, 13, 19, 20, 22, 24, 26, 27, 33, 34, 35, 36}
    assert by_severity[Severity.INFO] == {4, 28, 37}
    assert by_severity[Severity.LOW] == {15, 32}


def test_a_medium_tip_never_silences_a_high_one_but_for_the_collapse_of_entries() -> None:
    ranks = {severity: rank for rank, severity in enumerate(Severity)}
    by_id = {rule.id: rule for rule in _built_in()}
    silenced = {
        (rule.id, name) for rule in _built_in() for name in rule.inhibits if ranks[by_id[name].severity] > ranks[rule.severity]
    }
    assert silenced == {("N03", "N01")}


def test_a_rule_for_what_is_seen_over_time_waits_long_enough_to_see_it() -> None:
    for rule in _built_in():
        enough = rule.not_before or "elapsed" in rule.needs or not rule.when.windows
        assert enough or rule.when.windows <= 600, rule.id


Samples = Mapping[str, Sequence[tuple[float, float]]]
NOW = 7200.0
"""Two hours after go-live, in seconds."""


def _holds(id: str, samples: Samples, median: Mapping[str, float] | None = None) -> bool | None:
    """What a rule's condition says at NOW, with limits from medians where there are any, else their defaults."""
    rule = _rule(id)
    return _says(rule, rule.when, samples, median or {})


def _recovered(id: str, samples: Samples, median: Mapping[str, float] | None = None) -> bool | None:
    rule = _rule(id)
    return _says(rule, rule.recovered, samples, median or {}) if rule.recovered else None


def _rule(id: str) -> Rule:
    return next(rule for rule in _built_in() if rule.id == id)


def _says(rule: Rule, condition: Expression, samples: Samples, median: Mapping[str, float]) -> bool | None:
    limits = {name: value for name, limit in rule.limits.items() if (value := _value(limit, median)) is not None}
    bound = {name: [(0.0, value)] for name, value in limits.items()}
    said = evaluate(condition, Series({**samples, **bound}, NOW))
    assert said is None or isinstance(said, bool)
    return said


def _value(limit: Limit, median: Mapping[str, float]) -> float | None:
    if limit.own is not None and limit.of in median:
        return limit.own * median[limit.of]
    return limit.default


def _flat(*values: float, every: float = 300.0) -> list[tuple[float, float]]:
    """One value a window of `every` seconds, the last one at NOW."""
    return [(NOW - every * ago, value) for ago, value in zip(range(len(values) - 1, -1, -1), values, strict=True)]


def _now(**values: float) -> dict[str, list[tuple[float, float]]]:
    return {name: [(NOW - 60, value)] for name, value in values.items()}


def _orders(paid: tuple[float, float]) -> Samples:
    """101 new orders in a quarter of an hour."""
    created, pays = _flat(300, 401, every=900), _flat(*paid, every=900)
    return {"pay_rate": _flat(0.85, 0.83), "create_order_cnt": created, "pay_order_cnt": pays}


def _sales(before: float, last: float, online: float) -> Samples:
    return {"gmv_5m": _flat(500, 0, 0, before, last), **_now(online_now=online)}


def _spent(last: float) -> Samples:
    """10 元 every five minutes for more than an hour, then `last` in five minutes."""
    return {"ad_cost": _flat(*(10.0 * n for n in range(20)), 190 + last), **_now(elapsed=7200)}


def _return(roi: float, sells: float = 0.1) -> Samples:
    plan = _now(ad_roi=roi, target_roi=3.5, main_stock_left=200, main_sold_15m=100)
    return {**plan, "clk_pay_rate": _flat(0.1, sells, every=900)}


@pytest.mark.parametrize(
    ("id", "fires", "just_not"),
    [
        ("N01", {"online_now": _flat(1000, 900, 850)}, {"online_now": _flat(1000, 900, 851)}),
        ("N02", {"online_now": _flat(1000, 960, 919, 919)}, {"online_now": _flat(1000, 960, 921, 921)}),
        ("N02", {"online_now": _flat(1000, 960, 919, 919)}, {"online_now": _flat(1000, 900, 919, 919)}),
        ("N03", {"enter_5m": _flat(1000, 899)}, {"enter_5m": _flat(1000, 901)}),
        (
            "N04",
            {"enter_5m": _flat(1000, 1300), "avg_watch_sec": _flat(60, 60)},
            {"enter_5m": _flat(1000, 1300), "avg_watch_sec": _flat(60, 58)},
        ),
        ("N06", _now(avg_watch_sec=19.9), _now(avg_watch_sec=20)),
        ("N07", _now(avg_watch_sec=20), _now(avg_watch_sec=45)),
        ("N10", _now(comment_rate=0.0049, watch_uv=200), _now(comment_rate=0.005, watch_uv=200)),
        ("N10", _now(comment_rate=0.0049, watch_uv=200), _now(comment_rate=0.0049, watch_uv=199)),
        ("N13", _now(negative_comments_5m=3), _now(negative_comments_5m=2)),
        ("N14", _now(follow_rate=0.01, watch_uv=500, elapsed=1200), _now(follow_rate=0.01, watch_uv=500, elapsed=1201)),
        ("N15", _now(fans_club_join=0, elapsed=3601), _now(fans_club_join=1, elapsed=3601)),
        ("N16", _now(fans_watch_share=0.81, new_buyer_share=0.09, pay_uv=20),
         _now(fans_watch_share=0.81, new_buyer_share=0.1, pay_uv=20)),
        ("N18", {"paid_share": _flat(0.71, 0.8, 0.71, every=900)}, {"paid_share": _flat(0.71, 0.7, 0.9, every=900)}),
        ("N19", _now(item_ctr=0.029, item_exp_uv=200), _now(item_ctr=0.03, item_exp_uv=200)),
        ("N21", _now(item_exp_uv=99, watch_uv=200), _now(item_exp_uv=100, watch_uv=200)),
        ("N23", _orders(paid=(270, 350)), _orders(paid=(270, 351))),
        ("N24", _sales(0, 0, online=30), _sales(0, 1, online=30)),
        ("N24", _sales(0, 0, online=30), _sales(0, 0, online=29)),
        ("N27", _now(goal_progress=-0.21, elapsed=3600, length=10800), _now(goal_progress=-0.21, elapsed=3599, length=10800)),
        ("N29", _now(aov=79, planned_aov=100, pay_uv=40, goal=10000, planned_progress=0.4),
         _now(aov=79, planned_aov=100, pay_uv=39, goal=10000, planned_progress=0.4)),
        ("N31", _now(elapsed=6480, length=7200, uv_value=2.2, uv_value_last=2.5, uv_value_before_last=3),
         _now(elapsed=6479, length=7200, uv_value=2.2, uv_value_last=2.5, uv_value_before_last=3)),
        ("N33", _now(main_stock_left=80, main_sold_15m=95, main_stock_share=0.2),
         _now(main_stock_left=95, main_sold_15m=95, main_stock_share=0.1)),
        ("N35", _now(ad_roi=2.2, break_even_roi=2.27, ad_cost=201, budget=2000),
         _now(ad_roi=2.2, break_even_roi=2.27, ad_cost=200, budget=2000)),
        ("N36", _spent(30), _spent(29)),
        ("N37", _return(4.2), _return(4.1)),
        ("N37", _return(4.2, sells=0.091), _return(4.2, sells=0.089)),
        ("N38", {"enter_5m": _flat(100, 200, every=900), "avg_watch_sec": _flat(60, 42, every=900)},
         {"enter_5m": _flat(100, 199, every=900), "avg_watch_sec": _flat(60, 42, every=900)}),
        ("N39", _now(ad_follow_cost=3.1, ad_follow_cost_30d=2), _now(ad_follow_cost=3, ad_follow_cost_30d=2)),
        ("N40", _now(heard_absolute=1), _now(heard_absolute=0)),
        ("N42", _now(heard_reference_price=1, price_evidence=0), _now(heard_reference_price=1, price_evidence=1)),
        ("N43", _now(raffle_unannounced=0, raffle_top_prize=50001), _now(raffle_unannounced=0, raffle_top_prize=50000)),
    ],
)  # fmt: skip
def test_a_rule_speaks_at_its_limit_and_not_just_before(id: str, fires: Samples, just_not: Samples) -> None:
    assert _holds(id, fires) is True and _recovered(id, fires) is not True
    assert _holds(id, just_not) is False


@pytest.mark.parametrize(
    ("id", "median", "fires", "just_not"),
    [
        ("N05", {"enter_rate": 0.1}, _now(enter_rate=0.079, watch_uv=500), _now(enter_rate=0.081, watch_uv=500)),
        ("N09", {"watch_60s_rate": 0.2}, _now(watch_60s_rate=0.159, watch_uv=500), _now(watch_60s_rate=0.161, watch_uv=500)),
        ("N22", {"clk_pay_rate": 0.1}, {"pay_uv": _flat(0, 3.4, every=600), "item_clk_uv": _flat(0, 50, every=600)},
         {"pay_uv": _flat(0, 3.6, every=600), "item_clk_uv": _flat(0, 50, every=600)}),
        ("N20", {"clk_pay_rate": 0.1, "item_ctr": 0.1}, _now(clk_pay_rate=0.079, item_ctr=0.121, item_clk_uv=50),
         _now(clk_pay_rate=0.079, item_ctr=0.119, item_clk_uv=50)),
        ("N30", {"gpm": 500.0}, _now(gpm=399, watch_pv=200), _now(gpm=400, watch_pv=200)),
    ],
)  # fmt: skip
def test_a_rule_against_the_own_median_says_nothing_without_one(
    id: str, median: Mapping[str, float], fires: Samples, just_not: Samples
) -> None:
    assert _holds(id, fires, median) is True and _recovered(id, fires, median) is not True
    assert _holds(id, just_not, median) is False
    assert _holds(id, fires) is None


@pytest.mark.parametrize(
    ("id", "metric", "usual"), [("N06", "avg_watch_sec", 15.0), ("N10", "comment_rate", 0.004), ("N19", "item_ctr", 0.02)]
)
def test_a_room_that_is_usually_below_a_published_figure_is_not_nagged(id: str, metric: str, usual: float) -> None:
    samples = _now(**{metric: usual}, watch_uv=500, item_exp_uv=500)
    assert _holds(id, samples) is True
    assert _holds(id, samples, {metric: usual}) is False


@pytest.mark.parametrize(
    ("id", "over"),
    [
        ("N01", {"online_now": _flat(1000, 800, 800, 900)}),
        ("N03", {"enter_5m": _flat(1000, 700, 1000)}),
        ("N06", _now(avg_watch_sec=22.1)),
        ("N13", {"negative_comments_5m": _flat(3, 0, 0, 0)}),
        ("N19", _now(item_ctr=0.034, item_exp_uv=500)),
        ("N24", {"gmv_5m": _flat(0, 0, 50, 80)}),
        ("N27", _now(goal_progress=-0.14)),
        ("N33", _now(main_stock_left=200, main_sold_15m=95, main_stock_share=0.3)),
        ("N35", _now(ad_roi=2.4, break_even_roi=2.27)),
    ],
)
def test_a_rule_is_over_once_the_figures_are_clearly_back(id: str, over: Samples) -> None:
    assert _recovered(id, over) is True


def _speed_up(cost: float) -> Samples:
    """40 minutes of advertising at 2 元 a minute, then five minutes for `cost`; the session began as it did."""
    minutes = [(NOW - 2700 + 60 * n, 2.0 * n) for n in range(41)]
    return {"ad_cost": [*minutes, (NOW, 80 + cost)], "elapsed": [(NOW - 2700 + 60 * n, 60.0 * n) for n in range(46)]}


def test_spending_is_also_watched_while_there_is_no_hour_before_it() -> None:
    assert _holds("N36", _speed_up(31)) is True
    assert _holds("N36", _speed_up(29)) is False


def test_advertising_that_has_just_begun_is_no_speeding_up() -> None:
    assert _holds("N36", {"ad_cost": [(0.0, 0.0), (NOW - 300, 0.0), (NOW, 50.0)], **_now(elapsed=2700)}) is False


def test_a_wave_of_viewers_without_sales_is_noticed_three_minutes_later() -> None:
    enter = [(NOW - 60 * ago, 100.0) for ago in range(60, 4, -1)] + [(NOW - 60 * ago, 200.0) for ago in range(4, -1, -1)]
    flat, lively = [(NOW - 3600, 500.0)], [(NOW - 3600, 500.0), (NOW - 180, 700.0)]
    assert _holds("N26", {"enter_5m": enter, "gmv_5m": flat}) is True
    assert _recovered("N26", {"enter_5m": enter, "gmv_5m": flat}) is False
    assert _holds("N26", {"enter_5m": enter, "gmv_5m": lively}) is False


def test_missing_figures_are_no_sign() -> None:
    assert [rule.id for rule in _built_in() if _holds(rule.id, {}) is True] == []
