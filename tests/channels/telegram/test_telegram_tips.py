"""A live tip in a group: samples come by HTTP, the tip arrives, is taken, judged, explained, and stays true for everybody."""

from __future__ import annotations

from dataclasses import replace

from bot.channels.tip_actions import made
from bot.channels.why_view import why_list
from bot.domain.access import Scope
from bot.domain.audit import Deed, Entry
from bot.domain.own_rules import Sheet
from bot.domain.plan_figures import PlanFigures
from bot.flows.access import Actor
from bot.flows.tip_facts import tip_of
from bot.storage.sessions import Sessions
from tests.channels.telegram.desk import now
from tests.channels.telegram.kit import actor
from tests.channels.telegram.tip_room import HEAD, Room, room, tip_id, tips

__all__ = ["room"]


async def test_a_drop_is_told_once_taken_and_over_in_one_message(room: Room) -> None:
    await room.dropped()
    (told,) = tips(room.group)
    assert told.splitlines()[0] == HEAD and "500 → 400" in told
    tip = room.group.last
    assert all(len(button.get("callback_data", "")) <= 64 for button in tip.buttons)
    assert await room.host.presses(tip, "✅ 已处理") == "✅ 记下了，您来处理。"
    await room.settled()
    assert "✅ 小雅" in tip.text and "已处理" in tip.text
    toast = await room.operator.forges(tip, made("tip_done", tip_id(tip)))
    assert "小雅" in toast and "已经处理" in toast
    assert len(tips(room.group)) == 1 and tips(room.elsewhere) == []


async def test_when_it_is_over_the_same_message_says_so(room: Room) -> None:
    await room.post(500, *(seconds / 60 for seconds in range(1500, 80, -20)))
    await room.post(400, 80 / 60)
    await room.post(400, 1)
    (told,) = tips(room.group)
    assert told.splitlines()[0] == HEAD
    await room.post(500, 40 / 60)
    await room.post(500, 20 / 60, 0)
    (over,) = tips(room.group)
    assert over.startswith("✅ 已恢复：在线掉得快｜云栖茶行 · 小雅") and "500 → 400 → 500" in over


async def test_what_a_feed_brings_long_after_it_happened_is_told_to_nobody(room: Room) -> None:
    await room.post(500, *range(25, 8, -1))
    await room.post(400, 7, 6, 5)
    assert tips(room.group) == []


async def test_a_tip_is_muted_judged_and_explained(room: Room) -> None:
    await room.dropped()
    tip = room.group.last
    assert "静音到" in await room.operator.presses(tip, "🔕 静音 10 分钟")
    assert await room.host.presses(tip, "👎 没用") == "👎 记下了，谢谢。"
    await room.settled()
    assert "🔕 静音到" in tip.text and "👎 小雅 说这条没用" in tip.text
    await room.host.presses(tip, "❓ 为什么")
    await room.desk.settled()
    assert room.group.last.text.startswith("❓ 为什么提示：N01")
    assert "警戒线" in room.group.last.text


async def test_those_who_may_not_change_nothing_and_forged_data_finds_nothing(room: Room) -> None:
    await room.dropped()
    tip = room.group.last
    before = tip.text
    for person in (room.viewer, room.stranger):
        for label in ("✅ 已处理", "👎 没用"):
            assert await person.presses(tip, label) == "您的角色不能做这件事，请找负责人或组长。"
    assert await room.operator.forges(tip, made("tip_done", "000000000000")) == "没有找到这条提示。"
    await room.settled()
    assert tip.text == before


async def test_the_same_tip_pressed_from_another_merchants_group_is_not_found(room: Room) -> None:
    await room.dropped()
    id = tip_id(room.group.last)
    page = await room.operator.asks(room.elsewhere, "/rules N01")
    assert await room.operator.forges(page, made("tip_done", id)) == "没有找到这条提示。"
    assert await room.operator.forges(page, made("tip_why", id)) == "没有找到这条提示。"


async def test_nobody_takes_it_and_the_operator_is_asked_in_private_and_can_take_it_there(room: Room) -> None:
    await room.post(500, *range(25, 3, -1))
    await room.post(400, 3.2)
    await room.post(400, 2.5)
    await room.post(400, 1, 0)
    await room.tick()
    own = room.operator.private().last
    assert own.text.startswith("📣 请看一下：在线掉得快")
    await room.operator.presses(own, "✅ 已处理")
    await room.settled()
    (told,) = tips(room.group)
    assert "✅ 小操" in told


