"""Sections opened from buttons and deep links: shown in place of the answer, page by page, and back."""

from __future__ import annotations

from bot.channels.telegram import actions, texts
from bot.channels.telegram.answer_view import answer_message
from bot.channels.telegram.context import Context
from bot.channels.telegram.presses import Press
from bot.channels.telegram.render import Rows
from bot.channels.telegram.rich import Rich
from bot.channels.telegram.section_view import Around, section_view
from bot.domain.answers import Citation
from bot.domain.audit import Deed
from bot.errors import NotFound


async def open_citation(press: Press, context: Context) -> str:
    """Show what the answer cites under the pressed number."""
    return await _open_numbered((await press.exchange(context)).citations, press, context)


async def open_case(press: Press, context: Context) -> str:
    """Show the case with the pressed number."""
    return await _open_numbered((await press.exchange(context)).cases, press, context)


async def open_anchor(press: Press, context: Context) -> str:
    """Show the section with the pressed number, such as 12.1."""
    key = await context.parts.answers.locate(context.viewer, press.action.key)
    return await _show(key, 0, press, context)


async def turn(press: Press, context: Context) -> str:
    """Show another page, or a neighbouring section."""
    if press.action.exchange != actions.NO_EXCHANGE and not actions.card(press.action.exchange):
        await press.exchange(context)
    return await _show(press.action.key, press.action.number, press, context)


async def back(press: Press, context: Context) -> str:
    """Show the answer again."""
    stored, language = await press.exchange(context), context.viewer.language
    # Above an answer that replies to no message stands its question, or nobody would know what it answers.
    lead_in = "" if press.replies else texts.YOU_ASKED.to(language, question=stored.question)
    message = answer_message(stored.answer, stored.id, language, lead_in=lead_in)
    await context.parts.channel.edit(press.chat, press.message_id, message)
    return ""


async def view(key: str, page: int, exchange: str, context: Context) -> tuple[Rich, Rows]:
    """A section as the viewer may see it; NotFound when it is not theirs or not there any more."""
    answers, viewer = context.parts.answers, context.viewer
    passage = await answers.open(viewer, key)
    await context.parts.gate.saw(viewer, Deed.OPENED, key, frozenset({passage.scope}))
    around = Around(*await answers.neighbours(viewer, key), exchange)
    return section_view(passage, page, around, viewer.language)


async def _open_numbered(cited: tuple[Citation, ...], press: Press, context: Context) -> str:
    if press.action.number > len(cited):
        raise NotFound(texts.GARBLED.to(context.viewer.language))
    return await _show(cited[press.action.number - 1].key, 0, press, context)


async def _show(key: str, page: int, press: Press, context: Context) -> str:
    content, buttons = await view(key, page, press.action.exchange, context)
    await context.parts.channel.show(press.chat, press.message_id, content, buttons)
    return ""
