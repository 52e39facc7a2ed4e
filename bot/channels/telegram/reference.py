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
from bot.flows.rules_here import RulesHere, rules_here

LABEL = 34
"""Columns of a button, so that a phone shows the whole label where it has the row to itself."""


async def on_command(update: Update, context: Context) -> None:
    """Answer one of the commands, as a reply to it."""
    message, viewer = update.message, context.viewer
    if message is None or not message.text:
        return
    command, *argument = message.text.split(maxsplit=1)
    name, here = command[1:].partition("@")[0].lower(), await _here(context)
    view = asked(here.reference, name, "".join(argument), viewer.language, place=here.name, others=here.others)
    key, shown = f"reference:{message.chat.id}:{message.message_id}", as_message(view)
    if name == "rules" and not argument:
        shown = await _with_entry(shown, context)
    await context.parts.send(
        key, viewer.chat, shown, kind=Kind.ANSWER, topic=viewer.topic, reply_to=message.message_id, collections=here.collections
    )


async def turn(press: Press, context: Context) -> str:
    """Show what a button leads to, in place."""
    target, here = actions.target(press.action), await _here(context)
    message = as_message(shown(here.reference, target, context.viewer.language, place=here.name))
    if target == Target(Goal.RULES):
        message = await _with_entry(message, context)
    await context.parts.channel.edit(press.chat, press.message_id, message)
    return ""


async def _here(context: Context) -> RulesHere:
    """The rules in force for the reader, in this chat."""
    viewer, panels = context.viewer, context.parts.floor.panels
    return await rules_here(
        panels.board, panels.books, context.actor, viewer.scope, viewer.chat, viewer.topic, private=viewer.private
    )


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
