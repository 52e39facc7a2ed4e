"""All that is done to people, merchants, groups and documents, in one hand: what channels and commands are given."""

from __future__ import annotations

from dataclasses import dataclass

from bot.flows.access import Gate
from bot.flows.export import ExportDesk
from bot.flows.library import LibraryDesk
from bot.flows.live import Checklists
from bot.flows.merchants import MerchantDesk
from bot.flows.outgoing import OutgoingDesk
from bot.flows.robots import RobotDesk
from bot.flows.team import TeamDesk


@dataclass(frozen=True, slots=True)
class Office:
    """Who may read what, and the desks: people, merchants, handing out, the library, the outbox, checklists."""

    gate: Gate
    team: TeamDesk
    merchants: MerchantDesk
    exports: ExportDesk
    library: LibraryDesk
    outgoing: OutgoingDesk
    checklists: Checklists
    robots: RobotDesk
