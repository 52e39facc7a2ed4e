"""All that is done to live sessions, in one hand: what channels and commands are given."""

from __future__ import annotations

from dataclasses import dataclass

from bot.flows.feeds import FeedDesk
from bot.flows.leaving import Leaving
from bot.flows.metric_imports import ImportDesk
from bot.flows.own_rules import RuleDesk
from bot.flows.panels import PanelDesk, Pictures
from bot.flows.polling import PollDesk
from bot.flows.present import PresentDesk
from bot.flows.running import Running
from bot.flows.session_calendar import CalendarDesk
from bot.flows.session_clock import SessionClock
from bot.flows.session_ground import Ground
from bot.flows.session_orders import OrderDesk
from bot.flows.session_series import SeriesDesk
from bot.flows.sessions import SessionDesk
from bot.flows.suggesting import Suggesting
from bot.flows.suggestions import SuggestionDesk
from bot.flows.tip_charts import ChartDesk
from bot.flows.tips import TipDesk
from bot.storage.samples import Samples


@dataclass(frozen=True, slots=True)
class Floor:
    """What sessions stand on, the desk where they are planned, how they begin, end and come back, what time does; who may
    bring live metrics, those that were brought, the tips that came of them, boards with their pictures, the rules that tips come
    by, questions about right now, tables of metrics that people send, addresses that metrics are fetched from, and weekly
    proposals to change rules.
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
    panels: PanelDesk
    pictures: Pictures
    charts: ChartDesk
    rules: RuleDesk
    present: PresentDesk
    imports: ImportDesk
    polls: PollDesk
    suggesting: Suggesting
    suggestions: SuggestionDesk
