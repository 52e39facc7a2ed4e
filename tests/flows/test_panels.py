"""Boards of live sessions: whose may be seen where, what they show, and what is said where there is nothing to show."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.access import Scope
from bot.domain.sessions import LiveSession, Status
from bot.errors import NotFound, Refused
from bot.flows.panels import FRESH, PanelDesk
from tests.flows.live_desk import GROUP, live_desk
from tests.flows.nudge_room import MINE, REFERENCE, NudgeRoom
from tests.office_desk import LEAD, OPERATOR, RIVAL_OPERATOR, STRANGER, TRAINEE, VIEWER, B

THEIRS, NOTHING = Scope(frozenset({B})), Scope()


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[NudgeRoom]:
    async with live_desk(tmp_path) as desk:
        yield NudgeRoom(desk, await desk.live())


@pytest.fixture
def panels(room: NudgeRoom) -> PanelDesk:
    return PanelDesk(room.tips.news.board, room.samples, room.tips.news.books, room.tips.desk.pasts, room.tips.news.nudges)


async def test_a_board_has_every_metric_in_the_handbooks_order(room: NudgeRoom, panels: PanelDesk) -> None:
    await room.bring(50, observed=False)
    panel = await panels.panel(await room.desk.actor(OPERATOR), MINE, room.session.id)
    assert [gauge.id for gauge in panel.gauges] == [metric.id for metric in REFERENCE.metrics]
    assert panel.merchant == "云栖茶行" and panel.latest == room.at(49) and panel.at == room.at(49)
    now = {gauge.id: gauge.value for gauge in panel.gauges}
    assert now["online_now"] == 500 and now["gmv"] == 500 * 49


async def test_one_metric_comes_with_its_rules_and_the_limits_in_force(room: NudgeRoom, panels: PanelDesk) -> None:
    await room.bring(50, observed=False)
    actor = await room.desk.actor(VIEWER)
    reading = await panels.reading(actor, MINE, room.session.id, "avg_watch_sec")
    assert reading.gauge.expected is not None and [line.rule.id for line in reading.lines][:1] == ["N06"]
    assert {rule.id for rule in reading.rules} == {rule.id for rule in REFERENCE.rules if "avg_watch_sec" in rule.when.names}
    with pytest.raises(NotFound, match="no_metric"):
        await panels.reading(actor, MINE, room.session.id, "nothing")


@pytest.mark.parametrize("person", [STRANGER, RIVAL_OPERATOR])
async def test_who_may_not_read_the_merchant_sees_nothing_even_in_its_group(
    room: NudgeRoom, panels: PanelDesk, person: str
) -> None:
    await room.bring(3, observed=False)
    actor = await room.desk.actor(person)
    with pytest.raises(NotFound, match="no_live_session"):
        await panels.live(actor, MINE, GROUP, None, private=False)
    with pytest.raises(Refused):
        await panels.panel(actor, MINE, room.session.id)


@pytest.mark.parametrize("scope", [THEIRS, NOTHING], ids=["another merchant's group", "a group that is not bound"])
async def test_where_the_merchant_may_not_be_shown_nobody_sees_it(room: NudgeRoom, panels: PanelDesk, scope: Scope) -> None:
    await room.bring(3, observed=False)
    actor = await room.desk.actor(OPERATOR, "telegram:-200")
    with pytest.raises(NotFound, match="no_live_session"):
        await panels.live(actor, scope, "telegram:-200", None, private=False)
    with pytest.raises(NotFound, match="no_session"):
        await panels.panel(actor, scope, room.session.id)
    with pytest.raises(NotFound, match="no_session"):
        await panels.reading(actor, scope, room.session.id, "gmv")


async def test_no_samples_are_said_and_not_drawn_as_zero(room: NudgeRoom, panels: PanelDesk) -> None:
    room.desk.set(room.at(5))
    with pytest.raises(NotFound, match="no_samples"):
        await panels.panel(await room.desk.actor(OPERATOR), MINE, room.session.id)


async def test_a_feed_that_fell_silent_leaves_no_figure_of_now(room: NudgeRoom, panels: PanelDesk) -> None:
    await room.bring(30, observed=False)
    room.desk.set(room.at(40))
    panel = await panels.panel(await room.desk.actor(OPERATOR), MINE, room.session.id)
    assert all(gauge.value is None for gauge in panel.gauges) and panel.latest == room.at(29)


async def here(room: NudgeRoom, panels: PanelDesk, person: str, *, private: bool = False) -> list[LiveSession]:
    chat = person if private else GROUP
    return list(await panels.live(await room.desk.actor(person, chat), MINE, chat, None, private=private))


async def test_in_private_ones_own_sessions_come_first_and_leads_see_those_of_their_merchants(
    room: NudgeRoom, panels: PanelDesk
) -> None:
    other = await room.desk.live(id="5e551022", operator=TRAINEE, posts=(), chat="", host="阿青")
    room.desk.set(room.at(1))
    assert [one.id for one in await here(room, panels, OPERATOR, private=True)] == [room.session.id]
    assert {one.id for one in await here(room, panels, LEAD, private=True)} == {room.session.id, other.id}


async def test_a_group_of_the_merchant_sees_its_session_also_where_that_is_run_elsewhere(
    room: NudgeRoom, panels: PanelDesk
) -> None:
    await room.desk.become(room.session, status=Status.LIVE, chat="telegram:-300")
    room.desk.set(room.at(1))
    assert [one.id for one in await here(room, panels, VIEWER)] == [room.session.id]


async def test_a_session_that_is_over_is_shown_as_it_ended(room: NudgeRoom, panels: PanelDesk) -> None:
    await room.bring(50, observed=False)
    await room.desk.become(room.session, status=Status.ENDED, ended_at=room.at(49.5))
    room.desk.set(room.at(300))
    panel = await panels.panel(await room.desk.actor(OPERATOR), MINE, room.session.id)
    assert panel.at == room.at(49.5) and next(gauge for gauge in panel.gauges if gauge.id == "gmv").value == 500 * 49


async def test_who_asks_at_the_same_time_is_shown_the_same_and_later_what_came_since(room: NudgeRoom, panels: PanelDesk) -> None:
    await room.bring(30, observed=False)
    actor = await room.desk.actor(OPERATOR)
    first = await panels.panel(actor, MINE, room.session.id)
    assert await panels.panel(await room.desk.actor(VIEWER), MINE, room.session.id) is first
    room.desk.set(room.at(29) + FRESH + timedelta(seconds=1))
    assert await panels.panel(actor, MINE, room.session.id) is not first
    await room.desk.become(room.session, status=Status.LIVE, host="阿青")
    changed = await panels.panel(actor, MINE, room.session.id)
    assert changed.gauges[0].curve.where == "云栖茶行 · 阿青"


async def test_rules_that_cannot_be_used_leave_the_board_as_it_is(room: NudgeRoom, panels: PanelDesk, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    from bot.domain.expressions import ExpressionError
    from bot.flows import panels as module

    prepare = module.prepare

    def refusing(rules, *figures):  # type: ignore[no-untyped-def]
        if rules:
            raise ExpressionError("时间窗写错了", 1, "the window is wrong")
        return prepare(rules, *figures)

    monkeypatch.setattr(module, "prepare", refusing)
    await room.bring(5, observed=False)
    reading = await panels.reading(await room.desk.actor(OPERATOR), MINE, room.session.id, "gmv")
    assert reading.gauge.value == 2000 and reading.lines == ()


async def test_names_are_found_as_the_glossary_knows_them(panels: PanelDesk) -> None:
    for said in ("GPM", "千次观看成交", "gpm", "ＧＰＭ"):
        assert [one.id for one in panels.metric(said).found] == ["gpm"]
    near = panels.metric("成交")
    assert not near.found and near.near
