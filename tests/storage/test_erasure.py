"""The trail that stays as it is, and a merchant that leaves with all that is stored of it and nothing else; on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, text

from bot.domain.access import (
    Binding,
    Membership,
    Role,
    Scope,
    Viewer,
    merchant_collection,
    scope_of_collections,
    team_collection,
)
from bot.domain.answers import Answer, Citation, Verdict
from bot.domain.audit import Deed, Entry
from bot.domain.checklists import Evidence, Stage, Variant
from bot.domain.messages import text as message
from bot.domain.metric_tables import Line, Table
from bot.domain.outgoing import Kind
from bot.domain.own_rules import Sheet, SheetVersion
from bot.domain.polling import Poll
from bot.domain.robots import Address, RobotKind
from bot.domain.samples import Sample
from bot.domain.session_items import SessionItem
from bot.domain.sessions import LiveSession
from bot.errors import NotFound, StorageError
from bot.storage.answers import Exchanges
from bot.storage.database import Database
from bot.storage.effect_tables import effects, trials
from bot.storage.feeds import Feeds, MetricFeed
from bot.storage.invitations import Invitation
from bot.storage.line_tables import lines
from bot.storage.merchants import Authorisation
from bot.storage.metric_drafts import Draft as MetricDraft
from bot.storage.metric_drafts import MetricDrafts
from bot.storage.nudge_tables import decisions, tips, watches
from bot.storage.outbox import Outbox
from bot.storage.own_rules import OwnRules
from bot.storage.past_tables import pasts
from bot.storage.polls import Polls
from bot.storage.robots import Robots
from bot.storage.samples import Samples
from bot.storage.session_items import ItemNote, SessionItems
from bot.storage.session_tables import series
from bot.storage.sessions import Sessions
from bot.storage.suggestions import Suggestions
from bot.storage.tables import audit, documents, metadata, versions
from tests.domain.suggested import suggestion
from tests.office_desk import LEAD, NAMES, ONE, OPERATOR, OWNER, RIVAL, STRANGER, TEAM_OF, TWO, VIEWER, A, B, C, Desk

SECRET = {A: "茶行底价七十三元", B: "鞋业返点四成一", C: "童装清仓二百件"}
ROWS = (
    "exchanges",
    "outbox",
    "samples",
    "metric_drafts",
    "polls",
    "lines",
    "feeds",
    "effects",
    "trials",
    "tips",
    "decisions",
    "watches",
    "pasts",
    "sessions",
    "series",
    "rule_sheets",
    "suggestions",
    "documents",
    "robots",
    "bindings",
    "invitations",
    "memberships",
    "authorisations",
    "merchants",
)


@pytest.fixture
async def desk(database: Database) -> Desk:
    made = Desk(database)
    await made.fill()
    return made


@pytest.mark.parametrize("statement", ["UPDATE audit SET person = 'x'", "DELETE FROM audit", "DELETE FROM audit WHERE id = 1"])
async def test_the_database_itself_refuses_to_change_the_trail(desk: Desk, statement: str) -> None:
    async with desk.database.read() as db:
        before = (await db.execute(select(audit).order_by(audit.c.id))).all()
    with pytest.raises(StorageError):
        async with desk.database.write() as db:
            await db.execute(text(statement))
    async with desk.database.read() as db:
        assert (await db.execute(select(audit).order_by(audit.c.id))).all() == before


async def test_the_trail_says_when_it_was_last_written(desk: Desk) -> None:
    assert await desk.trail.latest() == desk.now()
    desk.clock.advance(hours=1)
    await desk.trail.add(Entry(desk.now(), OWNER, Deed.LISTED))
    assert await desk.trail.latest() == desk.now()


async def test_entries_are_found_beside_one_without_the_looks_at_the_trail_itself(desk: Desk) -> None:
    for number in range(5):
        await desk.trail.add(Entry(desk.now(), OWNER, Deed.LISTED, team=ONE, subject=str(number), detail={"list": "members"}))
        await desk.trail.add(Entry(desk.now(), OWNER, Deed.LISTED, team=ONE, subject="trail", detail={"list": "audit"}))
    owner = await desk.people.access(OWNER)

    async def beside(**where: int) -> list[Entry]:
        return list(await desk.trail.beside(access=owner, team=ONE, limit=2, **where))

    first = await beside()
    await desk.trail.add(Entry(desk.now(), OWNER, Deed.LISTED, team=ONE, subject="5"))
    second = await beside(older=first[-1].number)
    assert [one.subject for one in (*first, *second)] == ["4", "3", "2", "1"]
    assert await beside(newer=second[0].number) == first
    assert [one.subject for one in await beside(newer=first[0].number)] == ["5"]
    assert await desk.trail.beside(access=await desk.people.access(STRANGER), team=ONE) == ()


async def test_the_trail_is_read_by_those_who_manage_what_it_is_about(desk: Desk) -> None:
    await desk.people.give(Membership(OPERATOR, ONE, Role.LEAD, A), OWNER, desk.entry(Deed.ROLE_GIVEN, ONE, A))

    async def seen(person: str, team: str = ONE, merchant: str = "") -> tuple[int, set[str]]:
        access = await desk.people.access(person)
        found = await desk.trail.entries(access=access, team=team, merchant=merchant, limit=100)
        assert await desk.trail.beside(access=access, team=team, merchant=merchant, limit=100) == found
        return len(found), {one.merchant for one in found}

    assert (await seen(OWNER))[1] == (await seen(LEAD))[1] == {"", A, B}
    assert (await seen(OPERATOR))[1] == {A}
    assert (await seen(OWNER, merchant=B))[1] == {B}
    nobody = (0, set[str]())
    assert [await seen(person) for person in (VIEWER, RIVAL, STRANGER)] == [nobody] * 3
    assert await seen(OWNER, TWO) == await seen(OWNER, ONE, C) == await seen(OPERATOR, ONE, B) == nobody


async def stored(desk: Desk) -> None:
    """Something of every merchant in every table, and something of nobody's."""
    exchanges, outbox = Exchanges(desk.database), Outbox(desk.database)
    now = desk.now()
    for number, (merchant, team) in enumerate(TEAM_OF.items()):
        collection = merchant_collection(merchant)
        viewer = Viewer(OWNER, OWNER, Scope(frozenset({merchant}), frozenset({team})))
        cited = Citation("0" * 12, "价.md", SECRET[merchant], "1", "1", None, 1.0, SECRET[merchant], collection=collection)
        answer = Answer(SECRET[merchant], Verdict.ANSWERED, SECRET[merchant], (cited,))
        id = await exchanges.record(f"k{number}", viewer, answer, now=now)
        await exchanges.feedback(id, viewer, False, SECRET[merchant], now=now)
        asked = await exchanges.ask_lead(id, viewer, now=now)
        await exchanges.lead_answered(asked, SECRET[merchant], now=now)
        says = message(SECRET[merchant])
        await outbox.add(f"k{number}", "telegram", "42", says, kind=Kind.ANSWER, now=now, collections=[collection])
        bound = Binding(f"telegram:-{number + 1}", team, merchant)
        await desk.groups.bind(bound, desk.entry(Deed.BOUND, team, merchant))
        robot = Address(RobotKind.FEISHU, f"https://open.feishu.cn/open-apis/bot/v2/hook/{number}123456789abcdef")
        assert await Robots(desk.database).add(bound.chat, robot, desk.entry(Deed.ROBOT_ADDED, team, merchant))
        code = Invitation(f"0000000{number}", team, merchant, Role.VIEWER, OWNER, now, now + timedelta(days=1), 1)
        await desk.invitations.add(code, f"code{number}", desk.entry(Deed.INVITED, team, merchant))
        await desk.people.give(
            Membership(STRANGER, team, Role.VIEWER, merchant), OWNER, desk.entry(Deed.ROLE_GIVEN, team, merchant)
        )
        async with desk.database.write() as db:
            await db.execute(
                insert(documents).values(id=f"d{number}", team=team, merchant=merchant, name=SECRET[merchant], current=1)
            )
            one = {
                "document": f"d{number}",
                "number": 1,
                "digest": "0",
                "size": 1,
                "sections": 1,
                "added_by": OWNER,
                "added_at": now,
            }
            await db.execute(insert(versions).values(one))
            await db.execute(insert(series).values(
                id=f"s{number}", team=team, merchant=merchant, template={"host": SECRET[merchant]}, rule={}, made_by=OWNER,
                made_at=now,
            ))  # fmt: skip
        planned = LiveSession(
            f"l{number}", team, merchant, SECRET[merchant], now, timedelta(hours=3), "Asia/Shanghai", Variant.DAILY, OWNER
        )
        item = SessionItem(
            planned.id, "B01", 0, Stage.BEFORE, SECRET[merchant], "", "操盘手", Evidence.NONE, "", True, "02.1", now, now, OWNER
        )
        assert await Sessions(desk.database).add(planned, [item], desk.entry(Deed.LISTED, team, merchant))
        said = ItemNote(OWNER, SECRET[merchant], now)
        await SessionItems(desk.database).say(item, said, desk.entry(Deed.LISTED, team, merchant))
        assert await Samples(desk.database).add(planned.id, [Sample(now, {"online_now": 160.0})], now)
        await told(desk, planned.id, number, SECRET[merchant])
        await ruled(desk, merchant, team)
        await fed(desk, planned, number)
    await Feeds(desk.database).add(
        MetricFeed("whole", ONE, "", "团队的", "", OWNER, now), "whole", desk.entry(Deed.FEED_ADDED, ONE)
    )
    of_team = Viewer(OWNER, OWNER, Scope(frozenset(), frozenset({ONE})))
    await exchanges.record("team", of_team, Answer("团队的事", Verdict.ANSWERED, "团队的事"), now=now)
    says = message("团队的事")
    await outbox.add("team", "telegram", "42", says, kind=Kind.ANSWER, now=now, collections=[team_collection(ONE)])


