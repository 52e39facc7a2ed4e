"""/effects: what a team's rules came to; /withhold: how many mild tips it keeps back to compare."""

from __future__ import annotations

from telegram import Update

from bot.channels.people_words import worded
from bot.channels.telegram.checklists.commands import OFF, team_meant
from bot.channels.telegram.checklists.place import Place
from bot.channels.telegram.context import Context
from bot.channels.worth_view import set_to, withholding, worth_page
from bot.channels.worth_words import WHICH_TEAM
from bot.domain.access import merchant_collection
from bot.domain.messages import Message, text
from bot.domain.outgoing import Kind
from bot.errors import NotFound, Refused

COMMANDS = ("effects", "withhold")


async def on_command(update: Update, context: Context) -> None:
    """Answer one of the commands, as a reply to it."""
    message, viewer, parts = update.message, context.viewer, context.parts
    if message is None or not message.text:
        return
    command, *argument = message.text.split(maxsplit=1)
    asked = command[1:].partition("@")[0].lower()
    collections: tuple[str, ...] = ()
    try:
        said = await (_withhold("".join(argument).strip(), context) if asked == "withhold" else _effects(context))
        if asked == "effects":
            collections = tuple(merchant_collection(one) for one in sorted(viewer.scope.merchants))
    except (NotFound, Refused) as error:
        said = text(worded(error, viewer.language))
    await parts.send(
        f"worth:{message.chat.id}:{message.message_id}", viewer.chat, said, kind=Kind.ANSWER, topic=viewer.topic,
        reply_to=message.message_id, collections=collections,
    )  # fmt: skip


async def _effects(context: Context) -> Message:
    place, viewer = Place(context), context.viewer
    if not (team := await team_meant(place)):
        return text(WHICH_TEAM.to(viewer.language))
    found = await context.parts.floor.tips.desk.effects.worth(context.actor, viewer.scope, team)
    return worth_page(found, await _name(team, context), viewer.language)


async def _withhold(argument: str, context: Context) -> Message:
    """Show or set it. Raises NotFound, Refused."""
    place, language = Place(context), context.viewer.language
    if not (team := await team_meant(place)):
        return text(WHICH_TEAM.to(language))
    desk, name = context.parts.floor.tips.desk.effects, await _name(team, context)
    if not argument:
        return text(withholding(await desk.withholding(context.actor, context.viewer.scope, team), name, language))
    percent = 0 if argument.lower() in OFF else _percent(argument)
    await desk.withhold(context.actor, team, percent)
    return text(set_to(percent, name, language))


def _percent(argument: str) -> int:
    plain = argument.removesuffix("%").removesuffix("％").strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) < 4):
        raise Refused("withhold_unclear")
    return int(plain)


async def _name(team: str, context: Context) -> str:
    return next((one.name for one in await context.parts.office.team.teams(context.actor) if one.id == team), "")
