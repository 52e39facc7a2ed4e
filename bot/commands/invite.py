"""`copilot invite`: links that let people in. A code is shown once, on stdout, and kept nowhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.common import Data, Json, note, put
from bot.commands.listing import show
from bot.commands.office import (
    Desk,
    MerchantOption,
    RoleHelp,
    TeamOption,
    at_desk,
    command,
    invitation_link,
    require_bare,
    role_named,
    wrong_usage,
)

if TYPE_CHECKING:
    from bot.domain.access import Role
    from bot.storage.invitations import Invitation

invite = typer.Typer(invoke_without_command=True, rich_markup_mode=None)

Owner = Annotated[bool, typer.Option("--owner", help="新团队负责人的链接 · A link that makes a new team and its owner.")]
RoleOption = Annotated[str | None, typer.Option("--role", metavar="ROLE", help=RoleHelp, show_default=False)]
Uses = Annotated[int, typer.Option("--uses", metavar="N", help="给几个人用 · How many people it lets in.")]
Days = Annotated[int, typer.Option("--days", metavar="N", help="几天内有效 · Days that it lasts.")]


@invite.callback()
def make(
    context: typer.Context, owner: Owner = False, team: TeamOption = None, role: RoleOption = None,
    merchant: MerchantOption = None, uses: Uses = 1, days: Days = 7, data: Data = None,
) -> None:  # fmt: skip
    """发一个邀请链接：copilot invite --role operator --merchant 商家 · Make a link that lets people in."""
    if context.invoked_subcommand is not None:
        require_bare(context, owner, team, role, merchant, data, uses != 1, days != 7)
        return
    if owner and (team or role or merchant or uses != 1 or days != 7):
        raise wrong_usage("owner_alone", "--owner")
    if not owner and role is None:
        raise wrong_usage("role_missing", "--role")
    if owner:
        _found(data)
    else:
        _invite(data, team, str(role), merchant, uses, days)


def _found(data: Path | None) -> None:
    async def work(desk: Desk) -> tuple[Desk, str]:
        return desk, await desk.office.team.found_code(desk.actor)

    desk, code = at_desk(data, work)
    _give(desk, code, desk.say("owner_link"))


def _invite(data: Path | None, team: str | None, role: str, merchant: str | None, uses: int, days: int) -> None:
    from datetime import timedelta

    from bot.channels.people_words import ROLES

    wanted = role_named(role)

    async def work(desk: Desk) -> tuple[Desk, str, str]:
        where, served = await desk.whose(team, merchant)
        id = served.id if served else ""
        code = await desk.office.team.invite(desk.actor, where.id, wanted, id, uses=uses, days=days)
        until = desk.when(desk.office.team.now() + timedelta(days=days))
        said = desk.say(
            "invite_link", role=ROLES[wanted].to(desk.language), place=desk.place(where, served), uses=uses, until=until
        )
        return desk, code, said

    desk, code, said = at_desk(data, work)
    _give(desk, code, said)
    if merchant is None and not _reaches(wanted):
        note(desk.say("team_only"))


@command(invite, "list")
def list_invitations(team: TeamOption = None, as_json: Json = False, data: Data = None) -> None:
    """列出还有效的邀请（不含邀请码） · List invitations that still work; never their codes."""

    async def work(desk: Desk) -> None:
        from bot.channels.people_words import ROLES

        merchants = {one.id: one.name for one in await desk.office.merchants.all(desk.actor)}
        places = [(one.id, one.name) for one in await desk.teams(team)]
        if team is None:
            places.insert(0, ("", desk.say("new_team")))
        rows = []
        for id, name in places:
            for one in await desk.office.team.live_invitations(desk.actor, id):
                place = merchants.get(one.merchant, one.merchant) or desk.say("whole_team")
                cells = (one.id, name, place if id else "", ROLES[one.role].to(desk.language), one.uses_left)
                more = (desk.when(one.expires_at), await desk.who(one.made_by))
                rows.append((_record(desk, one), (*cells, *more)))
        columns = ("id", "team", "merchant", "role", "uses_left", "expires", "made_by")
        show("invitations", desk.language, columns, rows, as_json=as_json)

    at_desk(data, work)


@command(invite, "revoke")
def revoke(
    id: Annotated[str, typer.Argument(metavar="ID", help="copilot invite list 里的编号 · Its id.", show_default=False)],
    data: Data = None,
) -> None:
    """作废一个邀请 · Let nobody in by it any more."""

    async def work(desk: Desk) -> None:
        from bot.errors import NotFound

        for team in ("", *(one.id for one in await desk.office.team.teams(desk.actor))):
            if id in {one.id for one in await desk.office.team.live_invitations(desk.actor, team)}:
                await desk.office.team.revoke(desk.actor, team, id)
                note(desk.say("revoked", id=id))
                return
        raise NotFound("no_invitation")

    at_desk(data, work)


def _give(desk: Desk, code: str, said: str) -> None:
    link, whole = invitation_link(desk.settings, code)
    note(said if whole else f"{said}{'' if desk.language == 'zh' else ' '}{desk.say('no_link')}")
    put(link)


def _reaches(role: Role) -> bool:
    from bot.domain.access import REACHES_ALL

    return role in REACHES_ALL


def _record(desk: Desk, one: Invitation) -> dict[str, Any]:
    return {
        "id": one.id, "team": one.team or None, "merchant": one.merchant or None, "role": one.role.value,
        "uses_left": one.uses_left, "made_by": one.made_by, "made_at": desk.iso(one.made_at),
        "expires_at": desk.iso(one.expires_at),
    }  # fmt: skip