async def told(desk: Desk, session: str, number: int, secret: str) -> None:
    """What came of a session's samples and of what was said in it."""
    now = desk.now()
    async with desk.database.write() as db:
        await db.execute(insert(lines).values(session=session, key="k", at=now, text=secret))
        await db.execute(insert(tips).values(
            id=f"t{number}", session=session, rule="N01", severity="high", figures={"values": {secret: 1}},
            decided_at=now, acked_by=OWNER, useless_by="",
        ))  # fmt: skip
        await db.execute(insert(effects).values(
            tip=f"t{number}", minutes=5, figure="online_now", observed=1.0, reason="", measured_at=now
        ))  # fmt: skip
        await db.execute(insert(trials).values(session=session, rule="N01", at=now, told=True))
        await db.execute(insert(decisions).values(
            session=session, at=now, rule="N01", stage="sent", reason="", values={secret: 1}
        ))  # fmt: skip
        await db.execute(insert(watches).values(session=session, state={secret: 1}, upto=now))
        await db.execute(insert(pasts).values(session=session, upto=1, summary={secret: 1}, made_at=now))


async def fed(desk: Desk, session: LiveSession, number: int) -> None:
    """Where a session's samples come from."""
    now = desk.now()
    feed = MetricFeed(f"f{number}", session.team, session.id, SECRET[session.merchant], "", OWNER, now)
    await Feeds(desk.database).add(feed, f"token{number}", desk.entry(Deed.FEED_ADDED, session.team, session.merchant))
    polled = Poll(feed.id, f"https://x.example.com/{number}", {"X-Key": SECRET[session.merchant]}, 15)
    await Polls(desk.database).put(polled, desk.entry(Deed.POLL_SET, session.team, session.merchant))
    table = Table(("时间", "gmv"), (Line(2, ("20:05", SECRET[session.merchant])),))
    draft = MetricDraft(f"m{number}", session.id, OWNER, SECRET[session.merchant], now, table)
    await MetricDrafts(desk.database).add(draft)


