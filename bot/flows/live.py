"""All that is done with checklists of sessions, in one hand: what channels and the clock are given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.flows.checklists import ChecklistDesk
from bot.flows.lists import ListDesk, hand_over_due
from bot.flows.pushing import PushDesk
from bot.flows.reminding import ReminderDesk
from bot.flows.rhythms import RhythmDesk


@dataclass(frozen=True, slots=True)
class Checklists:
    """What people do, what they ask for, what the clock does, and when it may."""

    desk: ChecklistDesk
    lists: ListDesk
    pushing: PushDesk
    reminding: ReminderDesk
    rhythms: RhythmDesk

    async def hand_over_due(self, now: datetime) -> int:
        """Write down the hand-overs of long sessions whose shift has changed; returns how many were new."""
        return await hand_over_due(self.pushing.board, self.pushing.cards, now)
