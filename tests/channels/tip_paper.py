"""Tips of the built-in handbook's rules, as they are told in tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.content.read import read_content
from bot.domain.metrics import Metric
from bot.domain.nudges import Rule
from bot.domain.parts import narrowed
from bot.domain.tips import Bar, Basis, Figure, Tip, Turn
from tests.domain.live import at, session

CONTENT = read_content(Path(__file__).resolve().parents[2] / "handbook")
RULES: dict[str, Rule] = {rule.id: rule for rule in CONTENT.rules}
METRICS: dict[str, Metric] = {metric.id: metric for metric in CONTENT.metrics.metrics}
NOW = at(20, 15)


def tip(rule: str, turn: Turn | None = None, *bars: Bar, **more: object) -> Tip:
    """A tip told at 20:15 of what began at 20:12."""
    values = {"merchant": "云栖茶行", "since": at(20, 12), "told": NOW} | more
    return Tip("t1", session(), rule=RULES[rule], turn=turn, bars=bars, **values)  # type: ignore[arg-type]


def turn(metric: str, before: float | None, now: float | None, minutes: int | None = None) -> Turn:
    """What a metric did."""
    of = METRICS[metric]
    span = None if minutes is None else timedelta(minutes=minutes)
    return Turn(of.name, of.english, of.unit, before, now, of.good, span)


def bar(metric: str, value: float, basis: Basis = Basis.DEFAULT, factor: float | None = None, *, ratio: bool = False) -> Bar:
    """A threshold for a metric."""
    of = METRICS[metric]
    return Bar(of.name, of.english, of.unit, value, basis, factor, ratio, "从业者文章（518wcb.com）；倍数为本项目自定")


def known(metric: str, value: float | None) -> Figure:
    """A metric's value."""
    return Figure.of(METRICS[metric], value)


TOLD: dict[str, Tip] = {
    "traffic": tip(
        "N01", turn("online_now", 200, 160, 5), bar("online_now", 0.15, ratio=True), evidence=(known("enter_5m", 80),),
        together=(RULES["N02"], RULES["N06"]), holders={"场控": "小李"}, case="小禾零食",
        metric="online_now",
    ),
    "engagement": tip("N06", turn("avg_watch_sec", 41, 18.4), bar("avg_watch_sec", 20.5, Basis.OWN, 0.5)),
    "product": tip(
        "N20", turn("clk_pay_rate", 0.124, 0.081), bar("item_ctr", 0.06, Basis.PEERS, 1.2),
        bar("clk_pay_rate", 0.09, Basis.OWN, 0.8),
    ),
    "sales": tip("N27", turn("goal_progress", -0.12, -0.24), bar("goal_progress", 0.2), evidence=(known("gmv", 32_400),)),
    "paid": tip("N35", turn("ad_roi", None, 1.1), bar("ad_cost", 0.1, ratio=True), evidence=(known("ad_cost", 12_000),)),
    "compliance": replace(tip("N43"), rule=narrowed(RULES["N43"], {"raffle_unannounced"})),
}  # fmt: skip
"""One tip of each group of rules."""
