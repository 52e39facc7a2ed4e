"""How tips and gaps are said, as one thing that the flows are given. Knows no platform."""

from __future__ import annotations

from datetime import datetime

from bot.channels import tip_view
from bot.domain.messages import Message
from bot.domain.tips import Blind, Missed, Sighted, Tip


class TipViews:
    """The port over `tip_view`."""

    def tip(self, tip: Tip, now: datetime, language: str, missed: Missed | None = None) -> Message:
        """A tip as it stands, with its buttons; `missed` says whom it did not reach, that it stands here instead."""
        return tip_view.tip_message(tip, now, language, missed)

    def escalation(self, tip: Tip, now: datetime, language: str, missed: Missed | None = None, *, stood: bool = True) -> Message:
        """What somebody is told in private of a tip that nobody took; `stood` says that it is known to stand in the group."""
        return tip_view.escalation(tip, now, language, missed, stood=stood)

    def blind(self, gap: Blind, now: datetime, language: str, missed: Missed | None = None) -> Message:
        """That nothing is seen any more."""
        return tip_view.blind(gap, now, language, missed)

    def sighted(self, back: Sighted, now: datetime, language: str) -> Message:
        """That figures are back."""
        return tip_view.sighted(back, now, language)
