"""How tips and gaps are said, as one thing that the flows are given. Knows no platform."""

from __future__ import annotations

from datetime import datetime

from bot.channels import tip_view
from bot.domain.messages import Message
from bot.domain.tips import Blind, Sighted, Tip


class TipViews:
    """The port over `tip_view`."""

    def tip(self, tip: Tip, now: datetime, language: str) -> Message:
        """A tip as it stands, with its buttons."""
        return tip_view.tip_message(tip, now, language)

    def escalation(self, tip: Tip, now: datetime, language: str) -> Message:
        """What the operator is told in private of a tip that nobody took."""
        return tip_view.escalation(tip, now, language)

    def blind(self, gap: Blind, now: datetime, language: str) -> Message:
        """That nothing is seen any more."""
        return tip_view.blind(gap, now, language)

    def sighted(self, back: Sighted, now: datetime, language: str) -> Message:
        """That figures are back."""
        return tip_view.sighted(back, now, language)
