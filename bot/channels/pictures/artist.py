"""Pictures drawn in a process of their own, one at a time.

Drawing takes the interpreter for some tenths of a second: in a thread, every tip and every answer would wait for it. The process
gives way to whatever else the machine does, is started by the first picture, ends when nothing was drawn for a while (so that
its memory is free most of the day), and never outlives this one.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from typing import ParamSpec

import structlog

from bot.domain.curves import Curve
from bot.domain.messages import Picture
from bot.domain.panel import Gauge
from bot.errors import PictureFailed

log = structlog.get_logger(__name__)

P = ParamSpec("P")
IDLE_SECONDS = 600.0
"""So long without a picture the process is kept: starting it takes a second or two."""
_NICE = 10


class Artist:
    """Draws for as long as it is not closed. Whoever is cancelled while waiting leaves the picture undrawn or unused.

    A process that the system ends, as when memory is short, costs the pictures in hand (PictureFailed) and no more.
    """

    def __init__(self, idle: float = IDLE_SECONDS, start: Callable[[], Executor] | None = None) -> None:
        """`idle`: seconds without a picture after which the process ends; `start` gives another process than `started` does."""
        self._idle = idle
        self._start = start
        self._process: Executor | None = None
        self._drawing = 0
        self._rest: asyncio.TimerHandle | None = None

    async def chart(self, curve: Curve, language: str, note: str = "") -> Picture:
        """One figure over time; see `bot.channels.pictures.chart.chart`. Raises PictureFailed."""
        return await self._drawn(_chart, curve, language, note)

    async def board(self, gauges: Sequence[Gauge], where: str, now: float, zone: str, language: str) -> Picture:
        """All figures of a session; see `bot.channels.pictures.board.board`. Raises PictureFailed."""
        return await self._drawn(_board, gauges, where, now, zone, language)

    def close(self) -> None:
        """Finish the picture in hand; what waits is not drawn."""
        if self._rest:
            self._rest.cancel()
        if self._process:
            self._process.shutdown(cancel_futures=True)
            self._process = None

    async def _drawn(self, draw: Callable[P, bytes], *values: P.args, **named: P.kwargs) -> Picture:
        if self._rest:
            self._rest.cancel()
        process = self._process = self._process or (self._start or started)()
        self._drawing += 1
        try:
            return Picture(await asyncio.wrap_future(process.submit(draw, *values, **named)))
        except BrokenProcessPool as error:
            log.error("pictures_process_ended", error=str(error))
            if self._process is process:
                self._process = None  # the next picture starts another
            raise PictureFailed(
                "图没画出来，多半是服务器内存不够。请稍后再试一次。",
                "The picture could not be drawn, most likely for want of memory. Please try again in a while.",
            ) from error
        finally:
            self._drawing -= 1
            if not self._drawing and self._process:
                self._rest = asyncio.get_running_loop().call_later(self._idle, self._end)

    def _end(self) -> None:
        if self._process and not self._drawing:
            self._process.shutdown(wait=False)
            self._process = None


def started(nice: int = _NICE) -> ProcessPoolExecutor:
    """A process that draws, one picture after the other; `nice` is by how much it gives way to everything else."""
    return ProcessPoolExecutor(1, get_context("spawn"), _settle, (nice,))


# ---- in the other process; matplotlib is imported there and nowhere else ----


def _chart(curve: Curve, language: str, note: str) -> bytes:
    from bot.channels.pictures.chart import chart

    return chart(curve, language, note)


def _board(gauges: Sequence[Gauge], where: str, now: float, zone: str, language: str) -> bytes:
    from bot.channels.pictures.board import board

    return board(gauges, where, now, zone, language)


def _settle(nice: int) -> None:
    """Give way to everything else, leave a Ctrl-C to the parent, and go when the parent goes, however it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(nice)
    threading.Thread(target=_leave_with_parent, name="parent", daemon=True).start()


def _leave_with_parent() -> None:
    parent = parent_process()
    if parent:
        parent.join()
        os._exit(0)
