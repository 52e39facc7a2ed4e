"""Live sessions in the chat: planned with buttons and in one line, changed, started, ended; and what others see of it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from bot.channels.plan_actions import made
from bot.domain.access import Merchant, Role, Scope, Team
from bot.domain.checklists import Variant
from bot.domain.sessions import Status
from tests.channels.telegram.desk import Desk, now
from tests.channels.telegram.kit import actor, member, presses, prompted, qualified, served
from tests.channels.telegram.session_kit import HOUR, bound, done, labels, operator, planned, sessions, shop, team
from tests.double import Person
from tests.running_clock import SHANGHAI

__all__ = ["operator", "shop", "team"]


async def test_a_session_is_planned_in_three_steps(desk: Desk, operator: Person, shop: Merchant):
    chat = operator.private()
    asked = await operator.asks(chat, "/new")
    assert asked.text.startswith("「好物严选」什么时候开播？请回复这条消息")
    card = await operator.asks(chat, "明晚8点 3小时 8万 主播小雨", reply_to=asked)
    tomorrow = (now().astimezone(SHANGHAI) + timedelta(days=1)).replace(hour=20, minute=0, second=0, microsecond=0)
    assert card.text == (
        "好物严选 · 明晚 20:00–23:00\n第一场 · 播 3 小时\n主播：小雨\n操盘手：阿芳\n目标：8 万元\n群：没有，清单只发私聊\n\n"
        "📝 还没确认。核对一下，对了就点“确认”。"
    )
    assert await operator.presses(card, "确认") == "排好了。"
    assert card.text.endswith("📅 已排好")
    assert labels(card) == ["开播", "改", "清单", "排品", "取消这场"]
    (stored,) = await sessions(desk, shop)
    assert (stored.starts_at, stored.length, stored.goal) == (tomorrow, 3 * HOUR, 80_000)
    assert (stored.status, stored.operator) == (Status.PLANNED, qualified(operator))


async def test_one_line_is_enough_also_with_several_merchants(desk: Desk, team: tuple[Person, Team], shop: Merchant):
    owner, _ = team
    await served(desk, *team, "云南鲜花")
    await served(desk, *team, "北岸", open=False)
    chat = owner.private()
    which = await owner.asks(chat, "/new")
    assert which.text == "给哪个商家排？"
    assert sorted(labels(which)) == ["云南鲜花", "好物严选"]
    await owner.presses(which, "云南鲜花")
    assert "「云南鲜花」什么时候开播" in (await prompted(desk, chat)).text
    card = await owner.asks(chat, "/new 好物严选 明晚8点 3小时 8万")
    assert card.text.startswith("好物严选 · 明晚 20:00–23:00\n")
    assert "目标：8 万元" in card.text
    await owner.presses(card, "确认")
    assert [one.merchant for one in await sessions(desk, shop)] == [shop.id]


async def test_a_lead_without_an_authorised_merchant_is_told_what_to_do_first(desk: Desk, team: tuple[Person, Team]):
    owner, _ = team
    assert "先发 /merchants 新增商家" in (await owner.asks(owner.private(), "/new")).text
    stranger = desk.double.user("生人")
    assert "请组长给您操盘手的角色" in (await stranger.asks(stranger.private(), "/new")).text


async def test_what_was_not_understood_says_what_a_line_takes(desk: Desk, operator: Person, shop: Merchant):
    again = await operator.asks(operator.private(), "/new 好物 明晚8点 大场")
    assert (
        again.text.startswith("没看懂这个时间")
        and "一行里写商家全名、时间、时长、目标、主播、模板、预算、保本ROI 就够了" in again.text
    )


async def test_ending_when_nothing_is_live_says_so(desk: Desk, operator: Person, shop: Merchant):
    assert (await operator.asks(operator.private(), "/end")).text == "现在没有在播的场次。"


async def test_what_is_confirmed_is_what_the_card_shows(desk: Desk, operator: Person, shop: Merchant):
    chat = operator.private()
    first = await operator.asks(chat, "/new 明晚8点 主播小雨")
    await operator.presses(first, "时间")
    second = await operator.asks(chat, "明晚9点", reply_to=await prompted(desk, chat))
    assert "20:00" in first.text
    assert await operator.presses(first, "确认") == "这一场后来又改过，卡片换成新的了。核对一下再点“确认”。"
    assert "21:00" in first.text
    assert await sessions(desk, shop) == ()
    assert await operator.presses(first, "确认") == "排好了。"
    assert await operator.presses(second, "确认") == "排好了。"
    assert [one.status for one in await sessions(desk, shop)] == [Status.PLANNED]


async def test_the_card_of_whoever_planned_it_stays_true_when_somebody_else_changes_it(
    desk: Desk, team: tuple[Person, Team], operator: Person, shop: Merchant
):
    card = await operator.asks(operator.private(), "/new 明晚8点 主播小雨")
    await operator.presses(card, "确认")
    (stored,) = await sessions(desk, shop)
    lead, scope = await actor(desk, team[0]), Scope(frozenset({shop.id}))
    await desk.floor.desk.change(lead, stored.id, scope=scope, starts_at=stored.starts_at + HOUR)
    await desk.floor.clock.tick()
    await desk.settled()
    assert "明晚 21:00" in card.text and labels(card) == ["开播", "改", "清单", "排品", "取消这场"]


@pytest.mark.parametrize(
    "line,why",
    [
        ("2月31日 20:00", "没有这一天。请核对日期。"),
        ("昨天8点", "这个时间已经过了"),
        ("明晚", "还没写几点开始"),
        ("随便啦", "没看懂这个时间"),
        ("明晚8点 30小时", "时间太长，一场最多 24 小时。"),
        ("3030-01-01 20:00", "最多只能排一年以内的场次"),
    ],
)
async def test_what_cannot_be_read_is_asked_again(desk: Desk, operator: Person, shop: Merchant, line: str, why: str):
    again = await operator.asks(operator.private(), f"/new {line}")
    assert again.text.startswith(why)
    card = await operator.asks(operator.private(), "明晚8点", reply_to=again)
    assert card.text.startswith("好物严选 · 明晚 20:00–23:00")


async def test_after_midnight_the_card_says_which_day_was_counted_from(desk: Desk, operator: Person, shop: Merchant):
    now.set(datetime(2026, 3, 12, 0, 30, tzinfo=SHANGHAI))
    card = await operator.asks(operator.private(), "/new 明晚8点")
    assert card.text.startswith("好物严选 · 明晚 20:00–23:00\n")
    assert "现在已过零点，按今天的日期往后数，是 3月13日（周五）。" in card.text


async def test_how_an_hour_was_understood_is_said(desk: Desk, operator: Person, shop: Merchant):
    card = await operator.asks(operator.private(), "/new 明天9点")
    assert "没写上午还是晚上，按 21:00 算。" in card.text


async def test_everything_can_be_edited_before_and_after(desk: Desk, team: tuple[Person, Team], operator: Person, shop: Merchant):
    helper = await member(desk, "小王", *team, Role.TRAINEE, shop.id)
    group = await bound(desk, team, shop.id, operator)
    chat = operator.private()
    card = await operator.asks(chat, "/new 明晚8点")
    await presses(operator, card, "时长", "4 小时", "模板", "大场", "岗位", "中控", "小王", "岗位", "投手")
    await operator.presses(card, "写名字")
    card = await operator.asks(chat, "老周", reply_to=await prompted(desk, chat))
    assert "岗位：中控 小王、投手 老周" in card.text
    await operator.presses(card, "主播")
    card = await operator.asks(chat, "小雨", reply_to=await prompted(desk, chat))
    await operator.presses(card, "目标")
    card = await operator.asks(chat, "八万五", reply_to=await prompted(desk, chat))
    await presses(operator, card, "操盘手", "王姐")
    for line in ("明晚 20:00–次日 00:00", "大场 · 播 4 小时", "主播：小雨", "操盘手：王姐", "目标：8.5 万元", "群：晚场"):
        assert line in card.text
    await operator.presses(card, "确认")
    await desk.settled()
    assert group.last.text.startswith("好物严选 · 明晚 20:00–次日 00:00")
    assert helper.private().last.text == group.last.text
    await presses(operator, card, "改", "时间")
    moved = await operator.asks(chat, "明晚9点半", reply_to=await prompted(desk, chat))
    assert moved.text.startswith("好物严选 · 明晚 21:30–次日 01:30")
    await desk.settled()
    assert group.last.text == "🔁 好物严选 · 明晚 20:00–次日 00:00 这一场有改动：\n时间：明晚 20:00 → 明晚 21:30"
    (stored,) = await sessions(desk, shop)
    assert (stored.variant, stored.operator, stored.goal) == (Variant.CAMPAIGN, qualified(team[0]), 85_000)
    await presses(operator, moved, "改", "目标")
    card = await operator.asks(chat, "没有", reply_to=await prompted(desk, chat))
    assert "目标：没定" in card.text


async def test_the_next_one_is_like_the_last(desk: Desk, operator: Person, shop: Merchant):
    await planned(desk, operator, shop, length=5 * HOUR, goal=60_000)
    card = await operator.asks(operator.private(), "/new 明晚8点")
    assert "日播 · 播 5 小时" in card.text
    assert "主播：小雨" in card.text
    assert "目标：没定" in card.text
    assert await operator.presses(card, "和上次一样") == "照上次填好了。"
    assert "目标：6 万元" in card.text
    await operator.presses(card, "不排了")
    assert card.text == "好，这一场不排了。"
    assert len(await sessions(desk, shop)) == 1
    assert "没有找到这一场" in await operator.forges(card, made("plan_confirm", "00000000", 0, 1))


async def test_a_second_session_of_the_host_takes_a_second_word(desk: Desk, operator: Person, shop: Merchant):
    chat = operator.private()
    start = (now() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    await planned(desk, operator, shop, start - now(), length=3 * HOUR)
    at = (start + HOUR).astimezone(SHANGHAI)
    card = await operator.asks(chat, f"/new {at:%Y-%m-%d %H:%M}")
    await operator.presses(card, "确认")
    assert card.text.startswith("主播 小雨 那段时间已经有一场了（")
    assert len(await sessions(desk, shop)) == 1
    assert await operator.presses(card, "照样排") == "排好了。"
    assert len(await sessions(desk, shop)) == 2
    await presses(operator, card, "改", "时间")
    line = f"{at + HOUR:%Y-%m-%d %H:%M}"
    warned = await operator.asks(chat, line, reply_to=await prompted(desk, chat))
    assert "请把刚才的内容再回复一遍" in warned.text
    other = await operator.asks(chat, f"{at + HOUR / 2:%Y-%m-%d %H:%M}", reply_to=warned)
    assert "请把刚才的内容再回复一遍" in other.text
    kept = await operator.asks(chat, f"{at + HOUR / 2:%Y-%m-%d %H:%M}", reply_to=other)
    assert kept.text.startswith("好物严选")


async def test_going_live_takes_the_blocking_items_or_a_reason(
    desk: Desk, team: tuple[Person, Team], operator: Person, shop: Merchant
):
    session = await planned(desk, operator, shop, HOUR / 2)
    chat = operator.private()
    card = await operator.asks(chat, "/session")
    assert "还有 1 项必做的没做完" in await operator.presses(card, "开播")
    gate = await operator.asks(chat, "/live")
    assert re.search(r"还差这些：\n❗ \d+\. 测上行带宽（中控", gate.text)
    await operator.presses(gate, "带原因开播")
    prompt = await prompted(desk, chat)
    assert "还差 1 项必做的" in prompt.text
    live = await operator.asks(chat, "商家同意先播", reply_to=prompt)
    assert "⚠️ 带原因开播，还差 1 项必做。阿芳：商家同意先播" in live.text
    assert labels(live) == ["下播", "改", "清单", "排品"]
    await desk.settled()
    told = team[0].private().last.text
    assert "带原因开播了。\n阿芳：商家同意先播" in told and "测上行带宽" in told
    stored = (await sessions(desk, shop))[0]
    assert (stored.id, stored.status) == (session.id, Status.LIVE)
    assert "已经开播了" in await operator.presses(card, "开播")
    ended = await operator.asks(chat, "/end")
    assert "⏹ 已下播" in ended.text
    assert (await operator.asks(chat, "/end")).text == "现在没有在播的场次。"


async def test_going_live_with_a_reason_on_the_line_wishes_no_luck(desk: Desk, operator: Person, shop: Merchant):
    await planned(desk, operator, shop, HOUR / 2)
    live = await operator.asks(operator.private(), "/live 商家同意先播")
    assert "⚠️ 带原因开播，还差 1 项必做。" in live.text and "顺利" not in live.text
    assert "开播了，差的项边播边补。" in live.text


async def test_with_all_done_a_command_starts_it(desk: Desk, operator: Person, shop: Merchant):
    await done(desk, await planned(desk, operator, shop, HOUR / 2))
    live = await operator.asks(operator.private(), "/live")
    assert "🔴 直播中" in live.text and "开播了，顺利！" in live.text
    assert "\n🔴 直播中 " in (await operator.asks(operator.private(), "/week")).text
    await presses(operator, live, "下播")
    assert live.text == "现在下播？播后清单会马上发出来。"
    await operator.presses(live, "不，返回")
    assert await presses(operator, live, "下播", "下播") == "辛苦了，播后清单马上发。"


async def test_the_lists_say_what_there_is(desk: Desk, operator: Person, shop: Merchant):
    chat = operator.private()
    assert (await operator.asks(chat, "/today")).text.startswith("今天没有场次。")
    assert (await operator.asks(chat, "/week")).text.startswith("接下来 7 天没有场次。")
    assert (await operator.asks(chat, "/session")).text.startswith("没有要播的场次。")
    assert (await operator.asks(chat, "/live")).text.startswith("没有要播的场次。")
    session = await planned(desk, operator, shop, timedelta(days=2))
    listed = await operator.asks(chat, "/week")
    assert "📅" in listed.text and "好物严选 · 小雨" in listed.text
    await operator.presses(listed, "好物严选")
    assert listed.text.startswith("好物严选 · ")
    await desk.floor.desk.cancel(await actor(desk, operator), session.id, scope=Scope(frozenset({shop.id})))
    assert "这一场已经取消了" in await operator.presses(listed, "开播")
    assert "这一场已经取消了" in await presses(operator, listed, "取消这场")
    assert "✖️" in (await operator.asks(chat, "/week")).text


async def test_in_a_group_only_those_who_may_press_and_nothing_of_another_merchant_shows(
    desk: Desk, team: tuple[Person, Team], operator: Person, shop: Merchant
):
    other = await served(desk, *team, "云南鲜花")
    guest, owner = desk.double.user("路人"), team[0]
    group = await bound(desk, team, shop.id, operator, guest, owner)
    secret = await planned(desk, owner, other, timedelta(hours=3), host="花花")
    await planned(desk, operator, shop, timedelta(hours=3))
    await desk.settled()
    card = group.last
    assert card.text.startswith("好物严选 · ")
    for label in ("开播", "改", "取消这场"):
        assert "您的角色不能做这件事" in await guest.presses(card, label)
    for name, *values in (("plan_card",), ("plan_begin",), ("plan_edit",), ("plan_cancel", 1), ("plan_last",)):
        assert "没有找到这一场" in await owner.forges(card, made(name, secret.id, *values))
    for command in ("/week", "/session", "/new 云南鲜花 明晚8点"):
        shown = await owner.asks(group, command)
        assert "云南鲜花" not in shown.text and "花花" not in shown.text
    assert (await guest.asks(group, "/new 明晚8点")).text.startswith("现在没有您能排场次的商家")
    seen = await guest.asks(group, "/week")
    assert "好物严选 · 小雨" in seen.text
    unbound = desk.double.group("闲聊", owner, kind="supergroup")
    assert (await owner.asks(unbound, "/new")).text.startswith("本群没有绑定商家")
    assert (await owner.asks(unbound, "/week")).text.startswith("接下来 7 天没有场次")


async def test_a_session_planned_in_the_group_stands_there_once(
    desk: Desk, team: tuple[Person, Team], operator: Person, shop: Merchant
):
    group = await bound(desk, team, shop.id, operator)
    card = await operator.asks(group, "/new 明晚8点")
    await operator.presses(card, "确认")
    await desk.settled()
    assert [one.text for one in group.from_bot if "已排好" in one.text] == [card.text]
    (stored,) = await sessions(desk, shop)
    assert stored.chat == f"telegram:{group.id}"


async def test_a_reply_of_somebody_else_to_a_prompt_in_the_group_does_nothing(
    desk: Desk, team: tuple[Person, Team], operator: Person, shop: Merchant
):
    guest = desk.double.user("路人")
    group = await bound(desk, team, shop.id, operator, guest)
    session = await planned(desk, operator, shop, timedelta(days=1))
    await desk.settled()
    await presses(operator, group.last, "改", "目标")
    await desk.settled()
    refused = await guest.asks(group, "1万", reply_to=group.last)
    assert "您的角色不能做这件事" in refused.text
    assert (await sessions(desk, shop)) == (session,)


async def test_buttons_and_commands_of_strangers_lead_nowhere(desk: Desk, operator: Person, shop: Merchant):
    session = await planned(desk, operator, shop)
    stranger = desk.double.user("生人")
    hello = await stranger.asks(stranger.private(), "/new 明晚8点")
    assert hello.text.startswith("现在没有您能排场次的商家")
    for name in ("plan_card", "plan_edit", "plan_begin", "plan_reason"):
        assert "没有找到这一场" in await stranger.forges(hello, made(name, session.id))
    assert "没有找到这个商家" in await stranger.forges(hello, made("plan_new", shop.id))
    for command in ("/today", "/week", "/session", "/live"):
        assert "好物严选" not in (await stranger.asks(stranger.private(), command)).text


async def test_a_time_across_midnight_and_local_days(desk: Desk, operator: Person, shop: Merchant):
    card = await operator.asks(operator.private(), "/new 明晚11点 5小时")
    assert "明晚 23:00–次日 04:00" in card.text
    await operator.presses(card, "确认")
    (stored,) = await sessions(desk, shop)
    assert stored.ends_at - stored.starts_at == 5 * HOUR
    assert isinstance(stored.starts_at, datetime)


async def test_a_session_is_made_weekly_and_stopped_again(
    desk: Desk, team: tuple[Person, Team], operator: Person, shop: Merchant
):
    boss, _ = team
    await planned(desk, operator, shop, timedelta(days=2))
    card = await operator.asks(operator.private(), "/session")
    await presses(operator, card, "改", "每周重复…")
    assert card.text.startswith("每周") and "都排这样一场？" in card.text
    assert await operator.presses(card, "每周重复") == "设好了，每周自动排。"
    assert "🔁 每周重复" in card.text and len(await sessions(desk, shop)) == 2
    trail = (await boss.asks(boss.private(), "/audit")).text
    assert any("到点自动" in line and "排了场次" in line for line in trail.splitlines()), trail
    await presses(operator, card, "改", "每周重复…")
    assert await operator.presses(card, "停止重复") == "停了，以后不再自动排。"
    assert "🔁" not in card.text


async def test_the_card_leads_to_the_checklist_and_follows_a_change(
    desk: Desk, team: tuple[Person, Team], operator: Person, shop: Merchant
):
    group = await bound(desk, team, shop.id, operator)
    session = await planned(desk, operator, shop, timedelta(hours=3))
    await desk.settled()
    card = group.last
    await desk.floor.desk.change(await actor(desk, operator), session.id, scope=Scope(frozenset({shop.id})), host="阿美")
    await desk.settled()
    await desk.floor.clock.tick()
    await desk.settled()
    assert "主播：阿美" in card.text and card.edits
    assert group.last.text.endswith("这一场有改动：\n主播：小雨 → 阿美")
    assert await operator.presses(card, "清单") == "清单在下面。"
    await desk.settled()
    assert "测上行带宽" in group.last.text
    stranger = desk.double.user("生人")
    page = await stranger.asks(stranger.private(), "/today")
    assert "没有找到这一场" in await stranger.forges(page, made("plan_checklist", session.id))
