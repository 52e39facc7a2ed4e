"""Weekly proposals on both databases: a week once, with its messages or not at all; read within a scope; settled once."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from bot.domain.access import Access, Membership, Role, Scope
from bot.domain.audit import Deed
from bot.domain.messages import text
from bot.domain.outgoing import Kind
from bot.domain.own_rules import Sheet, SheetVersion
from bot.domain.suggestions import BACK, State
from bot.flows.session_board import row_of
from bot.storage.database import Database
from bot.storage.export import Exports
from bot.storage.outbox import Outbox
from bot.storage.own_rules import OwnRules
from bot.storage.suggestions import Suggestions
from tests.domain.suggested import suggestion
from tests.office_desk import LEAD, ONE, OWNER, TWO, A, B, C, Desk

WEEK = date(2026, 3, 2)
MINE = Scope(frozenset({A}), frozenset({ONE}))
BOTH = Scope(frozenset({A, B}), frozenset({ONE}))


@pytest.fixture
async def desk(database: Database) -> Desk:
    made = Desk(database)
    await made.fill()
    return made


def said(desk: Desk, person: str = LEAD) -> tuple[None, dict[str, object]]:
    return None, row_of(f"proposals:{ONE}:{WEEK}:{person}", person, text("建议"), desk.now(), (), kind=Kind.NOTICE)


async def test_a_week_is_dealt_with_once_also_by_two_at_the_same_time(desk: Desk) -> None:
    store, outbox = Suggestions(desk.database), Outbox(desk.database)
    assert await store.weeks() == {ONE: "", TWO: ""}
    made = [suggestion(made_at=desk.now())], [suggestion("5a5a0002", made_at=desk.now())]
    found = await asyncio.gather(*(store.keep(ONE, WEEK, one, [said(desk)], desk.now()) for one in made))
    assert sorted(found, key=str) == [1, None]
    assert len(await outbox.due(now=desk.now(), limit=9)) == 1 and len(await store.since(ONE, desk.now() - BACK)) == 1
    assert await store.weeks() == {ONE: "2026-03-02", TWO: ""}
    assert await store.keep(ONE, WEEK + timedelta(days=7), [], [], desk.now()) == 0
    assert (await store.weeks())[ONE] == "2026-03-09"


async def test_a_proposal_is_read_as_it_was_made_by_whoever_may_read_every_merchant_in_it(desk: Desk) -> None:
    store, since = Suggestions(desk.database), desk.now() - BACK
    ours, both = suggestion(made_at=desk.now()), suggestion("5a5a0002", rule="N11", merchants=(A, B), made_at=desk.now())
    assert await store.keep(ONE, WEEK, [ours, both], [], desk.now()) == 0
    assert await store.one(ours.id, scope=MINE) == ours and await store.one(both.id, scope=MINE) is None
    assert await store.of(ONE, since, scope=BOTH) == (ours, both) and await store.of(ONE, since, scope=MINE) == (ours,)
    for scope in (Scope(frozenset({A, B})), Scope(frozenset({B}), frozenset({ONE})), Scope(frozenset({C}), frozenset({TWO}))):
        assert await store.of(ONE, since, scope=scope) == () and await store.one(ours.id, scope=scope) is None
    assert await store.of(ONE, desk.now(), scope=BOTH) == ()


async def test_it_is_settled_once_and_taking_it_is_one_with_the_version(desk: Desk) -> None:
    store, rules = Suggestions(desk.database), OwnRules(desk.database)
    await store.keep(ONE, WEEK, [suggestion(made_at=desk.now()), suggestion("5a5a0002", made_at=desk.now())], [], desk.now())
    entry = desk.entry(Deed.RULES_CHANGED, ONE)
    for number, taken in ((0, "5a5a0001"), (1, "5a5a0002")):
        draft = SheetVersion(f"d{number}", ONE, "", 0, number, Sheet(limits={"N10.quiet": f"0.{number + 1}%"}), OWNER, desk.now())
        await rules.propose(draft, desk.now())
        if number:
            assert await store.decline(taken, desk.entry(Deed.PROPOSAL_DECLINED, ONE))
            assert await rules.adopt(draft, desk.now(), entry, settles=taken) is None
            assert len(await rules.versions(ONE, "", scope=BOTH)) == 1
        else:
            assert await rules.adopt(draft, desk.now(), entry, settles=taken) == 1
            assert not await store.decline(taken, desk.entry(Deed.PROPOSAL_DECLINED, ONE))
    found = {one.id: (one.state, one.by, one.at) for one in await store.of(ONE, desk.now() - BACK, scope=BOTH)}
    assert found == {
        "5a5a0001": (State.ADOPTED, OWNER, desk.now()), "5a5a0002": (State.DECLINED, OWNER, desk.now()),
    }  # fmt: skip


async def test_a_merchant_that_was_deleted_meanwhile_keeps_the_week_open(desk: Desk) -> None:
    store, outbox = Suggestions(desk.database), Outbox(desk.database)
    await desk.erasure.erase(B, desk.entry(Deed.MERCHANT_DELETED, ONE, B))
    both = suggestion(merchants=(A, B), made_at=desk.now())
    assert await store.keep(ONE, WEEK, [both], [said(desk)], desk.now()) is None
    assert (await store.weeks())[ONE] == "" and await outbox.due(now=desk.now(), limit=9) == []


async def test_a_merchant_that_leaves_takes_what_its_figures_are_in(desk: Desk) -> None:
    store = Suggestions(desk.database)
    made = [suggestion(made_at=desk.now()), suggestion("5a5a0002", merchants=(A, B), made_at=desk.now())]
    made.append(suggestion("5a5a0003", merchant=B, merchants=(B,), made_at=desk.now()))
    await store.keep(ONE, WEEK, made, [], desk.now())
    await desk.erasure.erase(A, desk.entry(Deed.MERCHANT_DELETED, ONE, A))
    assert [one.id for one in await store.since(ONE, desk.now() - BACK)] == ["5a5a0003"]


async def test_an_export_holds_what_is_of_the_merchant_alone(desk: Desk) -> None:
    store = Suggestions(desk.database)
    made = [suggestion(made_at=desk.now()), suggestion("5a5a0002", merchants=(A, B), made_at=desk.now())]
    await store.keep(ONE, WEEK, made, [], desk.now())
    access = await desk.people.access(OWNER)
    (merchant,) = [one for one in await desk.merchants.all(access=access) if one.id == A]
    found = await Exports(desk.database).of(merchant, access=access)
    assert found is not None and found.suggestions == (made[0],)
    viewer = Access("telegram:9", (Membership("telegram:9", ONE, Role.VIEWER, A),))
    assert await Exports(desk.database).of(merchant, access=viewer) is None
