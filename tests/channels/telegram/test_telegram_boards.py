"""/board and /metric: pictures of a live session for those who may see it, and nothing for anybody else."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from bot.channels.panel_actions import made
from bot.domain.access import Binding
from bot.domain.audit import Deed, Entry
from bot.domain.messages import Message
from bot.domain.outgoing import Kind
from bot.domain.sessions import Status
from bot.storage.sessions import Sessions
from tests.channels.telegram.desk import now
from tests.channels.telegram.kit import qualified
from tests.channels.telegram.tip_room import MINUTE, Room, room
from tests.domain.live import session
from tests.double import ChatView, MessageView

__all__ = ["room"]

NONE = "现在没有直播中的场次。"


def pictures(chat: ChatView) -> list[MessageView]:
    """The chat's messages that are pictures."""
    return [one for one in chat.messages if "photo" in one.data]


async def test_a_group_gets_its_board_as_one_picture_with_words_below(room: Room) -> None:
    await room.post(500, *range(25, -1, -1))
    board = await room.host.asks(room.group, "/board")
    assert board.data["photo"][0]["width"] == 1080
    lines = board.data["caption"].splitlines()
    assert lines[0].startswith("📊 看板｜云栖茶行 · 小雅｜") and "开播还不久" in lines[1] and lines[2].endswith("个有数")
    assert board.reply_to_id and [button["text"] for button in board.buttons] == ["🔄 更新"]


async def test_update_puts_the_board_of_now_in_its_place(room: Room) -> None:
    await room.post(500, *range(25, 4, -1))
    board = await room.host.asks(room.group, "/board")
    assert "⚫ 数停在" in board.data["caption"]
    await room.post(480, 1, 0)
    room.desk.floor.panels._kept.clear()  # ten seconds later
    assert await room.viewer.presses(board, "🔄 更新") == "🔄 更新了。"
    await room.desk.settled()
    assert len(pictures(room.group)) == 1 and "⚫ 数停在" not in board.data["caption"]


async def test_a_metric_by_any_of_its_names_is_a_chart_and_words(room: Room) -> None:
    await room.post(500, *range(25, -1, -1))
    for said in ("/metric GPM", "/metric 千次观看成交金额", "/metric gpm"):
        shown = await room.operator.asks(room.group, said)
        lines = shown.data["caption"].splitlines()
        assert lines[0] == "📈 千次观看成交金额｜云栖茶行 · 小雅" and shown.data["photo"][0]["width"] == 900
        assert "，10 分钟前 " in lines[1] and lines[2].startswith("预期") and any("怎么算" in line for line in lines)


async def test_a_metric_that_nobody_knows_is_met_with_the_nearest_which_lead_on(room: Room) -> None:
    await room.post(500, *range(15, -1, -1))
    asked = await room.operator.asks(room.group, "/metric 成交")
    assert asked.text == "没有“成交”这个指标。您要找的是不是：" and asked.buttons
    assert await room.operator.presses(asked, asked.buttons[0]["text"]) == "发在下面了。"
    await room.desk.settled()
    assert len(pictures(room.group)) == 1
    assert await room.operator.presses(asked, asked.buttons[0]["text"]) == "下面已经有这张图了，点它的“更新”看最新的。"
    await room.desk.settled()
    assert len(pictures(room.group)) == 1
    odd = await room.operator.asks(room.group, "/metric <b>&*_[x](y)")
    assert "<b>&*_[x](y)" in odd.text
    which = await room.operator.asks(room.group, "/metric")
    assert which.text.startswith("看哪个指标？") and len(which.buttons) == 6


async def test_strangers_and_other_groups_get_no_picture(room: Room) -> None:
    await room.post(500, *range(5, -1, -1))
    board = await room.host.asks(room.group, "/board")
    for command in ("/board", "/metric GPM", "/metric 没有的"):
        assert (await room.stranger.asks(room.group, command)).text == NONE
        assert (await room.operator.asks(room.elsewhere, command)).text == NONE
        assert (await room.stranger.asks(room.stranger.private(), command)).text == NONE
    id = room.session.id
    for action in (made("board_again", id), made("board", id), made("reading", id, "gmv"), made("reading_again", id, "gmv")):
        assert await room.stranger.forges(board, action) == "您的角色不能做这件事，请找负责人或组长。"
    page = await room.operator.asks(room.elsewhere, "/rules N01")
    assert await room.operator.forges(page, made("board", id)) == "没有找到这一场。"
    assert await room.stranger.forges(board, made("reading_where", "gmv")) == NONE
    await room.desk.settled()
    assert len(pictures(room.group)) == 1 and not pictures(room.elsewhere)


