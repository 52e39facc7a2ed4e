"""/rules and /metrics show the rules that are in force where somebody reads, and nobody another merchant's."""

from __future__ import annotations

from bot.channels.reference.view import Goal, Target
from bot.channels.telegram import actions
from bot.domain.access import Binding, Membership, Role, Team
from bot.domain.audit import Deed, Entry
from tests.channels.telegram.desk import now
from tests.channels.telegram.kit import actor, member, qualified, served
from tests.channels.telegram.tip_room import Room, room
from tests.double import MessageView, Person

__all__ = ["room"]

OWN = """- id: {id}
  name: 客单不到线
  group: 成交
  severity: low
  when: aov < low
  limits:
    low: {{of: aov, default: 600元/人, source: 本队自定}}
  who: 主播
  steps:
    60s:
      - {{who: 主播, do: 讲组合装}}
"""


async def adopted(room: Room, merchant: str, *changes: tuple[str, ...]) -> None:
    """What the lead changes at a place, each in force at once."""
    desk, lead = room.desk.floor.rules, await actor(room.desk, room.lead)
    place = (lead, room.session.team, merchant)
    for what, *more in changes:
        if what == "limit":
            found = await desk.propose_limit(*place, *more)
        elif what == "off":
            found = await desk.propose_switch(*place, *more, on=False)
        else:
            found = await desk.propose_file(*place, OWN.format(id=more[0]))
        await desk.adopt(lead, found.draft.id)


async def rules(room: Room, person: Person, said: str, *, elsewhere: bool = False) -> MessageView:
    return await person.asks(room.elsewhere if elsewhere else room.group, said)


async def test_a_group_reads_the_rules_of_its_merchant_and_what_the_team_changed(room: Room) -> None:
    await adopted(room, "", ("limit", "N10", "quiet", "0.45%"), ("off", "N07"), ("file", "T01"))
    await adopted(room, room.session.merchant, ("limit", "N06", "hold", "6"), ("file", "M01"))
    changed = await rules(room, room.operator, "/rules N10")
    lines = changed.text.splitlines()
    assert lines[0] == "N10 评论率低"
    assert lines[2] == "本队改过：0.45%，不再用手册的“自己近 7 天同时段中位数 × 0.6（没有就用 0.5%）”"
    assert "默认 0.45%" in changed.text and "低于 0.5%" not in changed.text
    held = (await rules(room, room.operator, "/rules N06")).text
    assert "\n本队改过：连续 6 个采样才提（手册 " in held and "连续 6 个采样都成立才提示" in held
    off = (await rules(room, room.operator, "/rules N07")).text
    assert off.splitlines()[2] == "⛔ 本队停用，现在不提示"
    for id in ("T01", "M01"):
        own = await rules(room, room.operator, f"/rules {id}")
        assert own.text.startswith(f"{id} 客单不到线\n🔵 低 · 成交\n本队自己定的规则\n现象：客单价 < 600 元")
        assert own.buttons[-1]["text"] == "↩ 本队自己的"
    listed = await rules(room, room.operator, "/rules")
    assert listed.text.startswith("规则（47 条）｜云栖茶行\n") and "\n本队自己的（2）：客单不到线、客单不到线" in listed.text
    await room.viewer.presses(listed, "本队自己的")
    assert "T01 客单不到线  🔵 低" in listed.text and "M01 客单不到线  🔵 低" in listed.text
    await room.viewer.presses(listed, "↩ 全部规则")
    await room.viewer.presses(listed, "互动")
    assert "N10 评论率低  🟡 中 · 本队改过" in listed.text and "N07 停留不上不下  ⛔ 本队停用" in listed.text
    metric = (await rules(room, room.operator, "/metrics 客单价")).text
    assert "T01" in metric and "M01" in metric
    stay = (await rules(room, room.operator, "/metrics 停留")).text
    assert "N06" in stay and "N07" not in stay


