"""The commands and descriptions that Telegram shows, in Chinese and English; written only where they differ."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from telegram import BotCommand, BotCommandScope, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.channels import panel_words
from bot.channels.feed_words import COMMAND_FEED
from bot.channels.telegram import texts
from bot.channels.telegram.checklists import words as checklist_words
from bot.channels.telegram.errors import Scrub, translate
from bot.channels.telegram.library import words as library_words
from bot.channels.telegram.people import words
from bot.channels.telegram.sessions import words as session_words
from bot.channels.telegram.tips import words as tip_words
from bot.channels.words import Phrase

log = structlog.get_logger(__name__)

WAITS = (5.0, 30.0, 300.0)
"""Seconds before the menu is tried again."""

_ASK = ("ask", texts.COMMAND_ASK)
_REFERENCE = (
    ("metrics", texts.COMMAND_METRICS),
    ("rules", texts.COMMAND_RULES),
    ("checklists", texts.COMMAND_CHECKLISTS),
)
_TEAM = (
    ("team", words.COMMAND_TEAM),
    ("roles", words.COMMAND_ROLES),
    ("invite", words.COMMAND_INVITE),
    ("merchants", words.COMMAND_MERCHANTS),
    ("bind", words.COMMAND_BIND),
    ("robot", words.COMMAND_ROBOT),
    ("feed", COMMAND_FEED),
    ("audit", words.COMMAND_AUDIT),
    ("withhold", tip_words.COMMAND_WITHHOLD),
)
_GROUP = (("bind", words.COMMAND_BIND_HERE), ("unbind", words.COMMAND_UNBIND))
_LIBRARY = ("library", library_words.COMMAND)
_SESSIONS = (
    ("new", session_words.COMMAND_NEW),
    ("today", session_words.COMMAND_TODAY),
    ("week", session_words.COMMAND_WEEK),
    ("session", session_words.COMMAND_SESSION),
    ("live", session_words.COMMAND_LIVE),
    ("end", session_words.COMMAND_END),
    ("order", session_words.COMMAND_ORDER),
    ("calendar", session_words.COMMAND_CALENDAR),
)
_BOARD = (
    ("board", panel_words.COMMAND_BOARD),
    ("metric", panel_words.COMMAND_METRIC),
    ("why", tip_words.COMMAND_WHY),
)
_CHECKLIST = (
    ("checklist", checklist_words.COMMAND_CHECKLIST),
    ("handover", checklist_words.COMMAND_HANDOVER),
    ("quiet", checklist_words.COMMAND_QUIET),
    ("effects", tip_words.COMMAND_EFFECTS),
)
_HELP = ("help", texts.COMMAND_HELP)
_START = ("start", texts.COMMAND_START)

_MENUS: tuple[tuple[BotCommandScope, Sequence[tuple[str, Phrase]]], ...] = (
    (BotCommandScopeAllPrivateChats(), (_ASK, *_SESSIONS, *_BOARD, *_CHECKLIST, *_REFERENCE, _LIBRARY, *_TEAM, _HELP, _START)),
    (BotCommandScopeAllGroupChats(), (_ASK, *_SESSIONS, *_BOARD, *_CHECKLIST, *_REFERENCE, *_GROUP, _HELP)),
)


async def register(bot: ExtBot[None], default_language: str, scrub: Scrub) -> None:
    """Set what is not set yet, for each language and for everybody else in `default_language`.

    The bot works without a menu: what fails is tried again, ever later, and logged when it is given up until the next start.
    """
    for wait in (*WAITS, None):
        try:
            for code in ("", "zh", "en"):
                await _register(bot, code, code or default_language)
            return
        except TelegramError as error:
            if wait is None:
                log.warning("telegram.menu_not_set", error=str(translate(error, scrub)))
                return
            await asyncio.sleep(wait)


async def _register(bot: ExtBot[None], code: str, language: str) -> None:
    for scope, commands in _MENUS:
        wanted = tuple(BotCommand(name, phrase.to(language)) for name, phrase in commands)
        if await bot.get_my_commands(scope=scope, language_code=code or None) != wanted:
            await bot.set_my_commands(wanted, scope=scope, language_code=code or None)
    about, short = texts.DESCRIPTION.to(language), texts.SHORT_DESCRIPTION.to(language)
    if (await bot.get_my_description(language_code=code or None)).description != about:
        await bot.set_my_description(about, language_code=code or None)
    if (await bot.get_my_short_description(language_code=code or None)).short_description != short:
        await bot.set_my_short_description(short, language_code=code or None)
