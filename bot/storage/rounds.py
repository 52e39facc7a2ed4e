"""Work that many ask for at about the same time, done for all of them at once: one transaction, one pass over arrays."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

GATHERED = 0.1
"""Seconds from one round's beginning to the next one's where many feeds bring samples; nobody waits longer for company."""
MOST = 200
"""What one round takes, so that nobody else waits long for it."""


Asked = TypeVar("Asked")
Done = TypeVar("Done")


class Rounds(Generic[Asked, Done]):
    """`work` gives for each that is asked what came of it, or the error that only this one is told. What it raises all are told.

    Who asks while a round is on waits for the next. Rounds begin `every` so many seconds at the soonest, the first at once. What
    was asked for is done also when whoever asked has gone.
    """

    def __init__(self, work: Callable[[Sequence[Asked]], Awaitable[Sequence[Done | Exception]]], every: float = 0.0) -> None:
        self._work = work
        self._every = every
        self._soonest = 0.0
        self._waiting: list[tuple[Asked, asyncio.Future[Done]]] = []
        self._task: asyncio.Task[None] | None = None

    async def do(self, asked: Asked) -> Done:
        """What came of it, after the round that it was in."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Done] = loop.create_future()
        self._waiting.append((asked, done))
        if self._task is None or self._task.done() or self._task.get_loop() is not loop:
            self._task = loop.create_task(self._rounds(), name="rounds")
        return await done

    async def _rounds(self) -> None:
        clock = asyncio.get_running_loop().time
        while self._waiting:
            if (early := self._soonest - clock()) > 0:
                await asyncio.sleep(min(early, self._every))
            self._soonest = clock() + self._every
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            (found,) = await asyncio.gather(self._work([asked for asked, _ in batch]), return_exceptions=True)
            outcomes = [found] * len(batch) if isinstance(found, BaseException) else found
            for (_, done), outcome in zip(batch, outcomes, strict=True):
                if done.done():
                    continue
                if isinstance(outcome, BaseException):
                    done.set_exception(outcome)
                else:
                    done.set_result(outcome)
