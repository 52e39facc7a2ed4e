"""/start with example questions and deep links, and /help."""

from __future__ import annotations

import re

from telegram import Chat, Message, Update

from bot.channels import panel_words
from bot.channels.people_words import POLICIES
from bot.channels.telegram import actions, sections, texts
from bot.channels.telegram.answers import answer_pressed
from bot.channels.telegram.channel import qualified
from bot.channels.telegram.context import Context
from bot.channels.telegram.people import doors, words
from bot.channels.telegram.presses import Press
from bot.channels.telegram.sessions import words as session_words
from bot.domain.access import Policy
from bot.domain.messages import Button, text
from bot.domain.messages import Message as Outgoing
from bot.errors import NotFound

_SECTION = re.compile(r"s_([0-9a-f]{12})")


def link_to(username: str, key: str) -> str:
    """The address that opens a section in the private chat with the bot."""
    return f"https://t.me/{username}?start=s_{key}"


async def on_start(update: Update, context: Context) -> None:
    """Greet, open the section that the link names, or let in by an invitation."""
    message = update.message
    if message is None:
        return
    if context.args and await doors.started(context.args[0], message, update.update_id, context):
        return
    wanted = _SECTION.fullmatch(context.args[0]) if context.args else None
    if wanted:
        await _open(wanted[1], message, context)
    elif message.chat.type == Chat.PRIVATE:
        await _say(message, context, greeting(context.bot.first_name, context.viewer.language))
    else:
        await _say(message, context, text(group_help(context).plain + await hint(context)))


async def on_help(update: Update, context: Context) -> None:
    """Say how to use the bot; in a group also the group's number, which the lead chat's setting needs."""
    message = update.message
    if message is None:
        return
    if message.chat.type == Chat.PRIVATE:
        language, known = context.viewer.language, context.actor.access.teams
        helps = (session_words.HELP, panel_words.HELP, words.HELP) if known else ()
        team = "".join(help.to(language) for help in helps)
        await _say(message, context, text(texts.HELP.to(context.viewer.language, username=context.bot.username) + team))
    else:
        number = texts.CHAT_NUMBER.to(context.viewer.language, chat=message.chat.id)
        await _say(message, context, text(f"{group_help(context).plain}{await hint(context)}\n\n{number}"))


async def ask_example(press: Press, context: Context) -> str:
    """Answer one of the questions that the greeting offers."""
    if press.action.number >= len(texts.EXAMPLES):
        return texts.GARBLED.to(context.viewer.language)
    await answer_pressed(texts.EXAMPLES[press.action.number].to(context.viewer.language), press.update_id, context)
    return ""


def greeting(name: str, language: str) -> Outgoing:
    """Hello, and three questions to press."""
    rows = [(Button(example.to(language), actions.example(n)),) for n, example in enumerate(texts.EXAMPLES)]
    return text(texts.GREETING.to(language, name=name), *rows)


def group_help(context: Context) -> Outgoing:
    """How to ask in a group."""
    return text(texts.GROUP_HELP.to(context.viewer.language, username=context.bot.username))


def group_hello(context: Context, what: Policy, hint: str) -> Outgoing:
    """Who comes into a group, what it answers from there, how it is asked, and a hint where there is one."""
    name, language = context.bot.first_name, context.viewer.language
    bound = texts.BOUND_GREETING.to(language, name=name, what=POLICIES[what].to(language))
    hello = texts.GROUP_GREETING.to(language, name=name) if what is Policy.HANDBOOK else bound
    return text(f"{hello}\n{group_help(context).plain}{hint}")


async def hint(context: Context) -> str:
    """That the group is not bound, as long as it is not."""
    bound = await context.parts.gate.groups.here(context.viewer.chat)
    return "" if bound else words.UNBOUND_HINT.to(context.viewer.language)


async def _open(key: str, message: Message, context: Context) -> None:
    try:
        content, buttons = await sections.view(key, 0, actions.NO_EXCHANGE, context)
    except NotFound as error:
        await _say(message, context, text(str(error)))
        return
    # Not through the outbox, which knows no pages; what fails here is tried again with the update.
    await context.parts.channel.post(str(message.chat.id), content, buttons, topic=context.viewer.topic)


async def _say(message: Message, context: Context, reply: Outgoing) -> None:
    key = f"start:{message.chat.id}:{message.message_id}"
    await context.parts.send(key, qualified(message.chat.id), reply, topic=context.viewer.topic)
