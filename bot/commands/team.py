"""`copilot team`: teams and who is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.common import Data, Json, note, put
from bot.commands.listing import show
from bot.commands.office import Desk, MerchantOption, TeamOption, at_desk, command, require_bare

if TYPE_CHECKING:
    from bot.domain.access import Merchant, Team
    from bot.storage.people import Member

team = typer.Typer(invoke_without_command=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(metavar="NAME", help="团队的名字 · The team's name.", show_default=False)]


@team.callback()
def _bare(context: typer.Context, as_json: Json = False, data: Data = None) -> None:
    """团队和成员；后面不写就是 list · Teams and their people; alone it lists them."""
    if context.invoked_subcommand is None:
        list_teams(as_json, data)
    else:
        require_bare(context, as_json, data)


@command(team, "list")
def list_teams(as_json: Json = False, data: Data = None) -> None:
    """列出团队 · List the teams."""

    async def work(desk: Desk) -> None:
        rows = []
        for one in await desk.office.team.teams(desk.actor):
            members = await desk.office.team.members(desk.actor, one.id)
            merchants = await desk.office.merchants.all(desk.actor, one.id)
            owners = [member.name or member.person for member in members if member.role.value == "owner"]
            record = {"id": one.id, "name": one.name, "members": len(members), "merchants": len(merchants)}
            owned = {"owners": [member.person for member in members if member.role.value == "owner"]}
            rows.append((record | owned, (one.id, one.name, len(members), len(merchants), ", ".join(owners))))
        show("teams", desk.language, ("id", "name", "members", "merchants", "owners"), rows, as_json=as_json)

    at_desk(data, work)


@command(team, "members")
def list_members(team: TeamOption = None, merchant: MerchantOption = None, as_json: Json = False, data: Data = None) -> None:
    """列出成员：团队里的，和各个商家的 · List the people of teams and merchants."""

    async def work(desk: Desk) -> None:
        rows = []
        for one, served in await _places(desk, team, merchant):
            members = await desk.office.team.members(desk.actor, one.id, served.id if served else "")
            rows += [_member_row(desk, one, served, member) for member in members]
        columns = ("name", "person", "role", "team", "merchant", "since")
        show("members", desk.language, columns, rows, as_json=as_json)

    at_desk(data, work)


@command(team, "add")
def add(name: Name, data: Data = None) -> None:
    """新建团队 · Make a team; its owner comes in by an invitation."""

    async def work(desk: Desk) -> None:
        made = await desk.office.team.found(desk.actor, name)
        put(made.id)
        note(desk.say("team_made", name=made.name, id=made.id))

    at_desk(data, work)


@command(team, "rename")
def rename(name: Name, team: TeamOption = None, data: Data = None) -> None:
    """团队改名 · Give a team another name."""

    async def work(desk: Desk) -> None:
        found = await desk.team(team)
        await desk.office.team.rename(desk.actor, found.id, name)
        note(desk.say("team_renamed", name=(await desk.team(found.id)).name))

    at_desk(data, work)


async def _places(desk: Desk, team: str | None, merchant: str | None) -> list[tuple[Team, Merchant | None]]:
    """Where people have roles: a merchant that is named, or teams with all their merchants."""
    if merchant is not None:
        return [await desk.whose(team, merchant)]
    places: list[tuple[Team, Merchant | None]] = []
    for one in await desk.teams(team):
        places += [(one, None), *((one, served) for served in await desk.office.merchants.all(desk.actor, one.id))]
    return places


def _member_row(desk: Desk, team: Team, merchant: Merchant | None, one: Member) -> tuple[dict[str, Any], tuple[str, ...]]:
    from bot.channels.people_words import ROLES

    record = {
        "person": one.person, "name": one.name, "role": one.role.value, "team": team.id,
        "merchant": merchant.id if merchant else None, "since": desk.iso(one.since),
    }  # fmt: skip
    place = merchant.name if merchant else desk.say("whole_team")
    return record, (one.name, one.person, ROLES[one.role].to(desk.language), team.name, place, desk.when(one.since))
