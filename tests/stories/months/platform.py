"""The platform as a process sees it that may die in any moment: what arrived there stays arrived."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, cast

from bot.domain.messages import Message
from bot.domain.outgoing import qualified
from bot.errors import TemporaryChannelError, UnknownOutcome
from bot.flows.ports import Sent
from tests.double.errors import ApiError
from tests.double.limits import Limits
from tests.stories.months.plan import Month

LOST_REPLY, TOO_MANY = 0.003, 0.002
"""How often a message arrives without anybody being told, and how often a wait is asked for without a reason that shows."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message that arrived: when (seconds after the start), where, its id and text there, whether the reply was lost, in
    which of the process's lives."""

    at: float
    chat: str
    id: int
    digest: str
    lost: bool
    life: int

    @property
    def place(self) -> tuple[str, int]:
        """Its qualified chat and its id there, as they are stored when the reply has come."""
        return qualified(Platform.name, self.chat), self.id


def arrivals(path: Path) -> list[Arrival]:
    """Everything that has arrived so far, oldest first."""
    if not path.exists():
        return []
    return [Arrival(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]


class Platform:
    """A channel that counts as Telegram does, and fails as networks do."""

    name = "telegram"

    def __init__(self, path: Path, month: Month, life: int, now: Callable[[], float]) -> None:
        """`path` is where arrivals are noted, a line each: a line that is written survives the process."""
        known = arrivals(path)
        self._file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        self._month, self._life, self._now = month, life, now
        self._random = Random(f"{month.seed}/{life}")
        self._ids = len(known)
        self.tried = self.refused = 0
        self._at = 0.0
        self._limits = Limits(enforced=True, clock=lambda: self._at)
        for one in known[-200:]:
            self._at = one.at
            self._counted(one.chat)

    def _counted(self, chat: str) -> float:
        """Count a message; returns the wait in seconds that is asked for instead, 0 for none."""
        try:
            self._limits.take(cast(Any, SimpleNamespace(id=int(chat))))
        except ApiError as error:
            return float(error.parameters["retry_after"])
        return 0.0

    async def _reach(self, chat: str) -> None:
        self._at, self.tried = self._now(), self.tried + 1
        await asyncio.sleep(0.001)  # a kill may come before it arrives
        if self._month.out(self._at):
            raise TemporaryChannelError("network is unreachable")
        if self._random.random() < TOO_MANY:
            raise TemporaryChannelError("too many requests", retry_after=self._random.randint(1, 5))
        if wait := self._counted(chat):
            self.refused += 1
            raise TemporaryChannelError("too many requests", retry_after=wait)

    async def send(self, chat: str, message: Message, *, topic: int | None = None, reply_to: int | None = None) -> Sent:
        """Note the message; it may have arrived even where this fails."""
        await self._reach(chat)
        self._ids += 1
        lost = self._random.random() < LOST_REPLY
        digest = blake2b(message.plain.encode(), digest_size=8).hexdigest()
        arrival = {"at": self._at, "chat": chat, "id": self._ids, "digest": digest, "lost": lost, "life": self._life}
        os.write(self._file, (json.dumps(arrival) + "\n").encode())
        id = self._ids
        await asyncio.sleep(0.001)  # and after it, before anybody is told
        if lost:
            raise UnknownOutcome("the reply was lost")
        return Sent((id,))

    async def edit(self, chat: str, message_id: int, message: Message) -> None:
        """Nobody counts edits here, but they can fail as well."""
        await self._reach(chat)
