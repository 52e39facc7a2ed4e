"""Teams and people: what one team's managers cannot do to another team."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.access import Merchant, Role, Team
from bot.domain.audit import Deed, Entry
from bot.errors import NotFound, Refused
from bot.flows.access import Actor
from bot.flows.team import TeamDesk
from bot.storage.audit import Trail
from bot.storage.database import Database
from bot.storage.invitations import Invitations
from bot.storage.merchants import Merchants
from bot.storage.people import People

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
OURS, THEIRS = Team("aaaaaaaa", "星河"), Team("bbbbbbbb", "远山")


@dataclass
class Office:
    """Two teams, each with an owner and a merchant."""

    people: People
    trail: Trail
    desk: TeamDesk

    async def actor(self, person: str) -> Actor:
        """Somebody, in their private chat."""
        return Actor(await self.people.access(person), person)

    async def joins(self, person: str, owner: str, team: str, role: Role = Role.OPERATOR, *, uses: int = 1) -> str:
        """Somebody comes in by an invitation; returns its code."""
        code = await self.desk.invite(await self.actor(owner), team, role, uses=uses)
        await self.desk.join(await self.actor(person), code)
        return code


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'copilot.db'}")
    people, trail, merchants = People(database), Trail(database), Merchants(database)
    for team, owner, merchant in ((OURS, "t:1", "cccccccc"), (THEIRS, "t:2", "dddddddd")):
        entry = Entry(NOW, owner, Deed.TEAM_MADE, owner, team.id)
        await people.make_team(team, owner, entry)
        await merchants.add(Merchant(merchant, team.id, f"{team.name}商家"), entry)
    yield Office(people, trail, TeamDesk(people, Invitations(database), trail, lambda: NOW))
    await database.close()


async def test_another_teams_merchant_is_not_found_under_ones_own_team(office: Office):
    with pytest.raises(NotFound, match="no_merchant"):
        await office.desk.invite(await office.actor("t:1"), OURS.id, Role.VIEWER, "dddddddd")
    with pytest.raises(NotFound, match="no_merchant"):
        await office.desk.members(await office.actor("t:1"), OURS.id, "dddddddd")
    assert await office.desk.invite(await office.actor("t:1"), OURS.id, Role.VIEWER, "cccccccc")


async def test_nobody_blocks_the_people_of_another_team(office: Office):
    await office.joins("t:3", "t:2", THEIRS.id)
    with pytest.raises(NotFound, match="no_member"):
        await office.desk.block(await office.actor("t:1"), "t:3", blocked=True)
    await office.joins("t:3", "t:1", OURS.id)
    with pytest.raises(Refused, match="not_allowed"):
        await office.desk.block(await office.actor("t:1"), "t:3", blocked=True)
    assert not (await office.people.access("t:3")).blocked
    await office.desk.block(await office.actor("t:1"), "t:9", blocked=True)
    assert (await office.people.access("t:9")).blocked


async def test_whoever_is_in_already_is_told_so_also_by_a_used_up_invitation(office: Office):
    code = await office.joins("t:3", "t:1", OURS.id)
    with pytest.raises(Refused, match="already_in"):
        await office.desk.join(await office.actor("t:3"), code)
    with pytest.raises(Refused, match="code_used"):
        await office.desk.join(await office.actor("t:4"), code)


async def test_a_handover_is_noted_once(office: Office):
    await office.joins("t:3", "t:1", OURS.id)
    await office.desk.hand_over(await office.actor("t:1"), OURS.id, "t:3")
    entries = await office.trail.entries(access=await office.people.access("t:3"), team=OURS.id)
    assert [entry.deed for entry in entries].count(Deed.HANDED_OVER) == 1
    roles = {one.person: one.role for one in await office.desk.members(await office.actor("t:3"), OURS.id)}
    assert roles == {"t:1": Role.LEAD, "t:3": Role.OWNER}
