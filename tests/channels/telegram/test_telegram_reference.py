"""Metrics, rules and checklists in chat: typed, opened from buttons, left again."""

from __future__ import annotations

from dataclasses import replace
from unicodedata import east_asian_width

import pytest

from bot.channels.reference.show import COMMANDS, asked, shown
from bot.channels.reference.view import Goal, Target
from bot.channels.reference.words import cadence
from bot.channels.telegram import actions
from bot.channels.telegram.reference import as_message
from bot.channels.telegram.render import MOST_ENTITIES, entities, render
from bot.channels.telegram.rich import units
from bot.channels.telegram.splitting import LIMIT
from bot.config import BUILT_IN_HANDBOOK
from bot.domain.checklists import Stage, Variant
from bot.domain.nudges import Limit
from bot.flows.reference import Reference
from bot.following import read_reference
from tests.channels.telegram.desk import Desk
from tests.double import ChatView, Person
from tests.paper_reference import DROP, ITEMS, METRICS, REFERENCE, RULES, item, metric, rule

PHONE, SCREEN = 40, 22
"""Columns and lines of a phone's chat."""


@pytest.fixture
def alice(desk: Desk) -> Person:
    return desk.double.user("小李")


@pytest.fixture
def chat(alice: Person) -> ChatView:
    return alice.private()


async def test_a_metric_is_shown_with_all_that_one_asks_about_it(alice: Person, chat: ChatView):
    card = await alice.asks(chat, "/metrics 千次观看成交")
    assert card.text == (
        "千次观看成交金额（GPM）  gpm\n"
        "英文：GMV per thousand views\n"
        "也叫：千次成交\n"
        "\n"
        "是什么：千次观看成交金额（GPM）的意思。\n"
        "怎么算：成交金额（GMV）× 1000 ÷ 累计观看人次\n"
        "gmv * 1000 / watch_pv\n"
        "算一遍：20000 × 1000 ÷ 133333 = 150 元/千次\n"
        "口径：分母取人次，不取人数：和平台推流看的数一致。\n"
        "\n"
        "单位：元/千次\n"
        "方向：越高越好\n"
        "多久更新：跟着算它的数一起更新\n"
        "哪里看：大屏抄录\n"
        "盯它的规则：没有规则盯它。\n"
        "来源：公开接口字段"
    )
    assert "gmv * 1000 / watch_pv" in card.styled("code")
    assert [b["text"] for b in card.buttons] == ["详解 12.1", "低了怎么办 12.2", "↩ 成交"]
    assert card.reply_to_id == card.id - 1


async def test_a_rule_is_shown_with_what_to_do_and_when_it_speaks(alice: Person, chat: ChatView):
    card = await alice.asks(chat, "/rules n01")
    assert card.text == (
        "N01 在线掉得快\n"
        "🟠 高 · 流量\n"
        "现象：实时在线人数比 10 分钟前少 15% 或更多\n"
        "谁先动：场控\n"
        "▪ 60 秒内　场控：在线掉得快先这样做\n"
        "▪ 5 分钟内　场控：在线掉得快先这样做\n"
        "▪ 15 分钟内　场控：在线掉得快先这样做\n"
        "\n"
        "条件：实时在线人数与 10 分钟前相比的变化 ≤ −限值\n"
        "限值（有前一档就不用后一档）\n"
        "• 限值 实时在线人数 降幅：本直播间近 7 天同时段中位数 × 1.2 → 同类直播间中位数 × 1.1 → 默认 15%，"
        "来源：从业者文章（520zimeiti.cn）\n"
        "何时提示：连续 2 个采样都成立才提示；至少已有 6 个采样；开播 10 分钟后才看；两次提示至少隔 10 分钟；只在开场、主推段看\n"
        "不提示：计划内的福袋抽奖、换主播期间\n"
        "压住：N02 在线连着走低（同一个原因，只提示这一条）\n"
        "算恢复：实时在线人数 ≥ 10 分钟前的实时在线人数\n"
        "来源：从业者文章（520zimeiti.cn）"
    )
    assert [b["text"] for b in card.buttons] == ["怎么做 12.1", "实时在线人数", "↩ 流量"]


