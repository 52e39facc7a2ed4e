"""All that is done to people, merchants and groups, in one hand: what channels and commands are given."""

from __future__ import annotations

from dataclasses import dataclass

from bot.flows.access import Gate
from bot.flows.export import ExportDesk
from bot.flows.merchants import MerchantDesk
from bot.flows.team import TeamDesk


@dataclass(frozen=True, slots=True)
class Office:
    """Who may read what, the two desks where that is changed, and the one where a merchant's data is handed out."""

    gate: Gate
    team: TeamDesk
    merchants: MerchantDesk
    exports: ExportDesk
