"""A lead gives what comparable rooms do, in reply to a prompt; it is tried on past sessions, taken, renewed and removed."""

from __future__ import annotations

from datetime import timedelta

from bot.channels.rule_actions import made
from bot.domain.peers import LASTS
from tests.channels.telegram.desk import now
from tests.channels.telegram.test_telegram_own_rules import Office, office

__all__ = ["office"]


async def given(office: Office, said: str) -> None:
    """Give figures at the page of the team's, and take them."""
    page = await office.home()
    tried = await office.reply(await office.prompt(page, "同类直播间的数", "填数"), said)
    await office.owner.presses(tried, "采用")
    assert tried.text.startswith("✅ 已采用"), tried.text


async def test_medians_are_tried_taken_shown_and_removed(office: Office) -> None:
    page = await office.home()
    await office.owner.presses(page, "同类直播间的数")
    assert "还没填。" in page.text and "用得上的：" in page.text
    prompt = await office.prompt(page, "填数")
    tried = await office.reply(prompt, "GPM 9000\n商品点击率：6%")
    lines = tried.text.splitlines()
    assert lines[0] == "🧪 试跑：同类直播间 千次观看成交金额 ¥9,000、同类直播间 商品曝光点击率 6%"
    assert lines[1].startswith("用到它的规则：") and "N30 GPM 低" in lines[1]
    assert "拿最近 3 场" in lines[2] and lines[-1] == "现在还没生效。"
    assert dict((await office.desk.floor.tips.desk.books.of_place(office.team.id)).peers) == {}
    await office.owner.presses(tried, "采用")
    assert "第 1 版" in tried.text
    peers = (await office.desk.floor.tips.desk.books.of_place(office.team.id, office.merchant.id)).peers
    assert {id: one.value for id, one in peers.items()} == {"gpm": 9000, "item_ctr": 0.06}
    page = await office.home()
    assert "同类直播间的数 2 个：千次观看成交金额 ¥9,000、商品曝光点击率 6%" in page.text
    await given(office, "删 GPM")
    page = await office.home()
    await office.owner.presses(page, "同类直播间的数")
    assert "¥9,000" not in page.text and "• 商品曝光点击率 6%（算到 " in page.text
    page = await office.home()
    await office.owner.presses(page, "版本")
    assert "去掉同类直播间的 千次观看成交金额" in page.text


async def test_what_is_out_of_date_says_so(office: Office) -> None:
    await given(office, "GPM 620")
    now.advance(days=(LASTS + timedelta(days=1)).days)
    page = await office.chat.answer_to(await office.owner.say(office.chat, "/rules"))
    await office.owner.presses(page, "调整规则")  # the merchants' authorisations have ended by now, so there is one place
    await office.owner.presses(page, "同类直播间的数")
    assert "• 千次观看成交金额 ¥620（" in page.text and "过期，现在不用" in page.text


async def test_a_wrong_line_is_named_and_asked_for_again(office: Office) -> None:
    page = await office.home()
    prompt = await office.prompt(page, "同类直播间的数", "填数")
    again = await office.reply(prompt, "GPM 620\n商品点击率 6\n<b>在线</b> 500")
    assert "第 2 行：" in again.text and "第 3 行：" in again.text and again.text.endswith("改好后再回复一次。")
    tried = await office.reply(again, "GPM 620")
    assert tried.text.startswith("🧪 试跑")


async def test_an_operator_cannot_reach_the_page(office: Office) -> None:
    page = await office.home()
    toast = await office.operator.forges(page, made("own_peers", f"t{office.team.id}"))
    assert toast and "同类" not in toast
    toast = await office.operator.forges(page, made("own_peers_set", f"m{office.merchant.id}"))
    assert toast and "请回复" not in office.operator.private().transcript()
