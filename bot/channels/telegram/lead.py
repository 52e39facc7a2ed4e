"""Questions for the lead: posted to the lead's chat, and the reply carried back to who asked."""

from __future__ import annotations

from telegram import Message

from bot.channels.telegram import texts
from bot.channels.telegram.answer_view import answer_buttons, answer_parts
from bot.channels.telegram.channel import qualified
from bot.channels.telegram.context import Context
from bot.channels.telegram.people import leads, words
from bot.channels.telegram.people.view import group_name
from bot.channels.telegram.presses import Press
from bot.channels.telegram.render import short
from bot.domain.access import Scope, scope_of_collections, team_collection
from bot.domain.messages import Message as Outgoing
from bot.domain.messages import Part, Style, text
from bot.domain.outgoing import Kind
from bot.errors import NotFound
from bot.storage.answers import LeadQuestion, StoredAnswer

QUOTED = 60
"""Columns of the question that are repeated above the lead's reply."""


async def ask(press: Press, context: Context) -> str:
    """Pass the question on, once: to the lead's chat, or where that may not read along, to the asker's own leads."""
    stored, parts, language = await press.exchange(context), context.parts, context.viewer.language
    number = await parts.exchanges.ask_lead(stored.id, context.viewer, now=parts.now())
    # In which group the question was asked, for the lead to know who reads along.
    place = group_name(press.title, parts.language)
    asker = press.name + (texts.FROM_GROUP.to(parts.language, group=place) if press.title else "")
    question = _question(asker, stored, parts.language)
    drawn = stored.answer.collections
    lead = await _lead_chat_scope(stored, context)
    if lead is not None:
        # Checked again when it is sent, against what the lead's chat is for then.
        held = {*drawn, *lead.collections}
        posted = await parts.send(f"lead:{number}", parts.lead_chat, question, collections=held)
        return (texts.LEAD_ASKED if posted else texts.LEAD_ASKED_ALREADY).to(language)
    places = await leads.places(stored, context, press.action.key)
    if len({team for team, _ in places}) > 1:
        await parts.channel.show_buttons(press.chat, press.message_id, await leads.choice(stored, places, context))
        return words.CHOOSE_TEAM_FOR_LEAD.to(language)
    sent = [
        await parts.send(
            f"lead:{number}:{team}:{merchant}:{person}", person, question, collections={*drawn, team_collection(team)}
        )
        for (team, merchant), person in await leads.addressees(places, drawn, context)
    ]
    if press.action.key:
        await parts.channel.show_buttons(press.chat, press.message_id, answer_buttons(stored.answer, stored.id, language))
    if sent:
        return (texts.LEAD_ASKED if any(sent) else texts.LEAD_ASKED_ALREADY).to(language)
    return (texts.LEAD_MAY_NOT if parts.lead_chat else texts.NO_LEAD).to(language)


async def carry_back(subject: str, message: Message, posted_as: int, context: Context) -> None:
    """Bring the lead's reply, words only, to the chat where the question was asked. `subject` is what its key says of it."""
    parts, viewer = context.parts, context.viewer
    raw, _, place = subject.partition(":")
    number = int(raw)
    name = f"{message.chat.id}:{message.message_id}:{int((message.edit_date or message.date).timestamp())}"
    if place and not leads.may_answer(place, context.actor.access):
        gone = text(texts.GONE.to(viewer.language))
        await parts.send(f"no-lead:{name}", viewer.chat, gone, reply_to=message.message_id)
        return
    if not message.text:
        words_only = text(texts.WORDS_ONLY.to(viewer.language))
        await parts.send(f"words-only:{name}", viewer.chat, words_only, topic=viewer.topic, reply_to=message.message_id)
        return
    question = await _passed_on(number, posted_as, context)
    if question is None:
        await _too_long_ago(message, context)
        return
    # By now the chat may be another merchant's, or the person may not read this one any more: the lead is told so at once.
    held = await parts.gate.audience(question.chat, question.topic, private=await parts.chats.is_private(question.chat))
    if not held.holds(scope_of_collections(question.collections)):
        withheld = text(texts.NOT_CARRIED.to(viewer.language))
        await parts.send(f"not-carried:{name}", viewer.chat, withheld, topic=viewer.topic, reply_to=message.message_id)
        return
    await parts.exchanges.lead_answered(number, message.text, now=parts.now())
    sender = message.from_user.full_name if message.from_user and not message.sender_chat else message.chat.title or ""
    above = texts.FROM_LEAD.to(question.language, name=sender, question=short(question.question, QUOTED))
    reply = Outgoing((Part(above, Style.BOLD), Part(f"\n{message.text}")))
    await parts.send(
        f"lead-reply:{name}", question.chat, reply, kind=Kind.ANSWER, topic=question.topic, collections=question.collections
    )
    carried = text(texts.CARRIED.to(viewer.language))
    await parts.send(f"carried:{name}", viewer.chat, carried, topic=viewer.topic, reply_to=message.message_id)


async def came_late(message: Message, context: Context) -> bool:
    """Whether the message replies to a question of which no more is kept than what stands in the chat; then it says so."""
    replied = message.reply_to_message
    said = (replied.text or "") if replied else ""
    if not said.endswith((texts.LEAD_REPLY_HOW.zh, texts.LEAD_REPLY_HOW.en)):
        return False
    await _too_long_ago(message, context)
    return True


async def _too_long_ago(message: Message, context: Context) -> None:
    viewer = context.viewer
    sorry = text(texts.TOO_LONG_AGO.to(viewer.language))
    key = f"too-long-ago:{message.chat.id}:{message.message_id}"
    await context.parts.send(key, viewer.chat, sorry, topic=viewer.topic, reply_to=message.message_id)


async def _passed_on(number: int, posted_as: int, context: Context) -> LeadQuestion | None:
    """The question that a lead replies to, None when it is gone."""
    parts, chat = context.parts, context.viewer.chat
    try:
        await parts.exchanges.lead_message(number, chat, posted_as)
    except NotFound:
        return None
    return await parts.exchanges.lead_question(chat, posted_as)


async def _lead_chat_scope(stored: StoredAnswer, context: Context) -> Scope | None:
    """What the lead's chat may be shown; None when there is none that may be shown the question and its answer."""
    parts = context.parts
    if not parts.lead_chat:
        return None
    lead = await parts.gate.audience(qualified(parts.lead_chat), None, private=not parts.lead_chat.startswith("-"))
    # The question itself may be about a merchant: it must not reach a group that is another merchant's.
    fits = lead.holds(scope_of_collections(stored.answer.collections)) and lead.merchants <= context.viewer.scope.merchants
    return lead if fits else None


def _question(asker: str, stored: StoredAnswer, language: str) -> Outgoing:
    parts = [
        Part(texts.TO_LEAD.to(language, name=asker), Style.BOLD),
        Part(f"\n{stored.question}\n\n"),
        Part(texts.BOT_SAID.to(language), Style.BOLD),
        Part("\n"),
        *answer_parts(stored.answer, language),
        Part(f"\n\n{texts.LEAD_REPLY_HOW.to(language)}", Style.ITALIC),
    ]
    return Outgoing(tuple(parts))
