"""What one send carries, what the delivery asks of others, and what may be logged about a message: never its text."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.domain.access import Scope
from bot.domain.messages import Message
from bot.domain.outgoing import Kind
from bot.storage.outbox import OutboxItem

log = structlog.get_logger("bot.delivery")

Settle = Callable[[], Awaitable[object]]
Audience = Callable[[str, int | None], Awaitable[Scope]]
"""What may be shown in a qualified chat and topic at this moment."""
Language = Callable[[str], Awaitable[str]]
"""The language of a qualified chat, ``zh`` or ``en``; empty where it is not known."""


TellLost = Callable[[str, str, int], Awaitable[None]]
"""The qualified chat, the key of the message that showed it, and how many more were waiting for it."""


Observe = Callable[[str, Kind, str, float, bool], None]
"""Channel, kind, outcome, seconds, and whether it may have arrived before."""


@dataclass(frozen=True, slots=True)
class Mail:
    """What one send carries: messages that go as one, and edits that they replace."""

    items: tuple[OutboxItem, ...]
    message: Message = Message(())
    stale: tuple[int, ...] = ()

    @property
    def first(self) -> OutboxItem:
        """The oldest; it stands for all of them."""
        return self.items[0]


def about(item: OutboxItem) -> structlog.typing.FilteringBoundLogger:
    """The log with what may be said about a message: never its text."""
    bound: structlog.typing.FilteringBoundLogger = log.bind(key=item.key, chat=item.chat, kind=item.kind.value)
    return bound


async def wait(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, but no longer than so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


def where(error: BaseException) -> str:
    """The path that an error took, without its message: that may quote what somebody wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames[-4:]))
