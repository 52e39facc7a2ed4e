"""Live sessions planned, changed, cancelled, begun and ended; who may, who is told, and what becomes of the items."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.domain.access import Membership, Role
from bot.domain.audit import Deed
from bot.domain.checklists import Stage, Variant
from bot.domain.session_items import State
from bot.domain.sessions import Post, Status
from bot.errors import NotFound, Refused
from bot.storage.session_tables import cards
from bot.storage.tables import outbox
from tests.office_desk import LEAD, ONE, OPERATOR, OWNER, RIVAL, TRAINEE, TWO, VIEWER, A, B, C
from tests.session_desk import DAY, GROUP, HOUR, Desk, floor, item

SHANGHAI = ZoneInfo("Asia/Shanghai")
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with floor(tmp_path) as opened:
        yield opened


async def refused(call: object) -> str:
    with pytest.raises(Refused) as caught:
        await call  # type: ignore[misc]
    return caught.value.reason


async def test_a_session_is_planned_with_its_items_and_told_to_its_group(desk: Desk):
    await desk.bind()
    session = await desk.planned()
    assert (session.status, session.operator, session.chat, session.variant) == (Status.PLANNED, OPERATOR, GROUP, Variant.FIRST)
    items = {one.key: one for one in await desk.items.known(session.id)}
    assert items["B01", 0].due_at == session.starts_at - DAY and items["B01", 0].push_at
    assert items["A01", 0].push_at is None and items["D01", 0].push_at is None
    assert await desk.said() == [(GROUP, "planned 云栖茶行 小雨 03 20:00")]
    async with desk.office.database.read() as db:
        assert list(await db.scalars(select(outbox.c.collections))) == [[f"merchant-{A}"]]
        assert (await db.scalars(select(cards.c.kind))).all() == ["plan"]


async def test_a_draft_is_nobodys_business_until_it_is_confirmed(desk: Desk):
    await desk.bind()
    actor, scope = await desk.office.actor(OPERATOR), await desk.scope()
    draft = await desk.floor.desk.draft(actor, A, desk.now + DAY)
    changed = await desk.floor.desk.change(actor, draft.id, scope=scope, host="阿芳", goal=80_000)
    assert (changed.status, changed.host, changed.goal, await desk.said()) == (Status.DRAFT, "阿芳", 80_000, [])
    assert not await desk.items.known(draft.id)
    assert await desk.floor.desk.today(scope=scope, zone=SHANGHAI) == await desk.floor.desk.week(scope=scope, zone=SHANGHAI) == ()
    with pytest.raises(NotFound):
        await desk.floor.desk.one(await desk.office.actor(VIEWER), draft.id, scope=await desk.scope(VIEWER))
    planned = await desk.floor.desk.confirm(actor, draft.id, scope=scope)
    assert planned.status is Status.PLANNED and len(await desk.items.known(draft.id)) > 6
    assert await desk.floor.desk.confirm(actor, draft.id, scope=scope) == planned
    assert len(await desk.said()) == 1


async def test_the_next_session_is_as_the_last_one_was(desk: Desk):
    await desk.bind()
    posts = (Post("中控", TRAINEE), Post("投手", "", "老周"))
    await desk.planned(host="阿芳", length=4 * HOUR, posts=posts, goal=90_000)
    actor, scope = await desk.office.actor(OPERATOR), await desk.scope()
    draft = await desk.floor.desk.draft(actor, A, desk.now + 5 * DAY)
    assert (draft.host, draft.length, draft.posts, draft.goal) == ("阿芳", 4 * HOUR, posts, None)
    assert (draft.variant, draft.chat) == (Variant.DAILY, GROUP)
    copied = await desk.floor.desk.as_last_time(actor, draft.id, scope=scope)
    assert (copied.goal, copied.variant) == (90_000, Variant.FIRST)
    await desk.office.people.take(TRAINEE, ONE, None, desk.office.entry(Deed.REMOVED, ONE))
    assert (await desk.floor.desk.draft(actor, A, desk.now + 6 * DAY)).posts == posts[1:]
    other = await desk.floor.desk.draft(await desk.office.actor(LEAD), B, desk.now + DAY)
    assert (other.host, other.chat, other.variant, other.length) == ("", "", Variant.FIRST, 3 * HOUR)
    assert await refused(desk.floor.desk.as_last_time(await desk.office.actor(LEAD), other.id, scope=await desk.scope(LEAD))) == (
        "no_last_time"
    )


@pytest.mark.parametrize(
    "what,reason",
    [
        ({"length": timedelta(minutes=5)}, "length_too_short"),
        ({"length": 25 * HOUR}, "length_too_long"),
        ({"goal": 0}, "money_too_small"),
        ({"goal": 10**10}, "money_too_large"),
        ({"host": "长" * 21}, "name_long"),
        ({"posts": (Post("站长", TRAINEE),)}, "post_unknown"),
        ({"posts": (Post("中控", TRAINEE), Post("中控", VIEWER))}, "post_unknown"),
        ({"posts": (Post("中控", RIVAL),)}, "post_may_not_read"),
        ({"operator": TRAINEE}, "operator_may_not"),
        ({"operator": RIVAL}, "operator_may_not"),
        ({"place": ("telegram:-999", None)}, "group_of_another"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_reason(desk: Desk, what: dict, reason: str):
    await desk.bind("telegram:-999", C, TWO)
    assert await refused(desk.planned(**what)) == reason
    session = await desk.planned()
    call = desk.floor.desk.change(await desk.office.actor(OPERATOR), session.id, scope=await desk.scope(), **what)
    assert await refused(call) == reason
    assert await desk.stored(session) == session


async def test_nobody_plans_in_the_past_nor_for_a_closed_merchant(desk: Desk):
    assert await refused(desk.planned(ahead=timedelta(0))) == "session_past"
    assert await refused(desk.planned(ahead=366 * DAY)) == "authorisation_ends_before"
    session = await desk.planned()
    await desk.office.merchants.close(A, desk.office.entry(Deed.AUTHORISATION_ENDED, ONE, A))
    desk.office.clock.advance(seconds=1)
    assert await refused(desk.planned()) == "merchant_closed"
    with pytest.raises(NotFound):
        await desk.floor.desk.one(await desk.office.actor(OWNER), session.id, scope=await desk.scope(OWNER))


async def test_two_sessions_of_one_host_take_a_word_more(desk: Desk):
    first = await desk.planned()
    assert await refused(desk.planned(ahead=2 * DAY + 2 * HOUR)) == "session_overlaps"
    assert await desk.planned(ahead=2 * DAY + 3 * HOUR)
    assert await desk.planned(ahead=2 * DAY + HOUR, host="阿芳")
    assert await desk.planned(ahead=2 * DAY + HOUR, host="")
    actor, scope = await desk.office.actor(OPERATOR), await desk.scope()
    call = desk.floor.desk.change(actor, first.id, scope=scope, length=4 * HOUR)
    assert await refused(call) == "session_overlaps"
    assert (await desk.floor.desk.change(actor, first.id, scope=scope, length=4 * HOUR, confirmed=True)).length == 4 * HOUR
    assert await desk.planned(ahead=2 * DAY + 2 * HOUR, confirmed=True)


async def test_a_new_time_moves_what_is_due_and_is_told_once_to_all(desk: Desk):
    await desk.bind()
    session = await desk.planned(posts=(Post("中控", TRAINEE),))
    await desk.done(session, "B01")
    later = session.starts_at + 3 * HOUR
    actor, scope = await desk.office.actor(OPERATOR), await desk.scope()
    await desk.floor.desk.change(actor, session.id, scope=scope, starts_at=later)
    items = {one.key: one for one in await desk.items.known(session.id)}
    assert items["B02", 0].due_at == later - HOUR
    assert (items["B01", 0].due_at, items["B01", 0].state) == (later - DAY, State.DONE)
    told = (await desk.said())[2:]
    assert sorted(told) == [
        (GROUP, "changed 03 20:00 小雨 -> 03 23:00 小雨"),
        (TRAINEE, "changed 03 20:00 小雨 -> 03 23:00 小雨"),
    ]
    await desk.floor.desk.change(actor, session.id, scope=scope, starts_at=later)
    assert len(await desk.said()) == 4
    await desk.floor.desk.change(actor, session.id, scope=scope, goal=50_000)
    assert len(await desk.said()) == 4


async def test_a_post_that_changes_hands_takes_its_open_items_along_and_is_told_to_the_two(desk: Desk):
    await desk.bind()
    session = await desk.planned(posts=(Post("中控", TRAINEE),))
    await desk.done(session, "B03")
    actor, scope = await desk.office.actor(OPERATOR), await desk.scope()
    before = len(await desk.said())
    await desk.floor.desk.change(actor, session.id, scope=scope, posts=(Post("中控", LEAD),))
    people = {one.id: one.person for one in await desk.items.known(session.id)}
    assert (people["B02"], people["B03"], people["B01"]) == (LEAD, TRAINEE, OPERATOR)
    assert sorted(chat for chat, _ in (await desk.said())[before:]) == sorted([LEAD, TRAINEE])


async def test_another_variant_brings_its_own_items_and_a_changed_handbook_changes_no_planned_session(desk: Desk):
    session = await desk.planned()
    desk.handbook[1] = item("B02", Stage.BEFORE, desk.handbook[1].due[Variant.DAILY], text="新的说法")
    del desk.handbook[2]
    desk.handbook.append(item("B77", Stage.BEFORE, desk.handbook[1].due[Variant.DAILY]))
    actor, scope = await desk.office.actor(OPERATOR), await desk.scope()
    await desk.floor.desk.change(actor, session.id, scope=scope, starts_at=session.starts_at + HOUR)
    texts = {one.id: one.text for one in await desk.items.known(session.id)}
    assert texts["B02"] == "做B02" and "B03" in texts and "B77" not in texts
    await desk.done(session, "B01")
    await desk.floor.desk.change(actor, session.id, scope=scope, variant=Variant.BRAND)
    assert {one.id for one in await desk.items.known(session.id)} == {"B01", "B09"}


async def test_a_cancelled_session_is_told_and_pushes_nothing_more(desk: Desk):
    await desk.bind()
    session = await desk.planned()
    actor, scope = await desk.office.actor(OPERATOR), await desk.scope()
    cancelled = await desk.floor.desk.cancel(actor, session.id, scope=scope)
    assert cancelled.status is Status.CANCELLED
    assert (await desk.said())[-1] == (GROUP, "cancelled 03 20:00")
    assert all(one.push_at is None and one.remind_at is None for one in await desk.items.known(session.id))
    for call in (
        desk.floor.desk.cancel(actor, session.id, scope=scope),
        desk.floor.desk.change(actor, session.id, scope=scope, goal=1),
        desk.floor.running.begin(actor, session.id, scope=scope),
        desk.floor.running.end(actor, session.id, scope=scope),
    ):
        assert await refused(call) == "session_called_off"


async def test_a_session_begins_only_when_nothing_blocks_or_somebody_takes_it_on(desk: Desk):
    session = await desk.planned(ahead=HOUR)
    actor, scope = await desk.office.actor(OPERATOR), await desk.scope()
    assert await refused(desk.floor.running.begin(actor, session.id, scope=scope)) == "items_open"
    assert await refused(desk.floor.running.begin(actor, session.id, scope=scope, override_reason="  \n")) == "items_open"
    await desk.done(session, "B01")
    live = await desk.floor.running.begin(actor, session.id, scope=scope, override_reason="商家同意\n先播")
    assert live.status is Status.LIVE and live.began_at == desk.now
    assert live.override and (live.override.by, live.override.reason, live.override.items) == (
        OPERATOR,
        "商家同意 先播",
        ("B02",),
    )
    assert (await desk.stored(session)).override == live.override
    told = [one for one in await desk.said() if one[1].startswith("overridden")]
    assert sorted(told) == [(OWNER, "overridden B02 商家同意 先播"), (LEAD, "overridden B02 商家同意 先播")]
    items = {one.key: one for one in await desk.items.known(session.id)}
    assert items["D01", 0].push_at == desk.now and items["D01", 0].due_at == desk.now + 10 * MINUTE
    assert await refused(desk.floor.running.begin(actor, session.id, scope=scope)) == "session_live_already"
    assert await refused(desk.floor.desk.cancel(actor, session.id, scope=scope)) == "session_live"
    assert await refused(desk.floor.desk.change(actor, session.id, scope=scope, starts_at=desk.now + DAY)) == "session_live"
    trail = await desk.office.trail.entries(access=(await desk.office.actor(OWNER)).access, team=ONE)
    begun = next(one for one in trail if one.deed is Deed.SESSION_BEGUN)
    assert (begun.subject, begun.detail) == (session.id, {"override": "B02"})


async def test_with_everything_done_it_simply_begins(desk: Desk):
    session = await desk.planned(ahead=HOUR)
    await desk.done(session, "B01", "B02")
    actor, scope = await desk.office.actor(OPERATOR), await desk.scope()
    live = await desk.floor.running.begin(actor, session.id, scope=scope, override_reason="用不上的原因")
    assert live.override is None


async def test_a_tick_taken_back_at_the_last_moment_stops_the_start(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    session = await desk.planned(ahead=HOUR)
    actor, scope = await desk.office.actor(OPERATOR), await desk.scope()
    real = type(desk.floor.ground).items_of

    async def all_done(ground, of):
        return tuple(one for one in await real(ground, of) if not one.blocking)

    monkeypatch.setattr(type(desk.floor.ground), "items_of", all_done)
    assert await refused(desk.floor.running.begin(actor, session.id, scope=scope)) == "session_changed"
    assert (await desk.stored(session)).status is Status.PLANNED


async def test_the_wrong_card_starts_nothing(desk: Desk):
    actor, scope = await desk.office.actor(OPERATOR), await desk.scope()
    far = await desk.planned(ahead=DAY)
    assert await refused(desk.floor.running.begin(actor, far.id, scope=scope)) == "session_far_off"
    assert await refused(desk.floor.running.end(actor, far.id, scope=scope)) == "session_not_live"
    draft = await desk.floor.desk.draft(actor, A, desk.now + HOUR)
    assert await refused(desk.floor.running.begin(actor, draft.id, scope=scope)) == "session_unconfirmed"


async def test_the_end_pushes_what_comes_after_and_takes_away_what_nobody_was_shown(desk: Desk):
    session = await desk.planned(ahead=HOUR)
    actor, scope = await desk.office.actor(OPERATOR), await desk.scope()
    await desk.floor.running.begin(actor, session.id, scope=scope, override_reason="先播")
    assert len([one for one in await desk.items.known(session.id) if one.id == "D02"]) > 10
    desk.office.clock.advance(hours=2)
    ended = await desk.floor.running.end(actor, session.id, scope=scope)
    assert (ended.status, ended.ended_at) == (Status.ENDED, desk.now)
    items = {one.key: one for one in await desk.items.known(session.id)}
    assert [slot for id, slot in items if id == "D02"] == [0, 1, 2]
    assert items["A01", 0].push_at == desk.now and items["A02", 0].push_at
    assert all(one.remind_at is None for one in items.values() if one.stage is not Stage.AFTER)
    for call in (
        desk.floor.running.end(actor, session.id, scope=scope),
        desk.floor.running.begin(actor, session.id, scope=scope),
        desk.floor.desk.change(actor, session.id, scope=scope, goal=5),
        desk.floor.desk.cancel(actor, session.id, scope=scope),
    ):
        assert await refused(call) == "session_over"


async def test_of_two_who_change_at_once_one_is_told_so(desk: Desk):
    session = await desk.planned()
    actor, scope = await desk.office.actor(OPERATOR), await desk.scope()
    results = await asyncio.gather(
        *(desk.floor.desk.change(actor, session.id, scope=scope, host=name) for name in ("甲", "乙", "丙")),
        return_exceptions=True,
    )
    lost = [one for one in results if isinstance(one, Refused)]
    stored = await desk.stored(session)
    assert all(one.reason == "session_changed" for one in lost)
    assert stored.revision == 1 + len(results) - len(lost)


@pytest.mark.parametrize("person,met", [(TRAINEE, Refused), (VIEWER, Refused), (RIVAL, NotFound)])
async def test_only_whoever_runs_sessions_changes_them(desk: Desk, person: str, met: type[Exception]):
    session, actor, scope = await desk.planned(ahead=HOUR), await desk.office.actor(person), await desk.scope(person)
    for call in (
        desk.floor.desk.change(actor, session.id, scope=scope, goal=5),
        desk.floor.desk.cancel(actor, session.id, scope=scope),
        desk.floor.running.begin(actor, session.id, scope=scope, override_reason="x"),
        desk.floor.running.end(actor, session.id, scope=scope),
        desk.floor.desk.plan(actor, A, desk.now + DAY),
        desk.floor.desk.draft(actor, A, desk.now + DAY),
    ):
        with pytest.raises(met):
            await call
    assert await desk.stored(session) == session


async def test_what_is_on_air_since_yesterday_is_on_the_list_of_today_and_of_the_week_however_late(desk: Desk):
    scope = await desk.scope()
    evening = await desk.planned(ahead=18 * HOUR, host="夜", length=HOUR)  # 22:00 to 23:00, and nobody ends it
    over = await desk.planned(ahead=17 * HOUR, host="早", length=HOUR)
    desk.office.clock.advance(hours=18)
    actor = await desk.office.actor(OPERATOR)
    for one in (evening, over):
        await desk.floor.running.begin(actor, one.id, scope=scope, override_reason="x")
    await desk.floor.running.end(actor, over.id, scope=scope)
    desk.office.clock.advance(hours=2, minutes=30)  # half past midnight
    for found in (desk.floor.desk.today, desk.floor.desk.week):
        assert [(one.host, one.status) for one in await found(scope=scope, zone=SHANGHAI)] == [("夜", Status.LIVE)]


async def test_today_is_the_local_day_and_holds_what_runs_past_midnight(desk: Desk):
    # It is 20:00 UTC on the first of March: four in the morning of the second in Shanghai.
    scope = await desk.scope()
    late = await desk.planned(ahead=18 * HOUR, host="夜", length=5 * HOUR)  # 22:00 to 03:00
    tomorrow = await desk.planned(ahead=21 * HOUR, host="晨", length=HOUR)  # 01:00 on the third
    assert await desk.floor.desk.today(scope=scope, zone=SHANGHAI) == (late,)
    desk.office.clock.advance(hours=21)
    assert await desk.floor.desk.today(scope=scope, zone=SHANGHAI) == (late, tomorrow)
    assert await desk.floor.desk.week(scope=scope, zone=SHANGHAI) == (late, tomorrow)
    desk.office.clock.advance(hours=2)
    assert desk.floor.desk.next_of((late, tomorrow)) == late
    desk.office.clock.advance(hours=9)
    assert desk.floor.desk.next_of((late, tomorrow)) == tomorrow


async def test_whoever_has_only_the_command_line_names_an_operator_or_gets_a_lead(desk: Desk):
    boss = await desk.office.boss()
    made = await desk.floor.desk.plan(boss, A, desk.now + DAY, host="小雨")
    assert made and made.operator in (OWNER, LEAD)
    assert await refused(desk.floor.desk.plan(boss, A, desk.now + 3 * DAY, operator="telegram:999")) == "operator_may_not"


async def test_a_session_of_another_group_is_not_in_this_one(desk: Desk):
    await desk.bind()
    session = await desk.planned()
    gate = desk.office.office.gate
    assert await desk.floor.desk.of_chat(GROUP, None, scope=await gate.audience(GROUP, None, private=False)) == (session,)
    await desk.bind(GROUP, B)
    assert await desk.floor.desk.of_chat(GROUP, None, scope=await gate.audience(GROUP, None, private=False)) == ()


async def test_an_operator_of_two_merchants_keeps_them_apart(desk: Desk):
    await desk.office.people.give(
        Membership(OPERATOR, ONE, Role.OPERATOR, B), OWNER, desk.office.entry(Deed.ROLE_GIVEN, ONE, B)
    )  # fmt: skip
    await desk.planned(merchant=A)
    other = await desk.planned(merchant=B)  # the same host at the same time, but another merchant: nobody may know
    assert other.merchant == B