async def test_why_lists_what_was_decided_here_and_says_nothing_elsewhere(room: Room) -> None:
    await room.dropped()
    said = (await room.operator.asks(room.group, "/why")).text
    assert "🔔 已提示：N01 在线掉得快" in said
    assert (await room.operator.asks(room.elsewhere, "/why")).text == "现在没有直播中的场次。"
    assert (await room.stranger.asks(room.group, "/why")).text == "现在没有直播中的场次。"
    private = (await room.operator.asks(room.operator.private(), "/why")).text
    assert "🔔 已提示：N01 在线掉得快" in private


async def test_why_tells_the_limit_of_then_and_not_that_of_today(room: Room) -> None:
    await room.dropped()
    told = next(line for line in (await room.operator.asks(room.group, "/why")).text.splitlines() if "当时的" in line)
    assert told == "实时在线人数 500 → 400 人（10 分钟 ↓20%），当时的警戒线 15%（默认值）"
    own = Sheet(limits={"N01.drop": "30%"})
    stored = await room.desk.floor.tips.news.nudges.of(room.session.id, scope=Scope(frozenset({room.session.merchant})))
    reference = room.desk.floor.tips.news.books.applied(room.desk.floor.tips.news.books.handbook(), [(own, "T")])
    (changed,) = [tip_of(one, room.session, "云栖茶行", {}, reference) for one in stored]
    assert changed is not None and changed.rule.limits["drop"].default == 0.3
    assert told in why_list([], {}, now(), "zh", told=[changed]).plain


async def test_why_in_private_tells_who_has_no_post_where_to_ask_and_a_stranger_nothing(room: Room) -> None:
    """A group's session runs: that is so for whoever may read it, and nobody else's business."""
    await room.dropped()
    for person in (room.viewer, room.lead):
        said = (await person.asks(person.private(), "/why")).text
        assert said == "您自己没有直播中的场次。同事的场次，请到那一场的群里发 /why。"
    assert (await room.stranger.asks(room.stranger.private(), "/why")).text == "现在没有直播中的场次。"
    assert "🔔 已提示" in (await room.viewer.asks(room.group, "/why")).text


async def test_strangers_hear_at_effects_and_withhold_what_they_hear_everywhere(room: Room) -> None:
    told = (await room.stranger.asks(room.stranger.private(), "/team")).text
    assert told.startswith("您还不在任何团队里")
    for command in ("/effects", "/withhold", "/withhold 10", "/quiet"):
        for chat in (room.stranger.private(), room.group):
            assert (await room.stranger.asks(chat, command)).text == told
    unbound = room.desk.double.group("闲聊群", room.lead)
    assert (await room.lead.asks(unbound, "/withhold")).text.startswith("这个群没有绑定您的团队")


async def test_why_a_figure_fell_is_answered_in_the_group_where_it_runs_and_nowhere_else(room: Room) -> None:
    await room.dropped()
    said = (await room.operator.asks(room.group, "@copilot_test_bot 为什么在线掉了")).text
    assert said.startswith("实时在线人数：本场平时 500 人，最近 15 分钟 400 人（↓20%）。")
    assert "N01 在线掉得快" in said and "已提示" in said and "漏斗" in said and "**" not in said
    other = (await room.operator.asks(room.elsewhere, "@copilot_test_bot 为什么在线掉了")).text
    stranger = (await room.stranger.asks(room.group, "@copilot_test_bot 为什么在线掉了")).text
    for ordinary in (other, stranger):
        assert "漏斗" not in ordinary and "400" not in ordinary
    private = (await room.operator.asks(room.operator.private(), "在线怎么掉了")).text
    assert "N01 在线掉得快" in private
    assert "N01" not in (await room.host.asks(room.host.private(), "在线怎么掉了")).text


OWN = """- id: T01
  name: 在线 <b>*太少*</b>
  group: 流量
  severity: high
  when: online_now < low
  limits:
    low: {of: online_now, default: 450人, source: 本队自定}
  hold: 1
  min_samples: 1
  who: 场控
  steps:
    60s:
      - {who: 场控, do: "喊 [福利](http://x) 回来"}
"""


async def test_a_teams_own_rule_tips_in_its_groups_and_its_words_are_text(room: Room) -> None:
    rules = room.desk.floor.rules
    owner = await room.desk.gate.people.everything("terminal:local")
    actor = Actor(owner, "terminal")
    proposal = await rules.propose_file(actor, room.session.team, "", OWN)
    await rules.adopt(actor, proposal.draft.id)
    await room.dropped()
    told = [one.text for one in room.group.messages if "太少" in one.text]
    assert told and told[0].splitlines()[0] == "🟠 在线 <b>*太少*</b>｜云栖茶行 · 小雅"
    assert "喊 [福利](http://x) 回来" in told[0] and "警戒线 450 人" in told[0]
    assert tips(room.elsewhere) == []
    proposal = await rules.propose_switch(actor, room.session.team, "", "T01", on=False)
    await rules.adopt(actor, proposal.draft.id)
    assert "🔔 已提示：T01" in (await room.operator.asks(room.group, "/why")).text, "it was told, though it is off now"


