"""What is read of one merchant for its export, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.channels.export_pages import export_pages
from bot.domain.access import Access, Binding, Membership, Merchant, Role, Scope, Team, Viewer, merchant_collection
from bot.domain.answers import Answer, Citation, Verdict
from bot.domain.audit import Deed, Entry
from bot.domain.checklists import Evidence, Stage, Variant
from bot.domain.effects import Effect
from bot.domain.nudges import Severity
from bot.domain.order_rows import rows_of
from bot.domain.own_rules import Sheet, SheetVersion
from bot.domain.peers import PeerFigure
from bot.domain.running_order import OrderLine, Part, RunningOrder
from bot.domain.samples import Sample
from bot.domain.session_cards import ItemNote
from bot.domain.session_items import SessionItem
from bot.domain.sessions import LiveSession, Status
from bot.flows.export import Contents
from bot.storage.answers import Exchanges
from bot.storage.audit import Trail
from bot.storage.chats import Chats
from bot.storage.database import Database
from bot.storage.effect_trials import Trial
from bot.storage.effects import Effects
from bot.storage.export import Belongings, Exports
from bot.storage.groups import Groups
from bot.storage.merchants import Authorisation, Merchants
from bot.storage.nudges import Kept, Nudges, StoredDecision, StoredTip
from bot.storage.own_rules import OwnRules
from bot.storage.people import People
from bot.storage.samples import Samples
from bot.storage.session_items import SessionItems
from bot.storage.sessions import Sessions
from tests.storage.helpers import NOW

OWNER, LEAD, OTHER = "telegram:1", "telegram:2", "telegram:3"
OURS, THEIRS = Merchant("aaaaaaaa", "11111111", "好物"), Merchant("bbbbbbbb", "11111111", "好鞋")


def _entry(deed: Deed, merchant: str = "", subject: str = "") -> Entry:
    return Entry(NOW, OWNER, deed, OWNER, OURS.team, merchant, subject)


@pytest.fixture
async def people(database: Database) -> People:
    """A team with an owner, a lead and somebody of each merchant."""
    people, merchants = People(database), Merchants(database)
    await people.make_team(Team(OURS.team, "直播团队"), OWNER, _entry(Deed.TEAM_MADE))
    for merchant in (OURS, THEIRS):
        await merchants.add(merchant, _entry(Deed.MERCHANT_ADDED, merchant.id, merchant.id))
        await people.give(Membership(OTHER, OURS.team, Role.OPERATOR, merchant.id), OWNER, _entry(Deed.ROLE_GIVEN, merchant.id))
    await people.give(Membership(LEAD, OURS.team, Role.LEAD), OWNER, _entry(Deed.ROLE_GIVEN))
    await people.give(Membership("telegram:4", OURS.team, Role.OPERATOR, THEIRS.id), OWNER, _entry(Deed.ROLE_GIVEN, THEIRS.id))
    granted = Authorisation("店长", OWNER, NOW, NOW + timedelta(days=1), NOW)
    await merchants.authorise(OURS.id, granted, _entry(Deed.AUTHORISED, OURS.id))
    for person in (OWNER, LEAD, OTHER, "telegram:4"):
        await people.seen(person, f"人{person}", "zh", NOW)
    return people


async def _of(database: Database, access: Access) -> Belongings:
    found = await Exports(database).of(OURS, access=access)
    assert found is not None
    return found


async def test_one_merchants_rows_are_read_and_no_others(database: Database, people: People) -> None:
    exchanges, groups, chats = Exchanges(database), Groups(database), Chats(database)
    asked = (("q1", (OURS,), OURS), ("q2", (OURS, THEIRS), OURS), ("q3", (OURS, THEIRS), THEIRS), ("q4", (THEIRS,), THEIRS))
    for key, open_to, drawn in asked:
        viewer = Viewer(LEAD, LEAD, Scope(frozenset(one.id for one in open_to), frozenset({OURS.team})))
        cited = Citation("k", "a.md", "题", "1.1 节", "1.1", None, 0.9, "原话", collection=merchant_collection(drawn.id))
        await exchanges.record(key, viewer, Answer(f"问{key}", Verdict.ANSWERED, f"答{key}", (cited,)), now=NOW)
    for chat, merchant in (("telegram:-1", OURS.id), ("telegram:-2", THEIRS.id)):
        await chats.seen(chat, chat, "supergroup", NOW)
        await groups.bind(Binding(chat, OURS.team, merchant), _entry(Deed.BOUND, merchant))
    found = await _of(database, await people.access(OWNER))
    assert [(one.text, one.answer, one.person) for one in found.questions] == [("问q1", "答q1", LEAD), (None, "答q2", "")]
    assert found.questions[0].sources == ("1.1 节 · a.md",)
    assert [(one.chat, one.title) for one in found.groups] == [("telegram:-1", "telegram:-1")]
    assert {(one.person, one.role) for one in found.members} == {(OWNER, Role.OWNER), (LEAD, Role.LEAD), (OTHER, Role.OPERATOR)}
    assert {one.merchant for one in found.trail} == {OURS.id} and [one.granted_by for one in found.authorisations] == ["店长"]
    assert found.team == "直播团队" and set(found.names) == {OWNER, LEAD, OTHER}


async def test_nobody_but_an_owner_reads_it(database: Database, people: People) -> None:
    for person in (LEAD, OTHER, "telegram:9"):
        assert await Exports(database).of(OURS, access=await people.access(person)) is None
    assert (await _of(database, await people.everything("terminal:local"))).merchant == OURS


async def test_unbound_groups_and_the_whole_trail_are_for_the_command_line(database: Database, people: People) -> None:
    await Chats(database).seen("telegram:-1", "群", "supergroup", NOW)
    everything = await people.everything("terminal:local")
    assert [one.title for one in await Groups(database).unbound(access=everything)] == ["群"]
    of_it = await Trail(database).everything(access=everything, merchant=THEIRS.id)
    assert {one.merchant for one in of_it} == {THEIRS.id}
    assert len(await Trail(database).everything(access=everything, limit=2)) == 2
    owner = await people.access(OWNER)
    assert await Groups(database).unbound(access=owner) == () == await Trail(database).everything(access=owner)


async def test_sessions_are_read_with_their_items_notes_and_order_and_no_other_merchants(
    database: Database, people: People
) -> None:
    store, items = Sessions(database), SessionItems(database)
    order = rows_of(RunningOrder((OrderLine(1, "面霜", Decimal("69.9"), 300, Part.TRAFFIC, Decimal(5)),)))
    for merchant, person in ((OURS, OTHER), (THEIRS, "telegram:4")):
        planned = LiveSession(
            f"s{merchant.id}", merchant.team, merchant.id, "小米", NOW, timedelta(hours=3), "Asia/Shanghai", Variant.DAILY, person
        )
        item = SessionItem(
            planned.id,
            "B01",
            0,
            Stage.BEFORE,
            f"{merchant.name}的事",
            "",
            "中控",
            Evidence.NONE,
            "",
            True,
            "02.1",
            NOW,
            NOW,
            person,
        )
        assert await store.add(planned, [item], _entry(Deed.SESSION_PLANNED, merchant.id))
        await items.say(item, ItemNote(person, f"{merchant.name}备注", NOW), _entry(Deed.ITEM_NOTED, merchant.id))
        bought = Sample(NOW + timedelta(seconds=len(merchant.name)), {"gmv": 19.5, "online_now": 160.0})
        assert await Samples(database).add(planned.id, [bought], NOW)
        tip = StoredTip(
            f"t{merchant.id}", planned.id, "N01", Severity.HIGH, {"values": {merchant.name: 400.0}}, NOW, acked_by=person
        )
        decided = StoredDecision(planned.id, NOW, "N02", "chance", "few_counts", {merchant.name: 1.5})
        await store.save(replace(planned, status=Status.LIVE, revision=2), None, _entry(Deed.SESSION_BEGUN, merchant.id))
        drawn = Trial(planned.id, "N07", NOW, told=False)
        await Nudges(database).keep(planned.id, Kept({}, NOW, (decided,), (tip,), trials=(drawn,)), NOW)
        gauged = Effect(15, merchant.name, 480.0, 400.0, 60.0, 100.0)
        await Effects(database).keep(tip, gauged, NOW, redraw=False)
        await Effects(database).keep(tip, Effect(30, merchant.name, reason="no_figure"), NOW, redraw=False)
        await store.keep_running_order(planned.id, order, _entry(Deed.ORDER_KEPT, merchant.id))
    for merchant in (OURS, THEIRS):
        sheet = Sheet(f"# {merchant.name}的规则", frozenset({"N06"}), {"N07.short": "25s"}, {"gpm": PeerFigure(620.5, NOW)})
        draft = SheetVersion(f"r{merchant.id}", merchant.team, merchant.id, 0, 0, sheet, OWNER, NOW)
        await OwnRules(database).propose(draft, NOW)
        assert await OwnRules(database).adopt(draft, NOW, _entry(Deed.RULES_CHANGED, merchant.id)) == 1
    found = await _of(database, await people.access(OWNER))
    (record,) = found.sessions
    assert record.session.id == f"s{OURS.id}" and [one.text for one in record.items] == ["好物的事"]
    assert [note.said for notes in record.notes.values() for note in notes] == ["好物备注"]
    pages = export_pages(ZoneInfo("Asia/Shanghai"))(Contents(found, (), OWNER, NOW, "zh"))
    assert "小米" in pages["场次.csv"] and "面霜,69.9,300,引流款,5" in pages["排品.csv"]
    assert "N01,high,好物=400.0,,人telegram:3 (telegram:3)" in pages["提示.csv"]
    assert "N02,chance,few_counts,好物=1.5" in pages["判断.csv"]
    assert "N06,N07.short=25s,gpm=620.5@2026-03-02 04:00,# 好物的规则" in pages["规则.csv"]
    assert "N01,15,好物,480,400,60,100," in pages["效果.csv"] and len(pages["效果.csv"].splitlines()) == 3
    assert pages["效果.csv"].splitlines()[2].split(",")[3:8] == ["30", "好物", "", "", ""]
    assert pages["对照.csv"].splitlines()[1].endswith("N07,留着没提,")
    assert "| 效果.csv | 提示处理以后指标到了多少、照常会是多少 | 2 |" in pages["说明.md"]
    assert "| 提示.csv、判断.csv | 直播中的提示，和每次提或不提的原因 | 1 |" in pages["说明.md"]
    assert "好物的事" in pages["清单.csv"] and "好物备注" in pages["清单.csv"]
    assert [*record.samples] == [Sample(NOW + timedelta(seconds=2), {"gmv": 19.5, "online_now": 160.0})]
    assert "采样/saaaaaaaa.csv" in pages and "采样/sbbbbbbbb.csv" not in pages
    assert pages["采样/saaaaaaaa.csv"].splitlines() == ["\ufeffts,gmv,online_now", "2026-03-02T04:00:02+08:00,19.5,160"]
    assert not any("好鞋" in page for page in pages.values())
