"""Long polling: raw updates into the inbox, acknowledged by asking for the next ones; trouble said in one clear line.

python-telegram-bot's own updater reads a whole answer before it hands anything over: one update that it cannot read
keeps all of them from being acknowledged, the same answer comes again at once and for ever, and its content goes into
the log. Here an update is stored as it came and read later, so one that nobody can read holds up no other.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import structlog
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.channels.telegram.errors import Scrub
from bot.channels.telegram.requests import PollingRequest, TokenRefused
from bot.errors import StorageError

log = structlog.get_logger(__name__)

EVERY = 60.0
"""Seconds between two lines about the same trouble."""

LONG_POLL = 30
"""Seconds for which Telegram holds a request while there is nothing to say; it takes at most fifty."""

PATIENCE = 10.0
"""Seconds more than that until an answer is given up."""

FIRST_WAIT = 1.0
SLOWEST = 30.0
"""Seconds to wait after the first failure and at most; each wait in between is half as long again as the one before."""

Keep = Callable[[Any], Awaitable[int | None]]
"""Stores one raw update; returns the number that acknowledges it, None when it has none. Raises StorageError."""


class Unusable(TelegramError):
    """An answer without a list of updates in it, or with none that can be acknowledged: the same will come again."""


class PollingTrouble:
    """Says what goes wrong and is tried again."""

    def __init__(self, scrub: Scrub) -> None:
        self._scrub = scrub
        self._said: dict[str, float] = {}
        self._open = False

    def __call__(self, error: TelegramError | StorageError) -> None:
        """Log the error, unless the same trouble was logged within the last minute."""
        line = sentence(error)
        now = time.monotonic()
        if now - self._said.get(line, -EVERY) >= EVERY:
            self._said[line] = now
            self._open = True
            log.warning(line, error=self._scrub(error))

    def over(self) -> None:
        """Log that it works again, if anybody was told that it did not."""
        if self._open:
            self._open = False
            log.info("又能从 Telegram 收消息了，期间发来的会补上。")


def sentence(error: TelegramError | StorageError) -> str:
    """What is wrong and what to do, for whoever runs the copilot."""
    match error:
        case Conflict():
            return "另有程序用同一个机器人 token 在收消息，两边会互相打断。请关掉其中一个；这里会一直重试。"
        case StorageError():
            return "收到的消息存不下来，先不确认，Telegram 会再发。请检查磁盘。"
        case TokenRefused():
            return "机器人 token 被 Telegram 拒绝了，可能已重置。请向 @BotFather 要新的，改 .env 后重启；这里会一直重试。"
        case Unusable():
            return "收消息的地址给的不是 Telegram 的格式，正在重试。请检查 TELEGRAM_API_URL 和中间的代理。"
        case NetworkError():
            return "连不上 Telegram，正在重试。请检查网络或 TELEGRAM_API_URL。"
    return "Telegram 暂时不给消息，正在重试。"


class Backoff:
    """How long to wait after failures in a row."""

    def __init__(self) -> None:
        self._wait = 0.0

    def after(self, error: TelegramError | StorageError) -> float:
        """Seconds to wait now; what Telegram asks for is kept in full."""
        self._wait = min(SLOWEST, self._wait * 1.5) if self._wait else FIRST_WAIT
        if isinstance(error, RetryAfter):
            asked = error.retry_after
            return max(self._wait, asked.total_seconds() if isinstance(asked, timedelta) else float(asked))
        return self._wait

    def reset(self) -> None:
        """Something worked."""
        self._wait = 0.0


async def insist(action: Callable[[], Awaitable[object]], trouble: PollingTrouble) -> None:
    """Do it until it works, however long that takes. Raises InvalidToken: waiting makes no token right."""
    backoff = Backoff()
    while True:
        try:
            await action()
            return
        except InvalidToken:
            raise
        except TelegramError as error:
            trouble(error)
            await asyncio.sleep(backoff.after(error))


class Polling:
    """Asks for updates until it is cancelled; `acknowledge` then confirms the last ones."""

    def __init__(self, request: PollingRequest, address: str, kinds: Sequence[str], keep: Keep, trouble: PollingTrouble) -> None:
        """`address` is the bot's own, with the token; `kinds` are the kinds of updates that are wanted."""
        self._request = request
        self._address = address
        self._kinds = json.dumps(list(kinds))
        self._keep = keep
        self._trouble = trouble
        self._offset = 0

    async def run(self) -> None:
        """Poll for ever."""
        backoff = Backoff()
        while True:
            try:
                await self._store(await self._ask(LONG_POLL))
                backoff.reset()
                self._trouble.over()
            except (TelegramError, StorageError) as error:
                self._trouble(error)
                await asyncio.sleep(backoff.after(error))

    async def acknowledge(self) -> None:
        """Confirm what was stored last, or it would come again at the next start; harmless then, so errors are too."""
        with suppress(TelegramError):
            await self._ask(0)

    async def _ask(self, seconds: int) -> list[Any]:
        query = urlencode({"offset": self._offset, "timeout": seconds, "allowed_updates": self._kinds})
        try:
            answer: object = await self._request.post(f"{self._address}/getUpdates?{query}", read_timeout=seconds + PATIENCE)
        except (KeyError, TypeError, RecursionError) as error:  # JSON, but not an answer of the Bot API
            raise Unusable(f"no answer of the Bot API ({type(error).__name__})") from None
        if not isinstance(answer, list):
            raise Unusable("no list of updates")
        return answer

    async def _store(self, payloads: list[Any]) -> None:
        """Store all of them in order; the offset moves with each, so that a failure repeats only what is not stored."""
        before = self._offset
        for payload in payloads:
            number = await self._keep(payload)
            if number is not None:
                self._offset = number + 1
        if payloads and self._offset == before:
            raise Unusable("updates without a number")
