"""/why: what was told with the figures of then, what kept silent once for each reason."""

from __future__ import annotations

from dataclasses import replace

from bot.channels.why_view import MOST, why_list
from bot.domain.tips import Basis, Recovered, Withheld
from tests.channels.tip_paper import NOW, RULES, TOLD, bar, tip, turn
from tests.domain.live import at, session

NAMES = {id: rule.name for id, rule in RULES.items()}


def silent(minute: int, rule: str = "N10", stage: str = "cooldown", key: str = "standing") -> Withheld:
    return Withheld(session(), RULES[rule], at(20, minute), stage, key, {"since": at(20, 0), "need": 2, "have": 1})


def test_a_tip_is_told_with_its_own_figure_and_limit_whatever_the_rule_says_today() -> None:
    told = tip("N10", turn("comment_rate", None, 0.0048), bar("comment_rate", 0.005))
    lines = why_list([], NAMES, NOW, "zh", told=[told]).plain.splitlines()
    assert lines == ["🔔 已提示：N10 评论率低（20:15），还没恢复", "评论率 0.48%，当时的警戒线 0.5%（默认值）"]
    english = why_list([], NAMES, NOW, "en", told=[replace(told, recovered=Recovered(NOW, 0.006))]).plain
    assert "not over yet" not in english and "0.48%, Then: Threshold 0.5% (default)" in english


def test_what_repeats_is_one_line_with_how_often_and_what_was_told_comes_first() -> None:
    decided = [silent(8), silent(7), silent(6, "N06", "hold", "holding"), silent(5), silent(3)]
    text = why_list(decided, NAMES, NOW, "zh", told=[TOLD["traffic"]]).plain
    heads = [line for line in text.splitlines() if line.startswith(("🔔", "🤫"))]
    assert heads == [
        "🔔 已提示：N01 在线掉得快（20:15），还没恢复",
        "🤫 没提示：N10 评论率低（20:03–20:08，4 次）",
        "🤫 没提示：N06 停留太短（20:06）",
    ]
    assert "20:03–20:08, 4 times" in why_list(decided, NAMES, NOW, "en").plain


def test_more_reasons_than_fit_are_left_out_and_none_is_said() -> None:
    many = [silent(20, rule) for rule in sorted(RULES)[: MOST + 3]]
    assert why_list(many, NAMES, NOW, "zh").plain.count("🤫") == MOST
    assert "没有指标越线" in why_list([], NAMES, NOW, "zh").plain


def test_where_a_median_gave_the_limit_it_says_whose() -> None:
    told = tip("N06", turn("avg_watch_sec", None, 18.4), bar("avg_watch_sec", 20.5, Basis.OWN, 0.5))
    assert "当时的警戒线 20.5 秒（自己近 7 天同时段中位数 × 0.5）" in why_list([], NAMES, NOW, "zh", told=[told]).plain