async def test_a_group_that_is_bound_to_nothing_is_told_what_to_do(room: Room) -> None:
    free = room.desk.double.group("闲聊群", room.operator)
    assert (await room.operator.asks(free, "/board")).text.startswith("本群没有绑定商家，看不了看板。")


async def test_without_figures_it_says_so(room: Room) -> None:
    assert (await room.operator.asks(room.group, "/board")).text.startswith("这一场还没有实时数据。")
    assert (await room.operator.asks(room.group, "/metric GPM")).text.startswith("这一场还没有实时数据。")


async def test_in_private_one_of_several_sessions_is_chosen(room: Room) -> None:
    begin = now() - 20 * MINUTE
    other = session(
        id="5e551033", team=room.session.team, merchant=room.session.merchant, operator=qualified(room.operator), host="阿青",
        starts_at=begin, began_at=begin, status=Status.LIVE, posts=(),
    )  # fmt: skip
    entry = Entry(now(), other.operator, Deed.REFUSED, other.operator, other.team, other.merchant, other.id)
    assert await Sessions(room.desk.database).add(other, [], entry)
    await room.post(500, *range(15, -1, -1))
    chat = room.operator.private()
    which = await room.operator.asks(chat, "/board")
    assert which.text == "看哪一场？" and len(which.buttons) == 2
    label = next(button["text"] for button in which.buttons if "小雅" in button["text"])
    assert await room.operator.presses(which, label) == "发在下面了。"
    await room.desk.settled()
    assert chat.last.data["caption"].startswith("📊 看板｜云栖茶行 · 小雅")
    metric = await room.operator.asks(chat, "/metric 在线")
    empty = next(button["text"] for button in metric.buttons if "阿青" in button["text"])
    assert await room.operator.presses(metric, empty) == "这一场还没有实时数据。请数据员看推数的程序在不在跑。"


async def test_who_loses_the_merchant_before_it_is_sent_gets_no_picture(room: Room) -> None:
    await room.post(500, *range(5, -1, -1))
    shown = await room.desk.floor.pictures.board(
        await room.desk.floor.panels.panel(
            await room.desk.gate.actor(qualified(room.operator), f"telegram:{room.group.id}"),
            await room.desk.audience(f"telegram:{room.group.id}", None),
            room.session.id,
        ),
        "zh",
    )
    team = room.session.team
    await room.desk.groups.bind(Binding(f"telegram:{room.group.id}", team, ""), Entry(now(), "x", Deed.BOUND))
    for key, kind in (("late", Kind.ANSWER), ("late-chart", Kind.CHART)):
        await room.desk.outbox.add(
            key, "telegram", str(room.group.id), shown, kind=kind, now=now(), collections=room.session.collections
        )
    await room.settled()
    assert not pictures(room.group)
    assert [one.text for one in room.group.from_bot if "权限刚刚变了" in one.text] == [
        "权限刚刚变了，这条回答不再显示，请再问一次。"
    ]


async def test_names_with_markup_stay_names(room: Room) -> None:
    odd = "<b>小*雅*_$x^2$_"
    await Sessions(room.desk.database).save(
        session(
            id=room.session.id, team=room.session.team, merchant=room.session.merchant, operator=room.session.operator,
            chat=room.session.chat, starts_at=room.session.starts_at, began_at=room.session.began_at, status=Status.LIVE,
            posts=(), host=odd, revision=2,
        ),
        None, Entry(now(), "x", Deed.REFUSED),
    )  # fmt: skip
    await room.post(500, *range(5, -1, -1))
    board = await room.host.asks(room.group, "/board")
    assert f"云栖茶行 · {odd}" in board.data["caption"]


async def test_a_picture_says_in_english_what_it_says_in_chinese(room: Room) -> None:
    await room.post(500, *range(25, -1, -1))
    bob = room.desk.double.user("Bob", language="en")
    panel = await room.desk.floor.panels.panel(
        await room.desk.gate.actor(qualified(room.operator), "telegram:1"),
        await room.desk.audience(f"telegram:{room.group.id}", None),
        room.session.id,
    )
    shown: Message = await room.desk.floor.pictures.board(panel, "en")
    assert shown.plain.startswith("📊 Board | 云栖茶行 · 小雅 | ") and shown.picture is not None
    assert Image.open(BytesIO(shown.picture.png)).size[0] == 1080
    assert (await bob.asks(bob.private(), "/board")).text == "No session is live now."


@pytest.mark.parametrize("forged", ["va:", "vc:5e551011", "vc:5e551011:GMV", "ve:x y", "va:" + "1" * 40])
async def test_what_no_button_carries_is_nothing(room: Room, forged: str) -> None:
    page = await room.operator.asks(room.group, "/rules N01")
    assert await room.operator.forges(page, forged) == "这个按钮用不了了，请再问一次。"
