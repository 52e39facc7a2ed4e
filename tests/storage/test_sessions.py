"""Live sessions in both databases: stored and found again, changed once, seen within a scope, gone with their merchant."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from bot.domain.access import Merchant, Scope, Team
from bot.domain.audit import Deed, Entry
from bot.domain.checklists import Evidence, Stage, Variant
from bot.domain.messages import text
from bot.domain.outgoing import Kind
from bot.domain.recurrence import Weekly
from bot.domain.series import Series
from bot.domain.session_items import SessionItem, State
from bot.domain.sessions import LiveSession, Override, Post, Status
from bot.storage.cards import Card, CardKind, Cards
from bot.storage.database import Database
from bot.storage.erasure import Erasure
from bot.storage.merchants import Merchants
from bot.storage.outbox import Outbox, outgoing
from bot.storage.people import People
from bot.storage.series import SeriesStore
from bot.storage.session_items import SessionItems
from bot.storage.session_tables import cards, session_items
from bot.storage.sessions import Sessions
from bot.storage.tables import outbox
from tests.storage.helpers import NOW

A, B = "000000a1", "000000b1"
MINE, THEIRS, NOBODY = Scope(frozenset({A})), Scope(frozenset({B})), Scope()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ZONE = "Asia/Shanghai"


def entry(merchant: str = A, deed: Deed = Deed.SESSION_PLANNED) -> Entry:
    return Entry(NOW, "telegram:1", deed, "", "0000aaaa", merchant)


@pytest.fixture
async def stored(database: Database) -> Sessions:
    await People(database).make_team(Team("0000aaaa", "一队"), "telegram:1", entry(deed=Deed.TEAM_MADE))
    for id in (A, B):
        await Merchants(database).add(Merchant(id, "0000aaaa", id), entry(id, Deed.MERCHANT_ADDED))
    return Sessions(database)


def session(id: str = "00000001", ahead: timedelta = DAY, **what: object) -> LiveSession:
    made = LiveSession(
        id, "0000aaaa", A, "小雨😀", NOW + ahead, 3 * HOUR, ZONE, Variant.CAMPAIGN, "telegram:1", 80_000, "telegram:-1", 7,
        (Post("中控", "telegram:2"), Post("投手", "", "老周")), Status.PLANNED,
    )  # fmt: skip
    return replace(made, **what)  # type: ignore[arg-type]


def item(of: LiveSession, id: str = "B01", slot: int = 0, **what: object) -> SessionItem:
    made = SessionItem(
        of.id, id, slot, Stage.BEFORE, "做", "因为", "中控", Evidence.NONE, "", True, "1.1", of.starts_at - HOUR,
        of.starts_at - 2 * HOUR, "telegram:2",
    )  # fmt: skip
    return replace(made, **what)  # type: ignore[arg-type]


def card(of: LiveSession, key: str = "plan:1") -> tuple[Card, dict[str, object]]:
    row = outgoing(key, "telegram", "-1", text("x"), kind=Kind.NOTICE, now=NOW, collections=of.collections)
    return Card(key, of.id, "telegram:-1", None, CardKind.PLAN, (), "zh"), row


async def test_a_session_comes_back_as_it_was_stored(stored: Sessions):
    override = Override("telegram:1", "商家同意", NOW, ("B01", "B02"))
    kept = session(status=Status.LIVE, began_at=NOW, override=override, ended_at=NOW + HOUR)
    assert await stored.add(kept, (), entry())
    assert await stored.one(kept.id, scope=MINE) == kept == await stored.known(kept.id)
    assert await stored.one(kept.id, scope=THEIRS) is None is await stored.one(kept.id, scope=NOBODY)
    assert await stored.known("ffffffff") is None
    assert not await stored.add(kept, (), entry())


async def test_reads_keep_to_scope_status_and_time(stored: Sessions):
    draft, live = session("00000001", status=Status.DRAFT), session("00000002", -HOUR, status=Status.LIVE)
    late, gone = session("00000003", 9 * DAY), session("00000004", 10 * DAY, status=Status.CANCELLED)
    for one in (draft, live, late, gone, session("00000005", merchant=B)):
        await stored.add(one, (), entry())
    span = (NOW - DAY, NOW + 30 * DAY)
    assert [one.id for one in await stored.between(*span, scope=MINE)] == [live.id, late.id, gone.id]
    assert await stored.between(*span, scope=NOBODY) == ()
    assert await stored.between(NOW, late.starts_at, scope=MINE) == ()
    assert await stored.latest(A, scope=MINE) == late
    assert await stored.latest(A, scope=MINE, host="别人") is None is await stored.latest(A, scope=THEIRS)
    assert [one.id for one in await stored.in_chat("telegram:-1", 7, scope=MINE)] == [live.id, late.id]
    assert await stored.in_chat("telegram:-1", 8, scope=MINE) == () == await stored.in_chat("telegram:-1", 7, scope=NOBODY)
    assert [one.id for one in await stored.open_at(NOW, reach=HOUR)] == [live.id]


async def test_last_time_is_what_began_last_or_else_what_was_planned_last(stored: Sessions):
    weekly = session("00000001", 14 * DAY, planned_at=NOW - 2 * DAY)
    tomorrow = session("00000002", DAY, planned_at=NOW - HOUR, host="阿芳")
    for one in (tomorrow, weekly):
        await stored.add(one, (), entry())
    assert await stored.latest(A, scope=MINE) == tomorrow
    earlier = session("00000003", -DAY, status=Status.ENDED, began_at=NOW - DAY, ended_at=NOW, planned_at=NOW - 3 * DAY)
    running = session("00000004", -2 * DAY, status=Status.LIVE, began_at=NOW - HOUR, planned_at=NOW - 4 * DAY)
    for one in (running, earlier, session("00000005", status=Status.CANCELLED, began_at=None, planned_at=NOW)):
        await stored.add(one, (), entry())
    assert await stored.latest(A, scope=MINE) == running
    assert await stored.latest(A, scope=MINE, host="阿芳") == tomorrow


async def test_a_change_is_stored_with_items_and_messages_or_not_at_all(database: Database, stored: Sessions):
    before = session()
    assert await stored.add(before, [item(before), item(before, "B02")], entry(), [card(before)])
    after = replace(before, host="阿芳", revision=2)

    def shifted(old: tuple[SessionItem, ...]) -> list[SessionItem]:
        return [replace(one, due_at=one.due_at + HOUR) for one in old]

    assert await stored.save(after, shifted, entry(), [card(before, "changed:1")])
    assert not await stored.save(replace(before, host="甲", revision=2), shifted, entry(), [card(before, "changed:2")])

    def refusing(old: tuple[SessionItem, ...]) -> list[SessionItem]:
        raise LookupError

    with pytest.raises(LookupError):
        await stored.save(replace(after, host="乙", revision=3), refusing, entry(), [card(before, "changed:3")])
    assert await stored.known(before.id) == after
    items = await SessionItems(database).of(before.id, scope=MINE)
    assert {one.due_at for one in items} == {before.starts_at}
    assert await SessionItems(database).of(before.id, scope=THEIRS) == ()
    async with database.read() as db:
        assert (await db.scalars(select(outbox.c.key).order_by(outbox.c.id))).all() == ["plan:1", "changed:1"]
        changes = {row.key: row.changes for row in await db.execute(select(cards))}
    assert changes == {"plan:1": 1, "changed:1": 0}


async def test_a_tick_made_while_the_session_is_changed_is_not_lost(database: Database, stored: Sessions):
    before, items = session(), SessionItems(database)
    await stored.add(before, [item(before)], entry())
    done = replace(item(before), state=State.DONE, by="telegram:2", at=NOW)
    after = replace(before, revision=2)
    await asyncio.gather(items.change(done, item(before), entry()), stored.save(after, lambda old: old, entry()))
    assert [one.state for one in await items.known(before.id)] == [State.DONE]


async def test_an_occurrence_is_made_once_however_many_try(stored: Sessions):
    tried = [stored.add(session(f"0000000{n}", series="0000feed"), (), entry()) for n in range(6)]
    assert sorted(await asyncio.gather(*tried)) == [False] * 5 + [True]
    assert await stored.add(session("000000aa", 2 * DAY, series="0000feed"), (), entry())


async def test_only_drafts_are_dropped(stored: Sessions):
    for one in (session("00000001", status=Status.DRAFT), session("00000002")):
        await stored.add(one, (), entry())
    assert await stored.drop_drafts(NOW) == 0
    assert not await stored.drop_draft("00000002")
    assert await stored.drop_drafts(NOW + HOUR) == 1
    assert await stored.known("00000002")


async def test_only_stale_cards_that_were_sent_are_drawn_again(database: Database, stored: Sessions):
    before, store, box = session(), Cards(database), Outbox(database)
    await stored.add(before, (), entry(), [card(before)])
    await stored.save(replace(before, revision=2), None, entry())
    assert await store.stale(CardKind.PLAN) == ()
    (sent,) = await box.due(now=NOW, limit=9)
    await box.claim(sent.id, now=NOW)
    await box.sent(sent.id, [41, 42], now=NOW)
    (stale,) = await store.stale(CardKind.PLAN)
    assert stale.message_id == 42 and await store.stale(CardKind.GATE) == ()
    await store.redraw(stale.card, card(before, "plan:1:1")[1])
    await store.redraw(stale.card, card(before, "plan:1:again")[1])
    async with database.read() as db:
        assert await db.scalar(select(func.count()).select_from(outbox)) == 2


async def test_a_series_is_kept_within_its_scope_until_it_ends(database: Database, stored: Sessions):
    store, start = SeriesStore(database), session()
    rule = Weekly(frozenset({1}), time(20), ZoneInfo(ZONE), date(2026, 3, 3))
    made = Series("0000feed", replace(start, id="", status=Status.PLANNED), rule, "telegram:1", NOW)
    assert await store.add(made, entry())
    assert await store.one(made.id, scope=MINE) == made and await store.one(made.id, scope=THEIRS) is None
    later = replace(made, made_until=NOW + 7 * DAY)
    await store.made(later)
    assert await store.going_on() == (later,)
    await store.end(made.id, entry())
    assert await store.going_on() == () and await store.one(made.id, scope=MINE) is None


async def test_a_deleted_merchant_leaves_nothing_and_gets_nothing_more(database: Database, stored: Sessions):
    kept = session()
    await stored.add(kept, [item(kept)], entry(), [card(kept)])
    await SeriesStore(database).add(
        Series("0000feed", replace(kept, id=""), Weekly(frozenset({1}), time(20), ZoneInfo(ZONE), NOW.date()), "telegram:1", NOW),
        entry(),
    )
    await Erasure(database).erase(A, entry(deed=Deed.MERCHANT_DELETED))
    async with database.read() as db:
        for table in (cards, session_items):
            assert await db.scalar(select(func.count()).select_from(table)) == 0
    assert await stored.known(kept.id) is None and await SeriesStore(database).going_on() == ()
    assert not await stored.add(session("00000009"), (), entry())
    assert not await SeriesStore(database).add(
        Series("0000beef", replace(kept, id=""), Weekly(frozenset({1}), time(20), ZoneInfo(ZONE), NOW.date()), "telegram:1", NOW),
        entry(),
    )
