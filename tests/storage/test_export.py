"""What is read of one merchant for its export, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.access import Access, Binding, Membership, Merchant, Role, Scope, Team, Viewer, merchant_collection
from bot.domain.answers import Answer, Citation, Verdict
from bot.domain.audit import Deed, Entry
from bot.storage.answers import Exchanges
from bot.storage.audit import Trail
from bot.storage.chats import Chats
from bot.storage.database import Database
from bot.storage.export import Belongings, Exports
from bot.storage.groups import Groups
from bot.storage.merchants import Authorisation, Merchants
from bot.storage.people import People
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
