"""A rule's form: what is wrong with the sheet that is made of it is said by the line that somebody typed."""

from __future__ import annotations

import pytest

from bot.channels.rule_form import read_form
from bot.domain.own_form import in_form
from bot.domain.own_rules import Mistake

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
