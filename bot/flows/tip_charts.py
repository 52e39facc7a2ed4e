"""Charts that go with tips: by itself for what is urgent, otherwise when somebody asks; one a tip and chat, edited from then on.

The tip is told at once as text. Its chart is drawn when the tip stands in the chat, and replies to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog

from bot.domain.access import Scope
from bot.domain.messages import Message
from bot.domain.outgoing import Kind
from bot.domain.sessions import LiveSession
from bot.errors import CopilotError, NotFound, Refused
from bot.flows.access import Actor
from bot.flows.panels import PanelDesk, Pictures
from bot.flows.tips import TipDesk
from bot.storage.outbox import outgoing
from bot.storage.tip_charts import TipCharts, Wanted, chart_keys

log = structlog.get_logger(__name__)

FRESH = timedelta(minutes=2)
"""How long after its tip a chart still says something; the same for how long it may wait to be sent."""
REMEMBERED = 200
"""Tips without a chart that are not tried again."""


class Charted(StrEnum):
    """What became of a wish for a chart."""

    SENT = "sent"
    UPDATED = "updated"


@dataclass(slots=True)
class ChartDesk:
    """Charts of tips, through the outbox: a row first, less urgent than any tip, and not sent when it is late."""

    tips: TipDesk
    panels: PanelDesk
    pictures: Pictures
    charts: TipCharts
    _without: dict[str, None] = field(default_factory=dict)

    async def tick(self, now: datetime) -> int:
        """Write down the charts that are due by themselves; returns how many."""
        written = 0
        for wanted in await self.charts.wanted(now - FRESH):
            if wanted.tip not in self._without:
                written += await self._by_itself(wanted)
        return written

    async def press(
        self, actor: Actor, scope: Scope, id: str, chat: str, topic: int | None, message_id: int, language: str, nonce: int
    ) -> Charted:
        """A chart of the tip as a reply to its message, or the one that is there brought up to date. Raises NotFound, Refused.

        `nonce` is another one for each press.
        """
        tip = await self.tips.tip(actor, scope, id)
        if not tip.metric:
            raise Refused("tip_without_chart")
        reading = await self.panels.reading(actor, scope, tip.session.id, tip.metric)
        shown = await self.pictures.tip(tip, reading, language)
        standing = await self.charts.standing(tip.id, chat)
        first, *further = chart_keys(tip.id, chat)
        if standing is not None and shown.picture is not None:
            row = self._row(f"{first}:edit:{nonce}", chat, topic, shown, tip.session, edit_of=standing)
            await self.charts.add(row, alone=False)
            return Charted.UPDATED
        if shown.picture is None:
            # Words alone do not take the place of a picture, neither of one that stands nor of one that is drawn the next time.
            row = self._row(f"{first}:words:{nonce}", chat, topic, shown, tip.session, reply_to=message_id)
            await self.charts.add(row, alone=False)
            return Charted.SENT
        row = self._row(first, chat, topic, shown, tip.session, reply_to=message_id)
        new = await self.charts.add(row, alone=False)
        for key in further:
            # It waits to be sent, or it came to nothing: another goes out only when none before it does.
            new = new or await self.charts.add(row | {"key": key}, alone=True)
        return Charted.SENT

    async def _by_itself(self, wanted: Wanted) -> bool:
        news = self.tips.news
        session, stored = await news.board.sessions.known(wanted.session), await news.nudges.known(wanted.tip)
        tip = await news.shown(stored, session) if session and stored else None
        if session is None or tip is None or not tip.metric:
            self._leave_out(wanted.tip)
            return False
        try:
            reading = await self.panels.seen(session, tip.metric)
            shown = await self.pictures.tip(tip, reading, wanted.language)
        except (CopilotError, NotFound) as error:
            # The tip stands as text; trying each second would change nothing.
            log.warning("tips.no_chart", tip=tip.id, error=str(error))
            self._leave_out(wanted.tip)
            return False
        if shown.picture is None:  # nobody asked for words that the tip has already
            log.warning("tips.no_chart", tip=tip.id, error=shown.plain.splitlines()[-1])
            self._leave_out(wanted.tip)
            return False
        row = self._row(
            chart_keys(tip.id, wanted.chat)[0], wanted.chat, wanted.topic, shown, session, reply_to=wanted.message_id,
            expires=wanted.decided_at + FRESH,
        )  # fmt: skip
        return await self.charts.add(row, alone=True)

    def _leave_out(self, tip: str) -> None:
        self._without[tip] = None
        if len(self._without) > REMEMBERED:
            del self._without[next(iter(self._without))]

    def _row(
        self, key: str, chat: str, topic: int | None, shown: Message, session: LiveSession, *, reply_to: int | None = None,
        edit_of: int | None = None, expires: datetime | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        now = self.tips.news.now()
        return outgoing(
            key, chat.partition(":")[0], chat, shown, kind=Kind.CHART, now=now, topic=topic, reply_to=reply_to, edit_of=edit_of,
            expires_at=expires or now + FRESH, collections=session.collections,
        )  # fmt: skip
