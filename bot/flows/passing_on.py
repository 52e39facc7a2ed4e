"""Tips, and that no figures come, that failed where they were to go: put to those who come next, at once and once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.errors import StorageError
from bot.flows.nudge_news import NudgeNews

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class PassingOn:
    """Looks where `look_again` said that something failed, and once at the start: another process may have ended before that."""

    news: NudgeNews
    _due: bool = True

    def look_again(self) -> None:
        """Say that a message has failed for good."""
        self._due = True

    async def pass_on(self, now: datetime) -> int:
        """Write down elsewhere what failed and is not stale; returns how many messages are new. Raises StorageError."""
        if not self._due:
            return 0
        self._due, written = False, 0
        try:
            for failed in await self.news.cards.failed(now):
                said = await self.news.elsewhere(failed, now)
                new = await self.news.cards.pass_on(failed.card, said, now) if said else 0
                written += new
                log.warning("tips.passed_on", key=failed.card.key, chat=failed.card.chat, messages=new)
        except StorageError:
            self._due = True
            raise
        return written
