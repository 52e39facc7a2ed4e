"""/library: places, their documents, versions with date and author, and changing what counts. The flow checks every press."""

from __future__ import annotations

from telegram import Update

from bot.channels.telegram import actions
from bot.channels.telegram.context import Context
from bot.channels.telegram.library import views, words
from bot.channels.telegram.library.pressing import place_named
from bot.channels.telegram.presses import Press
from bot.domain.access import Right
from bot.domain.messages import Message, text
from bot.domain.outgoing import Kind


async def on_command(update: Update, context: Context) -> None:
    """Answer /library; in a group only with where to find it."""
    message, viewer = update.message, context.viewer
    if message is None:
        return
    if viewer.private:
        places = await context.parts.office.library.places(context.actor, Right.READ)
        answer = views.libraries(places, 0, viewer.language)
    else:
        answer = text(words.PRIVATELY.to(viewer.language))
    key = f"library:{message.chat.id}:{message.message_id}"
    await context.parts.send(key, viewer.chat, answer, kind=Kind.ANSWER, topic=viewer.topic, reply_to=message.message_id)


async def libraries(press: Press, context: Context) -> str:
    """Show the places."""
    places = await context.parts.office.library.places(context.actor, Right.READ)
    await _show(press, context, views.libraries(places, press.action.number, context.viewer.language))
    return ""


async def documents(press: Press, context: Context) -> str:
    """Show the documents of a place."""
    desk, actor, (team, merchant) = context.parts.office.library, context.actor, place_named(press.action.key, context)
    place = await desk.place(actor, team, merchant)
    found = await desk.all(actor, team, merchant)
    may_add = actor.access.may(Right.CURATE, team, merchant)
    await _show(press, context, views.documents(place, found, press.action.number, may_add, context.viewer.language))
    return ""


async def document(press: Press, context: Context) -> str:
    """Show a document with its versions."""
    await _show_history(press, context)
    return ""


async def ask_restore(press: Press, context: Context) -> str:
    """Ask whether an older version is to count again."""
    found, number = await context.parts.office.library.history(context.actor, press.action.key), press.action.number
    action = actions.restore(found.document.id, number)
    question = views.sure(words.SURE_RESTORE, action, found.document, context.viewer.language, number=number)
    await _show(press, context, question)
    return ""


async def restore(press: Press, context: Context) -> str:
    """Let an older version count again."""
    await context.parts.office.library.restore(context.actor, press.action.key, press.action.number)
    await _show_history(press, context)
    return words.RESTORED.to(context.viewer.language, number=press.action.number)


async def ask_take_out(press: Press, context: Context) -> str:
    """Ask whether the document is to be taken out."""
    found = await context.parts.office.library.history(context.actor, press.action.key)
    action = actions.take_out(found.document.id)
    await _show(press, context, views.sure(words.SURE_TAKE_OUT, action, found.document, context.viewer.language))
    return ""


async def take_out(press: Press, context: Context) -> str:
    """Take the document out."""
    await context.parts.office.library.take_out(context.actor, press.action.key)
    await _show_history(press, context)
    return words.TAKEN_OUT.to(context.viewer.language)


async def _show_history(press: Press, context: Context) -> None:
    found = await context.parts.office.library.history(context.actor, press.action.key)
    await _show(press, context, views.history(found, context.viewer.language, context.parts.zone))


async def _show(press: Press, context: Context, message: Message) -> None:
    await context.parts.channel.edit(press.chat, press.message_id, message)
