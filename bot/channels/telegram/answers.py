"""Questions: from a message to an answer in the outbox, and from an edited message to an edited answer.

An answer's key names the question's message, not the update: an edit is another update of the same message, and
has to find the answer that it changes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

from telegram import Message, Update
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.channels import present_words, words
from bot.channels.telegram import replies, texts
from bot.channels.telegram.answer_view import answer_message
from bot.channels.telegram.context import Context
from bot.channels.telegram.figures import dropped
from bot.channels.telegram.groups import question_in
from bot.channels.telegram.kinds import kind_of, sentence_for
from bot.channels.telegram.library import upload
from bot.channels.telegram.people.closed import closed_note
from bot.channels.telegram.previews import preview
from bot.channels.telegram.render import render
from bot.channels.telegram.rules import replies as own_rules
from bot.domain.answers import Answer
from bot.domain.audit import Deed
from bot.domain.messages import Message as Outgoing
from bot.domain.messages import text
from bot.domain.outgoing import Kind
from bot.flows.answers import Watch

LATE = timedelta(seconds=60)
"""An answer that comes later than this says so."""

TYPING_EVERY = 4.5
"""Seconds; Telegram shows "typing" for five."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An answer as a message, and the collections whose text is in it."""

    message: Outgoing
    collections: frozenset[str]


async def on_message(update: Update, context: Context) -> None:
    """Answer a new message, if it is meant for the bot."""
    message = update.message
    if message is None or await replies.taken(message, context):
        return
    for take in (own_rules.stray, dropped.taken, upload.taken):
        if await take(message, context):
            return
    question = question_in(message, context.bot.bot)
    if question is None:
        return
    if not question:
        await _without_words(message, context)
    elif question.startswith("/") and message.chat.type == message.chat.PRIVATE:
        await _say(message, context, "command", text(texts.NO_COMMAND.to(context.viewer.language)))
    else:
        await _answer(message, question, update.update_id, context)


async def on_edited(update: Update, context: Context) -> None:
    """Answer an edited message again, in place of the earlier answer where that is possible."""
    message = update.edited_message
    if message is None or await replies.taken(message, context) or await dropped.edited(message, context):
        return
    question = question_in(message, context.bot.bot)
    if question and not question.startswith("/"):
        await _answer_again(message, question, update.update_id, context)


async def answer_pressed(question: str, update_id: int, context: Context) -> None:
    """Answer a question that somebody asked with a button; the question is repeated above the answer."""
    viewer = context.viewer
    lead_in = texts.YOU_ASKED.to(viewer.language, question=question)
    name = f"press:{update_id}"
    async with preview(name, update_id, None, context) as shown:
        answer = await _prepared(question, name, lead_in, context, shown)
    place = await shown.replace(answer.message)
    await context.parts.send(
        f"answer:{name}", viewer.chat, answer.message, kind=Kind.ANSWER, topic=viewer.topic, edit_of=place,
        collections=answer.collections,
    )  # fmt: skip


async def _answer(message: Message, question: str, update_id: int, context: Context) -> None:
    name = _name(message)
    async with typing(message, context), preview(name, update_id, message.message_id, context) as shown:
        answer = await _prepared(question, name, _lead_in(message, context), context, shown)
    place = await shown.replace(answer.message)
    await _reply(message, context, f"answer:{name}", answer.message, edit_of=place, collections=answer.collections)


async def _answer_again(message: Message, question: str, update_id: int, context: Context) -> None:
    async with typing(message, context):
        answer = await _prepared(question, f"edit:{update_id}", "", context)
    # An answer that took the place of its preview stands under the preview's id.
    sent_as, name = context.parts.sent_as, _name(message)
    earlier = await sent_as(f"answer:{name}") or await sent_as(f"writing:{name}")
    # Several messages cannot become one, nor one several, without tearing the chat apart.
    if earlier is not None and len(earlier) == len(render(answer.message)) == 1:
        await context.parts.send(
            f"edit:{update_id}", context.viewer.chat, answer.message, kind=Kind.EDIT, topic=context.viewer.topic,
            edit_of=earlier[0], collections=answer.collections,
        )  # fmt: skip
    else:
        key = f"answer:{name}" if earlier is None else f"answer:edit:{update_id}"
        if not await _reply(message, context, key, answer.message, collections=answer.collections):
            again = f"answer:edit:{update_id}"
            await _reply(message, context, again, answer.message, collections=answer.collections)


