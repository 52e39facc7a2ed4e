"""A desk to test the delivery worker at: a real outbox, a clock that the test moves, a channel that does as told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.delivery import Delivery, Waits
from bot.domain.messages import Message, text
from bot.domain.outgoing import Kind
from bot.flows.ports import Sent
from bot.storage.chats import Chats
from bot.storage.database import Database
from bot.storage.outbox import Outbox

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A time that only the test moves."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> None:
        self.now += timedelta(**parts)


@dataclass
class ScriptedChannel:
    """Takes everything, except where `script` (by text) holds an outcome for the next attempt."""

    clock: Clock
    name: str = "telegram"
    script: dict[str, list[BaseException | int]] = field(default_factory=dict)
    tried: list[tuple[str, str]] = field(default_factory=list)
    sent: list[tuple[str, str]] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    details: list[dict[str, object]] = field(default_factory=list)
    edits: list[tuple[str, int, str]] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    at_once: int = 0
    most_at_once: int = 0

    def __post_init__(self) -> None:
        self.open.set()

    async def send(self, chat: str, message: Message, *, topic: int | None = None, reply_to: int | None = None) -> Sent:
        self.tried.append((chat, message.plain))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.open.wait()
        finally:
            self.at_once -= 1
        outcome = self.script.get(message.plain, [])
        first: BaseException | int = outcome.pop(0) if outcome else 1
        if isinstance(first, BaseException):
            raise first
        self.sent.append((chat, message.plain))
        self.messages.append(message)
        self.details.append({"topic": topic, "reply_to": reply_to})
        return Sent(tuple(len(self.sent) * 10 + piece for piece in range(first)))

    async def edit(self, chat: str, message_id: int, message: Message) -> None:
        self.edits.append((chat, message_id, message.plain))

    @property
    def texts(self) -> list[str]:
        return [plain for _, plain in self.sent]


@dataclass
class Desk:
    """Everything that one test of the delivery needs."""

    database: Database
    outbox: Outbox
    chats: Chats
    clock: Clock
    channel: ScriptedChannel
    delivery: Delivery

    async def add(self, *contents: str, chat: str = "42", kind: Kind = Kind.ANSWER, **options: Any) -> None:
        for content in contents:
            await self.outbox.add(content, "telegram", chat, text(content), kind=kind, now=self.clock(), **options)
        self.delivery.notify()

    async def counts(self, **expected: int) -> None:
        async def met() -> bool:
            return await self.outbox.counts() == expected

        await until_true(met, lambda: expected)


async def until_true(met: Callable[[], object], about: Callable[[], object]) -> None:
    for _ in range(400):
        result = met()
        if await result if asyncio.iscoroutine(result) else result:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"did not come about: {about()}")


async def until(met: Callable[[], bool]) -> None:
    await until_true(met, lambda: "")


class CountedDelivery(Delivery):
    """A delivery whose rounds are counted, so that a test knows when it has looked and found nothing."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._begun = self._ended = 0
        self._round_ended = asyncio.Condition()
        self.looks_in = 0.0
        """Seconds from its last round until a limit lets something go."""

    async def _round(self) -> float:
        self._begun += 1
        self.looks_in = seconds = await super()._round()
        async with self._round_ended:
            self._ended += 1
            self._round_ended.notify_all()
        return seconds

    async def settled(self, tried: Callable[[], int]) -> bool:
        """Wait until all that may start at this moment has started and ended, while `run` runs.

        `tried` counts the channel's sends. Returns whether there were any.
        """
        before = last = tried()
        while True:
            begun = self._begun
            self.notify()
            async with self._round_ended:
                await self._round_ended.wait_for(lambda begun=begun: self._ended > begun)  # type: ignore[misc]
            if self._in_hand:
                await asyncio.wait(self._in_hand.values())
            elif tried() == last:
                return last != before
            last = tried()


@asynccontextmanager
async def running(desk: Desk) -> AsyncIterator[None]:
    task = asyncio.create_task(desk.delivery.run())
    try:
        yield
    finally:
        desk.channel.open.set()
        desk.delivery.stop()
        await task


@asynccontextmanager
async def ticking(desk: Desk, **step: float) -> AsyncIterator[None]:
    """Meanwhile the clock moves on by `step` fifty times a second."""

    async def tick() -> None:
        while True:
            await asyncio.sleep(0.02)
            desk.clock.advance(**step)
            desk.delivery.notify()

    task = asyncio.create_task(tick())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def quiet() -> None:
    """Long enough for several rounds of the worker."""
    await asyncio.sleep(0.12)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Desk]:
    """A desk over a new database in this folder."""
    database = await Database.open(f"sqlite+aiosqlite:///{folder}/copilot.db")
    clock, outbox, chats = Clock(), Outbox(database), Chats(database)
    channel = ScriptedChannel(clock)
    waits = Waits(poll=0.02, send=5.0, stop=5.0, storage=0.02)
    yield Desk(database, outbox, chats, clock, channel, Delivery(outbox, chats, {"telegram": channel}, clock, waits))
    await database.close()
