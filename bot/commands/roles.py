"""`copilot roles`: giving, taking and handing over roles; blocking people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import Data, note
from bot.commands.office import Desk, MerchantOption, PersonArgument, RoleHelp, TeamOption, at_desk, command, role_named
from bot.commands.sessions import at_floor
from bot.domain.access import Role
from bot.errors import CopilotError, NotFound

if TYPE_CHECKING:
    from bot.flows.floor import Floor

roles = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@roles.callback()
def _bare() -> None:
    """角色、交接、拉黑 · Roles, handing over, blocking."""


@command(roles, "give")
def give(
    person: PersonArgument,
    role: Annotated[str, typer.Argument(metavar="ROLE", help=RoleHelp, show_default=False)],
    team: TeamOption = None,
    merchant: MerchantOption = None,
    data: Data = None,
) -> None:
    """改成员在团队里或在一个商家的角色 · Change somebody's role in the team or for one merchant."""
    from bot.channels.people_words import ROLES

    wanted = role_named(role)

    async def work(desk: Desk) -> None:
        whom, (where, served) = await desk.person(person), await desk.whose(team, merchant)
        who = await desk.who(whom)
        try:
            await desk.office.team.give_role(desk.actor, where.id, whom, wanted, served.id if served else "")
        except NotFound:
            invitation = f"copilot invite --team {where.id}{f' --merchant {served.id}' if served else ''} --role {wanted.value}"
            raise CopilotError(desk.say("role_nowhere", who=who, command=invitation)) from None
        note(desk.say("role_given", who=who, role=ROLES[wanted].to(desk.language), place=desk.place(where, served)))

    at_desk(data, work)


@command(roles, "remove")
def remove(person: PersonArgument, team: TeamOption = None, merchant: MerchantOption = None, data: Data = None) -> None:
    """移出团队，或用 --merchant 只移出一个商家；对方和组长会收到消息 · Take somebody out of the team, or of one merchant."""

    async def work(desk: Desk, floor: Floor) -> None:
        whom, (where, served) = await desk.person(person), await desk.whose(team, merchant)
        await desk.office.team.remove(desk.actor, where.id, whom, served.id if served else None)
        named = served.name if served else where.name
        await floor.leaving.tell(desk.actor, whom, named, where.id, served.id if served else None)
        note(desk.say("removed", who=await desk.who(whom), place=desk.place(where, served)))

    at_floor(data, work)


@command(roles, "handover")
def handover(
    person: PersonArgument,
    team: TeamOption = None,
    giver: Annotated[
        str | None,
        typer.Option("--from", metavar="PERSON", help="由谁交出；只有一位负责人时不用写 · Who hands over.", show_default=False),
    ] = None,
    data: Data = None,
) -> None:
    """把团队交接给另一位成员 · Hand a team over to another member."""

    async def work(desk: Desk) -> None:
        whom, where = await desk.person(person), await desk.team(team)
        by = await _giver(desk, where.id, giver)
        await desk.office.team.hand_over(desk.actor, where.id, whom, by)
        note(desk.say("handed_over", who=await desk.who(whom), team=where.name, giver=await desk.who(by)))

    at_desk(data, work)


@command(roles, "block")
def block(person: PersonArgument, data: Data = None) -> None:
    """拉黑：机器人不再理会 · Take no notice of somebody any more."""
    _block(person, data, blocked=True)


@command(roles, "unblock")
def unblock(person: PersonArgument, data: Data = None) -> None:
    """取消拉黑 · Take notice of somebody again."""
    _block(person, data, blocked=False)


def _block(person: str, data: Path | None, *, blocked: bool) -> None:
    async def work(desk: Desk) -> None:
        whom = await desk.person(person)
        await desk.office.team.block(desk.actor, whom, blocked=blocked)
        note(desk.say("blocked" if blocked else "unblocked", who=await desk.who(whom)))

    at_desk(data, work)


async def _giver(desk: Desk, team: str, given: str | None) -> str:
    """Who hands over: whoever is named, or the only owner. Raises CopilotError."""
    if given is not None:
        return await desk.person(given)
    members = await desk.office.team.members(desk.actor, team)
    owners = [one.person for one in members if one.role is Role.OWNER]
    if len(owners) != 1:
        raise CopilotError(desk.say("which_giver", count=len(owners)))
    return owners[0]
