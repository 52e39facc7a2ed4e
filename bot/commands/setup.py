"""`copilot setup`: from a bot token to a `.env` that works."""

from __future__ import annotations

import asyncio
import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import ask_line, note, put, terminal
from bot.commands.words import say
from bot.errors import SettingsError

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.setup import BotName

_TRIES = 3


def setup(
    token_file: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="从文件读 token，- 是标准输入 · Read the token from a file; - is stdin.", show_default=False
        ),
    ] = None,
    lead_chat: Annotated[
        str | None, typer.Option(metavar="CHAT", help="组长的会话编号 · The lead's chat id.", show_default=False)
    ] = None,
) -> None:
    """设置机器人：问 token、向 Telegram 核对、写进 .env · Ask for the token, check it, write .env."""
    from bot.config import ENV_FILE
    from bot.setup import write_env

    settings = _settings(lead_chat)
    typed = token_file is None and terminal()
    token, name = _ask_token(settings) if typed else _read_token(settings, token_file)
    lead = _ask_lead(settings) if typed and lead_chat is None else settings.lead_chat
    changes = {"TELEGRAM_BOT_TOKEN": token} | ({"COPILOT_LEAD_CHAT": lead} if lead else {})
    if server := os.environ.get("TELEGRAM_API_URL"):
        # The token was checked there: the next start has to ask the same server.
        changes["TELEGRAM_API_URL"] = server
    write_env(ENV_FILE, changes)
    note(say(settings.language, "connected", name=name.name, username=name.username, path=ENV_FILE.absolute()))
    if os.environ.get("TELEGRAM_BOT_TOKEN", token) != token:
        note(say(settings.language, "env_wins"))
    _found(settings, name)


def _found(settings: Settings, bot: BotName) -> None:
    """The link that makes the first owner, where there is none; shown once, on stdout only."""
    from bot.commands.office import Desk, link_to, work_at_desk
    from bot.commands.office_words import say as words

    async def work(desk: Desk) -> str:
        if await desk.office.team.invitations.owner_exists():
            return ""
        return await desk.office.team.found_code(desk.actor)

    if code := asyncio.run(work_at_desk(settings, work)):
        note(words(settings.language, "found_link"))
        put(link_to(bot.username, code))


def _settings(lead_chat: str | None) -> Settings:
    """The settings without the token that is about to be replaced: a wrong one must not keep us from putting it right."""
    from bot.config import load_settings
    from bot.logs import configure

    settings = load_settings(telegram_bot_token="", lead_chat=lead_chat)
    configure("WARNING", secrets=settings.secrets)
    return settings


def _ask_token(settings: Settings) -> tuple[str, BotName]:
    from bot.setup import check_token

    note(say(settings.language, "token_how"))
    for left in reversed(range(_TRIES)):
        token = getpass.getpass(f"{say(settings.language, 'token')}: ", stream=sys.stderr).strip()
        try:
            return token, check_token(token, api_url=settings.telegram_api_url)
        except SettingsError as error:
            if not left:
                raise
            note(str(error))
    raise AssertionError("the last try returns or raises")


def _read_token(settings: Settings, token_file: str | None) -> tuple[str, BotName]:
    from bot.setup import check_token

    try:
        text = sys.stdin.read() if token_file in (None, "-") else Path(str(token_file)).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"读不了 token 文件 {token_file}（{getattr(error, 'strerror', None) or '不是文本'}）。") from None
    token = text.strip()
    if not token:
        raise SettingsError("没有读到 token。请把它放进 --token-file 指的文件，或从标准输入给。")
    return token, check_token(token, api_url=settings.telegram_api_url)


def _ask_lead(settings: Settings) -> str:
    """The lead's chat, checked; empty keeps what is set."""
    from bot.config import load_settings

    note(say(settings.language, "lead_how"))
    while True:
        given = ask_line(f"{say(settings.language, 'lead')}: ")
        try:
            return load_settings(telegram_bot_token="", lead_chat=given or settings.lead_chat).lead_chat
        except SettingsError as error:
            note(str(error))
