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
from multiprocessing import parent_process
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, ParamSpec

import structlog

from bot.domain.curves import Curve
from bot.domain.messages import Picture
from bot.domain.panel import Gauge
from bot.errors import PictureFailed

log = structlog.get_logger(__name__)

P = ParamSpec("P")
IDLE_SECONDS = 600.0
"""So long without a picture the process is kept: starting it takes a second or two."""
LONGEST = 60.0
"""Seconds for one picture: on a machine that has much else to do starting the process takes a third of that."""
_NICE = 10
_GOING = 5.0
"""Seconds in which the system ends a process that was killed."""


class Artist:
    """Draws for as long as it is not closed. Whoever is cancelled while waiting leaves the picture undrawn or unused.

    A process that the system ends, as when memory is short, costs nothing once: the picture in hand is drawn again. One that
    hangs is ended after `LONGEST`.
    """

    def __init__(
        self, idle: float = IDLE_SECONDS, start: Callable[[], Executor] | None = None, longest: float = LONGEST
    ) -> None:  # fmt: skip
        """`idle`: seconds without a picture after which the process ends; `start` gives another process than `started` does;
        `longest`: seconds for one picture."""
        self._idle = idle
        self._start = start
        self._longest = longest
        self._process: Executor | None = None
        self._turn = asyncio.Lock()
        self._rest: asyncio.TimerHandle | None = None
        self._closed = False

    async def chart(self, curve: Curve, language: str, note: str = "") -> Picture:
        """One figure over time; see `bot.channels.pictures.chart.chart`. Raises PictureFailed."""
        return await self._drawn(_chart, curve, language, note)

    async def board(self, gauges: Sequence[Gauge], where: str, now: float, zone: str, language: str) -> Picture:
        """All figures of a session; see `bot.channels.pictures.board.board`. Raises PictureFailed."""
        return await self._drawn(_board, gauges, where, now, zone, language)

    def close(self) -> None:
        """Draw no more, neither what waits nor the picture in hand."""
        self._closed = True
        self._end()

    async def _drawn(self, draw: Callable[P, bytes], *values: P.args, **named: P.kwargs) -> Picture:
        async with self._turn:  # the time of a picture begins when it is drawn, not when it is asked for
            if self._rest:
                self._rest.cancel()
            try:
                try:
                    return await self._once(draw, *values, **named)
                except BrokenProcessPool as error:  # also where it was ended while there was nothing to draw
                    log.warning("pictures_process_ended", error=str(error))
                    self._end()
                return await self._once(draw, *values, **named)
            except BrokenProcessPool as error:
                self._end()
                raise _failed(
                    "图没画出来，多半是服务器内存不够。", "The picture could not be drawn, most likely for want of memory."
                ) from error
            except TimeoutError as error:
                log.error("pictures_process_hangs", seconds=self._longest)
                self._end()
                raise _failed("图画得太久，先不画了。", "The picture took too long and was given up.") from error
            finally:
                if self._process:
                    self._rest = asyncio.get_running_loop().call_later(self._idle, self._end)

    async def _once(self, draw: Callable[P, bytes], *values: P.args, **named: P.kwargs) -> Picture:
        if self._closed:
            raise _failed("机器人正在停，图先不画了。", "The bot is stopping and draws no more.")
        process = self._process = self._process or (self._start or started)()
        async with asyncio.timeout(self._longest):
            return Picture(await asyncio.wrap_future(process.submit(draw, *values, **named)))

    def _end(self) -> None:
        if self._rest:
            self._rest.cancel()
        if self._process:
            self._process.shutdown(wait=False, cancel_futures=True)
            self._process = None


def _failed(chinese: str, english: str) -> PictureFailed:
    return PictureFailed(f"{chinese}请稍后再试一次。", f"{english} Please try again in a while.")


class Drawer(ProcessPoolExecutor):
    """A process that draws, one picture after the other; `nice` is by how much it gives way to everything else."""

    def __init__(self, nice: int) -> None:
        self._spawning = _Spawning()
        super().__init__(1, self._spawning, _settle, (nice,))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the process, whatever it is at: one that hangs would keep this one from ending."""
        super().shutdown(wait=False, cancel_futures=True)
        for one in self._spawning.made:
            one.kill()
            one.join(_GOING)


class _Spawning(SpawnContext):
    """Remembers the processes that it made."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[SpawnProcess] = []

    def Process(self, *values: Any, **named: Any) -> SpawnProcess:  # type: ignore[override]
        made = SpawnProcess(*values, **named)
        self.made.append(made)
        return made


def started(nice: int = _NICE) -> Drawer:
    """The process that draws."""
    return Drawer(nice)


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
