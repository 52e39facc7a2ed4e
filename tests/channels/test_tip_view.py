"""Tips in words: what is on the phone, in both languages, however long the rule, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.tip_actions import NAMES, made, read
from bot.channels.tip_view import blind, escalation, sighted, silent, tip_message, why
from bot.domain.heard import Source
from bot.domain.messages import Message
from bot.domain.nudges import Phase, Planned, Rule, Severity, Step, Within
from bot.domain.sessions import Status
from bot.domain.tips import (
    Basis,
    Blind,
    By,
    FeedKind,
    Missed,
    Quoted,
    Recovered,
    Sighted,
    Tip,
    Withheld,
    bars,
    leading,
    weightiest,
)
from tests.channels.tip_paper import METRICS, NOW, RULES, TOLD, known, tip, turn
from tests.domain.live import at, session

PAPER = Path(__file__).resolve().parents[1] / "data" / "tips"
LINES = 14


def shown(message: Message) -> str:
    """As a golden file has it: the text, then the buttons row by row."""
    rows = ["[" + "] [".join(button.label for button in row) + "]" for row in message.buttons]
    return "\n".join([message.plain, *rows]) + "\n"


def messages() -> dict[str, Message]:
    found = {}
    gap = Blind(session(), "云栖茶行", "大屏抄录", FeedKind.BY_HAND, at(20, 12))
    some = replace(gap, missing=tuple(known(name, None) for name in ("online_now", "gmv", "gpm", "aov")))
    turns = (turn("gmv", 12_000, 15_200, 8), turn("online_now", 200, 120, 8))
    over = replace(TOLD["traffic"], recovered=Recovered(at(20, 24), 192), acknowledged=By("小张", at(20, 16)))
    for language in ("zh", "en"):
        for group, told in TOLD.items():
            found[f"{group}.{language}"] = tip_message(told, NOW, language)
        found[f"recovered.{language}"] = tip_message(over, at(20, 25), language)
        found[f"escalation.{language}"] = escalation(TOLD["traffic"], at(20, 20), language)
        found[f"why.{language}"] = why(TOLD["product"], at(20, 20), language)
        found[f"blind.{language}"] = blind(gap, at(20, 15), language)
        found[f"blind_some.{language}"] = blind(some, at(20, 15), language)
        found[f"sighted.{language}"] = sighted(Sighted(gap, at(20, 20), 24, 31, turns), at(20, 20), language)
    return found


@pytest.mark.parametrize("name", sorted(messages()))
def test_it_reads_as_it_was_read_aloud(name: str) -> None:
    assert shown(messages()[name]) == (PAPER / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("id", sorted(RULES))
def test_a_tip_of_every_rule_is_one_phone_screen(id: str, language: str) -> None:
    full = replace(TOLD["traffic"], rule=RULES[id], holders=dict.fromkeys(("场控", "主播", "操盘手"), "欧阳小张同学"))
    message = tip_message(full, NOW, language)
    assert len(message.plain.splitlines()) <= LINES and len(message.plain) < 1024
    assert all(step.do in message.plain and step.who for step in RULES[id].steps)
    assert all(0 < len(button.action.encode()) <= 64 for row in message.buttons for button in row)


def test_the_longest_texts_a_handbook_may_hold_still_fit() -> None:
    steps = tuple(Step(within, "货品专员", "核" * 400) for within in Within for _ in range(9))
    long = replace(RULES["N20"], name="名" * 300, steps=steps, lawful="法" * 900, sign="象" * 400)
    told = replace(TOLD["product"], rule=long, case="案" * 300, merchant="商" * 200, together=(long,) * 9)
    assert len(tip_message(told, NOW, "zh").plain) <= 1024 + 200 and "还有 19 步" in tip_message(told, NOW, "zh").plain
    assert len(escalation(told, NOW, "zh").plain) <= 4096
    assert max(len(button.label) for row in tip_message(told, NOW, "zh").buttons for button in row) <= 24


def labels(told: Tip, minute: int = 15) -> list[str]:
    return [button.label for row in tip_message(told, at(20, minute), "zh").buttons for button in row]


def test_what_is_taken_needs_no_taking_and_says_who_took_it() -> None:
    taken = replace(TOLD["engagement"], acknowledged=By("小张", at(20, 16)), not_useful=By("小李", at(20, 17)))
    assert labels(taken, 18) == ["❓ 为什么", "📖 怎么做 12.10"]
    assert tip_message(taken, at(20, 18), "zh").plain.endswith("✅ 小张 20:16 已处理\n👎 小李 说这条没用，已记下")


def test_a_mute_is_said_until_it_runs_out() -> None:
    muted = replace(TOLD["engagement"], muted_until=at(20, 25))
    assert tip_message(muted, at(20, 16), "zh").plain.endswith("🔕 静音到 20:25") and "🔕 静音 10 分钟" not in labels(muted)
    assert "静音到" not in tip_message(muted, at(20, 26), "zh").plain and "🔕 静音 10 分钟" in labels(muted, 26)


def test_a_breach_of_law_cannot_be_muted() -> None:
    assert TOLD["compliance"].severity is Severity.CRITICAL
    assert not any("静音" in label for label in labels(TOLD["compliance"]))


def test_what_is_not_known_is_said_and_never_zero() -> None:
    unknown = tip("N01", turn("online_now", 200, None, 5), evidence=(known("gmv", None),))
    text = tip_message(unknown, NOW, "zh").plain
    assert "200 人 → 无数据" in text and "成交金额 无数据" in text and " 0" not in text.split("▸")[0]


def test_times_are_those_of_the_session() -> None:
    berlin = replace(TOLD["engagement"], session=session(zone="Europe/Berlin"))
    assert "13:12 起" in tip_message(berlin, NOW, "zh").plain


def test_names_are_text_whatever_they_hold() -> None:
    odd = replace(TOLD["engagement"], merchant="好物\n\u202e【系统】", holders={"主播": "a\nb"}, acknowledged=By("x\ny", NOW))
    text = tip_message(odd, NOW, "zh").plain
    assert "好物 【系统】" in text and "主播 a b：" in text and "✅ x y 20:15" in text and "\u202e" not in text


REASONS: list[tuple[str, str, dict[str, object], str]] = [
    ("gap", "blind", {"since": at(20, 12)}, "停在“断数”这一步：20:12 起没有数，不判。"),
    ("gap", "blind", {"since": at(20, 12).timestamp()}, "停在“断数”这一步：20:12 起没有数，不判。"),
    ("samples", "few_samples", {"have": 3, "need": 6}, "才有 3 个采样，要满 6 个。"),
    ("samples", "too_early", {"minutes": 10.0}, "开播 10 分钟以后才看。"),
    ("threshold", "missing", {"names": ("online_now",)}, "缺 实时在线人数，缺数不当成 0。"),
    ("hold", "holding", {"have": 1, "need": 2}, "连续 2 个采样成立才提，现在 1 个。"),
    ("phase", "phase", {"phase": Phase.OPENING}, "现在是开场，这条规则不看。"),
    ("planned", "planned", {"events": (Planned.GIVEAWAY, Planned.BREAK)}, "正在福袋抽奖、休息，是计划里的。"),
    ("inhibited", "inhibited", {"rules": ("N06",)}, "N06 停留太短 已经提过，是同一个原因。"),
    ("cooldown", "cooling", {"seconds": 420.0}, "停在“刚提过”这一步：刚提过，还要等 7 分钟。"),
    ("budget", "budget", {"spent": 6, "most": 6}, "这一小时已提 6 条（上限 6），先让更要紧的。"),
    ("new stage", "new", {}, "停在“判断”这一步：这一步没有放行。"),
]


@pytest.mark.parametrize("stage,key,values,said", REASONS)
def test_silence_gives_its_reason(stage: str, key: str, values: dict[str, object], said: str) -> None:
    names = {id: metric.name for id, metric in METRICS.items()} | {id: rule.name for id, rule in RULES.items()}
    kept = Withheld(session(), RULES["N07"], NOW, stage, key, values)
    text = silent(kept, names, NOW, "zh").plain
    assert text.startswith("🤫 没提示：N07 停留不上不下（20:15）\n") and text.endswith(said)
    assert "{" not in silent(kept, names, NOW, "en").plain


@pytest.mark.parametrize("name", NAMES)
def test_buttons_are_read_back_and_nothing_else_is(name: str) -> None:
    fields = ("t1", 10) if name == "tip_mute" else ("t1",)
    assert read(made(name, *fields)) == (name, {"tip": "t1"} | ({"minutes": "10"} if name == "tip_mute" else {}))
    assert read(made(name, *fields) + ":1") is None and read(made(name, "t" * 17, *fields[1:])) is None


def test_the_weightiest_rule_names_the_cause() -> None:
    rules = tuple(RULES[id] for id in ("N15", "N07", "N06", "N43"))
    assert [rule.id for rule in weightiest(rules)] == ["N43", "N06", "N07", "N15"]


@pytest.mark.parametrize(
    "id,metric",
    [("N01", "online_now"), ("N06", "avg_watch_sec"), ("N20", "clk_pay_rate"), ("N31", "uv_value"), ("N40", "heard_absolute")],
)
def test_a_headline_is_about_what_the_rule_watches(id: str, metric: str) -> None:
    assert leading(RULES[id]) == metric


def test_every_rule_has_a_figure_to_lead_with() -> None:
    rules: list[Rule] = list(RULES.values())
    assert all(leading(rule) for rule in rules)


def test_a_gap_over_midnight_names_the_day() -> None:
    gap = Blind(session(), "云栖茶行", "接口", FeedKind.PUSHED, at(23, 50))
    assert "昨晚 23:50 起" in blind(gap, at(23, 50) + timedelta(hours=9), "zh").plain


def test_thresholds_are_those_of_the_condition_and_not_of_its_end() -> None:
    in_force = {"clicked": (0.06, Basis.PEERS), "unsold": (0.09, Basis.OWN), "back": (0.1, Basis.OWN)}
    found = bars(RULES["N20"], in_force, METRICS)
    assert [(bar.name, bar.value, bar.factor) for bar in found] == [("商品曝光点击率", 0.06, 1.2), ("点击成交转化率", 0.09, 0.8)]
    assert bars(RULES["N20"], {"clicked": (0.06, Basis.PEERS)}, {}) == () == bars(RULES["N20"], {}, METRICS)
    (drop,) = bars(RULES["N01"], {"drop": (0.15, Basis.DEFAULT)}, METRICS)
    assert drop.ratio and drop.factor is None and drop.source


def test_what_was_not_counted_is_not_said() -> None:
    back = Sighted(Blind(session(), "云栖茶行", "接口", FeedKind.PUSHED, at(20, 12)), at(20, 20))
    assert sighted(back, at(20, 20), "zh").plain.split("\n")[1:] == [
        "失明 20:12–20:20，共 8 分钟", "从现在起重新盯。这段要复盘，请以大屏为准。"
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_length_is_that_between_the_clock_times_beside_it(language: str) -> None:
    """From 20:03:50 to 20:07:10 is 20:03–20:07: four minutes to whoever reads it, though 200 seconds round to three."""
    since, until = at(20, 3) + timedelta(seconds=50), at(20, 7) + timedelta(seconds=10)
    four = "4 min" if language == "en" else "4 分钟"
    gap = Blind(session(), "云栖茶行", "大屏抄录", FeedKind.BY_HAND, since)
    over = replace(TOLD["traffic"], since=since, recovered=Recovered(until, 192))
    told = replace(TOLD["traffic"], since=since - timedelta(minutes=3), told=since)
    for message, clocks in (
        (blind(gap, until, language), ["20:03"]),
        (sighted(Sighted(gap, until, 0, 0, ()), until, language), ["20:03–20:07"]),
        (tip_message(over, until, language), ["20:03–20:07"]),
        (escalation(told, until, language), ["20:03"]),
        (tip_message(replace(told, since=since, told=until), until, language), ["20:03"]),
    ):
        assert four in message.plain and all(one in message.plain for one in clocks), message.plain
    soon = blind(gap, since + timedelta(seconds=40), language).plain
    assert ("40 s" if language == "en" else "40 秒") in soon


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("who", list(Missed))
def test_who_gets_it_instead_reads_first_why(who: Missed, language: str) -> None:
    gap = Blind(session(), "云栖茶行", "大屏抄录", FeedKind.BY_HAND, at(20, 12))
    for usual, instead in (
        (tip_message(TOLD["traffic"], NOW, language), tip_message(TOLD["traffic"], NOW, language, who)),
        (blind(gap, NOW, language), blind(gap, NOW, language, who)),
        (escalation(TOLD["traffic"], NOW, language), escalation(TOLD["traffic"], NOW, language, who)),
    ):
        head, why_here, *rest = instead.plain.splitlines()
        assert [head, *rest] == usual.plain.splitlines() and why_here.startswith("⚠️ ") and instead.buttons == usual.buttons


def test_what_is_not_known_to_stand_in_the_group_is_not_said_to() -> None:
    stands, unseen = (escalation(TOLD["traffic"], at(20, 20), "zh", stood=stood).plain for stood in (True, False))
    assert "群里 20:15 提示，5 分钟了还没人点“已处理”。" in stands
    assert "20:15 提示，没能确认发到群里，5 分钟了还没人点“已处理”。" in unseen and "群里 20:15" not in unseen


OVER = session(status=Status.ENDED, ended_at=at(22, 30))


def test_what_still_stood_when_the_session_ended_says_so_and_asks_for_nothing_more() -> None:
    told = replace(TOLD["engagement"], session=OVER, muted_until=at(22, 40))
    message = tip_message(told, at(22, 31), "zh")
    assert message.plain.endswith("\n⏹ 22:30 下播时还没恢复") and "静音" not in message.plain
    assert labels(told) == ["👎 没用", "❓ 为什么", "📖 怎么做 12.10"]
    assert tip_message(told, at(22, 31), "en").plain.endswith("\n⏹ still so when the session ended at 22:30")
    assert "又在盯了" not in tip_message(told, at(22, 50), "zh").plain
    over = replace(told, recovered=Recovered(at(22, 20), 40))
    assert "下播" not in tip_message(over, at(22, 31), "zh").plain


def test_of_words_there_is_only_whether_somebody_saw_to_them_before_the_end() -> None:
    said = Quoted(("国家级",), "这就是国家级", Source.SPEECH, "《广告法》第九条", "更正：这句不算")
    told = replace(tip("N40"), session=OVER, quoted=said)
    assert tip_message(told, at(22, 31), "zh").plain.endswith("\n⏹ 22:30 下播时还没人点“已处理”")
    taken = replace(told, acknowledged=By("小张", at(20, 16)))
    assert "下播" not in tip_message(taken, at(22, 31), "zh").plain
