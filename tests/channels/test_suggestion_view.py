"""Proposals in words: one screen for three, what is lost is said, and what is settled has no buttons."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from bot.channels.rule_view import an_hour
from bot.channels.suggestion_view import change, flat, trial_page, weekly_message
from bot.domain.candidates import Way
from bot.domain.limit_names import Called
from bot.domain.messages import Message
from bot.domain.suggestions import Outcome, State
from bot.flows.suggesting import Shown, Weekly
from bot.flows.suggestions import Evidence
from tests.domain.live import at
from tests.domain.suggested import suggestion
from tests.paper_reference import REFERENCE

NOW = at(12, day=2)
LONG = "自己近 7 天同时段中位数 × 0.7（没有就用 同类直播间中位数 × 0.7，再没有就用 本场到现在的水平 × 0.5）"
WAS = "your own 7-day same-slot median × 0.7 (if not known: median of comparable rooms…"
HELD = suggestion("5a5a0003", rule="N03", limit="hold", was="3 个采样", becomes="2 个采样", way=Way.LOOSER, right=16, wrong=0,
                  outcome=Outcome(16, 18, 16, 16, 0, 0, 12, 240.0))  # fmt: skip

RATE, ROWS = Called("评论率", "comment rate"), Called("连续采样", "samples in a row")


def message(language: str = "zh", **changes: object) -> Message:
    shown = (
        Shown(suggestion(), "评论率低", RATE, ""),
        Shown(
            suggestion("5a5a0002", was=LONG, merchant="000000b1", outcome=Outcome(90, 40, 20, 18, 50, 40)),
            "成" * 60,
            RATE,
            "北" * 60,
        ),
        Shown(replace(HELD, **changes), "进人流速掉了", ROWS, ""),  # type: ignore[arg-type]
    )
    return weekly_message(Weekly("直播一组", shown[0].suggestion.week, shown), NOW, language)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_three_proposals_fit_on_a_screen_with_a_row_of_buttons_each(language: str) -> None:
    said = message(language)
    assert len(said.plain.splitlines()) <= 20 and all(len(line) < 200 for line in said.plain.splitlines())
    assert [len(row) for row in said.buttons] == [3, 3, 3]
    assert all(len(button.action.encode()) <= 64 for row in said.buttons for button in row)


def test_what_would_be_lost_or_told_sooner_is_said_and_no_more() -> None:
    lines = message().plain.splitlines()
    assert "有用的 4 条都还会提，没用的 12 条都不再提。" in lines[6]
    assert "有用的 20 条还会提 18 条，没用的 50 条里 40 条不再提。" in lines[12]
    assert lines[-1].endswith("有用的 16 条都还会提，其中 12 条会早提，早约 4 分钟。")
    assert lines[-3] == "连续 3 个采样才提 → 连续 2 个"
    assert change(Shown(HELD, "进人流速掉了", ROWS, ""), "en") == "Samples in a row: 3 → 2"


def shown(**more: object) -> Shown:
    return Shown(suggestion(**more), "评论率低", RATE, "")  # type: ignore[arg-type]


def test_that_the_own_median_counts_no_more_is_said_where_it_is_so() -> None:
    usual = "自己近 7 天同时段中位数 × 0.6（没有就用 0.5%）"
    assert flat(shown(was=usual), "zh") == ["以后一律按 0.45%，不再看自己的中位数。"]
    assert flat(shown(was=usual), "en") == ["From then on it is always 0.45%; your own median no longer counts."]
    for was, becomes in (("0.5%", "0.45%"), (LONG, LONG.replace("0.7", "0.6"))):
        assert flat(shown(was=was, becomes=becomes), "zh") == []
    assert flat(Shown(HELD, "进人流速掉了", ROWS, ""), "zh") == []


def test_what_there_is_none_of_is_not_counted() -> None:
    def week(came: Outcome) -> str:
        one = shown(outcome=came)
        return weekly_message(Weekly("直播一组", one.suggestion.week, (one,)), NOW, "zh").plain

    assert "这条规则值得改" in week(Outcome(16, 4, 4, 4, 12, 12)) and "这几条" not in week(Outcome(16, 4, 4, 4, 12, 12))
    assert week(Outcome(4, 4, 4, 4, 0, 0)).endswith("有用的 4 条都还会提。")
    assert week(Outcome(16, 16, 4, 4, 12, 0)).endswith("，没用的 12 条照样会提。")
    tried = trial_page(Evidence(shown(outcome=Outcome(4, 4, 4, 4, 0, 0)), (), REFERENCE), NOW, UTC, "zh").plain
    assert "“没用”的 0" not in tried and "点了“已处理”的 4 条" in tried
    sooner = trial_page(Evidence(Shown(HELD, "进人流速掉了", ROWS, ""), (), REFERENCE), NOW, UTC, "zh").plain
    assert "一般早 4 分钟" in sooner and "中位" not in sooner


@pytest.mark.parametrize(("rate", "said"), [(0, "0"), (1 / 21, "0.048"), (5 / 21, "0.24"), (1, "1.0"), (2.54, "2.5")])
def test_what_is_rare_is_not_never(rate: float, said: str) -> None:
    assert an_hour(rate) == said


def test_a_rule_that_was_changed_since_says_so() -> None:
    weekly = Weekly("直播一组", HELD.week, (Shown(HELD, "进人流速掉了", ROWS, "", False),))
    found = weekly_message(weekly, NOW, "zh")
    assert found.plain.splitlines()[-1] == "⌛ 规则后来改过，不算数了" and not found.buttons


@pytest.mark.parametrize(
    "changes,said",
    [
        ({"state": State.ADOPTED}, "✅ 已采用"),
        ({"state": State.DECLINED}, "✖️ 没采用，照旧"),
        ({"made_at": NOW - timedelta(days=28)}, "⌛ 过了 4 周，不算数了"),
    ],
)
def test_what_is_settled_says_so_and_has_no_buttons(changes: dict[str, object], said: str) -> None:
    found = message(**changes)
    assert found.plain.splitlines()[-1] == said and len(found.buttons) == 2


@pytest.mark.parametrize(
    "state,language,said",
    [
        (State.ADOPTED, "zh", "✅ 芳姐 已采用"),
        (State.ADOPTED, "en", "✅ taken by 芳姐"),
        (State.DECLINED, "zh", "✖️ 芳姐 定了不采用，照旧"),
        (State.DECLINED, "en", "✖️ declined by 芳姐; as before"),
    ],
)
def test_who_settled_it_is_named(state: State, language: str, said: str) -> None:
    shown = Shown(replace(HELD, state=state), "进人流速掉了", ROWS, "", by="芳姐")
    found = weekly_message(Weekly("直播一组", HELD.week, (shown,)), NOW, language)
    assert found.plain.splitlines()[-1] == said


def test_an_english_reader_finds_no_chinese_in_what_would_change() -> None:
    said = change(Shown(suggestion(was=LONG, becomes="45 秒"), "评论率低", RATE, ""), "en")
    assert said == f"Limit comment rate: {WAS} → 45 s"
