"""The figures that a session's plan sets for its campaigns: written in the line or as a reply, and shown on the card."""

from __future__ import annotations

from bot.domain.access import Merchant
from tests.channels.telegram.desk import Desk
from tests.channels.telegram.kit import prompted
from tests.channels.telegram.session_kit import labels, operator, shop, team
from tests.double import Person

__all__ = ["operator", "shop", "team"]


async def test_budget_and_roi_are_set_in_the_line_or_by_a_reply_and_stand_on_the_card_only_then(
    desk: Desk, operator: Person, shop: Merchant
):
    chat = operator.private()
    plain = await operator.asks(chat, "/new 明晚8点 8万")
    assert "投放：" not in plain.text and "预算/ROI" in labels(plain)
    await operator.presses(plain, "预算/ROI")
    card = await operator.asks(chat, "预算 3000 保本ROI 1.8", reply_to=await prompted(desk, chat))
    assert "投放：预算 3,000 元 · 保本 ROI 1.8" in card.text
    await operator.presses(card, "预算/ROI")
    again = await operator.asks(chat, "目标ROI 1.5", reply_to=await prompted(desk, chat))
    assert again.text == "目标 ROI 1.5 低于保本 ROI 1.8，投得越多亏得越多。请改其中一个。"
    card = await operator.asks(chat, "目标ROI 2.5 预算 没有", reply_to=again)
    assert "投放：保本 ROI 1.8 · 目标 ROI 2.5\n" in card.text
    await operator.presses(card, "确认")
    line = await operator.asks(chat, "/new 后天晚上8点 8万 预算2千 客单89.9")
    assert "投放：预算 2,000 元 · 计划客单 89.9 元" in line.text and "目标：8 万元" in line.text
    await operator.presses(line, "和上次一样")
    assert "投放：保本 ROI 1.8 · 目标 ROI 2.5\n" in line.text
