"""When a team may be disturbed: its time zone and quiet hours. No clock: every moment is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo

EARLY_ENOUGH = timedelta(minutes=30)
"""A push that waits for the morning must leave so much time until its item is due."""
SPREAD = timedelta(minutes=5)
"""What the quiet hours held back comes within so long after them: all sessions of a day in one second would fill a group, and
wait for the platform's limits."""
NEAR_GO_LIVE = timedelta(hours=5)
"""So long before go-live, and until the end, the team is at work: nothing is put off, or a session at dawn would get its
checklist too late."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Quiet hours as local times of day in `zone`; they may cross midnight. Equal times mean that there are none."""

    zone: str = "Asia/Shanghai"
    quiet_from: time = time(23)
    quiet_until: time = time(8, 30)

    def quiet(self, moment: datetime) -> bool:
        """Whether the moment lies in the quiet hours; their end does not."""
        at = moment.astimezone(ZoneInfo(self.zone)).time()
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= at < self.quiet_until
        return at >= self.quiet_from or at < self.quiet_until

    def shifted(self, moment: datetime, *, due: datetime, whose: str = "") -> datetime:
        """When to push what would be pushed at `moment`: out of the quiet hours, later where that is early enough, else before.

        The result is in UTC. `whose` is what it belongs to, such as a session's id: what belongs together is shifted by the same
        second of `SPREAD`, what does not by another. What would then come before the quiet hours of a past evening is for the
        caller to push at once.
        """
        if not self.quiet(moment):
            return moment.astimezone(UTC)
        local = moment.astimezone(ZoneInfo(self.zone))
        starts = local.replace(hour=self.quiet_from.hour, minute=self.quiet_from.minute, second=0, microsecond=0)
        ends = local.replace(hour=self.quiet_until.hour, minute=self.quiet_until.minute, second=0, microsecond=0)
        if starts > local:
            starts -= timedelta(days=1)
        if ends <= local:
            ends += timedelta(days=1)
        apart = timedelta(seconds=crc32(whose.encode()) % int(SPREAD.total_seconds())) if whose else timedelta(0)
        after, latest = ends.astimezone(UTC), due - EARLY_ENOUGH
        return min(after + apart, latest.astimezone(UTC)) if after <= latest else starts.astimezone(UTC) - apart
