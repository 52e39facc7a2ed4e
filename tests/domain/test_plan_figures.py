"""Budget, ROI and AOV as operators say them, alone and in the line that plans a session."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.domain.plan_figures import INPUTS, PlanFigures, as_figures, read_figures
from bot.domain.plan_line import read_plan
from bot.errors import Refused
from tests.domain.live import SHANGHAI
from tests.domain.rule_room import handbook

NOW = datetime(2026, 3, 1, 12, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("预算 3000", {"budget": 3000}),
        ("投放预算3千5", {"budget": 3500}),
        ("预算：1.5万", {"budget": 15000}),
        ("预算三千", {"budget": 3000}),
        ("保本ROI 1.8", {"break_even_roi": 1.8}),
        ("保本 1:1.8", {"break_even_roi": 1.8}),
        ("保本投产比是2倍", {"break_even_roi": 2}),
        ("目标ROI2.5", {"target_roi": 2.5}),
        ("计划客单 89.9元", {"planned_aov": 89.9}),
        ("客单价¥89", {"planned_aov": 89}),
        ("预算 没有", {"budget": None}),
        ("保本ROI1.8目标ROI2.5预算3千", {"break_even_roi": 1.8, "target_roi": 2.5, "budget": 3000}),
        ("预算 3,000，保本ROI：1.8、客单 89。", {"budget": 3000, "break_even_roi": 1.8, "planned_aov": 89}),
        (
            "budget 3,000, break-even ROI 1.8, target ROI 2.5, AOV 89",
            {"budget": 3000, "break_even_roi": 1.8, "target_roi": 2.5, "planned_aov": 89},
        ),
    ],
)
def test_it_is_understood_as_it_is_said(said: str, meant: dict[str, float | None]) -> None:
    assert read_figures(said) == meant


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("三千", "figures_not_understood"),
        ("预算 3000 明天再说", "figures_not_understood"),
        ("", "figures_not_understood"),
        ("保本ROI 高", "ratio_not_understood"),
        ("保本ROI 0", "ratio_not_understood"),
        ("目标ROI 3000", "ratio_not_understood"),
        ("预算 很多", "money_not_understood"),
        ("预算 0", "money_too_small"),
    ],
)
def test_what_is_not_understood_says_so(said: str, reason: str) -> None:
    with pytest.raises(Refused) as caught:
        read_figures(said)
    assert caught.value.reason == reason


def test_a_target_below_break_even_plans_a_loss() -> None:
    planned = PlanFigures(break_even_roi=1.8)
    assert planned.changed({"target_roi": 1.8}).target_roi == 1.8
    with pytest.raises(Refused, match="target_below_break_even"):
        planned.changed({"target_roi": 1.7})
    assert planned.changed({"target_roi": 1.7, "break_even_roi": None}).known == {"target_roi": 1.7}


def test_one_line_plans_a_session_with_its_figures() -> None:
    said = read_plan("明晚8点 3小时 目标8万 目标ROI2.5 预算3000 保本ROI 1.8", now=NOW, zone=SHANGHAI)
    assert said.goal == 80_000 and said.length is not None
    assert said.figures == {"budget": 3000, "break_even_roi": 1.8, "target_roi": 2.5}
    assert read_plan("明晚8点 8万", now=NOW, zone=SHANGHAI).figures == {}


def test_every_figure_is_an_input_that_a_rule_reads() -> None:
    inputs = {one.id for one in handbook().metrics.inputs}
    read = {name for rule in handbook().rules for name in rule.needs}
    assert set(INPUTS) <= inputs & read


def test_what_is_stored_is_read_back_and_strange_inputs_are_left_out() -> None:
    planned = PlanFigures(budget=3000, planned_aov=89.9)
    assert as_figures({**planned.known, "once_known": 1}) == planned
