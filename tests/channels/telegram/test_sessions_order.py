"""The running order in the chat: pasted, sent as a file, shown with what is wrong, confirmed, replaced."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from bot.channels.plan_actions import made
from bot.domain.access import Merchant, Role, Scope, Team
from bot.domain.running_order import Part
from tests.channels.telegram.desk import Desk
from tests.channels.telegram.kit import member, prompted
from tests.channels.telegram.session_kit import operator, planned, shop, team
from tests.double import Person

__all__ = ["operator", "shop", "team"]

TABLE = "品名\t价格\t库存\t时长\t款型\n雨伞\t19.9\t500\t10\t引流\n风衣\t299\t80\t20\t利润\n坏行\t随便\t1\t1\t引流"


async def test_a_pasted_order_is_shown_and_stored_on_a_word(desk: Desk, operator: Person, shop: Merchant):
    session = await planned(desk, operator, shop)
    chat = operator.private()
    card = await operator.asks(chat, "/session")
    await operator.presses(card, "排品")
    shown = await operator.asks(chat, TABLE, reply_to=await prompted(desk, chat))
    assert "读到 2 款：\n1. 雨伞 19.9 元 · 500 件 · 10 分钟 · 引流款\n2. 风衣 299 元 · 80 件 · 20 分钟 · 利润款" in shown.text
    assert "没读懂的：\n• 第 4 行，价格" in shown.text or "没读懂的：\n• 第 4 行价格" in shown.text
    assert "要改的：" in shown.text
    scope = Scope(frozenset({shop.id}))
    assert (await desk.floor.orders.of(session, scope=scope)).lines == ()
    assert await operator.presses(shown, "就用这份") == "存好了。"
    first, second = (await desk.floor.orders.of(session, scope=scope)).lines
    assert (first.price, first.stock, first.minutes, first.part) == (Decimal("19.9"), 500, Decimal(10), Part.TRAFFIC)
    assert second.name == "风衣"
    assert "这份排品已经处理过了" in await operator.forges(shown, made("plan_order_keep", session.id, "0" * 8))
    await operator.presses(card, "排品")
    assert "排品 · 2 款" in card.text


async def test_a_file_and_a_command_do_as_well_and_what_is_no_order_is_said(desk: Desk, operator: Person, shop: Merchant):
    session = await planned(desk, operator, shop)
    chat = operator.private()
    prompt = await operator.asks(chat, "/order")
    sent = await operator.sends_document(chat, "排品.csv", TABLE.replace("\t", ",").encode("gb18030"), reply_to=prompt)
    shown = await chat.answer_to(sent, 30)
    assert "读到 2 款" in shown.text
    picture = await chat.answer_to(await operator.sends_document(chat, "a.pdf", b"%PDF-1.4 x", reply_to=prompt), 30)
    assert "排品表请发 Excel（.xlsx）或 CSV" in picture.text or "PDF" in picture.text
    nothing = await chat.answer_to(await operator.sends_sticker(chat, reply_to=prompt))
    assert nothing.text == "请打字回复，或者发 Excel、CSV 文件。"
    again = await operator.asks(chat, "/order 雨伞 19.9元 500件 10分钟")
    assert "1. 雨伞 19.9 元" in again.text
    await operator.presses(again, "就用这份")
    assert len((await desk.floor.orders.of(session, scope=Scope(frozenset({shop.id})))).lines) == 1


async def test_a_button_stores_the_order_above_it_or_none(desk: Desk, operator: Person, shop: Merchant):
    session = await planned(desk, operator, shop)
    chat, scope = operator.private(), Scope(frozenset({shop.id}))
    older = await operator.asks(chat, "/order 雨伞 19.9元 500件 10分钟")
    newer = await operator.asks(chat, "/order 风衣 299元 80件 20分钟")
    assert await operator.presses(older, "就用这份") == "这份之后又发过一份排品，请在最新那份下面点“就用这份”。"
    assert (await desk.floor.orders.of(session, scope=scope)).lines == ()
    assert "雨伞" in older.text
    await operator.presses(newer, "就用这份")
    assert [line.name for line in (await desk.floor.orders.of(session, scope=scope)).lines] == ["风衣"]


async def test_lucky_bags_and_breaks_that_were_read_are_shown_too(desk: Desk, operator: Person, shop: Merchant):
    await planned(desk, operator, shop)
    shown = await operator.asks(operator.private(), "/order 雨伞 19.9元 500件 10分钟\n福袋 20:00\n风衣 299元 80件 20分钟")
    assert "\n1. 雨伞 19.9 元 · 500 件 · 10 分钟\n◦ 福袋 20:00\n2. 风衣" in shown.text
    await operator.presses(shown, "就用这份")
    assert "◦ 福袋 20:00" in shown.text


async def test_only_whoever_runs_the_session_changes_its_order(
    desk: Desk, team: tuple[Person, Team], operator: Person, shop: Merchant
):
    session = await planned(desk, operator, shop, timedelta(hours=2))
    trainee = await member(desk, "小王", *team, Role.TRAINEE, shop.id)
    refused = await trainee.asks(trainee.private(), f"/order {TABLE}")
    assert "您的角色不能做这件事" in refused.text
    buttons = [made("plan_order", session.id), made("plan_order_ask", session.id), made("plan_order_keep", session.id, "0" * 8)]
    for button in buttons:
        assert "您的角色不能做这件事" in await trainee.forges(refused, button)
    stranger = desk.double.user("生人")
    page = await stranger.asks(stranger.private(), "/order")
    for button in buttons:
        assert "没有找到这一场" in await stranger.forges(page, button)
