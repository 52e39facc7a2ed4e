"""Questions for the lead: posted to the lead's chat, and the reply carried back to who asked."""

from __future__ import annotations

from telegram import Message

from bot.channels.telegram import texts
from bot.channels.telegram.answer_view import answer_parts
from bot.channels.telegram.channel import qualified
from bot.channels.telegram.context import Context
from bot.channels.telegram.presses import Press
from bot.channels.telegram.render import short
from bot.domain.access import scope_of_collections
from bot.domain.messages import Message as Outgoing
from bot.domain.messages import Part, Style, text
from bot.errors import NotFound
from bot.storage.answers import StoredAnswer

QUOTED = 60
"""Columns of the question that are repeated above the lead's reply."""


async def ask(press: Press, context: Context) -> str:
    """Pass the question on, once."""
    stored, parts, language = await press.exchange(context), context.parts, context.viewer.language
    number = await parts.exchanges.ask_lead(stored.id, context.viewer, now=parts.now())
    if not parts.lead_chat:
        return texts.NO_LEAD.to(language)
    # In which group the question was asked, for the lead to know who reads along.
    asker = press.name + (texts.FROM_GROUP.to(parts.language, title=press.title) if press.title else "")
    drawn = stored.answer.collections
    lead = await parts.gate.audience(qualified(parts.lead_chat), None, private=not parts.lead_chat.startswith("-"))
    # The question itself may be about a merchant: it must not reach a group that is another merchant's.
    if not lead.holds(scope_of_collections(drawn)) or not lead.merchants <= context.viewer.scope.merchants:
        return texts.LEAD_MAY_NOT.to(language)
    # Checked again when it is sent, against what the lead's chat is for now.
    content, held = _question(asker, stored, parts.language), drawn | lead.collections
    posted = await parts.send(f"lead:{number}", parts.lead_chat, content, collections=held)
    return (texts.LEAD_ASKED if posted else texts.LEAD_ASKED_ALREADY).to(language)


async def carry_back(number: int, message: Message, posted_as: int, context: Context) -> None:
    """Bring the lead's reply, words only, to the chat where question `number` was asked."""
    parts, viewer = context.parts, context.viewer
    name = f"{message.chat.id}:{message.message_id}:{int((message.edit_date or message.date).timestamp())}"
    if not message.text:
        words_only = text(texts.WORDS_ONLY.to(viewer.language))
        await parts.send(f"words-only:{name}", viewer.chat, words_only, topic=viewer.topic, reply_to=message.message_id)
        return
    await parts.exchanges.lead_message(number, viewer.chat, posted_as)
    question = await parts.exchanges.lead_question(viewer.chat, posted_as)
    if question is None:
        raise NotFound(texts.GONE.to(viewer.language))
    await parts.exchanges.lead_answered(number, message.text, now=parts.now())
    sender = message.from_user.full_name if message.from_user and not message.sender_chat else message.chat.title or ""
    above = texts.FROM_LEAD.to(question.language, name=sender, question=short(question.question, QUOTED))
    reply = Outgoing((Part(above, Style.BOLD), Part(f"\n{message.text}")))
    # By now the chat may be another merchant's, or the person may not read this one any more.
    await parts.send(f"lead-reply:{name}", question.chat, reply, topic=question.topic, collections=question.collections)
    carried = text(texts.CARRIED.to(viewer.language))
    await parts.send(f"carried:{name}", viewer.chat, carried, topic=viewer.topic, reply_to=message.message_id)


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
