"""The Bot API double, seen through python-telegram-bot, which works against it unmodified."""

from __future__ import annotations

from tests.double import TelegramDouble


async def test_starts():
    async with await TelegramDouble.start() as double:
        assert double.url.startswith("http://127.0.0.1:")
