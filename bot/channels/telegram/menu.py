"""The commands and descriptions that Telegram shows, in Chinese and English; written only where they differ.

Groups have one menu. A private chat has that of whoever is in no team, until somebody with a role writes there: then the chat
gets a menu of its own, with what that role may do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from enum import IntEnum

import structlog
from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    Update,
)
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.channels import panel_words
from bot.channels.feed_words import COMMAND_FEED
from bot.channels.telegram import texts
from bot.channels.telegram.checklists import words as checklist_words
from bot.channels.telegram.context import Context
from bot.channels.telegram.errors import Scrub, translate
from bot.channels.telegram.library import words as library_words
from bot.channels.telegram.people import words
from bot.channels.telegram.sessions import words as session_words
from bot.channels.telegram.tips import words as tip_words
from bot.channels.words import Phrase
from bot.domain.access import Access, Right

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

_READING = ("today", "week", "session", "calendar")
"""Of the commands about sessions those for whoever runs none,"""
_TICKING = ("checklist", "handover")
"""and of those about checklists."""


class Standing(IntEnum):
    """How much somebody may do anywhere; each sees the commands of those before."""

    STRANGER = 0
    MEMBER = 1
    OPERATOR = 2
    LEAD = 3


Commands = Sequence[tuple[str, Phrase]]
_OFFERED: Mapping[Standing, Commands] = {
    Standing.STRANGER: (_ASK, *_REFERENCE, _HELP, _START),
    Standing.MEMBER: (
        _ASK, *(one for one in _SESSIONS if one[0] in _READING), *_BOARD, *(one for one in _CHECKLIST if one[0] in _TICKING),
        *_REFERENCE, _LIBRARY, _TEAM[0], _HELP, _START,
    ),
    Standing.OPERATOR: (_ASK, *_SESSIONS, *_BOARD, *_CHECKLIST, *_REFERENCE, _LIBRARY, _TEAM[0], _HELP, _START),
    Standing.LEAD: (_ASK, *_SESSIONS, *_BOARD, *_CHECKLIST, *_REFERENCE, _LIBRARY, *_TEAM, _HELP, _START),
}  # fmt: skip
_MENUS: tuple[tuple[BotCommandScope, Commands], ...] = (
    (BotCommandScopeAllPrivateChats(), _OFFERED[Standing.STRANGER]),
    (BotCommandScopeAllGroupChats(), (_ASK, *_SESSIONS, *_BOARD, *_CHECKLIST, *_REFERENCE, *_GROUP, _HELP)),
)
KNOWN = 10_000
"""Chats whose menus are remembered; beyond that they are set again."""


def standing(access: Access) -> Standing:
    """The most that somebody may do in any of their teams, or for any merchant."""
    if not access.teams:
        return Standing.STRANGER
    places = [(team, "") for team in access.teams] + [(one.team, one.id) for one in access.merchants]
    for right, found in ((Right.MANAGE, Standing.LEAD), (Right.RUN, Standing.OPERATOR)):
        if any(access.may(right, *place) for place in places):
            return found
    return Standing.MEMBER


class Menus:
    """The menus of private chats, each as its person's role and language want it. In memory is what was set since the start."""

    def __init__(self) -> None:
        self._set: dict[int, tuple[Standing, str]] = {}

    async def follow(self, update: Update, context: Context) -> None:
        """After an update was dealt with: set the menu of its chat where it is another now."""
        chat, viewer = update.effective_chat, context.viewer
        if chat is None or not viewer.private or (update.message is None and update.callback_query is None):
            return
        wanted = standing(context.actor.access), viewer.language
        before = self._set.get(chat.id)
        if before == wanted:
            return
        try:
            await self._show(chat.id, *wanted, seen=before is not None, bot=context.bot)
        except TelegramError as error:  # everything works without it, and the next message tries again
            log.info("telegram.chat_menu_not_set", error=type(error).__name__)
            return
        if len(self._set) >= KNOWN:
            self._set.clear()
        self._set[chat.id] = wanted

    async def _show(self, chat: int, wanted: Standing, language: str, *, seen: bool, bot: ExtBot[None]) -> None:
        scope = BotCommandScopeChat(chat)
        if wanted is not Standing.STRANGER:
            await bot.set_my_commands(_in(_OFFERED[wanted], language), scope=scope)
        elif seen:  # somebody who had a role; of others there is nothing to take away
            await bot.delete_my_commands(scope=scope)


def _in(commands: Commands, language: str) -> tuple[BotCommand, ...]:
    return tuple(BotCommand(name, phrase.to(language)) for name, phrase in commands)


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
        wanted = _in(commands, language)
        if await bot.get_my_commands(scope=scope, language_code=code or None) != wanted:
            await bot.set_my_commands(wanted, scope=scope, language_code=code or None)
    about, short = texts.DESCRIPTION.to(language), texts.SHORT_DESCRIPTION.to(language)
    if (await bot.get_my_description(language_code=code or None)).description != about:
        await bot.set_my_description(about, language_code=code or None)
    if (await bot.get_my_short_description(language_code=code or None)).short_description != short:
        await bot.set_my_short_description(short, language_code=code or None)