async def test_effects_shows_which_rules_help_to_who_runs_sessions_and_stays_within_the_chat(room: Room) -> None:
    await room.dropped()
    tip = room.group.last
    said = (await room.operator.asks(room.group, "/effects")).text
    assert said.startswith("📊 规则管不管用") and "N01 在线掉得快：提了 1 条" in said and "还没人点过" in said
    await room.operator.presses(tip, "✅ 已处理")
    await room.settled()
    said = (await room.operator.asks(room.group, "/effects")).text
    assert "点过的 1 条里 0 条没用，样本太少" in said and "管用 21%" not in said
    assert "N01" not in (await room.operator.asks(room.elsewhere, "/effects")).text
    assert "N01" not in (await room.viewer.asks(room.group, "/effects")).text


async def test_withhold_is_set_by_leads_in_plain_words_and_seen_by_all(room: Room) -> None:
    lead = room.lead
    assert "每条都提" in (await room.operator.asks(room.group, "/withhold")).text
    assert "留下 10 条不提" in (await lead.asks(room.group, "/withhold 10%")).text
    assert "留下 10 条不提" in (await room.operator.asks(room.group, "/withhold")).text
    for wrong in ("/withhold 30", "/withhold 很多", "/withhold -1"):
        assert (await lead.asks(room.group, wrong)).text.startswith("请写成 /withhold 10")
    refused = (await room.operator.asks(room.group, "/withhold off")).text
    assert "每条都提" not in refused and "/withhold 10" not in refused
    assert (await lead.asks(room.group, "/withhold off")).text.startswith("已关。") and "现在每条都提" in (
        await lead.asks(room.group, "/withhold")
    ).text


async def test_why_says_which_figures_the_plan_lacks_what_keeps_silent_and_how_to_set_them(room: Room) -> None:
    await room.dropped()
    said = (await room.operator.asks(room.group, "/why")).text
    assert "📝 计划里没定：本场 GMV 目标、投放预算、保本 ROI、目标 ROI、计划客单" in said
    assert "N35" in said and "N29" in said and "/session" in said and "预算 3000 保本ROI 1.8" in said
    figures = PlanFigures(budget=3000, break_even_roi=1.8, target_roi=2.5, planned_aov=89)
    after = replace(room.session, figures=figures, goal=80_000, revision=room.session.revision + 1)
    entry = Entry(now(), after.operator, Deed.SESSION_CHANGED, after.operator, after.team, after.merchant, after.id)
    assert await Sessions(room.desk.database).save(after, None, entry)
    await room.post(500, 0)
    assert "📝" not in (await room.operator.asks(room.group, "/why")).text


async def test_thrown_out_of_the_group_the_operator_hears_at_once_and_where_they_blocked_it_whoever_leads(room: Room) -> None:
    await room.lead.removes_bot(room.group)
    await room.dropped()
    await room.tick()
    await room.tick()
    chat = room.operator.private()
    (told,) = tips(chat)
    assert told.splitlines()[:2] == [HEAD, "⚠️ 群里发不出去，改发给您。"]
    assert await room.operator.presses(chat.last, "✅ 已处理") == "✅ 记下了，您来处理。"
    await room.settled()
    assert "✅ 小操" in chat.last.text and not [one for one in room.lead.private().messages if HEAD in one.text]


async def test_where_the_operator_blocked_it_too_whoever_leads_hears_of_a_breach(room: Room) -> None:
    await room.lead.removes_bot(room.group)
    await room.operator.blocks()
    await room.dropped()
    for _ in range(3):
        await room.tick()
    (told,) = tips(room.lead.private())
    assert told.splitlines()[:2] == [HEAD, "⚠️ 群里和操盘手那边都发不到，改发给您，请转告现场。"]


async def test_when_the_session_ends_a_tip_that_stands_says_so(room: Room) -> None:
    await room.dropped()
    tip = room.group.last
    await room.desk.floor.running.end(
        await actor(room.desk, room.operator), room.session.id, scope=Scope(frozenset({room.session.merchant}))
    )
    await room.settled()
    assert tip.text.splitlines()[0] == HEAD and "下播时还没恢复" in tip.text.splitlines()[-1]
    assert not {"✅ 已处理", "🔕 静音 10 分钟"} & {one["text"] for one in tip.buttons} and tip.buttons


async def test_when_its_merchant_is_deleted_a_tip_loses_what_it_said(room: Room) -> None:
    await room.dropped()
    tip = room.group.last
    await room.desk.office.merchants.delete(await actor(room.desk, room.lead), room.session.merchant)
    await room.settled()
    assert tip.text == "这条提示说的商家已删除，内容已清空。" and not tip.buttons