async def ruled(desk: Desk, merchant: str, team: str) -> None:
    """Rules of the merchant's own."""
    sheet = Sheet(f"# {SECRET[merchant]}", frozenset({"N06"}), {"N07.short": "25s"})
    draft = SheetVersion(f"r{merchant}", team, merchant, 0, 0, sheet, OWNER, desk.now())
    await OwnRules(desk.database).propose(draft, desk.now())
    assert await OwnRules(desk.database).adopt(draft, desk.now(), desk.entry(Deed.RULES_CHANGED, team, merchant)) == 1
    made = suggestion(f"p{merchant}", team=team, merchant=merchant, merchants=(merchant,), was=SECRET[merchant])
    assert await Suggestions(desk.database).keep(team, date(2026, 3, ord(merchant[-2]) % 28 + 1), [made], [], desk.now()) == 0


async def everything(desk: Desk) -> Mapping[str, str]:
    """The whole database as text, table by table."""
    async with desk.database.read() as db:
        return {table.name: repr((await db.execute(select(table))).all()) for table in metadata.sorted_tables}


async def test_nothing_of_a_deleted_merchant_is_left_and_the_others_are_whole(desk: Desk) -> None:
    await stored(desk)
    before = await everything(desk)
    assert all(
        SECRET[A] in before[table] for table in ("exchanges", "feedback", "outbox", "documents", "sessions", "session_items")
    )
    gone = await desk.erasure.erase(A, Entry(desk.now(), OWNER, Deed.MERCHANT_DELETED, team=ONE, merchant=A, subject=A))
    assert set(gone) == set(ROWS)
    assert all(gone.values()), gone
    assert await desk.erasure.left(A) == dict.fromkeys(ROWS, 0)
    after = await everything(desk)
    for table, content in after.items():
        assert SECRET[A] not in content, table
        assert A not in content or table == "audit", table
        for other in (B, C):
            assert content.count(SECRET[other]) == before[table].count(SECRET[other]), table
            assert content.count(other) == before[table].count(other), table
    assert after["exchanges"].count("团队的事") == before["exchanges"].count("团队的事")
    assert "'d0'" not in after["versions"]
    assert "'l0'" not in after["samples"] + after["feeds"] and "'whole'" in after["feeds"]
    assert "merchant_deleted" in after["audit"]


