"""The desk of whoever runs commands beside the database: owner of everything, also while a bot runs over the same data.

Things may be named by id or, where only one has it, by their exact name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from bot.commands.common import prepare
from bot.commands.office_words import say, sentence
from bot.domain.access import Merchant, Role, Team
from bot.errors import ChannelError, CopilotError, NotFound, Refused, SettingsError

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.flows.access import Actor
    from bot.flows.office import Office

LOCAL = "terminal:local"
T = TypeVar("T")

TeamOption = Annotated[
    str | None,
    typer.Option("--team", metavar="TEAM", help="团队的编号或名字；只有一个时不用写 · A team's id or name.", show_default=False),
]
MerchantOption = Annotated[
    str | None,
    typer.Option("--merchant", metavar="MERCHANT", help="商家的编号或名字 · A merchant's id or name.", show_default=False),
]
MerchantArgument = Annotated[
    str, typer.Argument(metavar="MERCHANT", help="商家的编号或名字 · A merchant's id or name.", show_default=False)
]
PersonArgument = Annotated[
    str, typer.Argument(metavar="PERSON", help="成员的编号（telegram:42）或名字 · A person's id or name.", show_default=False)
]
RoleHelp = "owner、lead、operator、trainee、viewer"


@dataclass(frozen=True, slots=True)
class Desk:
    """All that a command works with."""

    settings: Settings
    office: Office
    actor: Actor

    @property
    def language(self) -> str:
        """``zh`` or ``en``."""
        return self.settings.language

    def say(self, key: str, **values: object) -> str:
        """A sentence in the person's language."""
        return say(self.language, key, **values)

    def when(self, at: datetime) -> str:
        """A moment in the team's zone, to the minute."""
        return f"{at.astimezone(self.settings.zone):%Y-%m-%d %H:%M}"

    def iso(self, at: datetime | None) -> str | None:
        """A moment in the team's zone as ISO 8601 gives it, for programs."""
        return None if at is None else at.astimezone(self.settings.zone).isoformat(timespec="seconds")

    def last_day(self, until: datetime) -> str:
        """The last day on which something holds that ends at `until`."""
        return f"{(until - timedelta(microseconds=1)).astimezone(self.settings.zone):%Y-%m-%d}"

    def place(self, team: Team, merchant: Merchant | None) -> str:
        """Where a role or a binding is."""
        return team.name if merchant is None else f"{team.name} · {merchant.name}"

    async def teams(self, given: str | None) -> tuple[Team, ...]:
        """All teams, or the one that is named."""
        return (await self.team(given),) if given is not None else await self.office.team.teams(self.actor)

    async def team(self, given: str | None) -> Team:
        """The team that is named, or the only one. Raises CopilotError."""
        teams = await self.office.team.teams(self.actor)
        if given is not None:
            return self._named(given, [(one.id, one.name, one) for one in teams], "no_such_team")
        if len(teams) != 1:
            raise CopilotError(self.say("which_team", count=len(teams)) if teams else self.say("no_teams"))
        return teams[0]

    async def merchant(self, given: str, team: Team | None = None) -> Merchant:
        """The merchant that is named, in a team or anywhere. Raises CopilotError."""
        found = await self.office.merchants.all(self.actor, None if team is None else team.id)
        return self._named(given, [(one.id, one.name, one) for one in found], "no_such_merchant")

    async def whose(self, team: str | None, merchant: str | None) -> tuple[Team, Merchant | None]:
        """The team and, where one is named, the merchant; a merchant alone says which team. Raises CopilotError."""
        if merchant is None:
            return await self.team(team), None
        found = await self.merchant(merchant, None if team is None else await self.team(team))
        return await self.team(found.team), found

    async def person(self, given: str) -> str:
        """The qualified id of somebody, named by it, by its number, or by name. Raises CopilotError."""
        if ":" in given:
            return given
        if given.isascii() and given.isdigit():
            return f"telegram:{given}"
        found: dict[str, str] = {}
        for team in await self.office.team.teams(self.actor):
            merchants = ["", *(one.id for one in await self.office.merchants.all(self.actor, team.id))]
            for merchant in merchants:
                members = await self.office.team.members(self.actor, team.id, merchant)
                found |= {one.person: one.name for one in members if one.name == given}
        return self._named(given, [(id, name, id) for id, name in found.items()], "no_such_person")

    async def chat(self, given: str) -> str:
        """The qualified id of a group, named by it, by its number, or by its title. Raises CopilotError."""
        if ":" in given:
            return given
        if given.removeprefix("-").isascii() and given.removeprefix("-").isdigit():
            return f"telegram:{given}"
        groups = list(await self.office.gate.groups.unbound(access=self.actor.access))
        for team in await self.office.team.teams(self.actor):
            groups += await self.office.merchants.bound(self.actor, team.id)
        titled = {one.binding.chat for one in groups if one.title == given}
        return self._named(given, [(chat, given, chat) for chat in sorted(titled)], "no_such_chat")

    async def who(self, person: str) -> str:
        """Somebody's name with their id, or the id alone."""
        if person == LOCAL:
            return self.say("local")
        name = (await self.office.gate.people.names(person)).get(person, "")
        return f"{name} ({person})" if name else person

    def _named(self, given: str, known: Sequence[tuple[str, str, T]], otherwise: str) -> T:
        for id, _, one in known:
            if id == given:
                return one
        found = [(id, one) for id, name, one in known if name == given]
        if len(found) > 1:
            ids = " ".join(id for id, _ in found)
            raise CopilotError(self.say("ambiguous", given=given, count=len(found), ids=ids))
        if not found:
            raise CopilotError(self.say(otherwise, given=given))
        return found[0][1]


