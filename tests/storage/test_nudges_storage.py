"""Tips, decisions and watched sessions on both databases: written once, with what is said of them, within their scope."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.access import Scope
from bot.domain.audit import Deed
from bot.domain.decisions import Reason, Stage
from bot.domain.messages import text
from bot.domain.nudges import Planned, Severity
from bot.domain.outgoing import Kind
from bot.domain.sessions import LiveSession, Status
from bot.storage.cards import Card, CardKind, Cards
from bot.storage.database import Database
from bot.storage.nudges import Kept, Nudges, StoredDecision, StoredTip, plain
from bot.storage.outbox import Outbox, outgoing
from bot.storage.sessions import Sessions
from tests.domain.live import at, session
from tests.office_desk import ONE, OPERATOR, TWO, A, B, C, Desk

MINE, THEIRS = Scope(frozenset({A}), frozenset({ONE})), Scope(frozenset({B, C}), frozenset({TWO}))
START = at(20)
MINUTE = timedelta(minutes=1)
GROUP = "telegram:-100"
FIGURES = {"values": {"online_now": 400.0, "gmv": None}, "limits": {"drop": [0.15, "default"]}, "since": 1.5}
TIP = StoredTip("t1", "s1", "N01", Severity.HIGH, FIGURES, START)
SILENT = StoredDecision("s1", START, "N02", "planned", "planned", {"events": ["giveaway"]})


def live(id: str) -> LiveSession:
    return replace(session(team=ONE, merchant=A), id=id, status=Status.LIVE, began_at=START)


@pytest.fixture
async def desk(database: Database) -> Desk:
    made = Desk(database)
    await made.fill()
    for one in (live("s1"), replace(live("s2"), merchant=B), replace(live("s3"), status=Status.ENDED)):
        assert await Sessions(database).add(one, [], made.entry(Deed.LISTED, ONE, one.merchant))
    return made


def told(tip: StoredTip, key: str = "tip:t1") -> Kept:
    """A tip with its message, and the state to go on from."""
    card = Card(key, tip.session, GROUP, None, CardKind.TIP, ((tip.id, 0),), "zh")
    row = outgoing(key, "telegram", GROUP, text("掉了"), kind=Kind.TIP, now=tip.decided_at)
    return Kept({"said": {"N01": 1.5}}, tip.decided_at, (SILENT,), (tip,), said=((card, row),))


async def shown(desk: Desk) -> None:
    """What waits has been sent."""
    outbox = Outbox(desk.database)
    for one in await outbox.due(now=START + MINUTE, limit=10):
        await outbox.sent(one.id, (one.id,), now=START + MINUTE)


async def test_the_same_samples_twice_write_everything_once(desk: Desk) -> None:
    store = Nudges(desk.database)
    assert await store.keep("s1", told(TIP), START) == 1
    assert await store.keep("s1", told(TIP), START) == 0
    assert await store.of("s1", scope=MINE) == (TIP,)
    assert await store.decided("s1", scope=MINE, limit=9) == (SILENT,)
    assert await store.watch("s1") == ({"said": {"N01": 1.5}}, START)


async def test_nothing_is_written_of_a_session_that_is_over_or_gone(desk: Desk) -> None:
    store = Nudges(desk.database)
    for id in ("s3", "nowhere"):
        assert await store.keep(id, told(replace(TIP, session=id)), START) is None
        assert await store.say(id, told(replace(TIP, session=id)).said, START) == 0
    assert (await Outbox(desk.database).counts()) == {}


async def test_reads_keep_to_the_scope(desk: Desk) -> None:
    store = Nudges(desk.database)
    await store.keep("s1", told(TIP), START)
    for scope in (THEIRS, Scope()):
        assert await store.one("t1", scope=scope) is None
        assert await store.of("s1", scope=scope) == () == await store.decided("s1", scope=scope, limit=9)


async def test_only_the_first_changes_a_tip_and_its_messages_are_drawn_again(desk: Desk) -> None:
    store, cards = Nudges(desk.database), Cards(desk.database)
    await store.keep("s1", told(TIP), START)
    await shown(desk)
    assert await cards.stale(CardKind.TIP) == ()
    assert await store.change(TIP, "acked_at", {"acked_by": OPERATOR, "acked_at": START}, START)
    assert not await store.change(TIP, "acked_at", {"acked_by": "telegram:9", "acked_at": START + MINUTE}, START + MINUTE)
    (stale,) = await cards.stale(CardKind.TIP)
    assert stale.card.items == (("t1", 0),)
    found = await store.one("t1", scope=MINE)
    assert found and (found.acked_by, found.acked_at) == (OPERATOR, START)


async def test_a_mute_can_be_renewed_when_it_has_run_out(desk: Desk) -> None:
    store = Nudges(desk.database)
    await store.keep("s1", told(TIP), START)
    until = START + 10 * MINUTE
    assert await store.change(TIP, "muted_until", {"muted_until": until}, START)
    assert not await store.change(TIP, "muted_until", {"muted_until": until + MINUTE}, START + MINUTE)
    assert await store.muted("s1", START) == {"N01": until} and await store.muted("s1", until) == {}
    assert await store.change(TIP, "muted_until", {"muted_until": until + 10 * MINUTE}, until)


async def test_what_is_over_marks_the_tips_of_its_rule_that_stand(desk: Desk) -> None:
    store = Nudges(desk.database)
    await store.keep("s1", told(TIP), START)
    later = replace(TIP, id="t2", decided_at=START + 10 * MINUTE)
    over = Kept({}, later.decided_at, tips=(later,), over=(("N01", START + 5 * MINUTE, 480.0),))
    await store.keep("s1", over, START)
    first, second = await store.of("s1", scope=MINE)
    assert (first.recovered_at, first.recovered_value) == (START + 5 * MINUTE, 480.0)
    assert second.recovered_at is None


async def test_an_answer_is_said_only_where_its_question_was(desk: Desk) -> None:
    store = Nudges(desk.database)
    row = outgoing("sighted:1", "telegram", GROUP, text("又有数了"), kind=Kind.TIP, now=START)
    for key, new in (("blind:1", 0), ("tip:t1", 2)):
        kept = replace(told(TIP), answers=((key, (None, row)),))
        if not new:
            kept = replace(kept, said=())
        assert await store.keep("s1", kept, START) == new


async def test_an_urgent_tip_that_nobody_took_is_passed_on_once(desk: Desk) -> None:
    store, before, after = Nudges(desk.database), START - MINUTE, START + MINUTE
    mild = replace(TIP, id="t2", severity=Severity.MEDIUM)
    await store.keep("s1", told(TIP), START)
    await store.keep("s1", told(mild, "tip:t2"), START)
    assert [one.id for one in await store.untaken(before, after)] == ["t1"]
    assert await store.untaken(START, after) == () == await store.untaken(before - MINUTE, before)
    row = outgoing("urgent", "telegram", "1", text("请看"), kind=Kind.TIP, now=after)
    assert await store.escalate(TIP, [(None, row)], after) == 1
    assert await store.escalate(TIP, [(None, row)], after) == 0
    assert await store.untaken(before, after) == ()


async def test_old_decisions_are_forgotten_and_tips_stay(desk: Desk) -> None:
    store = Nudges(desk.database)
    await store.keep("s1", told(TIP), START)
    assert await store.prune(START) == 0 and await store.prune(START + MINUTE) == 1
    assert len(await store.of("s1", scope=MINE)) == 1


def test_the_values_of_a_reason_become_plain() -> None:
    reason = Reason(Stage.PLANNED, "planned", {"events": (Planned.GIVEAWAY,), "n": 2, "x": float("nan")})
    assert plain(reason.values) == {"events": ["giveaway"], "n": 2, "x": None}
