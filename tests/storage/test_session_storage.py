"""Items, cards and rhythms of sessions, on both databases: all or nothing, once, and only what the scope reaches."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest
from sqlalchemy import func, select

from bot.domain.access import Scope
from bot.domain.audit import Deed
from bot.domain.messages import text
from bot.domain.outgoing import Kind
from bot.domain.rhythm import Rhythm
from bot.domain.session_cards import ItemNote
from bot.domain.session_items import Level, SessionItem, State, laid_out, retimed
from bot.domain.sessions import LiveSession
from bot.errors import StorageError
from bot.storage.cards import Card, CardKind, Cards, Said
from bot.storage.chats import Chats
from bot.storage.database import Database
from bot.storage.outbox import Outbox, outgoing
from bot.storage.rhythms import Rhythms
from bot.storage.session_items import SessionItems
from bot.storage.session_tables import cards, session_items
from bot.storage.sessions import Sessions
from bot.storage.tables import audit, outbox
from tests.domain.live import HOUR, MINUTE, RHYTHM, at, item, session
from tests.office_desk import ONE, OPERATOR, TRAINEE, TWO, A, B, Desk

GROUP = "telegram:-100"
MINE, OTHER = Scope(frozenset({A})), Scope(frozenset({B}))


class Shelf:
    """The storage of one database, with a session of three items."""

    def __init__(self, office: Desk) -> None:
        database = office.database
        self.office, self.database = office, database
        self.sessions, self.items, self.cards = Sessions(database), SessionItems(database), Cards(database)
        self.outbox, self.rhythms = Outbox(database), Rhythms(database, Rhythm("Europe/Berlin"))

    def said(self, key: str = "card", of: LiveSession | None = None, *items: SessionItem) -> Said:
        of = of or session(merchant=A)
        row = outgoing(key, "telegram", GROUP, text(key), kind=Kind.CHECKLIST, now=at(18, 30), collections=of.collections)
        return Card(key, of.id, GROUP, None, CardKind.ITEMS, tuple(one.key for one in items), "zh"), row

    async def count(self, *tables: object) -> list[int]:
        async with self.database.read() as db:
            return [int(await db.scalar(select(func.count()).select_from(one)) or 0) for one in tables]  # type: ignore[arg-type]


@pytest.fixture
async def shelf(database: Database) -> Shelf:
    office = Desk(database)
    await office.fill()
    made = Shelf(office)
    of = session(team=ONE, merchant=A)
    laid = laid_out(of, [item(f"B0{n}", -HOUR + n * MINUTE) for n in (1, 2, 3)], RHYTHM)
    assert await made.sessions.add(of, laid, office.entry(Deed.LISTED, ONE, A))
    return made


async def known(shelf: Shelf) -> tuple[SessionItem, ...]:
    return await shelf.items.known(session().id)


async def test_what_was_stored_is_read_back_as_it_was(shelf: Shelf) -> None:
    of = session(team=ONE, merchant=A)
    assert await known(shelf) == laid_out(of, [item(f"B0{n}", -HOUR + n * MINUTE) for n in (1, 2, 3)], RHYTHM)


async def test_people_read_only_what_their_scope_reaches(shelf: Shelf) -> None:
    id = session().id
    assert len(await shelf.items.of(id, scope=MINE)) == 3 and await shelf.items.of(id, scope=OTHER) == ()
    entry = shelf.office.entry(Deed.ITEM_NOTED, ONE, A)
    await shelf.items.say((await known(shelf))[0], ItemNote(OPERATOR, "用 4G", at(18)), entry)
    assert len(await shelf.items.notes(id, scope=MINE)) == 1 and await shelf.items.notes(id, scope=OTHER) == {}
    for scope, found in ((MINE, 1), (OTHER, 0)):
        assert len(await shelf.sessions.concerning(session().operator, scope=scope, since=at(1))) == found


async def test_a_push_is_one_transaction_and_the_same_again_changes_nothing(shelf: Shelf) -> None:
    items = await known(shelf)
    later = [replace(items[0], remind_at=at(19, 30))]
    for written in (1, 0):
        assert await shelf.cards.push([shelf.said("card", None, *items)], now=at(18, 30), pushed=items, reminded=later) == written
    assert await shelf.count(outbox, cards) == [1, 1]
    assert {one.pushed_at for one in await known(shelf)} == {at(18, 30)} and (await known(shelf))[0].remind_at == at(19, 30)
    assert await shelf.items.to_push(at(23)) == {}


async def test_what_fails_in_the_middle_leaves_nothing(shelf: Shelf) -> None:
    items = await known(shelf)
    broken = [replace(items[0], remind_at="never")]  # type: ignore[arg-type]
    with pytest.raises((StorageError, Exception)):
        await shelf.cards.push([shelf.said("card", None, *items)], now=at(18, 30), pushed=items, reminded=broken)
    assert await shelf.count(outbox, cards) == [0, 0]
    assert {one.pushed_at for one in await known(shelf)} == {None}


async def test_a_push_of_a_session_that_was_changed_meanwhile_is_left_for_the_next_tick(shelf: Shelf) -> None:
    items, of = await known(shelf), session(team=ONE, merchant=A)
    await shelf.sessions.save(replace(of, host="小米", revision=2), None, shelf.office.entry(Deed.LISTED, ONE, A))
    assert await shelf.cards.push([shelf.said("card", of, *items)], now=at(18, 30), pushed=items, of=of) == 0
    assert await shelf.count(outbox, cards) == [0, 0] and {one.pushed_at for one in await known(shelf)} == {None}


async def test_a_deed_is_stored_once_with_its_entry_and_a_failed_entry_undoes_it(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = (await known(shelf))[0]
    done = replace(first, state=State.DONE, by=TRAINEE, at=at(18, 31), proof="8", remind_at=None)
    entry = shelf.office.entry(Deed.ITEM_TICKED, ONE, A)
    (before,) = await shelf.count(audit)
    assert await shelf.items.change(done, first, entry)
    assert not await shelf.items.change(replace(done, by=OPERATOR), first, entry)
    assert (await known(shelf))[0] == done and await shelf.count(audit) == [before + 1]
    monkeypatch.setattr("bot.storage.audit._values", lambda entry: {"at": entry.at, "person": None})
    with pytest.raises(StorageError):
        await shelf.items.change(replace(done, state=State.OPEN), done, entry)
    assert (await known(shelf))[0] == done


async def test_somebody_who_was_put_in_charge_meanwhile_is_not_lost(shelf: Shelf) -> None:
    first, entry = (await known(shelf))[0], shelf.office.entry(Deed.ITEM_ASSIGNED, ONE, A)
    assert await shelf.items.change(replace(first, person=TRAINEE), first, entry)
    assert not await shelf.items.change(replace(first, state=State.DONE), first, entry)
    assert (await known(shelf))[0].person == TRAINEE


async def test_only_what_was_pushed_and_is_open_is_reminded_of(shelf: Shelf) -> None:
    items = await known(shelf)
    assert await shelf.items.to_remind(at(23)) == {}
    await shelf.cards.push([], now=at(18, 30), pushed=items[:2])
    await shelf.items.change(replace(items[0], state=State.DONE, remind_at=None), items[0], shelf.office.entry(Deed.ITEM_TICKED))
    assert [one.id for one in (await shelf.items.to_remind(at(23)))[session().id]] == ["B02"]
    reminded = [replace(items[1], reminded=Level.LEAD, remind_at=None)]
    await shelf.cards.push([], now=at(19), reminded=reminded)
    assert await shelf.items.to_remind(at(23)) == {}


async def test_the_newest_card_is_drawn_first(shelf: Shelf) -> None:
    items = await known(shelf)
    for place, key in enumerate(("b", "a", "c")):
        await shelf.cards.push([shelf.said(key, None, *items)], now=at(18, 30 + place), pushed=items)
        (row,) = await shelf.outbox.due(now=at(18, 35), limit=9)
        await shelf.outbox.sent(row.id, (70 + place,), now=at(18, 35))
    entry = shelf.office.entry(Deed.ITEM_TICKED, ONE, A)
    await shelf.items.change(replace(items[0], state=State.DONE, by=TRAINEE, at=at(18, 36)), items[0], entry)
    assert [one.card.key for one in await shelf.cards.stale(CardKind.ITEMS)] == ["c", "a", "b"]


async def test_a_card_is_stale_after_a_change_until_it_is_drawn_and_only_once_at_a_time(shelf: Shelf) -> None:
    items = await known(shelf)
    await shelf.cards.push([shelf.said("card", None, *items)], now=at(18, 30), pushed=items)
    entry = shelf.office.entry(Deed.ITEM_TICKED, ONE, A)
    await shelf.items.change(replace(items[0], state=State.DONE, by=TRAINEE, at=at(18, 31)), items[0], entry)
    assert await shelf.cards.stale(CardKind.ITEMS) == (), "it has not been sent"
    (row,) = await shelf.outbox.due(now=at(18, 31), limit=9)
    await shelf.outbox.sent(row.id, (70, 71), now=at(18, 31))
    (stale,) = await shelf.cards.stale(CardKind.ITEMS)
    assert (stale.card.key, stale.card.changes, stale.message_id) == ("card", 1, 71)
    assert await shelf.cards.stale(CardKind.PLAN) == ()
    edit = outgoing("card:1", "telegram", GROUP, text("neu"), kind=Kind.EDIT, now=at(18, 31), edit_of=71)
    for _ in range(2):
        await shelf.cards.redraw(stale.card, edit)
    assert await shelf.count(outbox) == [2] and await shelf.cards.stale(CardKind.ITEMS) == ()
    await shelf.items.change(replace(items[1], state=State.DONE, by=TRAINEE, at=at(18, 32)), items[1], entry)
    assert await shelf.cards.stale(CardKind.ITEMS) == (), "an edit waits to be sent"
    (row,) = await shelf.outbox.due(now=at(18, 32), limit=9)
    await shelf.outbox.sent(row.id, (71,), now=at(18, 32))
    assert [one.card.changes for one in await shelf.cards.stale(CardKind.ITEMS)] == [2]


async def test_cards_are_forgotten_with_their_messages(shelf: Shelf) -> None:
    await shelf.cards.push([shelf.said("card", None)], now=at(18, 30))
    assert await shelf.cards.prune(at(18, 30)) == 0 and await shelf.cards.prune(at(18, 31)) == 1
    assert await shelf.cards.at("card") is None


async def test_sessions_and_cards_go_along_when_a_group_gets_another_id(shelf: Shelf) -> None:
    of = replace(session(team=ONE, merchant=A), chat=GROUP, revision=2)
    await shelf.sessions.save(of, None, shelf.office.entry(Deed.LISTED, ONE, A))
    await shelf.cards.push([shelf.said("card", of)], now=at(18, 30))
    await Chats(shelf.database).migrate(GROUP, "telegram:-200")
    moved, card = await shelf.sessions.known(of.id), await shelf.cards.at("card")
    assert moved is not None and moved.chat == "telegram:-200" and card is not None and card.chat == "telegram:-200"


async def test_times_are_moved_in_what_is_there_at_that_moment(shelf: Shelf) -> None:
    of, night = session(team=ONE, merchant=A), Rhythm("Asia/Shanghai", time(18), time(19))
    items = await known(shelf)
    await shelf.cards.push([], now=at(18, 30), pushed=items[:1])
    await shelf.items.retime(
        of.id, lambda old: (replace(one, push_at=at(17), state=State.DONE) for one in retimed(of, old, night))
    )
    assert [(one.push_at, one.state) for one in await known(shelf)] == [(at(17), State.OPEN)] * 3
    assert (await known(shelf))[0].pushed_at == at(18, 30)


async def test_a_rhythm_is_the_teams_own_and_the_default_elsewhere(shelf: Shelf) -> None:
    assert await shelf.rhythms.of(ONE) == Rhythm("Europe/Berlin")
    entry = shelf.office.entry(Deed.RHYTHM_SET, ONE)
    for rhythm in (Rhythm("Asia/Tokyo", time(0, 5), time(23, 59)), Rhythm("Asia/Shanghai", time(0), time(0))):
        await shelf.rhythms.set(ONE, rhythm, entry)
        assert await shelf.rhythms.of(ONE) == rhythm and await shelf.rhythms.of(TWO) == Rhythm("Europe/Berlin")


async def test_items_of_a_session_go_with_it_when_its_merchant_is_deleted(shelf: Shelf) -> None:
    await shelf.cards.push([shelf.said("card", None)], now=at(18, 30))
    await shelf.office.office.merchants.delete(await shelf.office.boss(), A)
    assert await shelf.count(session_items, cards) == [0, 0]