async def test_a_figure_against_a_figure_is_said_short(room: Room) -> None:
    await adopted(room, "", ("limit", "N01", "drop", "20%"))
    shown = (await rules(room, room.operator, "/rules N01")).text
    assert shown.splitlines()[2] == "本队改过：20%（手册 15%）"


async def test_nobody_sees_another_merchants_rules(room: Room) -> None:
    await adopted(room, "", ("limit", "N10", "quiet", "0.45%"))
    await adopted(room, room.session.merchant, ("file", "M01"), ("off", "N07"))
    theirs = await rules(room, room.lead, "/rules M01", elsewhere=True)
    assert "客单不到线" not in theirs.text and theirs.text.startswith("没有“M01”这条规则。")
    assert "停用" not in (await rules(room, room.lead, "/rules N07", elsewhere=True)).text
    assert "本队改过：0.45%" in (await rules(room, room.lead, "/rules N10", elsewhere=True)).text
    for chat in (room.group, room.stranger.private()):
        for said in ("/rules M01", "/rules N07", "/rules N10", "/rules", "/metrics 客单价"):
            shown = (await room.stranger.asks(chat, said)).text
            assert "本队" not in shown and "客单不到线" not in shown and "M01" not in shown.partition("M01”")[2], shown
    page = await rules(room, room.operator, "/rules N10", elsewhere=True)
    for key in ("M01", "N07"):
        await room.stranger.forges(page, actions.reference(Target(Goal.RULE, key)))
        assert "客单不到线" not in page.text and "停用" not in page.text
    outsider = await member(room.desk, "阿北", room.lead, await team_of(room), Role.OPERATOR, await other_of(room))
    for said in ("/rules M01", "/rules N07", "/rules"):
        shown = (await outsider.asks(outsider.private(), said)).text
        assert "客单不到线" not in shown and "停用" not in shown


async def test_in_private_it_is_the_running_session_the_only_merchant_or_else_the_team(room: Room) -> None:
    await adopted(room, "", ("file", "T01"))
    await adopted(room, room.session.merchant, ("file", "M01"))
    for person in (room.operator, room.viewer):
        shown = (await person.asks(person.private(), "/rules M01")).text
        assert shown.startswith("M01 客单不到线")
    lead = room.lead.private()
    assert (await room.lead.asks(lead, "/rules")).text.startswith("规则（46 条）｜")
    assert (await room.lead.asks(lead, "/rules M01")).text.startswith("没有“M01”这条规则。")
    assert "到它的群里看" in (await room.lead.asks(lead, "/rules M99 zzz")).text
    assert (await room.lead.asks(lead, "/rules T01")).text.startswith("T01 客单不到线")
    # Whoever has two merchants reads those of the one whose session he runs.
    both = await served(room.desk, room.lead, await team_of(room), "南山茶具")
    entry = Entry(now(), qualified(room.lead), Deed.ROLE_GIVEN)
    await room.desk.people.give(
        Membership(qualified(room.operator), room.session.team, Role.OPERATOR, both.id), qualified(room.lead), entry
    )
    assert (await room.operator.asks(room.operator.private(), "/rules M01")).text.startswith("M01 客单不到线")


async def test_a_page_that_waits_is_not_delivered_where_the_merchant_left(room: Room) -> None:
    await adopted(room, room.session.merchant, ("file", "M01"))
    shown = await rules(room, room.operator, "/rules M01")
    assert shown.text.startswith("M01")
    await room.desk.groups.bind(Binding(f"telegram:{room.group.id}", room.session.team, ""), Entry(now(), "x", Deed.BOUND))
    assert "客单不到线" not in (await rules(room, room.operator, "/rules M01")).text


async def team_of(room: Room) -> Team:
    (team,) = await room.desk.office.team.teams(await actor(room.desk, room.lead))
    return team


async def other_of(room: Room) -> str:
    found = await room.desk.office.gate.merchants.all(access=(await actor(room.desk, room.lead)).access)
    return next(one.id for one in found if one.name == "北岸鞋业")
