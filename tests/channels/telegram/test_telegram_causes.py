"""“为什么在线掉了” where no session of one's own runs: what is general is said to be that, and where to ask is said first."""

from __future__ import annotations

from tests.channels.telegram.tip_room import Room, room

__all__ = ["room"]

QUESTION = "为什么在线掉了"
GENERAL = "下面是手册里的一般做法，不是哪一场的结论。"


async def test_whoever_may_read_a_session_that_runs_is_told_where_to_ask(room: Room) -> None:
    await room.dropped()
    for person in (room.lead, room.viewer, room.host):
        said = (await person.asks(person.private(), QUESTION)).text
        assert said.startswith(f"您自己没有直播中的场次。同事的场次，请到那一场的群里问。{GENERAL}\n\n"), said
        assert "先看进房人数" in said


async def test_after_the_end_and_for_a_stranger_no_session_runs(room: Room) -> None:
    await room.dropped()
    stranger = (await room.stranger.asks(room.stranger.private(), QUESTION)).text
    assert stranger.startswith(f"现在没有直播中的场次。{GENERAL}\n\n")
    own = (await room.operator.asks(room.operator.private(), QUESTION)).text
    assert "本场平时" in own and GENERAL not in own
    await room.operator.asks(room.group, "/end")
    over = (await room.operator.asks(room.operator.private(), QUESTION)).text
    assert over.startswith(f"现在没有直播中的场次。{GENERAL}\n\n") and "先看进房人数" in over


async def test_another_group_is_told_that_none_runs_there(room: Room) -> None:
    await room.dropped()
    said = (await room.operator.asks(room.elsewhere, f"@copilot_test_bot {QUESTION}")).text
    assert said.startswith(f"这个群里现在没有直播中的场次。{GENERAL}\n\n")


async def test_nothing_is_promised_below_where_the_handbook_does_not_say(room: Room) -> None:
    said = (await room.stranger.asks(room.stranger.private(), "天气一变，为什么在线就掉")).text
    assert said.startswith("现在没有直播中的场次。\n\n") and GENERAL not in said


async def test_a_question_for_what_to_do_is_answered_as_ever(room: Room) -> None:
    for question in ("在线掉了怎么办", "停留低怎么提", "在线人数是什么"):
        said = (await room.stranger.asks(room.stranger.private(), question)).text
        assert "没有直播中的场次" not in said


async def test_in_english(room: Room) -> None:
    bob = room.desk.double.user("Bob", language="en", started=True)
    said = (await bob.asks(bob.private(), "why did viewers drop")).text
    assert said.startswith("No session is live now.")