async def test_what_is_left_of_a_merchant_is_counted_before_it_is_deleted(desk: Desk) -> None:
    await stored(desk)
    assert all((await desk.erasure.left(B)).values())
    await desk.erasure.erase(A, desk.entry(Deed.MERCHANT_DELETED, ONE, A))
    assert all((await desk.erasure.left(B)).values())


async def test_erasing_what_is_gone_changes_nothing(desk: Desk) -> None:
    await stored(desk)
    before = await everything(desk)
    gone = await desk.erasure.erase("ffffffff", desk.entry(Deed.MERCHANT_DELETED, ONE))
    assert not any(gone.values())
    after = await everything(desk)
    assert {table: content for table, content in after.items() if table != "audit"} == {
        table: content for table, content in before.items() if table != "audit"
    }


async def test_what_could_draw_on_a_deleted_merchant_goes_also_where_it_could_draw_on_others(desk: Desk) -> None:
    viewer = Viewer(OWNER, OWNER, Scope(frozenset({A, B}), frozenset({ONE})))
    exchanges = Exchanges(desk.database)
    id = await exchanges.record("k", viewer, Answer(SECRET[A], Verdict.NOT_IN_HANDBOOK, "手册没有"), now=desk.now())
    await desk.erasure.erase(A, desk.entry(Deed.MERCHANT_DELETED, ONE, A))
    assert await exchanges.get(id, viewer=viewer) is None


async def test_an_answer_that_was_under_way_while_its_merchant_was_deleted_leaves_no_text(desk: Desk) -> None:
    viewer = Viewer(OWNER, OWNER, Scope(frozenset({A}), frozenset({ONE})))
    exchanges = Exchanges(desk.database)
    cited = Citation("0" * 12, "价.md", SECRET[A], "1", "1", None, 1.0, SECRET[A], collection=merchant_collection(A))
    await desk.erasure.erase(A, desk.entry(Deed.MERCHANT_DELETED, ONE, A))
    answer = Answer(SECRET[A], Verdict.ANSWERED, SECRET[A], (cited,), (cited,), SECRET[A])
    id = await exchanges.record("late", viewer, answer, now=desk.now())
    assert await exchanges.record("late", viewer, answer, now=desk.now()) == id
    assert SECRET[A] not in "".join((await everything(desk)).values())
    assert await desk.erasure.left(A) == dict.fromkeys(ROWS, 0)
    for scope in (Scope(), viewer.scope):
        with pytest.raises(NotFound):
            await exchanges.feedback(id, Viewer(OWNER, OWNER, scope), True, now=desk.now())


async def test_a_message_that_was_under_way_while_its_merchant_was_deleted_leaves_no_text(desk: Desk) -> None:
    outbox, drawn = Outbox(desk.database), [merchant_collection(A)]
    await desk.erasure.erase(A, desk.entry(Deed.MERCHANT_DELETED, ONE, A))
    assert await outbox.add("late", "telegram", "42", message(SECRET[A]), kind=Kind.ANSWER, now=desk.now(), collections=drawn)
    assert SECRET[A] not in "".join((await everything(desk)).values())
    assert await desk.erasure.left(A) == dict.fromkeys(ROWS, 0)
    (waiting,) = await outbox.due(now=desk.now(), limit=1)
    assert not (await desk.people.access(OWNER)).scope(desk.now()).holds(scope_of_collections(waiting.collections))


