"""What tips lead with: for every rule of the handbook the figure that its condition compares, in the limit's unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.domain.decisions import Decision
from bot.domain.expressions import Expression, parse, same_unit, unit_of
from bot.domain.expressions.nodes import COMPARING, Binary, Call, Name, Node, walk
from bot.domain.headlines import headlines, leading, sign_of
from bot.domain.lookout import Lookout, Over, Spoken
from bot.domain.metrics import Aggregation
from bot.domain.nudges import Rule
from bot.domain.seats import Watched
from tests.domain.rule_room import START, Figure, Room, book, grows, handbook, rows

RULES = {one.id: one for one in handbook().rules}
METRICS = {one.id: one for one in handbook().metrics.metrics}
UNITS = {one.id: one.unit for one in (*METRICS.values(), *handbook().metrics.inputs)}
COUNTERS = {Aggregation.COUNTER, Aggregation.COUNTER_DISTINCT}


def compared(rule: Rule) -> Iterator[tuple[Node, Node]]:
    """The two sides of each comparison of a condition, both ways round."""
    for one in walk(rule.when.root):
        if isinstance(one, Binary) and one.operator in COMPARING:
            yield from ((one.left, one.right), (one.right, one.left))


@pytest.mark.parametrize("id", sorted(RULES))
def test_a_tip_leads_with_what_the_condition_compares(id: str) -> None:
    rule = RULES[id]
    assert headlines(rule)
    for led in headlines(rule):
        speed = replace(led.node, function="rate") if isinstance(led.node, Call) else led.node
        assert any({led.node, speed} & set(walk(side)) for side, _ in compared(rule)), "what is told is nowhere compared"
        metric = METRICS.get(led.of)
        if metric is not None and metric.aggregation in COUNTERS and isinstance(led.node, Name):
            assert any(side == led.node for side, _ in compared(rule)), f"{led.of} can only rise, and is not what is compared"


@pytest.mark.parametrize("id", sorted(RULES))
def test_it_has_the_unit_of_the_limit_that_it_is_compared_with(id: str) -> None:
    rule = RULES[id]
    for led in headlines(rule):
        unit = unit_of(Expression("", led.node), UNITS)
        assert same_unit(unit or "%", "%" if led.whole else UNITS[led.of]) or unit == UNITS[led.of]
        against = [other for side, other in compared(rule) if side == led.node]
        named = {at.id for other in against for at in walk(other) if isinstance(at, Name) and at.id in rule.limits}
        for limit in (rule.limits[name] for name in named):
            assert limit.of == led.of
            assert limit.ratio or UNITS[limit.of] == UNITS[led.of]


def test_quotients_and_growth_are_told_and_not_the_counters_in_them() -> None:
    said = {id: [(one.of, one.window, one.whole) for one in headlines(RULES[id])] for id in ("N21", "N22", "N23", "N36")}
    assert said == {
        "N21": [("item_exp_uv", 0.0, "watch_uv")],
        "N22": [("clk_pay_rate", 300.0, ""), ("clk_pay_rate", 600.0, "")],
        "N23": [("pay_rate", 0.0, ""), ("pay_rate", 900.0, "")],
        "N36": [("ad_cost", 300.0, ""), ("ad_cost", 300.0, "")],
    }
    (mean,) = headlines(RULES["N02"])
    assert (mean.of, mean.averaged, mean.window, mean.plain) == ("online_now", True, 300.0, True)


def test_a_condition_without_a_comparison_leads_with_what_it_names() -> None:
    bare = replace(RULES["N01"], when=parse("falling(online_now, 5min, 3)"), recovered=None, limits={})
    assert leading(bare) == "online_now"
    assert leading(replace(bare, when=parse("elapsed > 60min"), needs=frozenset({"elapsed"}))) == ""


def test_only_a_figure_below_zero_has_a_limit_below_zero() -> None:
    signs = {(one.id, name): sign_of(one.when.root, name) for one in RULES.values() for name in one.limits}
    assert [key for key, sign in signs.items() if sign < 0] == [("N27", "behind")]


def spoken(id: str, figures: dict[str, Figure], minutes: int, watched: Watched | None = None) -> tuple[Spoken, list[Over]]:
    lookout = Lookout(book(id))
    lookout.join(watched or Watched("room", START))
    found = lookout.take({"room": list(rows(figures, minutes))})["room"]
    told = [one for one in found if isinstance(one, Spoken)]
    return told[0], [one for one in found if isinstance(one, Over)]


def test_the_paid_of_those_who_clicked_are_told_as_they_are_compared_and_followed_to_the_end() -> None:
    figures = {"pay_uv": grows(5, 0.5, start=60, end=80)}
    tip, over = spoken("N22", figures, 110, Watched("room", START, own={"clk_pay_rate": 0.25}))
    decision = tip.decision
    assert decision.headline and decision.headline.of == "clk_pay_rate"
    assert decision.figure is not None and decision.figure < decision.thresholds["unsold"].value
    assert tip.usual is None, "what the whole session's rate usually is says little about ten minutes of it"
    assert over and over[0].value is not None and decision.figure < over[0].value <= 0.25 + 1e-6


def test_a_share_of_viewers_is_a_share() -> None:
    tip, _ = spoken("N21", {"item_exp_uv": lambda m: 30 * m}, 40)
    assert tip.decision.figure == pytest.approx(0.3)


def test_spending_is_what_was_spent_lately() -> None:
    tip, _ = spoken("N36", {"ad_cost": grows(10, 60, start=70)}, 90)
    assert tip.decision.figure is not None and 150 <= tip.decision.figure <= 300


def test_a_slide_is_told_as_the_means_that_were_compared() -> None:
    tip, _ = spoken("N02", {"online_now": lambda m: 3000 - 45 * max(0, m - 60)}, 85)
    assert tip.before is not None and tip.decision.figure is not None and tip.span == 600
    assert tip.decision.figure / tip.before - 1 <= -0.08


def test_of_two_conditions_the_one_that_holds_is_told() -> None:
    late = {"create_order_cnt": grows(6, 20, start=100), "pay_order_cnt": grows(5.9, 6, start=100)}
    tip, _ = spoken("N23", late, 140)
    assert tip.decision.headline and tip.decision.headline.window == 900.0, "the session's own rate is still above its limit"
    assert tip.decision.figure is not None and tip.decision.figure < 0.8


def test_every_rule_that_speaks_in_a_room_leads_with_a_figure() -> None:
    room = Room(book("N21", "N06")).run({"item_exp_uv": lambda m: 30 * m, "avg_watch_sec": lambda m: 10}, 40)
    told = [one for _, one in room.decisions if isinstance(one, Decision) and one.sent]
    assert {one.rule.id: one.figure is not None for one in told} == {"N21": True, "N06": True}
