"""What people do to items: each deed once, whoever is second is told, and nobody does what is not theirs to do."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.domain.access import Role, Scope
from bot.domain.checklists import Evidence
from bot.domain.rhythm import SPREAD, Rhythm
from bot.domain.session_items import Level, State
from bot.domain.sessions import LiveSession, Status
from bot.errors import NotFound, Refused
from bot.flows.access import Actor
from bot.flows.checklists import LONGEST_WORDS, ChecklistDesk, Done, ItemName
from bot.flows.lists import ListDesk
from bot.flows.rhythms import RhythmDesk
from bot.storage.tables import audit
from tests.domain.live import DAY, GO_LIVE, HOUR, MINUTE, at, item
from tests.flows.live_desk import ANYBODY, GROUP, LiveDesk, live_desk
from tests.office_desk import LEAD, ONE, OPERATOR, OWNER, RIVAL, STRANGER, TRAINEE, VIEWER, A

PLAIN, BLOCKING = item("B01", -HOUR), item("B02", -HOUR, blocking=True)
NUMBER = item("B03", -HOUR, evidence=Evidence.NUMBER, number="上行带宽（Mbps），不低于 5")
SECOND, PHOTO = item("B04", -HOUR, evidence=Evidence.SECOND_PERSON), item("B05", -HOUR, evidence=Evidence.PHOTO)
ALL = (PLAIN, BLOCKING, NUMBER, SECOND, PHOTO)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[LiveDesk]:
    async with live_desk(tmp_path) as opened:
        opened.set(at(18, 30))
        yield opened


@pytest.fixture
async def made(desk: LiveDesk) -> LiveSession:
    planned = await desk.plan(*ALL)
    await desk.push.push_due(at(18, 30))
    return planned


def named(id: str, made: LiveSession) -> ItemName:
    return ItemName(made.id, id)


async def refused(call: Awaitable[object]) -> Refused:
    with pytest.raises(Refused) as caught:
        await call
    return caught.value


async def test_a_tick_counts_once_and_says_who_was_first(desk: LiveDesk, made: LiveSession) -> None:
    first = await desk.tick(TRAINEE, made, "B01")
    desk.set(at(18, 40))
    second = await desk.tick(OPERATOR, made, "B01")
    assert isinstance(first, Done) and first.first and isinstance(second, Done) and not second.first
    assert (second.item.state, second.item.by, second.item.at) == (State.DONE, TRAINEE, at(18, 30))
    assert second.item.remind_at is None
    deeds = [row for row in await desk.rows(audit) if "item_ticked" in row]
    assert len(deeds) == 1 and "做" not in repr(deeds)


async def test_of_two_at_the_same_moment_one_is_first(desk: LiveDesk, made: LiveSession) -> None:
    both = await asyncio.gather(*(desk.tick(person, made, "B01") for person in (TRAINEE, OPERATOR, LEAD)))
    assert sorted(one.first for one in both) == [False, False, True]
    assert len({one.item.by for one in both}) == 1


async def test_a_number_beyond_its_limit_needs_a_second_word(desk: LiveDesk, made: LiveSession) -> None:
    actor, name = await desk.actor(OPERATOR), named("B03", made)
    assert (await refused(desk.tick(OPERATOR, made, "B03"))).reason == "number_asked"
    assert (await refused(desk.checklists.prove(actor, ANYBODY, name, said="没量"))).reason == "number_needed"
    beyond = await refused(desk.checklists.prove(actor, ANYBODY, name, said="4.90"))
    assert (beyond.reason, beyond.values["value"]) == ("number_beyond", "4.9")
    done = await desk.checklists.prove(actor, ANYBODY, name, said="4.90", sure=True)
    assert (done.item.state, done.item.proof) == (State.DONE, "4.9")


async def test_a_photo_is_kept_by_its_id(desk: LiveDesk, made: LiveSession) -> None:
    actor, name = await desk.actor(OPERATOR), named("B05", made)
    assert (await refused(desk.checklists.prove(actor, ANYBODY, name))).reason == "photo_needed"
    assert (await desk.checklists.prove(actor, ANYBODY, name, photo="AgAC1")).item.proof == "AgAC1"


async def test_a_second_person_nods_and_the_first_cannot(desk: LiveDesk, made: LiveSession) -> None:
    await desk.tick(OPERATOR, made, "B04")
    name = named("B04", made)
    assert (await desk.one(made, "B04")).remind_at is not None
    assert (await refused(desk.checklists.confirm(await desk.actor(OPERATOR), ANYBODY, name))).reason == "second_person"
    assert (await refused(desk.checklists.confirm(await desk.actor(VIEWER), ANYBODY, name))).reason == "not_allowed"
    done = await desk.checklists.confirm(await desk.actor(TRAINEE), ANYBODY, name)
    assert (done.item.state, done.item.by, done.item.proof, done.item.remind_at) == (State.DONE, OPERATOR, TRAINEE, None)
    assert not (await desk.checklists.confirm(await desk.actor(LEAD), ANYBODY, name)).first
    not_waiting = await refused(desk.checklists.confirm(await desk.actor(LEAD), ANYBODY, named("B01", made)))
    assert not_waiting.reason == "not_confirming"


async def test_what_was_taken_back_is_open_and_reminded_of_again(desk: LiveDesk, made: LiveSession) -> None:
    await desk.tick(TRAINEE, made, "B01")
    done = await desk.checklists.undo(await desk.actor(OPERATOR), ANYBODY, named("B01", made))
    assert (done.item.state, done.item.by, done.item.remind_at) == (State.OPEN, OPERATOR, at(19))
    assert not (await desk.checklists.undo(await desk.actor(OPERATOR), ANYBODY, named("B01", made))).first
    desk.set(at(19, 20))
    await desk.tick(TRAINEE, made, "B01")
    later = await desk.checklists.undo(await desk.actor(OPERATOR), ANYBODY, named("B01", made))
    assert later.item.remind_at == at(19, 30)


async def test_skipping_takes_a_reason_and_for_what_blocks_a_role(desk: LiveDesk, made: LiveSession) -> None:
    trainee = await desk.actor(TRAINEE)
    assert (await refused(desk.checklists.skip(trainee, ANYBODY, named("B01", made), " \n"))).reason == "reason_needed"
    long = "长" * (LONGEST_WORDS + 1)
    assert (await refused(desk.checklists.skip(trainee, ANYBODY, named("B01", made), long))).reason == "words_long"
    done = await desk.checklists.skip(trainee, ANYBODY, named("B01", made), "户外\n没有灯")
    assert (done.item.state, done.item.reason) == (State.SKIPPED, "户外 没有灯")
    assert (await refused(desk.checklists.skip(trainee, ANYBODY, named("B02", made), "不想做"))).reason == "blocking_skip"
    await desk.checklists.skip(await desk.actor(OPERATOR), ANYBODY, named("B02", made), "商家已核")
    assert (await refused(desk.checklists.undo(trainee, ANYBODY, named("B02", made)))).reason == "blocking_skip"


async def test_an_item_is_handed_to_somebody_who_may_tick_and_they_are_told_once(desk: LiveDesk, made: LiveSession) -> None:
    actor, name = await desk.actor(OPERATOR), named("B01", made)
    able = await desk.checklists.able(actor, ANYBODY, name)
    assert set(able) == {OPERATOR, TRAINEE, LEAD, OWNER} and able[TRAINEE] == "小雅"
    for person in (VIEWER, RIVAL, STRANGER):
        assert (await refused(desk.checklists.assign(actor, ANYBODY, name, person))).reason == "assignee_may_not"
    await desk.deliver()
    for _ in range(2):
        done = await desk.checklists.assign(actor, ANYBODY, name, TRAINEE)
        assert done.item.person == TRAINEE
    assert [one.chat for one in await desk.written()] == [TRAINEE]


async def test_a_tick_and_a_hand_over_at_once_lose_neither(desk: LiveDesk, made: LiveSession) -> None:
    actor, name = await desk.actor(OPERATOR), named("B01", made)
    await asyncio.gather(desk.checklists.assign(actor, ANYBODY, name, LEAD), desk.tick(TRAINEE, made, "B01"))
    now = await desk.one(made, "B01")
    assert (now.state, now.person) in {(State.DONE, OPERATOR), (State.OPEN, LEAD), (State.DONE, LEAD)}


async def test_notes_stand_on_the_card(desk: LiveDesk, made: LiveSession) -> None:
    await desk.checklists.note(await desk.actor(TRAINEE), ANYBODY, named("B01", made), "第一条")
    await desk.checklists.note(await desk.actor(TRAINEE), ANYBODY, named("B01", made), "第二条")
    items = await desk.items.known(made.id)
    card = await desk.board.drawn(made, items, at(18, 31), "zh")
    assert "💬 小雅：第二条（前面还有 1 条）" in card.plain


async def test_of_a_cancelled_session_nothing_is_ticked(desk: LiveDesk, made: LiveSession) -> None:
    await desk.become(made, *ALL, status=Status.CANCELLED)
    assert (await refused(desk.tick(OPERATOR, made, "B01"))).reason == "session_cancelled"


async def test_a_new_rhythm_moves_what_is_planned(desk: LiveDesk) -> None:
    made = await desk.plan(item("B01", -DAY), starts_at=GO_LIVE + timedelta(days=5))
    lead = await desk.actor(LEAD)
    assert (await desk.one(made, "B01")).push_at == at(10, day=10)
    await desk.rhythm.set_rhythm(lead, ONE, Rhythm("Asia/Shanghai", time(21), time(11, 30)))
    shifted = (await desk.one(made, "B01")).push_at
    assert shifted is not None and timedelta(0) <= shifted - at(11, 30, day=10) < SPREAD
    assert await desk.rhythm.rhythm(lead, ONE) == Rhythm("Asia/Shanghai", time(21), time(11, 30))
    wrong = Rhythm("Mars/Olympus", time(21), time(11))
    assert (await refused(desk.rhythm.set_rhythm(lead, ONE, wrong))).reason == "zone_unknown"


async def test_reminders_go_from_the_person_to_the_operator_to_the_leads_and_end(desk: LiveDesk) -> None:
    made = await desk.plan(item("B01", -3 * HOUR, role="主播"), item("B02", -3 * HOUR, role="主播"))
    await desk.push.push_due(desk.set(at(15)))
    await desk.deliver()
    told, moment = [], at(15)
    while moment < at(20):
        await desk.remind.remind_due(desk.set(moment))
        told += [(f"{moment:%H:%M}", one.chat) for one in await desk.deliver()]
        moment += timedelta(minutes=5)
    assert told == [("17:00", TRAINEE), ("17:45", OPERATOR), ("18:20", OWNER), ("18:20", LEAD)]
    assert (await desk.one(made, "B01")).reminded is Level.LEAD


async def test_reminders_of_several_sessions_are_one_message_and_ticked_items_are_not_in_it(desk: LiveDesk) -> None:
    first = await desk.plan(item("B01", -3 * HOUR), item("B02", -3 * HOUR))
    await desk.plan(item("B03", -3 * HOUR), id="5e551012", host="另一位")
    await desk.push.push_due(desk.set(at(16)))
    await desk.tick(OPERATOR, first, "B02")
    await desk.deliver()
    assert await desk.remind.remind_due(desk.set(at(17))) == 1
    (said,) = await desk.to(OPERATOR)
    assert "做 B01" in said.plain and "做 B03" in said.plain and "做 B02" not in said.plain
    assert await desk.remind.remind_due(at(17)) == 0


async def test_an_operator_in_charge_is_not_reminded_twice_on_the_way_to_the_lead(desk: LiveDesk) -> None:
    await desk.plan(item("B01", -3 * HOUR))
    await desk.push.push_due(desk.set(at(15)))
    await desk.deliver()
    chats = []
    for minute in range(0, 180, 5):
        await desk.remind.remind_due(desk.set(at(17) + timedelta(minutes=minute)))
        chats += [one.chat for one in await desk.deliver()]
    assert chats == [OPERATOR, OWNER, LEAD]


async def test_one_press_settles_what_comes_back_as_far_as_it_is_past_and_undo_takes_that_back(desk: LiveDesk) -> None:
    made = await desk.live(item("D06", 5 * MINUTE, 5 * MINUTE), item("D07", 30 * MINUTE, 30 * MINUTE), posts=())
    name = ItemName(made.id, "D06", 1)
    await desk.push.push_due(desk.set(at(20)))
    desk.set(at(20, 4))
    assert not (await desk.tick(OPERATOR, made, "D06", 0)).along  # type: ignore[attr-defined]
    desk.set(at(20, 31))
    assert [one.slot for one in (await desk.tick(OPERATOR, made, "D06", 1)).along] == [2, 3, 4, 5]  # type: ignore[attr-defined]
    items = await desk.items.known(made.id)
    assert [one.slot for one in items if one.id == "D06" and one.settled] == [0, 1, 2, 3, 4, 5]
    assert [one.slot for one in items if one.id == "D07" and one.settled] == []
    shown = desk.board.views.handover(await desk.lists.handover(await desk.actor(OPERATOR), ANYBODY, made.id, "zh")).plain
    assert "做 D06 ×6（20:05–20:30）" in shown and "做 D06 ×6（20:35–21:00）" in shown and shown.count("D06") == 2
    assert not (await desk.tick(LEAD, made, "D06", 1)).along  # type: ignore[attr-defined]
    await desk.checklists.undo(await desk.actor(OPERATOR), ANYBODY, name)
    items = await desk.items.known(made.id)
    assert [one.slot for one in items if one.id == "D06" and one.settled] == [0]


async def test_a_nod_is_for_all_that_was_ticked_in_one_press(desk: LiveDesk) -> None:
    made = await desk.live(item("D06", 5 * MINUTE, 5 * MINUTE, evidence=Evidence.SECOND_PERSON), posts=())
    await desk.push.push_due(desk.set(at(20)))
    desk.set(at(20, 16))
    await desk.tick(OPERATOR, made, "D06", 0)
    await desk.checklists.confirm(await desk.actor(LEAD), ANYBODY, ItemName(made.id, "D06", 2))
    items = await desk.items.known(made.id)
    assert [one.slot for one in items if one.state is State.DONE] == [0, 1, 2]


async def test_a_report_that_the_next_has_overtaken_is_not_reminded_of(desk: LiveDesk) -> None:
    await desk.live(item("D07", 30 * MINUTE, 30 * MINUTE), starts_at=at(8), posts=())
    await desk.push.push_due(desk.set(at(9)))
    await desk.deliver()
    await desk.remind.remind_due(desk.set(at(9, 1)))
    assert await desk.written() == []
    await desk.remind.remind_due(desk.set(at(9, 15)))
    (said,) = await desk.to(OPERATOR)
    assert "09:00" in said.plain and "08:30" not in said.plain


async def test_a_long_session_is_handed_over_every_four_hours_once(desk: LiveDesk) -> None:
    from bot.flows.lists import hand_over_due

    made = await desk.live(item("D01", MINUTE), item("D02", HOUR), starts_at=at(8), length=timedelta(hours=9), posts=())
    await desk.push.push_due(desk.set(at(8)))
    await desk.tick(TRAINEE, made, "D01")
    await desk.deliver()
    assert await hand_over_due(desk.board, desk.cards, desk.set(at(11, 59))) == 0
    assert [await hand_over_due(desk.board, desk.cards, desk.set(at(12))) for _ in range(2)] == [1, 0]
    (said,) = await desk.to(GROUP)
    assert "☐ 做 D02" in said.plain and "✅ 做 D01 · 小雅" in said.plain
    short = await desk.live(item("D01", MINUTE), id="5e551013", host="短", starts_at=at(8), length=timedelta(hours=5))
    assert await hand_over_due(desk.board, desk.cards, desk.set(at(12, 30))) == 0 and short.length < timedelta(hours=6)


Call = Callable[[LiveDesk, Actor, Scope, LiveSession], Awaitable[object]]
DEEDS: dict[str, Call] = {
    "found": lambda d, a, s, m: d.checklists.found(a, s, named("B01", m)),
    "tick": lambda d, a, s, m: d.checklists.tick(a, s, named("B01", m)),
    "prove": lambda d, a, s, m: d.checklists.prove(a, s, named("B03", m), said="9"),
    "confirm": lambda d, a, s, m: d.checklists.confirm(a, s, named("B04", m)),
    "undo": lambda d, a, s, m: d.checklists.undo(a, s, named("B01", m)),
    "skip": lambda d, a, s, m: d.checklists.skip(a, s, named("B01", m), "不用"),
    "able": lambda d, a, s, m: d.checklists.able(a, s, named("B01", m)),
    "assign": lambda d, a, s, m: d.checklists.assign(a, s, named("B01", m), TRAINEE),
    "note": lambda d, a, s, m: d.checklists.note(a, s, named("B01", m), "看过"),
}
LISTS: dict[str, Call] = {
    "sessions": lambda d, a, s, m: d.lists.sessions(a, s, GROUP, None, private=False),
    "listed": lambda d, a, s, m: d.lists.listed(a, s, m.id, mine=False),
    "send": lambda d, a, s, m: d.lists.send(a, s, "1", m.id, a.chat, None, mine=False),
    "card": lambda d, a, s, m: d.lists.card(a, s, "items"),
    "handover": lambda d, a, s, m: d.lists.handover(a, s, m.id, "zh"),
}
RHYTHMS: dict[str, Call] = {
    "rhythm": lambda d, a, s, m: d.rhythm.rhythm(a, ONE),
    "set_rhythm": lambda d, a, s, m: d.rhythm.set_rhythm(a, ONE, Rhythm()),
}
TABLES = ((ChecklistDesk, DEEDS), (ListDesk, LISTS), (RhythmDesk, RHYTHMS))
CALLS = {f"{flow.__name__}.{name}": call for flow, table in TABLES for name, call in table.items()}
READS = {"ChecklistDesk.found", "ListDesk.sessions", "ListDesk.listed", "ListDesk.send", "ListDesk.handover", "RhythmDesk.rhythm"}


@pytest.mark.parametrize("flow,table", TABLES, ids=lambda value: getattr(value, "__name__", ""))
def test_no_method_is_without_a_test_of_what_strangers_meet(flow: type, table: dict[str, Call]) -> None:
    public = {name for name, _ in inspect.getmembers(flow, inspect.isfunction) if not name.startswith("_")}
    assert public == set(table)


@pytest.mark.parametrize("person", [STRANGER, RIVAL])
@pytest.mark.parametrize("private", [True, False], ids=["in private", "in the group, where everybody reads along"])
@pytest.mark.parametrize("name", CALLS)
async def test_a_stranger_sees_nothing_and_changes_nothing(
    desk: LiveDesk, made: LiveSession, name: str, person: str, private: bool
) -> None:
    actor = await desk.actor(person, person if private else GROUP)
    scope = actor.access.scope(at(18, 30)) if private else ANYBODY
    before = (await desk.items.known(made.id), await desk.written())
    try:
        seen = await CALLS[name](desk, actor, scope, made)
    except (NotFound, Refused) as error:
        assert "B01" not in repr(error) and (isinstance(error, NotFound) or not private)
    else:
        assert not seen
    assert (await desk.items.known(made.id), await desk.written()) == before


@pytest.mark.parametrize("name", CALLS)
async def test_who_may_only_read_changes_nothing(desk: LiveDesk, made: LiveSession, name: str) -> None:
    before = await desk.items.known(made.id)
    try:
        await CALLS[name](desk, await desk.actor(VIEWER), ANYBODY, made)
    except (NotFound, Refused) as error:
        assert name not in READS and (isinstance(error, Refused) or name in {"ListDesk.card", "RhythmDesk.set_rhythm"})
    else:
        assert name in READS
    assert await desk.items.known(made.id) == before


async def test_in_a_group_of_another_merchant_the_item_does_not_exist(desk: LiveDesk, made: LiveSession) -> None:
    with pytest.raises(NotFound, match="no_session"):
        await desk.checklists.tick(await desk.actor(OPERATOR), Scope(frozenset({"000000b1"})), named("B01", made))
    with pytest.raises(NotFound, match="no_item"):
        await desk.checklists.tick(await desk.actor(OPERATOR), ANYBODY, ItemName(made.id, "B01", 7))


async def test_somebody_whose_role_was_taken_between_card_and_press_ticks_nothing(desk: LiveDesk, made: LiveSession) -> None:
    actor = await desk.actor(TRAINEE)
    assert actor.access.role(ONE, A) is Role.TRAINEE
    await desk.office.people.take(TRAINEE, ONE, None, desk.entry(replace(made)))
    assert (await refused(desk.tick(TRAINEE, made, "B01"))).reason == "not_allowed"
