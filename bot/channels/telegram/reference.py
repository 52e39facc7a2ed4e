"""/metrics, /rules and /checklists, and the buttons that lead from one to the other in place."""

from __future__ import annotations

from dataclasses import replace

from telegram import Update

from bot.channels.reference.show import asked, shown
from bot.channels.reference.view import Goal, Link, Target, View
from bot.channels.telegram import actions
from bot.channels.telegram.context import Context
from bot.channels.telegram.presses import Press
from bot.channels.telegram.render import Rows, short
from bot.channels.telegram.rules import pages as own_rules
from bot.domain.messages import Button, Message
from bot.domain.outgoing import Kind

LABEL = 34
"""Columns of a button, so that a phone shows the whole label where it has the row to itself."""


async def on_command(update: Update, context: Context) -> None:
    """Answer one of the commands, as a reply to it."""
    message, viewer = update.message, context.viewer
    if message is None or not message.text:
        return
    command, *argument = message.text.split(maxsplit=1)
    name = command[1:].partition("@")[0].lower()
    view = asked(context.parts.reference(), name, "".join(argument), viewer.language)
    key, shown = f"reference:{message.chat.id}:{message.message_id}", as_message(view)
    if name == "rules" and not argument:
        shown = await _with_entry(shown, context)
    await context.parts.send(key, viewer.chat, shown, kind=Kind.ANSWER, topic=viewer.topic, reply_to=message.message_id)


async def turn(press: Press, context: Context) -> str:
    """Show what a button leads to, in place."""
    target = actions.target(press.action)
    message = as_message(shown(context.parts.reference(), target, context.viewer.language))
    if target == Target(Goal.RULES):
        message = await _with_entry(message, context)
    await context.parts.channel.edit(press.chat, press.message_id, message)
    return ""


async def _with_entry(shown: Message, context: Context) -> Message:
    """The list of rules with the way to change them, for whoever may."""
    button = await own_rules.entry(context)
    return replace(shown, buttons=(*shown.buttons, button)) if button else shown


def as_message(view: View) -> Message:
    """The view with its links as buttons."""
    return Message(view.parts, _rows(view))


def _rows(view: View) -> Rows:
    return tuple(tuple(Button(short(link.label, LABEL), _action(link, view.at)) for link in row) for row in view.rows)


def _action(link: Link, at: Target | None) -> str:
    if link.target is None:
        return actions.NOTHING
    if link.target.goal is Goal.SECTION:
        return actions.anchor(at, link.target.key)
    return actions.reference(link.target)
