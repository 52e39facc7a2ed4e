"""Trouble with polling, said in one clear line a minute and not in a traceback a second."""

from __future__ import annotations

import time

import structlog
from telegram.error import Conflict, NetworkError, TelegramError

from bot.channels.telegram.errors import Scrub
from bot.channels.telegram.requests import TokenRefused
from bot.channels.telegram.updates import NotStored

log = structlog.get_logger(__name__)

EVERY = 60.0
"""Seconds between two lines about the same trouble."""


class PollingTrouble:
    """Takes the errors that python-telegram-bot retries by itself."""

    def __init__(self, scrub: Scrub) -> None:
        self._scrub = scrub
        self._said: dict[str, float] = {}

    def __call__(self, error: TelegramError) -> None:
        """Log the error, unless the same trouble was logged within the last minute."""
        line = sentence(error)
        now = time.monotonic()
        if now - self._said.get(line, -EVERY) >= EVERY:
            self._said[line] = now
            log.warning(line, error=self._scrub(error.message))


def sentence(error: TelegramError) -> str:
    """What is wrong and what to do, for whoever runs the copilot."""
    match error:
        case Conflict():
            return "另有程序用同一个机器人 token 在收消息，两边会互相打断。请关掉其中一个；这里会一直重试。"
        case NotStored():
            return "收到的消息存不下来，先不确认，Telegram 会再发。请检查磁盘。"
        case TokenRefused():
            return "机器人 token 被 Telegram 拒绝了，可能已重置。请向 @BotFather 要新的，改 .env 后重启；这里会一直重试。"
        case NetworkError():
            return "连不上 Telegram，正在重试。请检查网络或 TELEGRAM_API_URL。"
    return "Telegram 暂时不给消息，正在重试。"
