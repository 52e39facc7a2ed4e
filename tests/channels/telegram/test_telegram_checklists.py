"""Checklists in chat: cards that come, are ticked by several people, ask for numbers and photos, and stay true for everybody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.channels.session_actions import made
from bot.domain.access import Binding, Merchant, Role, Team, merchant_collection
from bot.domain.audit import Deed, Entry
from bot.domain.checklists import Evidence, Item
from bot.domain.rhythm import Rhythm
from bot.domain.session_items import SessionItem, State, laid_out, moved
from bot.domain.sessions import LiveSession, Post, Status
from bot.storage.session_items import SessionItems
from bot.storage.sessions import Sessions
from tests.channels.telegram.desk import Desk, now
from tests.channels.telegram.kit import founded, member, presses, qualified, served
from tests.domain.live import HOUR, MINUTE, ZONE, item, session
from tests.double import ChatView, MessageView, Person

PLAIN = item("B01", -30 * MINUTE, role="主播", text="灯光试过")
NUMBER = item("B02", -20 * MINUTE, text="测过上行", evidence=Evidence.NUMBER, number="上行带宽（Mbps），不低于 5", blocking=True)
PHOTO = item("B03", -15 * MINUTE, text="贴片拍下来", evidence=Evidence.PHOTO)
SECOND = item("B04", -10 * MINUTE, text="价格核对过", evidence=Evidence.SECOND_PERSON)
ALL = (PLAIN, NUMBER, PHOTO, SECOND)


@dataclass
class Room:
    """A group that is bound to a merchant, with an operator, a host, and somebody who may only read."""

    desk: Desk
    group: ChatView
    operator: Person
    host: Person
    viewer: Person
    stranger: Person
    lead: Person
    team: Team
    merchant: Merchant
    sessions: list[LiveSession] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stored, self.items = Sessions(self.desk.database), SessionItems(self.desk.database)
        self.lists = self.desk.office.checklists

    async def plan(self, *items: Item, **changes: object) -> LiveSession:
        values: dict[str, object] = {
            "id": f"5e55000{len(self.sessions)}", "team": self.team.id, "merchant": self.merchant.id,
            "operator": qualified(self.operator), "chat": f"telegram:{self.group.id}", "starts_at": now() + timedelta(minutes=40),
            "posts": (Post("主播", qualified(self.host)),),
        }  # fmt: skip
        made = session(**(values | changes))
        assert await self.stored.add(made, laid_out(made, items, Rhythm(ZONE)), self.entry(made))
        self.sessions.append(made)
        return made

    def entry(self, of: LiveSession) -> Entry:
        return Entry(now(), of.operator, Deed.REFUSED, of.operator, of.team, of.merchant, of.id)

    async def push(self) -> MessageView:
        """Push what is due; the card in the group."""
        await self.lists.pushing.push_due(now())
        self.desk.delivery.notify()
        await self.desk.settled()
        return self.group.last

    async def redrawn(self) -> None:
        """Every card is brought up to date."""
        for _ in range(3):
            await self.lists.pushing.redraw(now())
            self.desk.delivery.notify()
            await self.desk.settled()

    async def item(self, id: str) -> SessionItem:
        return next(one for one in await self.items.known(self.sessions[0].id) if one.id == id)


@pytest.fixture
async def room(desk: Desk) -> AsyncIterator[Room]:
    lead, team = await founded(desk, "芳姐")
    merchant = await served(desk, lead, team, "云栖茶行")
    operator = await member(desk, "小操", lead, team, Role.OPERATOR, merchant.id)
    host = await member(desk, "小雅", lead, team, Role.TRAINEE, merchant.id)
    viewer = await member(desk, "阿看", lead, team, Role.VIEWER, merchant.id)
    stranger = desk.double.user("路人")
    group = desk.double.group("茶行直播群", lead, operator, host, viewer, stranger)
    await desk.groups.bind(Binding(f"telegram:{group.id}", team.id, merchant.id), Entry(now(), "x", Deed.BOUND))
    yield Room(desk, group, operator, host, viewer, stranger, lead, team, merchant)


def labels(message: MessageView) -> list[str]:
    return [button["text"] for button in message.buttons]


async def test_a_card_arrives_is_ticked_by_one_and_the_other_is_told_who_was_faster(room: Room) -> None:
    await room.plan(PLAIN, NUMBER)
    card = await room.push()
    assert card.text.splitlines()[1] == "播前清单 0/2 ░░░░░░░░░░"
    assert "☐ 1. 灯光试过 · 主播 小雅 · " in card.text and "☐ 2. ❗测过上行 · 中控→小操 · " in card.text
    assert labels(card) == ["1", "2", "更多…"] and all(len(b["callback_data"]) <= 64 for b in card.buttons)
    own = room.host.private().last
    assert "灯光试过" in own.text and "测过上行" not in own.text
    assert await room.host.presses(card, "1") == "✅ 已勾：灯光试过"
    await room.desk.settled()
    assert "✅ 1. 灯光试过 · 小雅 " in card.text and "1/2" in card.text and "1" not in labels(card)
    assert "都处理完了" in own.text, "the private card shows the same"
    toast = await room.operator.forges(card, made("item_tick", room.sessions[0].id, "B01", 0))
    assert "小雅" in toast and "已经处理" in toast
    assert (await room.item("B01")).by == qualified(room.host)


async def test_only_those_who_may_tick_do_and_nobody_else_changes_anything(room: Room) -> None:
    await room.plan(PLAIN)
    card = await room.push()
    for person in (room.viewer, room.stranger):
        assert "您的角色不能做这件事" in (await person.presses(card, "1"))
    assert (await room.item("B01")).state is State.OPEN
    elsewhere = await room.stranger.asks(room.stranger.private(), "/help")
    for action in ("item_tick", "item_undo", "item_why", "item_more", "item_section", "item_note", "item_skip", "item_photo"):
        toast = await room.stranger.forges(elsewhere, made(action, room.sessions[0].id, "B01", 0))
        assert toast == "没有找到这一场。"


async def test_a_number_is_asked_for_checked_against_its_limit_and_confirmed(room: Room) -> None:
    await room.plan(NUMBER)
    card = await room.push()
    assert await room.operator.presses(card, "1") == "请回复下面那条消息。"
    await room.desk.settled()
    prompt = room.group.last
    assert prompt.text == "小操，请回复这条消息填数：\n测过上行\n上行带宽（Mbps），不低于 5"
    said = await room.operator.say(room.group, "不知道", reply_to=prompt)
    assert (await room.group.answer_to(said)).text.startswith("没看出是几。请回复一个数，例如 5 Mbps")
    said = await room.operator.say(room.group, "4.2 Mbps", reply_to=room.group.last)
    warned = await room.group.answer_to(said)
    assert warned.text.startswith("⚠️ 4.2 Mbps 超出界线：上行带宽（Mbps），不低于 5")
    assert labels(warned) == ["确实是 4.2，照实记", "取消"] and (await room.item("B02")).state is State.OPEN
    said = await room.operator.say(room.group, "8.5", reply_to=warned)
    assert (await room.group.answer_to(said)).text == "✅ 测过上行：8.5 Mbps"
    await room.desk.settled()
    assert "✅ 1. 测过上行 · 小操 " in card.text and "8.5 Mbps" in card.text
    assert "已经处理" in (await room.operator.presses(warned, "照实记")) and (await room.item("B02")).proof == "8.5"


async def test_a_number_beyond_the_limit_is_noted_as_it_is_when_somebody_says_so(room: Room) -> None:
    await room.plan(NUMBER)
    card = await room.push()
    await room.operator.presses(card, "1")
    await room.desk.settled()
    said = await room.operator.say(room.group, "4", reply_to=room.group.last)
    warned = await room.group.answer_to(said)
    await room.host.presses(warned, "照实记")
    await room.desk.settled()
    assert warned.buttons == [] and "4 Mbps ⚠️ 超出界线" in card.text


async def test_a_photo_is_taken_and_a_video_or_a_huge_picture_is_not(room: Room) -> None:
    await room.plan(PHOTO)
    card = await room.push()
    await room.operator.presses(card, "1")
    await room.desk.settled()
    prompt = room.group.last
    said = await room.operator.sends_document(room.group, "录屏.mp4", b"x", reply_to=prompt)
    assert (await room.group.answer_to(said)).text == "视频不收，请截一张图发过来。"
    huge = await room.operator.sends_document(room.group, "大图.png", bytes(30 * 1024 * 1024), reply_to=prompt)
    assert "最大 20 MB" in (await room.group.answer_to(huge)).text
    said = await room.operator.say(room.group, "拍了", reply_to=prompt)
    assert (await room.group.answer_to(said)).text == "请回复一张照片或截图。"
    said = await room.operator.sends_photo(room.group, reply_to=prompt)
    assert (await room.group.answer_to(said)).text == "✅ 贴片拍下来：📷 有照片"
    assert (await room.item("B03")).proof.startswith("AgAC")


async def test_the_photo_of_a_settled_item_can_be_looked_at(room: Room) -> None:
    await room.plan(PHOTO)
    card = await room.push()
    await presses(room.operator, card, "更多…", "1")
    assert "📷 看照片" not in labels(card), "there is none yet"
    await room.operator.presses(card, "‹ 返回清单")
    await room.host.sends_photo(room.group, reply_to=card)
    await room.redrawn()
    await presses(room.lead, card, "更多…", "1")
    await room.lead.presses(card, "📷 看照片")
    await room.desk.settled()
    seen = room.group.last
    assert seen.data["photo"] and seen.data["caption"].startswith("贴片拍下来 · 小雅 ")
    assert seen.stored.reply_to == card.id
    action = made("item_photo", room.sessions[0].id, "B03", 0)
    elsewhere = await room.stranger.asks(room.stranger.private(), "/help")
    before = room.stranger.private().last
    assert await room.stranger.forges(elsewhere, action) == "没有找到这一场。"
    assert room.stranger.private().last == before
    await room.operator.presses(card, "↩ 撤销")
    assert await room.operator.forges(card, action) == "这一项现在没有照片。"


async def test_a_photo_may_be_sent_as_a_reply_to_the_card(room: Room) -> None:
    await room.plan(PLAIN, PHOTO)
    card = await room.push()
    assert card.text.endswith("点数字打勾。\n📷 也可以回复这张卡片直接发图")
    said = await room.viewer.sends_photo(room.group, reply_to=card)
    assert "您的角色不能做这件事" in (await room.group.answer_to(said)).text
    said = await room.host.sends_photo(room.group, reply_to=card)
    assert (await room.group.answer_to(said)).text == "✅ 贴片拍下来：📷 有照片"
    await room.redrawn()
    assert "📷 有照片" in card.text and "也可以回复" not in card.text
    assert (await room.item("B03")).by == qualified(room.host)


async def test_with_several_photos_the_caption_says_which(room: Room) -> None:
    await room.plan(PHOTO, replace(PHOTO, id="B05", text="封面拍下来"), NUMBER)
    card = await room.push()
    assert "📷 也可以回复这张卡片直接发图，说明里写上数字" in card.text
    number = next(line.split()[1].rstrip(".") for line in card.text.splitlines() if "封面" in line)
    said = await room.operator.sends_photo(room.group, "拍好了", reply_to=card)
    which = (await room.group.answer_to(said)).text
    assert which.startswith("这张图是哪一项的？") and number in which
    said = await room.operator.sends_photo(room.group, f"第{number}项", reply_to=card)
    assert (await room.group.answer_to(said)).text == "✅ 封面拍下来：📷 有照片"
    assert (await room.item("B03")).state is State.OPEN and (await room.item("B02")).state is State.OPEN
    huge = await room.operator.sends_document(room.group, "大图.png", bytes(30 * 1024 * 1024), reply_to=card)
    assert "最大 20 MB" in (await room.group.answer_to(huge)).text


async def test_a_second_person_has_to_confirm_and_not_the_first_one(room: Room) -> None:
    await room.plan(SECOND)
    card = await room.push()
    assert (await room.operator.presses(card, "1")).startswith("⏳")
    await room.desk.settled()
    assert "⏳ 1. 价格核对过 · 小操 " in card.text and labels(card)[0] == "1 确认"
    assert "换一个人来确认" in (await room.operator.presses(card, "1 确认"))
    assert (await room.item("B04")).state is State.UNCONFIRMED
    assert await room.host.presses(card, "1 确认") == "✅ 已确认：价格核对过"
    await room.desk.settled()
    assert "✅ 1. 价格核对过 · 小操 " in card.text and "小雅 确认" in card.text


async def test_more_takes_back_skips_with_a_reason_hands_on_and_notes(room: Room) -> None:
    await room.plan(PLAIN, NUMBER)
    card = await room.push()
    await room.host.presses(card, "1")
    await room.desk.settled()
    await room.host.presses(card, "更多")
    assert labels(card) == ["1", "2", "‹ 返回清单"]
    await room.host.presses(card, "1")
    assert labels(card)[:2] == ["▸ 灯光试过", "↩ 撤销"]
    assert "出过事" in (await room.host.presses(card, "为什么"))
    assert await room.host.presses(card, "撤销") == "已撤销：灯光试过"
    await room.desk.settled()
    assert labels(card) == ["1", "2", "更多…"] and "☐ 1. 灯光试过" in card.text

    for label in ("更多", "1"):
        await room.host.presses(card, label)
    await room.host.presses(card, "不适用")
    await room.desk.settled()
    said = await room.host.say(room.group, "户外场，没有灯", reply_to=room.group.last)
    assert (await room.group.answer_to(said)).text == "➖ 已标为不适用：灯光试过"
    await room.redrawn()
    assert "➖ 1. 灯光试过 · 小雅 " in card.text and "不适用：户外场，没有灯" in card.text

    for label in ("更多", "2", "换人"):
        await room.operator.presses(card, label)
    assert {"小操", "小雅", "芳姐"} <= set(labels(card)) and "阿看" not in labels(card)
    assert await room.operator.presses(card, "小雅") == "已交给 小雅：测过上行"
    await room.redrawn()
    assert "中控→小雅" in card.text and "测过上行" in room.host.private().last.text

    for label in ("更多", "2", "备注"):
        await room.operator.presses(card, label)
    await room.desk.settled()
    await room.operator.say(room.group, "用 4G 备线\n再测一次 **加粗**", reply_to=room.group.last)
    await room.redrawn()
    assert "💬 小操：用 4G 备线 再测一次 **加粗**" in card.text


async def test_what_blocks_going_live_a_host_cannot_skip(room: Room) -> None:
    await room.plan(NUMBER)
    card = await room.push()
    for label in ("更多", "1", "不适用"):
        await room.host.presses(card, label)
    await room.desk.settled()
    said = await room.host.say(room.group, "不想测", reply_to=room.group.last)
    assert "只有操盘手或组长能标不适用" in (await room.group.answer_to(said)).text
    assert (await room.item("B02")).state is State.OPEN


async def test_the_section_opens_in_a_message_of_its_own(room: Room) -> None:
    await room.plan(replace(PLAIN, section="12.1"))
    card = await room.push()
    before = card.text
    for label in ("更多", "1", "手册"):
        await room.host.presses(card, label)
    assert card.text == before and room.group.last.id != card.id


async def test_checklist_shows_the_groups_session_and_in_private_what_is_ones_own(room: Room) -> None:
    await room.plan(*ALL)
    await room.push()
    shown = await room.host.say(room.group, "/checklist")
    await room.desk.settled()
    assert "播前清单 0/4" in room.group.last.text and room.group.last.id > shown.id
    await room.host.say(room.host.private(), "/checklist")
    await room.desk.settled()
    assert "灯光试过" in room.host.private().last.text and "测过上行" not in room.host.private().last.text
    await room.viewer.say(room.viewer.private(), "/checklist")
    await room.desk.settled()
    assert room.viewer.private().last.text == "您名下现在没有待办。"
    for chat in (room.stranger.private(), room.group):
        await room.stranger.say(chat, "/checklist")
        await room.desk.settled()
        assert "灯光试过" not in chat.last.text
    assert "播前清单 0/4" not in room.group.last.text


async def test_a_handover_says_what_is_open_and_what_was_done_by_whom(room: Room) -> None:
    made = await room.plan(item("D01", MINUTE, text="听得到"), item("D02", HOUR, text="报开场成绩"), starts_at=now())
    live = replace(made, status=Status.LIVE, began_at=now(), revision=2)
    laid = laid_out(live, (item("D01", MINUTE, text="听得到"), item("D02", HOUR, text="报开场成绩")), Rhythm(ZONE))
    assert await room.stored.save(live, lambda old: moved(old, laid), room.entry(live))
    card = await room.push()
    await room.host.presses(card, "1")
    await room.operator.say(room.group, "/handover")
    await room.desk.settled()
    said = room.group.last.text
    assert said.startswith("🔄 交接") and "还没做（1）\n☐ 报开场成绩" in said and "✅ 听得到 · 小雅" in said


async def test_quiet_hours_are_the_leads_to_set(room: Room) -> None:
    chat = room.lead.private()
    assert "23:00–08:30（Asia/Shanghai）" in (await room.lead.asks(chat, "/quiet")).text
    assert "22:00–09:00" in (await room.lead.asks(chat, "/quiet 22:00-9:00")).text
    assert "22:00–09:00（Asia/Urumqi）" in (await room.lead.asks(chat, "/quiet Asia/Urumqi")).text
    assert "23:00–08:30（Asia/Shanghai）" in (await room.lead.asks(chat, "/quiet 23:00-8:30 Asia/Shanghai")).text
    assert "没有这个时区" in (await room.lead.asks(chat, "/quiet Asia/Nowhere")).text
    assert "请写成 /quiet 23:00-8:30" in (await room.lead.asks(chat, "/quiet 25点")).text
    assert "不设" in (await room.lead.asks(chat, "/quiet off")).text
    assert "您的角色不能做这件事" in (await room.operator.asks(room.operator.private(), "/quiet 22:00-9:00")).text
    assert "您还不在任何团队里" in (await room.stranger.asks(room.stranger.private(), "/quiet")).text


async def test_the_commands_stand_in_the_menu_in_both_languages(room: Room) -> None:
    await room.desk.settled()
    assert {"checklist", "handover", "quiet"} <= set(room.lead.menu()) and "checklist" in room.lead.menu(room.group)


async def test_a_card_is_withheld_from_a_group_that_changed_hands(room: Room) -> None:
    await room.plan(PLAIN)
    await room.lists.pushing.push_due(now())
    await room.desk.groups.unbind(f"telegram:{room.group.id}", 0, Entry(now(), "x", Deed.UNBOUND))
    room.desk.delivery.notify()
    await room.desk.settled()
    assert "灯光试过" not in room.group.transcript()
    assert merchant_collection(room.merchant.id) not in room.group.transcript()
