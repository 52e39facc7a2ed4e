"""What tips came to, over a real database: measured once when due, shown with the tip, learnt from, withheld where asked."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.build_sessions import tips_of
from bot.domain.access import Scope
from bot.domain.audit import Deed
from bot.domain.decisions import Stage
from bot.domain.nudges import Severity
from bot.errors import NotFound, Refused
from bot.storage.effects import Withholding
from tests.domain.live import at
from tests.flows.live_desk import live_desk
from tests.flows.nudge_room import MINE, REFERENCE, NudgeRoom
from tests.office_desk import LEAD, ONE, OPERATOR, RIVAL_OPERATOR, STRANGER, TRAINEE, VIEWER

SIGN = 66
MILD = replace(
    REFERENCE,
    rules=tuple(replace(one, severity=Severity.LOW, inhibits=()) for one in REFERENCE.rules if one.id == "N01"),
)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[NudgeRoom]:
    async with live_desk(tmp_path) as desk:
        desk.set(at(20))
        made = NudgeRoom(desk, await desk.live())
        office = desk.office
        made.tips = tips_of(office.database, office.office.gate, "zh", lambda: MILD, lambda: None)
        yield made


async def bring(room: NudgeRoom, minutes: int, level: float) -> None:
    """A room that wavers around a level."""
    for _ in range(minutes):
        await room.bring(1, {"online_now": level + random.Random(room.minute).gauss(0, 14)})


async def taken(room: NudgeRoom) -> str:
    """A tip that was told and taken in the minute in which it came; its id."""
    await bring(room, SIGN, 500)
    await room.bring(2, {"online_now": 400.0})
    await room.desk.deliver()
    (tip,) = await room.tips.news.nudges.of(room.session.id, scope=MINE)
    await room.tips.acknowledge(await room.desk.actor(TRAINEE), MINE, tip.id)
    await drawn(room)
    return tip.id


async def drawn(room: NudgeRoom) -> None:
    """Every message is as it should be."""
    await room.tips.news.redraw(room.desk.office.now())
    await room.desk.deliver()


async def measured(room: NudgeRoom, minute: float) -> int:
    return await room.tips.desk.effects.measure_effects(room.desk.set(room.at(minute)))


async def test_each_horizon_is_measured_once_when_it_is_due_and_the_message_says_so(room: NudgeRoom) -> None:
    id = await taken(room)
    effects = room.tips.desk.effects.effects
    await bring(room, 4, 400)
    assert await measured(room, SIGN + 6) == 0
    await bring(room, 4, 400)
    await drawn(room)
    assert [await measured(room, SIGN + 10), await measured(room, SIGN + 10)] == [1, 0]
    await room.tips.news.redraw(room.desk.office.now())
    assert await room.desk.written() == [], "the first figure is not worth an edit"
    await bring(room, 10, 400)
    await drawn(room)
    assert [await measured(room, SIGN + 19.5), await measured(room, SIGN + 19.5)] == [1, 0]
    found = await effects.of(id, scope=MINE)
    assert [one.minutes for one in found] == [5, 15] and all(one.figure == "online_now" for one in found)
    assert all(one.observed is not None and one.expected is not None and one.observed < one.expected for one in found)
    await room.tips.news.redraw(room.desk.office.now())
    (edit,) = await room.desk.written()
    assert edit.edit_of is not None and "处理后 15 分钟" in edit.message.plain
    assert await effects.of(id, scope=replace(MINE, merchants=frozenset())) == ()


async def test_where_it_cannot_be_told_nobody_is_disturbed_and_why_says_so(room: NudgeRoom) -> None:
    id = await taken(room)
    assert await measured(room, SIGN + 20) == 2
    await room.tips.news.redraw(room.desk.office.now())
    assert await room.desk.written() == []
    tip = await room.tips.tip(await room.desk.actor(OPERATOR), MINE, id)
    assert [one.reason for one in tip.effects] == ["gap", "gap"]


async def test_a_mute_that_ran_out_is_shown_in_the_message_once(room: NudgeRoom) -> None:
    await bring(room, 30, 500)
    await room.bring(2, {"online_now": 400.0})
    await room.desk.deliver()
    (tip,) = await room.tips.news.nudges.of(room.session.id, scope=MINE)
    await room.tips.mute(await room.desk.actor(OPERATOR), MINE, tip.id, 10)
    await room.desk.deliver()
    await drawn(room)
    end, nudges = 31 + 10, room.tips.desk.nudges
    assert await nudges.end_mutes(room.desk.set(room.at(end - 0.1))) == 0
    assert await nudges.end_mutes(room.desk.set(room.at(end + 0.1))) == 1
    await room.tips.news.redraw(room.desk.office.now())
    (edit,) = [one for one in await room.desk.written() if one.edit_of]
    assert "🔔 静音 20:41 已到" in edit.message.plain and any(
        "静音 10" in one.label for row in edit.message.buttons for one in row
    )
    await room.desk.deliver()
    assert await nudges.end_mutes(room.at(end + 1)) == 0
    await room.tips.news.redraw(room.desk.office.now())
    assert [one for one in await room.desk.written() if one.edit_of] == []
    pressed = await room.tips.mute(await room.desk.actor(OPERATOR), MINE, tip.id, 10)
    assert pressed.first, "it can be muted again"


async def test_a_withheld_tip_is_told_to_nobody_stands_on_record_and_counts(room: NudgeRoom) -> None:
    desk = room.tips.desk.effects
    await desk.effects.withhold(ONE, Withholding(100, "seed"), room.desk.office.entry(Deed.WITHHOLDING_SET, ONE))
    await bring(room, 30, 500)
    await room.bring(4, {"online_now": 400.0})
    assert await room.told() == [] and await room.tips.news.nudges.of(room.session.id, scope=MINE) == ()
    found = await room.tips.news.nudges.decided(room.session.id, scope=MINE, limit=50)
    assert [one.rule for one in found if one.stage == Stage.WITHHELD.value] == ["N01"]
    await bring(room, 15, 500)
    lift = await desk.effects.lift(ONE, room.desk.office.now(), scope=MINE)
    assert (lift.withheld.whole, lift.told.whole, lift.difference) == (1, 0, None)
    worth = await desk.worth(await room.desk.actor(OPERATOR), MINE, ONE)
    assert worth.withholding == Withholding(100, "seed") and worth.lift == lift


async def test_what_a_team_acts_on_weighs_more_and_only_its_own_tips_teach_it(room: NudgeRoom) -> None:
    await taken(room)
    desk, watched = room.tips.desk.effects, room.tips.desk._watched
    since = room.at(0)
    assert await desk.effects.acting(ONE, since) == {"N01": (1, 1)} and await desk.effects.acting("two", since) == {}
    assert watched, "the session is watched"
    (one,) = await desk.effects.pressed(ONE, since, 15, scope=MINE)
    assert (one.tips, one.acted, one.useless, one.right) == (1, 1, 0, 1)
    assert await desk.effects.pressed(ONE, since, 15, scope=replace(MINE, merchants=frozenset())) == ()


TEAM = Scope(MINE.merchants, frozenset({ONE}))
"""What the team's own group may see."""


async def test_only_leads_set_what_is_withheld_and_only_who_runs_sessions_sees_what_rules_are_worth(room: NudgeRoom) -> None:
    desk = room.tips.desk.effects
    for person, error in ((OPERATOR, Refused), (TRAINEE, Refused), (STRANGER, NotFound), (RIVAL_OPERATOR, NotFound)):
        with pytest.raises(error):
            await desk.withhold(await room.desk.actor(person), ONE, 10)
    lead = await room.desk.actor(LEAD)
    for percent in (-1, 21):
        with pytest.raises(Refused):
            await desk.withhold(lead, ONE, percent)
    await desk.withhold(lead, ONE, 10)
    kept = await desk.withholding(lead, TEAM, ONE)
    assert kept is not None and kept.percent == 10 and kept.seed
    await desk.withhold(lead, ONE, 0)
    assert await desk.withholding(lead, TEAM, ONE) is None
    for person, scope in ((STRANGER, TEAM), (RIVAL_OPERATOR, TEAM), (LEAD, MINE)):
        with pytest.raises(NotFound):
            await desk.withholding(await room.desk.actor(person), scope, ONE)
    with pytest.raises(Refused):
        await desk.worth(await room.desk.actor(VIEWER), MINE, ONE)
