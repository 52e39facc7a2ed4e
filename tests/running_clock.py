"""A clock for what has to go on by itself while a test watches, and yet has to be at the same time of day in every run."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
AFTERNOON = datetime(2026, 3, 11, 14, 0, tzinfo=SHANGHAI)
"""A Wednesday in the middle of a month: today lasts for hours, this evening is ahead, and nobody asks to be left alone."""


class RunningClock:
    """Starts at a moment that a test may set, and goes on as fast as real time."""

    def __init__(self, start: datetime = AFTERNOON) -> None:
        self.set(start)

    def set(self, start: datetime) -> None:
        """It is this moment now; the clock of whoever has it already is set as well."""
        self._start, self._began = start.astimezone(UTC), time.monotonic()

    def __call__(self) -> datetime:
        """Now, in UTC like the product's clock."""
        return self._start + timedelta(seconds=time.monotonic() - self._began)

    def advance(self, **parts: float) -> None:
        """Go on at once by so many minutes, hours, days."""
        self._start += timedelta(**parts)

    def seconds(self) -> float:
        """Now, in seconds since 1970."""
        return self().timestamp()
