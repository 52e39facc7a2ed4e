"""What goes with a tip: its chart, once and only to who may see it, and the past case that fits it best."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.channels.tip_actions import made
from bot.domain.access import merchant_collection
from bot.domain.messages import text
from bot.domain.outgoing import Kind
from bot.errors import CopilotError, PictureFailed
from bot.storage.tip_charts import TipCharts, chart_keys
from knowledge.types import Kind as Of
from knowledge.types import Passage, section_key
from tests.channels.telegram.desk import now
from tests.channels.telegram.handbook import SECTIONS, passage
from tests.channels.telegram.kit import qualified
from tests.channels.telegram.tip_room import HEAD, Room, room, tip_id
from tests.double import ChatView, MessageView

__all__ = ["room"]

CHART = "📈 走势"


def charts(chat: ChatView) -> list[MessageView]:
    return [one for one in chat.messages if "photo" in one.data]


def tip(room: Room) -> MessageView:
    return next(one for one in room.group.messages if one.text.startswith(HEAD))


def case(title: str, *, rules: str = "N01", scope: str = "handbook") -> Passage:
    document = f"cases/{title}.md"
    return passage(
        "情况", f"{title}那一场在线掉了三成。", document=document, title=f"{title}：三分钟接回来", kind=Of.CASE, scope=scope,
        key=section_key(scope, document, "情况"), meta={"rules": rules, "sections": "12.1", "teaching": "true"},
    )  # fmt: skip


async def test_an_urgent_tip_is_text_at_once_and_its_chart_follows_once_as_a_reply(room: Room) -> None:
    await room.dropped()
    assert charts(room.group) == [] and tip(room).text.startswith(HEAD)
    await room.charted()
    (chart,) = charts(room.group)
    assert chart.reply_to_id == tip(room).id and not chart.buttons
    lines = chart.data["caption"].splitlines()
    assert lines[0] == "📈 走势｜在线掉得快｜云栖茶行 · 小雅" and "实时在线人数 500 → 400 人" in lines[1]
    for _ in range(3):
        await room.charted()
    assert len(charts(room.group)) == 1 and charts(room.elsewhere) == []


async def test_the_button_brings_that_chart_up_to_date_instead_of_sending_another(room: Room) -> None:
    await room.dropped()
    await room.charted()
    (chart,) = charts(room.group)
    before = chart.data["photo"][0]["file_unique_id"]
    room.desk.floor.panels._kept.clear()
    assert await room.viewer.presses(tip(room), CHART) == "📈 这条提示的走势图更新了，往下找。"
    await room.settled()
    assert charts(room.group) == [chart] and chart.data["photo"][0]["file_unique_id"] != before


async def test_pressed_before_the_clock_looked_there_is_one_chart_all_the_same(room: Room) -> None:
    await room.dropped()
    assert await room.host.presses(tip(room), CHART) == "发在下面了。"
    await room.charted()
    assert len(charts(room.group)) == 1


async def test_a_tip_that_somebody_took_gets_no_chart_by_itself(room: Room) -> None:
    await room.dropped()
    await room.host.presses(tip(room), "✅ 已处理")
    await room.charted()
    assert charts(room.group) == []


async def test_those_without_access_get_no_chart(room: Room) -> None:
    await room.dropped()
    id = tip_id(tip(room))
    assert await room.stranger.forges(tip(room), made("tip_chart", id)) == "您的角色不能做这件事，请找负责人或组长。"
    page = await room.operator.asks(room.elsewhere, "/rules N01")
    assert await room.operator.forges(page, made("tip_chart", id)) == "没有找到这条提示。"
    assert await room.operator.forges(page, made("tip_case", id)) == "没有找到这条提示。"
    await room.settled()
    assert charts(room.group) == charts(room.elsewhere) == []


async def test_while_another_chart_waits_for_the_group_none_is_added(room: Room) -> None:
    await room.dropped()
    await room.desk.outbox.add(
        "waits", "telegram", str(room.group.id), text("另一张图"), kind=Kind.CHART, now=now(),
        not_before=now() + timedelta(minutes=1), expires_at=now() + timedelta(minutes=2),
    )  # fmt: skip
    assert await room.desk.floor.charts.tick(now()) == 0


async def test_a_chart_is_due_for_two_minutes_and_then_no_more(room: Room) -> None:
    await room.dropped()
    due = TipCharts(room.desk.database)
    assert len(await due.wanted(now() - timedelta(minutes=2))) == 1
    assert await due.wanted(now() + timedelta(seconds=1)) == ()


async def test_what_cannot_be_drawn_is_tried_once_and_costs_no_tip(room: Room, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    asked = []

    async def broken(*_: object) -> None:
        asked.append(1)
        raise CopilotError("画图用的字体没有装上，请重新运行 make run。")

    monkeypatch.setattr(room.desk.floor.pictures, "tip", broken)
    await room.dropped()
    await room.charted()
    await room.charted()
    assert asked == [1] and tip(room).text.startswith(HEAD)


async def test_who_asks_for_a_chart_that_cannot_be_drawn_gets_its_words(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise PictureFailed("图没画出来，多半是服务器内存不够。请稍后再试一次。", "The picture could not be drawn.")

    for what in ("chart", "board"):
        monkeypatch.setattr(room.desk.floor.pictures._artist, what, broken)  # type: ignore[attr-defined]
    await room.dropped()
    await room.charted()
    assert not any("图没画出来" in one.text for one in room.group.messages), "nobody asked for it"
    assert await room.host.presses(tip(room), CHART) == "发在下面了。"
    await room.settled()
    said = room.group.last.text
    assert said.startswith("📈 走势｜在线掉得快") and said.endswith("请稍后再试一次。")
    board = await room.host.asks(room.group, "/board")
    assert board.text.startswith("📊 看板｜") and "还没恢复：在线掉得快" in board.text and "⚠️ 图没画出来" in board.text
    metric = await room.host.asks(room.group, "/metric 在线人数")
    assert metric.text.startswith("📈 实时在线人数｜") and "在预期内" not in metric.text and "⚠️ 图没画出来" in metric.text
    monkeypatch.undo()
    await room.host.presses(tip(room), CHART)
    await room.settled()
    assert len(charts(room.group)) == 1, "drawn the next time"
    monkeypatch.setattr(room.desk.floor.pictures._artist, "chart", broken)  # type: ignore[attr-defined]
    await room.host.presses(tip(room), CHART)
    await room.settled()
    assert len(charts(room.group)) == 1 and "图没画出来" in room.group.last.text


async def test_after_a_restart_the_chart_still_comes_and_only_once(room: Room) -> None:
    await room.dropped()
    await room.desk.stop()
    await room.desk.start()
    await room.charted()
    assert len(charts(room.group)) == 1
    await room.desk.stop()
    await room.desk.start()
    await room.charted()
    assert len(charts(room.group)) == 1


async def test_a_chart_that_was_too_late_comes_when_it_is_asked_for_again(room: Room) -> None:
    await room.dropped()
    (first, *_) = chart_keys(tip_id(tip(room)), f"telegram:{room.group.id}")
    await room.desk.outbox.add(
        first,
        "telegram",
        str(room.group.id),
        text("来不及了"),
        kind=Kind.CHART,
        now=now(),
        expires_at=now() - timedelta(seconds=1),
    )
    assert await room.host.presses(tip(room), CHART) == "发在下面了。"
    await room.settled()
    assert len(charts(room.group)) == 1


async def test_the_nearest_case_stands_beside_the_section_and_opens(room: Room) -> None:
    room.desk.handbook.sections = (*SECTIONS, case("小禾零食"))
    await room.dropped()
    row = next(row for row in tip(room).keyboard if "12.1" in row[0]["text"])
    assert [button["text"] for button in row] == ["📖 怎么做 12.1", "📎 案例：小禾零食"]
    await room.viewer.presses(tip(room), "📎 案例：小禾零食")
    await room.settled()
    assert "小禾零食那一场在线掉了三成。" in room.group.last.text


async def test_the_merchants_own_case_comes_first_and_anothers_never(room: Room) -> None:
    own, theirs = merchant_collection(room.session.merchant), merchant_collection("0badf00d")
    room.desk.handbook.sections = (*SECTIONS, case("小禾零食"), case("别家", scope=theirs), case("自家上月", scope=own))
    await room.dropped()
    assert "📎 案例：自家上月" in [button["text"] for button in tip(room).buttons]


async def test_without_a_case_there_is_no_button_and_a_case_that_is_gone_is_said_so(room: Room) -> None:
    room.desk.handbook.sections = (*SECTIONS, case("别的", rules="N19"))
    room.desk.handbook.sections[-1].meta["sections"] = "08.4"
    await room.dropped()
    assert not any("📎" in button["text"] for button in tip(room).buttons)
    forged = await room.operator.forges(tip(room), made("tip_case", tip_id(tip(room))))
    assert forged == "没有找到这个案例，手册可能刚改过。"


async def test_the_operator_who_is_asked_in_private_can_look_at_the_chart_there(room: Room) -> None:
    await room.post(500, *range(25, 3, -1))
    await room.post(400, 3.2)
    await room.post(400, 2.5)
    await room.post(400, 1, 0)
    await room.tick()
    own = room.operator.private()
    assert own.last.text.startswith("📣 请看一下")
    assert await room.operator.presses(own.last, CHART) == "发在下面了。"
    await room.settled()
    assert len(charts(own)) == 1 and charts(room.group) == [] and qualified(room.operator)
