"""Telegram's sending limits: 30 a second for a bot, 1 a second in a chat with a small burst, 20 a minute in a group."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.double.errors import too_many_requests
from tests.double.state import Chat


@dataclass
class _Bucket:
    size: float
    rate: float
    level: float
    at: float

    def wait(self, now: float) -> float:
        """Seconds until one more fits; 0 takes it."""
        self.level = min(self.size, self.level + (now - self.at) * self.rate)
        self.at = now
        return 0.0 if self.level >= 1 else (1 - self.level) / self.rate


@dataclass
class Limits:
    """Off until `enforced`; all figures can be changed. `clock` gives seconds."""

    enforced: bool = False
    bot_per_second: float = 30
    chat_per_second: float = 1
    chat_burst: float = 3
    group_per_minute: float = 20
    clock: Callable[[], float] = time.monotonic
    _buckets: dict[str, _Bucket] = field(default_factory=dict)

    def take(self, chat: Chat) -> None:
        """Count one message to `chat`; raises ApiError 429 with retry_after in whole seconds when it is one too many."""
        if not self.enforced:
            return
        now = self.clock()
        buckets = [self._bucket("bot", self.bot_per_second, self.bot_per_second, now)]
        if chat.id < 0:
            buckets.append(self._bucket(f"group {chat.id}", self.group_per_minute, self.group_per_minute / 60, now))
        else:
            buckets.append(self._bucket(f"chat {chat.id}", self.chat_burst, self.chat_per_second, now))
        wait = max(bucket.wait(now) for bucket in buckets)
        if wait > 0:
            raise too_many_requests(max(1, math.ceil(round(wait, 6))))
        for bucket in buckets:
            bucket.level -= 1

    def _bucket(self, name: str, size: float, rate: float, now: float) -> _Bucket:
        return self._buckets.setdefault(name, _Bucket(size, rate, size, now))
