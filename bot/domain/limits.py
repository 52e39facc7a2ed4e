"""How often somebody may ask: a steady rate with some room for a burst, for each person and each chat."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

KEPT = 10_000
"""Persons and chats whose pace is remembered at most; the ones heard longest ago are forgotten, to their favour."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` at once, and `per_minute` in the long run."""

    per_minute: int
    burst: int

    @property
    def every(self) -> timedelta:
        """What one costs."""
        return timedelta(minutes=1) / self.per_minute


class Pace:
    """Generic cell rate algorithm (ITU-T I.371): one moment a key says how far it has used up its burst."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._used: OrderedDict[str, datetime] = OrderedDict()

    def take(self, key: str, at: datetime) -> timedelta:
        """Count one of `key` at this moment: zero when it may pass, else how long to wait, and it is not counted.

        `at` is when it was said, not when it is read: what piled up while nobody read it is not held against anybody.
        """
        every, room = self._limit.every, self._limit.every * (self._limit.burst - 1)
        used = max(self._used.get(key, at), at)
        # Further ahead than one in order can be: an old message that comes late, or a clock that was set back.
        if used - at > room + every:
            used = at
        if used - at > room:
            return used - at - room
        self._used[key] = used + every
        self._used.move_to_end(key)
        if len(self._used) > KEPT:
            self._used.popitem(last=False)
        return timedelta(0)
