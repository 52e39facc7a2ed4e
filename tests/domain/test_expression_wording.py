"""Formulas and conditions as people read them."""

from __future__ import annotations

import pytest

from bot.domain.expressions import parse
from bot.domain.expressions.wording import describe, duration
from tests.domain.rule_room import handbook

NAMES = {"gmv": "成交金额", "watch_pv": "观看人次", "online_now": "在线", "drop": "限值", "a": "甲", "b": "乙", "c": "丙"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("gmv * 1000 / watch_pv", "成交金额 × 1000 ÷ 观看人次"),
        ("change(online_now, 10min) <= -drop", "在线与 10 分钟前相比的变化 ≤ −限值"),
        ("falling(online_now, 5min, 3)", "在线连续 3 个 5 分钟逐段走低"),
        ("a - (b - c)", "甲 −（乙 − 丙）"),
        ("a - b - c", "甲 − 乙 − 丙"),
        ("(a + b) * c", "（甲 + 乙）× 丙"),
        ("a / (b * c) >= 15%", "甲 ÷（乙 × 丙）≥ 15%"),
        ("a > 3人 and (b > 0 or c > 90s)", "甲 > 3 人，并且（乙 > 0，或者丙 > 90 秒）"),
        ("a > 0 and b > 0 or c > 0", "（甲 > 0，并且乙 > 0），或者丙 > 0"),
        ("not (a < 30人)", "不是（甲 < 30 人）"),
        ("rate(a, 5min) >= 3 * rate(a, 1h, 5min)", "甲近 5 分钟平均每分钟的增量 ≥ 3 × 甲在 5 分钟之前那 1 小时平均每分钟的增量"),
        ("mean(a / b, 15min) < ago(c, 1h)", "（甲 ÷ 乙）近 15 分钟的均值 < 1 小时前的丙"),
        ("peak(a, 30min)", "甲正处在近 30 分钟的高峰"),
        ("unknown_id / 2", "unknown_id ÷ 2"),
        ("a > 100000元", "甲 > 100000 元"),
    ],
)
def test_an_expression_reads_in_words(text: str, said: str) -> None:
    assert describe(parse(text), NAMES) == said


def test_brackets_stand_where_leaving_them_out_would_change_the_value() -> None:
    assert describe(parse("(a - b) - (c - a)"), NAMES) == "甲 − 乙 −（丙 − 甲）"
    assert describe(parse("-(a + b)"), NAMES) == "−（甲 + 乙）"
    assert describe(parse("a * -b"), NAMES) == "甲 × −乙"


@pytest.mark.parametrize(
    ("seconds", "said"), [(600, "10 分钟"), (3600, "1 小时"), (90, "90 秒"), (5400, "90 分钟"), (0.5, "0.5 秒")]
)
def test_a_duration_takes_the_largest_unit_that_is_whole(seconds: float, said: str) -> None:
    assert duration(seconds) == said


ENGLISH = {"gmv": "sales", "watch_pv": "visits", "online_now": "viewers", "drop": "limit", "a": "alpha", "b": "beta"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("gmv * 1000 / watch_pv", "sales × 1000 ÷ visits"),
        ("change(online_now, 10min) <= -drop", "change of viewers against 10 min ago ≤ −limit"),
        ("falling(online_now, 5min, 3)", "viewers lower in each of 3 × 5 min"),
        ("a > 3人 and (b > 0 or a > 90s)", "alpha > 3 and (beta > 0 or alpha > 90 s)"),
        ("not (a < 30单)", "not (alpha < 30 orders)"),
        ("rate(a, 1h, 5min) > 50元", "growth of alpha a minute in the 1 h that ended 5 min ago > ¥50"),
        ("mean(a / b, 15min) < ago(b, 1h)", "mean of (alpha ÷ beta) over 15 min < beta 1 h ago"),
    ],
)
def test_it_reads_in_english_words_as_well(text: str, said: str) -> None:
    assert describe(parse(text), ENGLISH, "en") == said


def test_no_function_and_no_unit_of_the_built_in_rules_is_left_in_chinese_for_english_readers() -> None:
    book = handbook()
    made = [one.formula for one in book.metrics.metrics if one.formula]
    made += [one for rule in book.rules for one in (rule.when, rule.recovered) if one is not None]
    assert len(made) > 60
    for one in made:
        assert not any("\u4e00" <= sign <= "\u9fff" for sign in describe(one, {}, "en")), one.text
