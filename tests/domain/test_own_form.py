"""A rule's form: what is wrong with the sheet that is made of it is said by the line that somebody typed."""

from __future__ import annotations

import pytest

from bot.channels.rule_form import read_form
from bot.domain.expressions import ExpressionError
from bot.domain.own_form import condition_of, in_form
from bot.domain.own_rules import Mistake
from tests.flows.nudge_room import REFERENCE

FORM = "写好了，请看：\n标题：掉得厉害\n\n条件：gpm < 600\n级别：中\n步骤：\n60 秒 场控：喊返场"


def test_a_field_is_known_by_the_line_at_which_it_begins() -> None:
    assert read_form(FORM, "zh").lines == {"title": 2, "condition": 4, "severity": 5, "steps": 7}


@pytest.mark.parametrize(
    ("said", "line", "text"),
    [
        ("T03：name：太长", 2, "太长"),
        ("T03：when：看不懂", 4, "看不懂"),
        ("T03：limits.low.of：没有这个指标", 4, "没有这个指标"),
        ("T03：severity：只能写 info", 5, "只能写 info"),
        ("T03：steps.60s.0.do：太长", 7, "太长"),
        ("T03：最多往前看 65 分钟，请把时长改短", 4, "最多往前看 65 分钟，请把时长改短"),
        ("T01：when：没有 gmp 这个指标", 0, "T01：when：没有 gmp 这个指标"),
        ("自己的规则最多 30 条，现在有 31 条", 0, "自己的规则最多 30 条，现在有 31 条"),
    ],
)
def test_a_mistake_of_the_sheet_is_one_of_the_form(said: str, line: int, text: str) -> None:
    assert in_form(Mistake(88, said, said), "T03", read_form(FORM, "zh")) == Mistake(line, text, text)


def limits(typed: str) -> tuple[str, dict[str, dict[str, object]]]:
    """The condition as it is read, and its limits without their source."""
    names = {one.id: (one.name, *one.also) for one in REFERENCE.metrics}
    found = condition_of(typed, REFERENCE.units, names)
    return found.when, {name: {key: value for key, value in row.items() if key != "source"} for name, row in found.limits.items()}


@pytest.mark.parametrize(
    ("typed", "factor"),
    [
        ("gpm < 0.6 * own", 0.6),
        ("gpm < 0.6 * own * 2", 1.2),
        ("gpm < 60% * own", 0.6),
        ("gpm < 60%own", 0.6),
        ("gpm < own * 60%", 0.6),
        ("GPM 低于自己平时的 0.6 倍", 0.6),
        ("gpm < own的60%", 0.6),
        ("gpm < own", 1.0),
    ],
)
def test_every_factor_of_ones_own_counts(typed: str, factor: float) -> None:
    when, found = limits(typed)
    assert when == "gpm < low" and found == {"low": {"of": "gpm", "own": pytest.approx(factor), "session": pytest.approx(factor)}}


@pytest.mark.parametrize(
    ("typed", "when", "default"),
    [
        ("ＧＰＭ＜６００", "gpm < low", "600元/千次"),
        ("GPM 大于等于 600", "gpm >= high", "600元/千次"),
        ("GPM 高于或等于 600", "gpm >= high", "600元/千次"),
        ("gpm 不超过 1.2万", "gpm <= low", "12000元/千次"),
        ("gpm 超过 1.2万元", "gpm > high", "12000元/千次"),
        ("gpm < 999999999999999", "gpm < low", "999999999999999元/千次"),
        ("gpm < 0.00001", "gpm < low", "0.00001元/千次"),
        ("人均停留时长 低于 2分钟", "avg_watch_sec < low", "120s"),
        ("成交金额（GMV） > 5万元", "gmv > high", "50000元"),
        ("曝光进入率 < 7％", "enter_rate < low", "7%"),
    ],
)
def test_figures_and_signs_are_read_as_people_type_them(typed: str, when: str, default: str) -> None:
    assert limits(typed) == (when, {when.split()[-1]: {"of": when.split()[0], "default": default}})


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("gpm < 0.6 * own / 2", "直接比"),
        ("gpm < 0.6 * own + 5", "直接比"),
        ("gpm < own - 5", "直接比"),
        ("gpm < 0 * own", "倍数要大于 0"),
        ("gpm < 1e9", "e9"),
        ("gpm < 600 * 2", "不能拿"),
        ("1 < 2", "要写成一个判断"),
        ("gpm 没有低于 600", "看不懂"),
    ],
)
def test_what_would_mean_something_else_is_refused(typed: str, said: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        limits(typed)
    assert said in refused.value.message
