"""What is done to teams, merchants and the trail by whoever runs commands beside the database, and what everybody else may."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.access import Role, Scope, Viewer, merchant_collection, team_collection
from bot.domain.audit import Deed
from bot.errors import NotFound, Refused
from tests.flows.office_helper import LOCAL, Place, place

OWNER, LEAD, OPERATOR, STRANGER = "telegram:1", "telegram:2", "telegram:3", "telegram:9"


@pytest.fixture
async def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    async with place(tmp_path, monkeypatch) as opened:
        yield opened


async def test_team_that_a_command_makes_has_no_owner_until_one_comes_in(here: Place) -> None:
    made = await here.office.team.found(await here.everything(), "二队")
    assert await here.office.team.members(await here.everything(), made.id) == ()
    assert not await here.office.team.invitations.owner_exists()
    await here.joined(OWNER, made.id, Role.OWNER)
    assert [(one.person, one.role) for one in await here.office.team.members(await here.actor(OWNER), made.id)] == [
        (OWNER, Role.OWNER)
    ]
    with pytest.raises(Refused, match="last_owner"):
        await here.office.team.leave(await here.actor(OWNER), made.id)


async def test_team_that_an_owner_makes_is_theirs(here: Place) -> None:
    await here.founded(OWNER)
    made = await here.office.team.found(await here.actor(OWNER), "二队")
    assert [one.person for one in await here.office.team.members(await here.actor(OWNER), made.id)] == [OWNER]


async def test_command_hands_a_team_over_from_the_owner_that_it_names(here: Place) -> None:
    team = await here.founded(OWNER)
    await here.joined(LEAD, team, Role.LEAD)
    await here.joined(OPERATOR, team, Role.OPERATOR)
    for giver, why in (("", "hand_over_to_other"), (LEAD, "hand_over_to_other"), (OPERATOR, "not_owner")):
        with pytest.raises(Refused, match=why):
            await here.office.team.hand_over(await here.everything(), team, LEAD, giver)
    with pytest.raises(NotFound):
        await here.office.team.hand_over(await here.everything(), team, LEAD, STRANGER)
    await here.office.team.hand_over(await here.everything(), team, LEAD, OWNER)
    roles = {one.person: one.role for one in await here.office.team.members(await here.everything(), team)}
    assert roles == {LEAD: Role.OWNER, OWNER: Role.LEAD, OPERATOR: Role.OPERATOR}
    assert LOCAL not in roles


async def test_nobody_hands_over_in_somebody_elses_name(here: Place) -> None:
    team = await here.founded(OWNER)
    await here.joined(LEAD, team, Role.LEAD)
    await here.joined(STRANGER, team, Role.OWNER)
    await here.office.team.hand_over(await here.actor(OWNER), team, LEAD, STRANGER)
    roles = {one.person: one.role for one in await here.office.team.members(await here.everything(), team)}
    assert roles == {LEAD: Role.OWNER, OWNER: Role.LEAD, STRANGER: Role.OWNER}


async def test_merchant_cannot_take_the_name_of_another_one(here: Place) -> None:
    team = await here.founded(OWNER)
    first, second = await here.merchant(team, "好物"), await here.merchant(team, "好鞋")
    with pytest.raises(Refused, match="name_taken"):
        await here.office.merchants.rename(await here.actor(OWNER), second.id, " 好物 ")
    await here.office.merchants.rename(await here.actor(OWNER), first.id, "好物")


async def test_what_somebody_read_of_a_merchant_stands_in_the_trail_of_its_team(here: Place) -> None:
    team = await here.founded(OWNER)
    merchant = await here.merchant(team, "好物")
    viewer = Viewer(OWNER, OWNER, Scope())
    drawn = frozenset({merchant_collection(merchant.id), team_collection(team)})
    await here.office.gate.saw(viewer, Deed.ASKED, "x1", drawn)
    access = (await here.actor(OWNER)).access
    found = await here.office.gate.trail.entries(access=access, team=team, limit=2)
    assert {(one.team, one.merchant, one.subject) for one in found} == {(team, merchant.id, "x1"), (team, "", "x1")}
    (read, *_) = await here.office.gate.trail.entries(access=access, team=team, merchant=merchant.id)
    assert (read.person, read.deed) == (OWNER, Deed.ASKED)


async def test_whole_trail_is_for_the_command_line_alone(here: Place) -> None:
    team = await here.founded(OWNER)
    merchant = await here.merchant(team, "好物")
    await here.office.merchants.delete(await here.actor(OWNER), merchant.id)
    access = (await here.everything()).access
    of_it = await here.office.gate.trail.everything(access=access, merchant=merchant.id)
    assert [one.deed for one in of_it] == [Deed.MERCHANT_DELETED, Deed.AUTHORISED, Deed.MERCHANT_ADDED]
    everything = await here.office.gate.trail.everything(access=access)
    assert Deed.INVITED in {one.deed for one in everything if not one.team}
    assert await here.office.gate.trail.everything(access=(await here.actor(OWNER)).access) == ()


async def test_blocking_stands_in_the_trail_of_the_team_that_it_concerns(here: Place) -> None:
    teams = sorted([await here.founded(OWNER), await here.founded(LEAD)])
    await here.joined(OPERATOR, teams[1], Role.OPERATOR)
    await here.office.team.block(await here.everything(), OPERATOR, blocked=True)
    (entry, *_) = await here.office.gate.trail.everything(access=(await here.everything()).access)
    assert (entry.deed, entry.team, entry.subject) == (Deed.BLOCKED, teams[1], OPERATOR)


async def test_command_line_blocks_people_before_there_is_any_team(here: Place) -> None:
    await here.office.team.block(await here.everything(), STRANGER, blocked=True)
    assert (await here.actor(STRANGER)).access.blocked
    with pytest.raises(Refused, match="not_allowed"):
        await here.office.team.block(await here.actor(OPERATOR), LEAD, blocked=True)


async def test_groups_that_nobody_has_bound_are_listed_for_the_command_line_alone(here: Place) -> None:
    from bot.storage.chats import Chats

    team, now = await here.founded(OWNER), here.office.team.now()
    chats = Chats(here.database)
    for chat, title, kind in (
        ("telegram:-1", "乙群", "supergroup"),
        ("telegram:-2", "甲群", "group"),
        ("telegram:5", "人", "private"),
    ):
        await chats.seen(chat, title, kind, now)
    await here.office.merchants.bind(await here.actor(OWNER), "telegram:-1", 0, team)
    groups = here.office.gate.groups
    assert [one.title for one in await groups.unbound(access=(await here.everything()).access)] == ["甲群"]
    assert await groups.unbound(access=(await here.actor(OWNER)).access) == ()


async def test_deleted_text_is_gone_from_the_disk_beside_another_process(here: Place) -> None:
    team = await here.founded(OWNER)
    merchant = await here.merchant(team, "绝密商家名")

    def on_disk() -> bool:
        files = here.settings.data.glob("copilot.db*")
        return any("绝密商家名".encode() in path.read_bytes() for path in files)

    async with here.database.read():  # another connection stays open, so that closing does not fold the log
        pass
    assert on_disk()
    await here.office.merchants.delete(await here.actor(OWNER), merchant.id)
    assert not on_disk()
