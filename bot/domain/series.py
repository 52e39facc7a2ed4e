"""A live session that comes back every week: what each occurrence is like, and how far ahead they have been made. No clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from bot.domain.recurrence import Weekly, occurrences
from bot.domain.sessions import LiveSession, Status

AHEAD = timedelta(days=15)
"""Occurrences are made so long before: the first items of a campaign are due 15 days before go-live."""
MOST = 16
"""Occurrences that are made at once; 15 days hold no more than that of one a day."""


@dataclass(frozen=True, slots=True)
class Series:
    """One repetition. `template` is the session that it began with; `made_until` is up to when its occurrences have been made."""

    id: str
    template: LiveSession
    rule: Weekly
    made_by: str
    made_until: datetime

    def due(self, now: datetime) -> list[datetime]:
        """When the occurrences start that have to be made by now, earliest first."""
        later = occurrences(self.rule, after=max(now, self.made_until), most=MOST)
        return [moment for moment in later if moment <= now + AHEAD]

    def occurrence(self, id: str, starts_at: datetime) -> LiveSession:
        """A planned session at that time, otherwise like the template."""
        return replace(
            self.template, id=id, starts_at=starts_at, status=Status.PLANNED, began_at=None, ended_at=None, override=None,
            series=self.id, revision=1,
        )  # fmt: skip


def weekly(session: LiveSession) -> Weekly:
    """Every week at the session's local time, from the week after it on."""
    start = session.starts_at.astimezone(session.local_zone)
    at = time(start.hour, start.minute)
    return Weekly(frozenset({start.isoweekday()}), at, session.local_zone, start.date() + timedelta(days=1))
