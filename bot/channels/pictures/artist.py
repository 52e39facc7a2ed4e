"""Pictures drawn beside the event loop, one at a time.

One thread of their own: fonts, glyphs and the allocator's memory are then there once and not once for each thread of a pool.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec

from bot.channels.pictures.board import board
from bot.channels.pictures.chart import chart
from bot.domain.curves import Curve
from bot.domain.messages import Picture
from bot.domain.panel import Gauge

P = ParamSpec("P")
_ALONE = threading.Lock()
"""Fonts bear one thread at a time, whoever else has an Artist."""


class Artist:
    """Draws for as long as it is not closed. Whoever is cancelled while waiting leaves the picture undrawn or unused."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pictures")

    async def chart(self, curve: Curve, language: str, note: str = "") -> Picture:
        """One figure over time; see `bot.channels.pictures.chart.chart`."""
        return await self._drawn(chart, curve, language, note)

    async def board(self, gauges: Sequence[Gauge], where: str, now: float, zone: str, language: str) -> Picture:
        """All figures of a session; see `bot.channels.pictures.board.board`."""
        return await self._drawn(board, gauges, where, now, zone, language)

    def close(self) -> None:
        """Finish the picture in hand; what waits is not drawn."""
        self._thread.shutdown(cancel_futures=True)

    async def _drawn(self, draw: Callable[P, bytes], *values: P.args, **named: P.kwargs) -> Picture:
        def work() -> bytes:
            with _ALONE:
                return draw(*values, **named)

        return Picture(await asyncio.get_running_loop().run_in_executor(self._thread, work))
