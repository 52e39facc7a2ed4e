"""/effects in an operator's words: no share of a handful, whole hours, one tip is one tip."""

from __future__ import annotations

import pytest

from bot.channels.worth_view import worth_page
from bot.domain.learning import Feedback, Lift, Share
from bot.flows.effects import RuleWorth, Worth
from tests.channels.tip_paper import RULES


def page(feedback: Feedback, language: str = "zh") -> list[str]:
    found = Worth((RuleWorth(RULES[feedback.rule], feedback),), None, Lift(Share(0, 0), Share(0, 0)))
    return worth_page(found, "直播一组", language).plain.splitlines()[1:]


def test_a_few_tips_are_told_as_they_are_and_not_as_a_share() -> None:
    few = Feedback("N01", tips=1, acted=2, useless=1, right=2, hours=36, effects=(0.53,))
    assert page(few) == [
        "N01 在线掉得快：提了 1 条，约 36 小时 1 条",
        "　点过的 3 条里 1 条没用，样本太少；处理后好没好，只有 1 条算得出，看不出",
    ]
    english = page(few, "en")
    assert english[0] == "N01 在线掉得快: 1 tip, about one in 36 h" and "1 of 3 judged not useful; too few" in english[1]
    assert not any("%" in line for line in page(few) + english)


@pytest.mark.parametrize(
    "right,useless,said",
    [(19, 1, "点过的 20 条里 1 条没用，多半管用"), (1, 11, "点过的 12 条里 11 条没用，多半没用，该改"),
     (6, 6, "点过的 12 条里 6 条没用，时灵时不灵"), (7, 0, "点过的 7 条里 0 条没用，样本太少")],
)  # fmt: skip
def test_enough_tips_have_a_verdict_in_words(right: int, useless: int, said: str) -> None:
    found = page(Feedback("N06", right + useless, right, useless, right, 10))
    assert found[1] == f"　{said}"


@pytest.mark.parametrize(
    "effects,said", [((0.1, 0.12, 0.2, 0.12, 0.3), "一般比不处理好 12%（5 条）"), ((-0.2,) * 6, "一般比不处理差 20%（6 条）")]
)
def test_what_came_of_acting_is_told_of_five_tips_on(effects: tuple[float, ...], said: str) -> None:
    assert page(Feedback("N06", 30, 9, 0, 9, 10, effects))[1].endswith(f"；处理后 15 分钟，{said}")


@pytest.mark.parametrize(
    "tips,hours,said", [(3, 0, "提了 3 条"), (25, 10, "，每小时约 2 条"), (10, 10, "，每小时约 1 条"), (3, 4, "，约 1 小时 1 条")]
)
def test_how_often_is_in_whole_tips_or_hours(tips: int, hours: float, said: str) -> None:
    assert page(Feedback("N06", tips, 0, 0, 0, hours))[0].endswith(said)