async def test_only_what_may_still_be_sent_keeps_its_text_and_all_of_it_goes_with_its_merchant(desk: Desk) -> None:
    outbox, now = Outbox(desk.database), desk.now()
    for key in ("failed", "gone", "unknown", "expired", "sent", "waits"):
        chat, drawn = "43" if key == "gone" else "42", [merchant_collection(A)]
        await outbox.add(key, "telegram", chat, message(f"{SECRET[A]} {key}"), kind=Kind.TIP, now=now, collections=drawn)
    items = {one.key: one.id for one in await outbox.due(now=now, limit=10)}
    await outbox.failed(items["failed"], "no", now=now)
    await outbox.fail_chat("telegram:43", "gone", now=now)
    late = now + timedelta(hours=1)
    assert not await outbox.unknown(items["unknown"], "lost", at=late, now=now)
    await outbox.sent(items["sent"], [1], now=now)
    async with desk.database.write() as db:
        await db.execute(text("UPDATE outbox SET expires_at = written_at WHERE key = 'expired'"))
    await outbox.drop_expired(now)
    kept = (await everything(desk))["outbox"]
    assert {key for key in items if f"{SECRET[A]} {key}" in kept} == {"failed", "gone", "unknown", "waits"}
    await desk.erasure.erase(A, desk.entry(Deed.MERCHANT_DELETED, ONE, A))
    assert SECRET[A] not in (await everything(desk))["outbox"]
    assert not await outbox.unknown(items["waits"], "lost", at=late, now=now)  # it was on its way meanwhile


async def test_a_deletion_keeps_the_groups_that_are_to_hear_of_it_and_no_name(desk: Desk) -> None:
    for chat, topic, merchant in (("telegram:-100", 0, A), ("telegram:-100", 7, A), ("telegram:-200", 0, B)):
        await desk.groups.bind(Binding(chat, ONE, merchant, topic), desk.entry(Deed.BOUND, ONE, merchant))
    before = desk.now()
    desk.clock.advance(hours=1)
    for merchant in (A, C):
        await desk.erasure.erase(merchant, desk.entry(Deed.MERCHANT_DELETED, TEAM_OF[merchant], merchant))
    of_a, of_c = await desk.erasure.deletions(before)
    assert of_a.places == (("telegram:-100", 0), ("telegram:-100", 7))
    assert of_c.places == ()
    assert await desk.erasure.deletions(before, of_a.number) == (of_c,)
    assert await desk.erasure.deletions(desk.now()) == ()
    assert NAMES[A] not in (await everything(desk))["audit"]


async def test_what_has_ended_is_found_with_who_ended_it_until_it_is_renewed(desk: Desk) -> None:
    start = desk.now()
    desk.clock.advance(days=1)
    for _ in range(2):
        await desk.merchants.close(A, Entry(desk.now(), LEAD, Deed.AUTHORISATION_ENDED, "", ONE, A))
        desk.clock.advance(hours=1)
    owner = await desk.people.access(OWNER)
    (ended,) = await desk.merchants.endings(start, desk.now())
    assert (ended.merchant.id, ended.by) == (A, LEAD)
    assert ended.merchant.authorised_until == start + timedelta(days=1)
    assert [one.deed for one in await desk.trail.entries(access=owner, team=ONE, merchant=A)].count(Deed.AUTHORISATION_ENDED) == 1
    assert await desk.merchants.ended_by(ended.merchant, access=owner) == LEAD
    assert await desk.merchants.ended_by(ended.merchant, access=await desk.people.access(RIVAL)) == ""
    assert await desk.merchants.endings(desk.now() - timedelta(hours=1), desk.now()) == ()
    granted = Authorisation("店长", OWNER, desk.now(), desk.now() + timedelta(days=2), desk.now())
    await desk.merchants.authorise(A, granted, desk.entry(Deed.AUTHORISED, ONE, A))
    assert await desk.merchants.endings(start, desk.now()) == ()
    desk.clock.advance(days=2)
    (again,) = await desk.merchants.endings(start, desk.now())
    assert (again.merchant.id, again.by) == (A, "")
    assert again.number != ended.number