async def _prepared(question: str, name: str, lead_in: str, context: Context, watch: Watch | None = None) -> Prepared:
    """The answer as a message, recorded under `name` so that its buttons and follow-up questions find it."""
    parts, viewer = context.parts, context.viewer
    answer = await parts.floor.present.ask(context.actor, viewer, question, parts.answers)
    if answer is None:
        answer = await parts.answers.ask(viewer, question, watch=watch)
        lead_in = "\n".join(filter(None, (lead_in, await _without_figures(question, answer, context))))
    exchange = await parts.exchanges.record(f"{parts.account}:{name}", viewer, answer, now=parts.now())
    await parts.gate.saw(viewer, Deed.ASKED, exchange, answer.collections)
    # Not part of the answer: nothing is kept that names a merchant whom the exchange could not draw on.
    below, named = await closed_note(answer, context)
    message = answer_message(answer, exchange, viewer.language, lead_in=lead_in, below=below)
    return Prepared(message, answer.collections | named)


async def _without_figures(question: str, answer: Answer, context: Context) -> str:
    """What has to be said before general advice, to somebody who asks why a figure moves and has no session here."""
    why = await context.parts.floor.present.nowhere(context.actor, context.viewer, question)
    if why is None:
        return ""
    said = [present_words.NOWHERE[why], *([present_words.GENERAL] if answer.grounded else [])]
    language = context.viewer.language
    return (" " if language == "en" else "").join(one.to(language) for one in said)


async def _without_words(message: Message, context: Context) -> None:
    """A picture, a voice message …: one sentence a kind and minute. A bare mention: ask for the question."""
    language = context.viewer.language
    if message.text:
        prompt = Outgoing(text(texts.ASK_WHAT.to(language)).parts, expects_reply=True)
        await _say(message, context, "ask", prompt)
        return
    minute = int(message.date.timestamp()) // 60
    key = f"kind:{context.viewer.chat}:{kind_of(message)}:{minute}"
    await _reply(message, context, key, text(sentence_for(message).to(language)), kind=Kind.NOTICE)


async def _say(message: Message, context: Context, what: str, reply: Outgoing) -> None:
    await _reply(message, context, f"{what}:{_name(message)}", reply, kind=Kind.NOTICE)


async def _reply(
    message: Message,
    context: Context,
    key: str,
    reply: Outgoing,
    *,
    kind: Kind = Kind.ANSWER,
    edit_of: int | None = None,
    collections: Collection[str] = (),
) -> bool:
    viewer, number = context.viewer, message.message_id
    return await context.parts.send(
        key, viewer.chat, reply, kind=kind, topic=viewer.topic, reply_to=number, edit_of=edit_of, collections=collections
    )


def _name(message: Message) -> str:
    """What the message is called in keys: its chat and its id there."""
    return f"{message.chat.id}:{message.message_id}"


def _lead_in(message: Message, context: Context) -> str:
    """What stands above the answer: a word about the delay, or about a picture that was not looked at."""
    language = context.viewer.language
    late = context.parts.now() - message.date
    lines = [words.LATE.to(language, ago=words.ago(late, language))] if late > LATE else []
    lines += [texts.CAPTION_ONLY.to(language)] if message.caption else []
    return "\n".join(lines)


@asynccontextmanager
async def typing(message: Message, context: Context) -> AsyncIterator[None]:
    """Show "typing" for as long as the block takes; a failure to show it is nobody's business."""
    done = asyncio.Event()
    context.application.create_task(_show_typing(message, context, done))
    try:
        yield
    finally:
        done.set()


async def _show_typing(message: Message, context: Context, done: asyncio.Event) -> None:
    while not done.is_set():
        with suppress(TelegramError):
            await context.bot.send_chat_action(message.chat.id, ChatAction.TYPING, message_thread_id=context.viewer.topic)
        with suppress(TimeoutError):
            async with asyncio.timeout(TYPING_EVERY):
                await done.wait()
