"""A live tip in a group: samples come by HTTP, the tip arrives, is taken, judged, explained, and stays true for everybody."""

from __future__ import annotations

from bot.channels.tip_actions import made
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
