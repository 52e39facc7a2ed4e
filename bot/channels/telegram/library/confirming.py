"""Presses below a preview: another page of places, one of them, yes, no. The flow checks each."""

from __future__ import annotations

from bot.channels.telegram.context import Context
from bot.channels.telegram.library import views, words
from bot.channels.telegram.library.pressing import place_named
from bot.channels.telegram.presses import Press
from bot.channels.telegram.render import short
from bot.domain.messages import Message, text


async def where(press: Press, context: Context) -> str:
    """Show the preview with a page of places."""
    desk, actor = context.parts.office.library, context.actor
    waiting = await desk.waiting(actor, press.action.exchange)
    places, closed = await desk.places(actor), await desk.closed(actor)
    await _show(press, context, views.preview(waiting, places, closed, press.action.number, context.viewer.language))
    return ""


async def ask(press: Press, context: Context) -> str:
    """Say what confirming would do."""
    place = place_named(press.action.key, context)
    found = await context.parts.office.library.offer(context.actor, press.action.exchange, *place)
    await _show(press, context, views.offer(found, context.viewer.language))
    return ""


async def confirm(press: Press, context: Context) -> str:
    """Put the file in."""
    desk, (team, merchant) = context.parts.office.library, place_named(press.action.key, context)
    kept = await desk.confirm(context.actor, press.action.exchange, team, merchant)
    place = await desk.place(context.actor, team, merchant)
    await _show(press, context, views.done(kept, place, context.viewer.language))
    return ""


async def drop(press: Press, context: Context) -> str:
    """Do without the file."""
    desk = context.parts.office.library
    waiting = await desk.waiting(context.actor, press.action.exchange)
    await desk.drop(context.actor, waiting.id)
    name = short(waiting.seen.name, views.LONGEST_NAME)
    await _show(press, context, text(words.DROPPED.to(context.viewer.language, name=name)))
    return ""


async def _show(press: Press, context: Context, message: Message) -> None:
    await context.parts.channel.edit(press.chat, press.message_id, message)
