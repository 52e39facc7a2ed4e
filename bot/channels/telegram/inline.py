"""Inline queries: "@bot 停留" in any chat offers sections of the handbook to insert there.

Whoever is in that chat reads what is inserted, so only the handbook is offered, whatever the person may read.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    Update,
)
from telegram.error import TelegramError

from bot.channels.telegram import markdown, texts
from bot.channels.telegram.channel import NO_PREVIEW
from bot.channels.telegram.context import Context
from bot.channels.telegram.render import entities, short
from bot.channels.telegram.rich import Rich, joined, plain
from bot.channels.telegram.section_view import heading, place
from bot.channels.telegram.splitting import PAGE, pieces
from bot.channels.telegram.start import link_to
from bot.domain.access import Scope, Viewer
from knowledge.types import Passage

CACHED = 10
"""Seconds; the handbook may change at any time."""

OFFERED = 10
TITLE = 80
DESCRIPTION = 120
"""Columns of a result's second line."""


async def on_inline(update: Update, context: Context) -> None:
    """Offer sections that fit what was typed; with nothing typed, one for each example question."""
    query = update.inline_query
    if query is None:
        return
    viewer = replace(context.viewer, scope=Scope())
    found = await _sections(query.query, viewer, context)
    results = [_result(passage, context.bot.username, viewer.language) for passage in found]
    button = InlineQueryResultsButton(texts.TRY_INLINE.to(viewer.language), start_parameter="inline")
    # A query is answered within seconds or not at all: by then the person has typed on.
    with suppress(TelegramError):
        await query.answer(results, cache_time=CACHED, is_personal=True, button=button)


async def _sections(typed: str, viewer: Viewer, context: Context) -> Sequence[Passage]:
    suggest = context.parts.answers.suggest
    if typed.strip():
        return await suggest(viewer, typed, OFFERED)
    firsts = [await suggest(viewer, example.to(viewer.language), 1) for example in texts.EXAMPLES]
    return tuple({passage.key: passage for found in firsts for passage in found}.values())


def _result(passage: Passage, username: str, language: str) -> InlineQueryResultArticle:
    content = inserted(passage, language)
    link = InlineKeyboardButton(texts.FULL_TEXT.to(language), url=link_to(username, passage.key))
    return InlineQueryResultArticle(
        id=passage.key,
        title=short(passage.heading or passage.title, TITLE),
        description=short(markdown.rich(passage.text[:500]).text, DESCRIPTION),
        input_message_content=InputTextMessageContent(content.text, entities=entities(content), link_preview_options=NO_PREVIEW),
        reply_markup=InlineKeyboardMarkup([[link]]),
    )


def inserted(passage: Passage, language: str) -> Rich:
    """What a result puts into the chat: heading, text (its first page), source."""
    pages = pieces(markdown.rich(passage.text), PAGE)
    body = [plain("\n\n"), pages[0]] if pages else []
    rest = [plain("\n" + texts.CUT.to(language))] if len(pages) > 1 else []
    last = plain("\n\n" + texts.SOURCE.to(language, source=place(passage, language)))
    return joined([heading(passage), *body, *rest, last]).legal()