@pytest.mark.parametrize(
    ("written", "zh", "en"),
    [("10-60s", "10–60 秒", "10–60 s"), ("1min", "1 分钟", "1 min"), ("1h", "1 小时", "1 h"), ("每天", "每天", "每天")],
)
def test_how_often_a_figure_comes_is_said_in_words(written: str, zh: str, en: str):
    assert (cadence(written, "zh"), cadence(written, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("limit", "called", "said"),
    [
        (Limit("online_now", None, None, 30.0, "本项目自定"), "实时在线人数", "默认 30 人，来源：本项目自定"),
        (Limit("pay_rate", None, None, 0.8, "从业者文章"), "支付率", "默认 80%，来源：从业者文章"),
        (Limit("gmv", None, None, 3.0, "从业者文章", ratio=True), "成交金额 降幅", "默认 3 倍，来源：从业者文章"),
        (Limit("gpm", 0.8, None, None, ""), "千次观看成交金额", "本直播间近 7 天同时段中位数 × 0.8 → 都没有就不判"),
    ],
)
async def test_a_limit_is_said_in_its_own_unit(desk: Desk, alice: Person, chat: ChatView, limit: Limit, called: str, said: str):
    desk.reference = replace(REFERENCE, rules=(replace(DROP, limits={"drop": limit}),))
    assert f"• 限值 {called}：{said}\n" in (await alice.asks(chat, "/rules N01")).text


async def test_a_rule_of_ones_own_says_so(alice: Person, chat: ChatView):
    card = await alice.asks(chat, "/rules 极限词")
    assert "来源：本项目自定" in card.text and "法律依据：广告法第九条" in card.text
    assert "算恢复：条件不再成立" in card.text and "全程都看" in card.text


async def test_lists_lead_to_groups_cards_sections_and_back(alice: Person, chat: ChatView):
    message = await alice.asks(chat, "/metrics")
    assert "流量\n• 实时在线人数 online_now（人）" in message.text
    whole = message.text
    await alice.presses(message, "流量")
    assert "• 实时在线人数 online_now（人）：此刻直播间里的人数，同一个人只算一次" in message.text
    await alice.presses(message, "实时在线人数")
    card = message.text
    await alice.presses(message, "N01")
    assert message.text.startswith("N01 在线掉得快")
    await alice.presses(message, "实时在线人数")
    assert message.text == card
    await alice.presses(message, "详解 12.1")
    assert message.text.startswith("12.1 在线掉了\n《直播中》")
    await alice.presses(message, "下一节")
    assert message.text.startswith("12.2 停留低")
    await alice.presses(message, "↩ 回到 online_now")
    assert message.text == card
    await alice.presses(message, "↩ 流量")
    await alice.presses(message, "↩ 全部指标")
    assert message.text == whole
    assert chat.from_bot == [message]


async def test_rules_of_a_metric_are_listed_with_their_severity(alice: Person, chat: ChatView):
    message = await alice.asks(chat, "/rules 停留")
    assert message.text == "和“停留”有关的规则（2 条）\n\nN06 停留太短  🟠 高\nN07 停留不上不下  🔵 低"
    await alice.presses(message, "N07")
    assert "条件：人均停留时长 ≥ 20 秒，并且人均停留时长 < 45 秒" in message.text
    await alice.presses(message, "怎么做")
    await alice.presses(message, "↩ 回到 N07")
    await alice.presses(message, "↩ 流量")
    await alice.presses(message, "↩ 全部规则")
    assert message.text.startswith("规则（5 条）\n\n流量\nN01 在线掉得快  🟠 高")


async def test_checklists_ask_for_the_kind_of_session_and_show_every_stage(alice: Person, chat: ChatView):
    message = await alice.asks(chat, "/checklists")
    assert [b["text"] for b in message.buttons] == ["日播", "大场", "品牌自播", "第一场"]
    await alice.presses(message, "第一场")
    assert message.text.startswith("第一场 · 播前清单（10 项）\n\n开播前 1 天\n1. 核对第 1 样（中控）")
    await alice.presses(message, "下一页")
    assert message.text == (
        "第一场 · 播前清单（10 项）\n\n"
        "开播前 30 分钟\n9. 🔒 测上行带宽（中控）🔢 上行带宽（Mbps），不低于 5\n\n"
        "开播时\n10. 拍一张机位（中控）📷\n\n"
        "🔒 没勾完不能开播 · 🔢 要填数 · 📷 要拍照"
    )
    assert await alice.presses(message, "2/2") == ""
    await alice.presses(message, "播中")
    assert "开播后 5 分钟起，每 5 分钟一次\n1. 报一次数（场控）" in message.text
    await alice.presses(message, "播后")
    assert "下播后 30 分钟\n1. 导出整场数据（数据员）" in message.text
    await alice.presses(message, "↩ 换一种场次")
    assert message.text.startswith("看哪种场次的清单？")
    direct = await alice.asks(chat, "/checklists 大促")
    assert direct.text.startswith("大场 · 播前清单（9 项）")


async def test_what_is_not_there_gets_a_sentence_and_the_nearest_as_buttons(alice: Person, chat: ChatView):
    message = await alice.asks(chat, "/metrics gmp")
    assert message.text == "没有“gmp”这个指标。您要找的是不是："
    await alice.presses(message, "千次观看")
    assert message.text.startswith("千次观看成交金额（GPM）  gpm")
    assert (await alice.asks(chat, "/metrics 火星")).text == "没有“火星”这个指标。/metrics 看全部。"
    near = await alice.asks(chat, "/rules 太短短")
    assert near.text == "没有“太短短”这条规则。您要找的是不是：" and near.button("N06 停留太短")
    assert (await alice.asks(chat, "/rules " + "长" * 99)).text == f"没有“{'长' * 24}…”这条规则。/rules 看全部。"
    other = await alice.asks(chat, "/checklists 火锅")
    assert other.text.startswith("没有“火锅”这种场次的清单。您要哪一种？")
    assert len(other.buttons) == 4


async def test_a_handbook_without_them_says_what_to_do(desk: Desk, alice: Person, chat: ChatView):
    desk.reference = Reference()
    seen = [(await alice.asks(chat, f"/{command}")).text for command in COMMANDS]
    assert all(text.startswith("这本手册没有") and ".yaml" in text for text in seen)
    desk.reference = Reference(damaged=True)
    assert "copilot check" in (await alice.asks(chat, "/rules N01")).text


async def test_they_work_in_groups_and_topics_and_for_this_bot_alone(desk: Desk, alice: Person):
    forum = desk.double.group("运营", alice, kind="supergroup", topics=("直播", "选品"))
    topic = forum.topic("选品")
    card = await alice.asks(forum, "/metrics@Copilot_Test_Bot\nGPM", topic=topic)
    assert card.text.startswith("千次观看成交金额") and card.topic == topic
    await alice.say(forum, "/metrics@another_bot GPM", topic=topic)
    await desk.settled()
    assert forum.from_bot == [card]


async def test_english_viewers_read_english_labels(desk: Desk):
    bob = desk.double.user("Bob", language="en")
    card = await bob.asks(bob.private(), "/rules N01")
    assert "🟠 high · 流量" in card.text and "Sign: 实时在线人数" in card.text and "Who acts first: 场控" in card.text
    assert "only during the opening, the main part" in card.text
    checklist = await bob.asks(bob.private(), "/checklists daily")
    assert "1 d before the start" in checklist.text
    assert card.button("What to do: 12.1")


async def test_what_was_taken_out_meanwhile_is_said_to_be_gone(desk: Desk, alice: Person, chat: ChatView):
    card = await alice.asks(chat, "/rules N01")
    before = card.text
    desk.reference = Reference(rules=RULES[1:2])
    assert "不在手册里了" in await alice.presses(card, "实时在线人数")
    assert await alice.forges(card, "u:N01") == "这一条已经不在手册里了，请重新发命令。"
    desk.handbook.gone.update(section.key for section in desk.handbook.sections)
    assert await alice.presses(card, "怎么做 12.1") == "手册里没有 12.1 这一节。"
    assert card.text == before


FORGED = ["M:99", "m:", "m:no_such", "u:' OR 1", "U:9", "w:daily.never:0", "w:x.before:0", "w:daily.before", "a:m.gpm:99.99",
          "a:q.gpm:12.1", "k:m.gpm:000000000000:0", "W:1"]  # fmt: skip


async def test_forged_buttons_get_one_polite_toast_each(alice: Person, chat: ChatView):
    card = await alice.asks(chat, "/metrics gpm")
    before = card.text
    for data in FORGED:
        toast = await alice.forges(card, data)
        assert "请" in toast or "手册里没有" in toast, data
    assert card.text == before


async def test_pages_beyond_the_last_show_the_last(alice: Person, chat: ChatView):
    message = await alice.asks(chat, "/checklists 日播")
    await alice.forges(message, "w:daily.before:99")
    assert "9. 🔒 测上行带宽" in message.text


MARKUP = "<b>粗</b> **粗** [链接](https://evil.example) `码` @all\n# 标题\n/start"


async def test_markup_in_content_is_data(desk: Desk, alice: Person, chat: ChatView):
    evil = rule("N01", MARKUP, "gmv > 0", group=MARKUP, sign=MARKUP, who=MARKUP, source=MARKUP, lawful=MARKUP)
    desk.reference = Reference(
        metrics=(metric("gmv", MARKUP, definition=MARKUP, choice=MARKUP),),
        rules=(evil,),
        items=(item("B01", MARKUP, Stage.BEFORE, ITEMS[0].due, role=MARKUP),),
    )
    flat = " ".join(MARKUP.split())
    for command in ("/metrics gmv", "/rules N01", "/checklists 日播", "/metrics", "/rules"):
        message = await alice.asks(chat, command)
        assert flat in message.text
        assert message.styled("text_link") == [] and message.styled("strikethrough") == []
        assert "gmv > 0" in message.styled("code") or message.styled("code") in ([], ["gmv"])


def targets(reference: Reference) -> list[Target]:
    found = [Target(Goal.METRICS, number=n) for n in range(len(reference.metric_groups) + 1)]
    found += [Target(Goal.RULES, number=n) for n in range(len(reference.rule_groups) + 1)]
    found += [Target(Goal.METRIC, each.id) for each in reference.metrics]
    found += [Target(Goal.RULE, each.id) for each in reference.rules]
    lists = [f"{variant}.{stage}" for variant in Variant for stage in Stage]
    return [*found, *(Target(Goal.CHECKLIST, key, page) for key in lists for page in range(12))]


def check_limits(reference: Reference) -> None:
    """Every view is one message with at most 100 marks, and every button carries at most 64 bytes that are read back."""
    views = [shown(reference, target, language) for target in targets(reference) for language in ("zh", "en")]
    views += [asked(reference, command, "", "zh") for command in COMMANDS]
    for message in map(as_message, views):
        (piece,) = render(message)
        assert units(piece.text) <= LIMIT and len(entities(piece)) < MOST_ENTITIES, message.plain[:40]
        for button in (button for row in message.buttons for button in row):
            assert len(button.action.encode()) <= 64 and actions.parse(button.action), button
        assert sum(map(len, message.buttons)) <= 100 and all(len(row) <= 8 for row in message.buttons)


def test_42_long_metrics_and_44_long_rules_fit_into_one_message_each():
    limit = Limit("gmv", 1.25, 1.5, 1000.0, "从业者文章")
    reference = Reference(
        metrics=tuple(
            replace(
                METRICS[6], id=f"a_rather_long_metric_id_{n:02}", name=f"一个名字起得相当长的指标{n}", definition="定义。" * 40,
                choice="口径。" * 40, where="某处。" * 10, group=f"第{n // 9}组",
            )
            for n in range(42)
        ),
        rules=tuple(
            replace(
                DROP, id=f"N{n:02}", name=f"一条名字很长的规则{n}", group=f"第{n // 8}组", sign="现象。" * 30, lawful="法。" * 30,
                limits={f"limit_{m}": limit for m in range(4)},
                steps=tuple(replace(step, do="先这样再那样。" * 8) for step in DROP.steps for _ in range(3)),
            )
            for n in range(44)
        ),
        items=tuple(replace(ITEMS[8], id=f"B{n}", text="项" * 40) for n in range(60)),
    )  # fmt: skip
    check_limits(reference)


def test_every_button_of_the_desk_is_read_back():
    check_limits(REFERENCE)
    target = Target(Goal.CHECKLIST, "daily.before", 3)
    action = actions.parse(actions.reference(target))
    assert action is not None and actions.target(action) == target
    longest = actions.section(f"m.{'x' * 32}", "0123456789ab", 999)
    assert len(longest.encode()) <= 64 and actions.parse(longest)
    assert len(actions.anchor(Target(Goal.METRIC, "x" * 32), "99.999").encode()) <= 64


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("command", ["rules", "metrics"])
def test_the_built_in_lists_are_one_phone_screen_and_every_group_a_press_away(command: str, language: str):
    """44 rules one below the other are three screens; nobody scrolls through them while a session runs."""
    built_in, _ = read_reference(BUILT_IN_HANDBOOK)
    view = asked(built_in, command, "", language)
    columns = [sum(2 if east_asian_width(one) in "WF" else 1 for one in line) for line in view.plain.splitlines()]
    assert sum(max(1, -(-width // PHONE)) for width in columns) <= SCREEN
    groups = built_in.rule_groups if command == "rules" else built_in.metric_groups
    assert [link.label for row in view.rows for link in row] == list(groups)
    for link in (link for row in view.rows for link in row):
        assert link.target is not None and link.label in view.plain
        inside = shown(built_in, link.target, language)
        assert len(inside.plain.splitlines()) <= SCREEN and len(inside.rows) > 1
