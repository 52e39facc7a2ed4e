"""All that is done to live sessions, in one hand: what channels and commands are given."""

from __future__ import annotations

from dataclasses import dataclass

from bot.flows.feeds import FeedDesk
from bot.flows.leaving import Leaving
from bot.flows.own_rules import RuleDesk
from bot.flows.present import PresentDesk
from bot.flows.running import Running
from bot.flows.session_calendar import CalendarDesk
from bot.flows.session_clock import SessionClock
from bot.flows.session_ground import Ground
from bot.flows.session_orders import OrderDesk
from bot.flows.session_series import SeriesDesk
from bot.flows.sessions import SessionDesk
from bot.flows.tips import TipDesk
from bot.storage.samples import Samples


@dataclass(frozen=True, slots=True)
class Floor:
    """What sessions stand on, the desk where they are planned, how they begin, end and come back, what time does; who may
    bring live metrics, those that were brought, the tips that came of them, the rules that they come by, and questions about
    right now.
    """

    ground: Ground
    desk: SessionDesk
    running: Running
    series: SeriesDesk
    orders: OrderDesk
    calendar: CalendarDesk
    clock: SessionClock
    leaving: Leaving
    feeds: FeedDesk
    samples: Samples
    tips: TipDesk
    rules: RuleDesk
    present: PresentDesk