def at_desk(data: Path | None, work: Callable[[Desk], Awaitable[T]]) -> T:
    """Do something at the desk. Raises CopilotError with the sentence for whoever runs the command."""
    return asyncio.run(work_at_desk(prepare(data=data), work))


async def work_at_desk(settings: Settings, work: Callable[[Desk], Awaitable[T]]) -> T:
    """The same with settings that are there already, in an event loop that runs."""
    from bot.build_office import open_office
    from bot.flows.access import Actor

    async with open_office(settings) as office:
        desk = Desk(settings, office, Actor(await office.gate.people.everything(LOCAL), LOCAL))
        try:
            return await work(desk)
        except (NotFound, Refused) as error:
            raise CopilotError(sentence(error, settings.language)) from None


def invitation_link(settings: Settings, code: str) -> tuple[str, bool]:
    """What lets somebody in, and whether it is a link; without the bot's name it is what they write to the bot."""
    from bot.setup import check_token

    token = settings.telegram_bot_token
    if token is None:
        return f"/start i_{code}", False
    try:
        name = check_token(token.get_secret_value(), api_url=settings.telegram_api_url)
    except (ChannelError, SettingsError):
        return f"/start i_{code}", False
    return link_to(name.username, code), True


def link_to(username: str, code: str) -> str:
    """The link that opens the bot in Telegram and hands it the code."""
    return f"https://t.me/{username}?start=i_{code}"


def command(group: typer.Typer, name: str, **settings: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Adds a sub-command whose whole first line stands in the list of commands; Typer alone would cut it off."""

    def added(function: Callable[..., None]) -> Callable[..., None]:
        short = (function.__doc__ or "").partition("\n")[0]
        group.command(name, short_help=short, **settings)(function)
        return function

    return added


def role_named(given: str) -> Role:
    """A role by its name in either language. Raises BadParameter."""
    from bot.channels.people_words import ROLES

    for role, words in ROLES.items():
        if given.strip().lower() in (role.value, words.zh, words.en):
            return role
    raise wrong_usage("role_unknown", "--role", given=given)


def require_bare(context: typer.Context, *given: object) -> None:
    """Options before a sub-command would be overlooked. Raises BadParameter."""
    if any(given):
        raise wrong_usage("options_behind", "--", name=f"{context.info_name} {context.invoked_subcommand}")


def wrong_usage(key: str, hint: str, **values: object) -> typer.BadParameter:
    """The error for something that was written wrongly, in the person's language."""
    from bot.config import load_settings

    try:
        language = load_settings().language
    except SettingsError:
        language = "zh"
    return typer.BadParameter(say(language, key, **values), param_hint=hint)
