"""Checklists that arrive by themselves: few cards, at the right time, to whom they concern, once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.build_sessions import checklist_jobs
from bot.channels.broken_words import broken
from bot.content.read import read_content
from bot.domain.access import Membership, Role
from bot.domain.audit import Deed
from bot.domain.checklists import Variant
from bot.domain.outgoing import Kind
from bot.domain.rhythm import SPREAD, Rhythm
from bot.domain.sessions import Post, Status
from bot.errors import StorageError
from bot.flows.broken import BrokenDesk
from bot.storage.session_tables import cards
from bot.storage.tables import outbox
from tests.domain.live import DAY, GO_LIVE, HOUR, MINUTE, at, item
from tests.flows.live_desk import GROUP, LiveDesk, kinds, live_desk
from tests.office_desk import LEAD, ONE, OPERATOR, OWNER, TRAINEE, A

BUILT_IN = read_content(Path(__file__).resolve().parents[2] / "handbook").items
HOST_ITEM = item("B02", -30 * MINUTE, role="主播")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[LiveDesk]:
    async with live_desk(tmp_path) as opened:
        yield opened


async def test_one_card_goes_to_the_group_and_one_to_everybody_in_charge(desk: LiveDesk) -> None:
    await desk.plan(item("B01", -HOUR), HOST_ITEM, item("B03", -3 * HOUR))
    assert await desk.push.push_due(desk.set(at(18, 29))) == 2  # B03, which was due at five hours before
    await desk.deliver()
    assert await desk.push.push_due(desk.set(at(18, 30))) == 3
    sent = await desk.written()
    assert kinds(sent) == [(GROUP, Kind.CHECKLIST), (OPERATOR, Kind.CHECKLIST), (TRAINEE, Kind.CHECKLIST)]
    assert {one.collections for one in sent} == {(f"merchant-{A}",)}
    group, operator, host = (one.message.plain for one in sent)
    assert "做 B01" in group and "做 B02" in group and "做 B03" not in group
    assert "做 B01" in operator and "做 B02" not in operator
    assert "做 B02" in host and "做 B01" not in host


async def test_nothing_is_pushed_twice(desk: LiveDesk) -> None:
    await desk.plan(item("B01", -HOUR))
    now = desk.set(at(18, 30))
    assert [await desk.push.push_due(now) for _ in range(3)] == [2, 0, 0]


async def test_a_session_that_nobody_ends_stops_pushing_until_somebody_ticks(desk: LiveDesk) -> None:
    made = await desk.live(item("D06", 5 * MINUTE, 5 * MINUTE), item("D07", 30 * MINUTE, 30 * MINUTE))
    last = {at(hour, minute, day) for day, hours in ((6, range(20, 24)), (7, range(2))) for hour in hours for minute in (0, 30)}
    pushed = {moment for moment in sorted(last) if await desk.push.push_due(desk.set(moment))}
    assert max(pushed) == at(23) and len(pushed) == 7
    assert await desk.remind.remind_due(desk.set(at(1, 30, day=7))) == 0
    await desk.tick(OPERATOR, made, "D06", 3)
    assert await desk.push.push_due(desk.office.now()) > 0
    assert [await desk.push.push_due(desk.set(at(hour, day=7))) > 0 for hour in (2, 3, 4, 5)] == [True, True, True, False]


async def test_without_a_group_the_operator_gets_all_of_it_in_one_card(desk: LiveDesk) -> None:
    await desk.plan(item("B01", -HOUR), HOST_ITEM, chat="")
    assert await desk.push.push_due(desk.set(at(18, 30))) == 2
    (operator,), (host,) = await desk.to(OPERATOR), await desk.to(TRAINEE)
    assert "做 B01" in operator.plain and "做 B02" in operator.plain and "做 B02" in host.plain


async def test_a_session_planned_late_has_all_that_is_overdue_in_one_list_in_order(desk: LiveDesk) -> None:
    now = desk.set(at(19, 40))
    items = (item("B01", -3 * DAY), item("B04", -10 * MINUTE), item("B02", -5 * HOUR), item("B03", -HOUR))
    await desk.plan(*items, planned_at=now)
    assert await desk.push.push_due(now) == 2
    (card,) = await desk.to(GROUP)
    assert [card.plain.index(f"做 B0{n}") for n in (1, 2, 3, 4)] == sorted(card.plain.index(f"做 B0{n}") for n in (1, 2, 3, 4))
    assert card.plain.count("19:50 前") == 4 and "⏰" not in card.plain, "half the time to go-live is left for it"
    assert await desk.remind.remind_due(now) == 0, "who gets it late is not reminded of it in the same breath"
    assert [await desk.remind.remind_due(desk.set(at(19, minute))) for minute in (45, 49, 50)] == [0, 0, 1]


async def test_more_than_one_look_can_hold_comes_in_whole_cards_all_the_same(desk: LiveDesk) -> None:
    now = desk.set(at(19, 40))
    for number in range(6):
        id = f"5e55100{number}"
        await desk.plan(*BUILT_IN, id=id, variant=Variant.CAMPAIGN, host=f"主播{number}", chat="", posts=())
    while await desk.push.push_due(now):
        pass
    assert len(await desk.to(OPERATOR)) == 6


@pytest.mark.parametrize("variant", [Variant.DAILY, Variant.CAMPAIGN])
async def test_a_whole_session_of_the_built_in_handbook_stays_within_bounds(desk: LiveDesk, variant: Variant) -> None:
    """A group reads on as long as it is not written to every few minutes."""
    desk.set(at(6, day=1))
    made = await desk.plan(*BUILT_IN, variant=variant, starts_at=GO_LIVE + timedelta(days=20))
    end, counts = made.starts_at + timedelta(hours=3), {}
    for status, when in ((Status.PLANNED, {}), (Status.LIVE, {"began_at": made.starts_at}), (Status.ENDED, {"ended_at": end})):
        if when:
            made = await desk.become(made, *BUILT_IN, status=status, **when)
        counts[status] = 0
        for moment in sorted({one.push_at for one in await desk.items.known(made.id) if one.push_at and not one.pushed_at}):
            if status is not Status.LIVE or moment < end:
                await desk.push.push_due(desk.set(moment))
                counts[status] += sum(one.chat == GROUP for one in await desk.deliver())
    assert 3 <= counts[Status.PLANNED] <= 12 and 4 <= counts[Status.LIVE] <= 16 and 3 <= counts[Status.ENDED] <= 9, counts
    left = [one for one in await desk.items.known(made.id) if one.pushed_at is None and one.push_at is not None]
    assert left == []


async def test_quiet_hours_hold_a_card_back_until_the_morning(desk: LiveDesk) -> None:
    await desk.rhythms.set(ONE, Rhythm("Asia/Shanghai", time(20), time(11)), desk.office.entry(Deed.RHYTHM_SET, ONE))
    await desk.plan(item("B01", -DAY), starts_at=GO_LIVE + timedelta(days=2))
    assert await desk.push.push_due(desk.set(at(10, 59, day=7))) == 0
    assert await desk.push.push_due(desk.set(at(11, day=7) + SPREAD)) == 2


async def test_nothing_is_said_of_a_cancelled_session_nor_looked_at_again(desk: LiveDesk) -> None:
    made = await desk.plan(item("B01", -HOUR))
    await desk.sessions.save(replace(made, status=Status.CANCELLED, revision=2), None, desk.entry(made))
    assert await desk.push.push_due(desk.set(at(18, 30))) == 0
    assert await desk.items.to_push(at(23)) == {} and await desk.written() == []


async def test_a_closed_merchant_is_silent_until_it_is_open_again(desk: LiveDesk) -> None:
    await desk.plan(item("B01", -HOUR))
    boss = await desk.office.boss()
    await desk.office.office.merchants.end_authorisation(boss, A)
    assert await desk.push.push_due(desk.set(at(18, 30))) == 0
    assert await desk.items.to_push(at(18, 31)) == {}, "it would stand in the way of others each second"
    await desk.office.office.merchants.authorise(boss, A, at(20, day=30), "店长")
    assert await desk.push.push_due(desk.set(at(18, 40))) == 2


async def test_a_group_that_was_bound_to_somebody_else_is_passed_over(desk: LiveDesk) -> None:
    await desk.plan(item("B01", -HOUR))
    await desk.office.groups.unbind(GROUP, 0, desk.office.entry(Deed.UNBOUND, ONE))
    await desk.push.push_due(desk.set(at(18, 30)))
    assert [one.chat for one in await desk.written()] == [OPERATOR]


async def test_what_falls_to_somebody_who_left_goes_to_the_operator(desk: LiveDesk) -> None:
    await desk.plan(HOST_ITEM, posts=(Post("主播", TRAINEE),))
    await desk.office.people.take(TRAINEE, ONE, None, desk.office.entry(Deed.REMOVED, ONE))
    await desk.push.push_due(desk.set(at(18, 30)))
    assert [one.chat for one in await desk.written()] == [GROUP, OPERATOR]


async def test_without_an_operator_who_may_read_it_a_lead_sees_to_it(desk: LiveDesk) -> None:
    await desk.plan(item("B01", -HOUR), chat="", posts=())
    await desk.office.people.take(OPERATOR, ONE, None, desk.office.entry(Deed.REMOVED, ONE))
    await desk.push.push_due(desk.set(at(18, 30)))
    assert [one.chat for one in await desk.written()] == [OWNER]


async def test_slots_of_the_half_hour_come_while_live_and_late_stages_wait(desk: LiveDesk) -> None:
    items = (item("D06", 5 * MINUTE, 5 * MINUTE), item("D07", 30 * MINUTE, 30 * MINUTE), item("A01", 600))
    made = await desk.live(*items, starts_at=at(8), posts=())
    assert await desk.push.push_due(desk.set(at(8))) == 2
    (card,) = (one.message for one in await desk.deliver() if one.chat == GROUP)
    assert "待勾 08:05 08:10 08:15 08:20 08:25 08:30" in card.plain and "做 D07" not in card.plain
    assert await desk.push.push_due(desk.set(at(8, 29))) == 0
    assert await desk.push.push_due(desk.set(at(8, 30))) == 2
    (card,) = (one.message for one in await desk.deliver() if one.chat == GROUP)
    assert "做 D07" in card.plain and "08:35" in card.plain and "做 A01" not in card.plain
    await desk.become(made, *items, status=Status.ENDED, ended_at=at(8, 50))
    await desk.push.push_due(desk.set(at(8, 50)))
    assert "做 A01" in (await desk.to(GROUP))[-1].plain and "做 D0" not in (await desk.to(GROUP))[-1].plain


async def test_a_tick_redraws_every_card_that_shows_the_item_once(desk: LiveDesk) -> None:
    made = await desk.plan(item("B01", -HOUR), HOST_ITEM)
    await desk.push.push_due(desk.set(at(18, 30)))
    await desk.deliver()
    desk.set(at(18, 45))
    await desk.tick(TRAINEE, made, "B02")
    assert await desk.push.redraw(at(18, 45)) == 3
    edits = await desk.written()
    assert {(one.chat, one.kind) for one in edits} == {(chat, Kind.REDRAW) for chat in (GROUP, OPERATOR, TRAINEE)}
    group = next(one for one in edits if one.chat == GROUP)
    assert "播前清单 1/2 ▓▓▓▓▓░░░░░" in group.message.plain and "✅ 2. 做 B02 · 小雅 18:45" in group.message.plain
    assert await desk.push.redraw(at(18, 45)) == 0
    await desk.deliver()
    assert await desk.push.redraw(at(18, 46)) == 0


async def test_ten_ticks_while_an_edit_waits_are_one_more_edit(desk: LiveDesk) -> None:
    made = await desk.plan(*(item(f"B0{n}", -HOUR) for n in range(1, 6)), posts=())
    await desk.push.push_due(desk.set(at(18, 30)))
    await desk.deliver()
    for n in range(1, 6):
        await desk.tick(OPERATOR, made, f"B0{n}")
        await desk.push.redraw(desk.office.now())
    assert len(await desk.to(GROUP)) == 1
    await desk.deliver()
    await desk.push.redraw(desk.office.now())
    (last,) = await desk.to(GROUP)
    assert "5/5" in last.plain and "都处理完了" in last.plain


async def test_what_is_ticked_before_the_card_arrives_is_drawn_when_it_has(desk: LiveDesk) -> None:
    made = await desk.plan(item("B01", -HOUR), posts=())
    await desk.push.push_due(desk.set(at(18, 30)))
    await desk.tick(OPERATOR, made, "B01")
    assert await desk.push.redraw(at(18, 31)) == 0
    await desk.deliver()
    assert await desk.push.redraw(at(18, 32)) == 2


async def test_a_card_that_never_arrived_is_not_drawn_for_ever(desk: LiveDesk) -> None:
    made = await desk.plan(item("B01", -HOUR), posts=())
    await desk.push.push_due(desk.set(at(18, 30)))
    for one in await desk.written():
        await desk.outbox.failed(one.id, "gone", now=at(18, 30))
    await desk.tick(OPERATOR, made, "B01")
    assert [row[7] for row in await desk.rows(cards)] == [0, 0], "changes"


async def test_a_kill_in_the_middle_of_a_push_leaves_nothing_and_the_next_tick_does_it_all(
    desk: LiveDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.plan(item("B01", -HOUR), HOST_ITEM)
    now = desk.set(at(18, 30))

    async def killed(*_: object) -> None:
        raise StorageError("killed")

    with monkeypatch.context() as patched:
        patched.setattr("bot.storage.cards.mark_pushed", killed)
        with pytest.raises(StorageError):
            await desk.push.push_due(now)
    assert await desk.rows(cards) == [] and await desk.rows(outbox) == []
    assert await desk.push.push_due(now) == 3


async def test_a_session_changed_while_its_card_was_drawn_is_not_pushed_as_it_was(
    desk: LiveDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, push = await desk.plan(item("B01", -HOUR), posts=()), desk.cards.push

    async def slowly(*args: object, **kwargs: object) -> int:
        monkeypatch.undo()
        await desk.become(made, item("B01", -HOUR), starts_at=GO_LIVE + timedelta(hours=1))
        return await push(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(type(desk.cards), "push", lambda _, *args, **kwargs: slowly(*args, **kwargs))
    assert await desk.push.push_due(desk.set(at(18, 30))) == 0
    assert (await desk.one(made, "B01")).pushed_at is None
    await desk.push.push_due(desk.set(at(19, 30)))
    assert "今晚 21:00" in (await desk.to(GROUP))[0].plain


async def test_an_item_ticked_while_its_card_was_drawn_is_drawn_again(desk: LiveDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    made, push = await desk.plan(item("B01", -HOUR), posts=()), desk.cards.push
    now = desk.set(at(18, 30))

    async def slowly(*args: object, **kwargs: object) -> int:
        monkeypatch.undo()
        await desk.tick(OPERATOR, made, "B01")
        return await push(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(type(desk.cards), "push", lambda _, *args, **kwargs: slowly(*args, **kwargs))
    await desk.push.push_due(now)
    await desk.deliver()
    assert await desk.push.redraw(now) == 2
    assert "1/1" in (await desk.to(GROUP))[0].plain


async def test_a_team_is_not_told_of_another_teams_session(desk: LiveDesk) -> None:
    await desk.office.people.give(Membership(OPERATOR, ONE, Role.OPERATOR, A), LEAD, desk.office.entry(Deed.ROLE_GIVEN, ONE))
    await desk.plan(item("B01", -HOUR), posts=(Post("中控", "telegram:7"),))
    await desk.push.push_due(desk.set(at(18, 30)))
    assert "telegram:7" not in [one.chat for one in await desk.written()]
    async with desk.office.database.read() as db:
        assert await db.scalar(select(func.count()).select_from(outbox)) == 2


async def test_the_clock_does_all_of_it_and_wakes_the_delivery_only_for_something_new(desk: LiveDesk) -> None:
    await desk.plan(item("B01", -HOUR))
    woken: list[int] = []
    telling = BrokenDesk(desk.office.people, desk.cards, lambda: None, broken, "zh")
    jobs = checklist_jobs(desk.office.office.checklists, telling, lambda: woken.append(1), desk.office.now)
    assert [job.name for job in jobs] == ["push", "remind", "redraw", "handover", "broken"]
    for moment, count in ((at(18), 0), (at(18, 30), 1), (at(18, 31), 1), (at(19), 2)):
        desk.set(moment)
        for job in jobs:
            await job.work()
        assert len(woken) == count, moment
