"""Charts of tips: which tips want one, and where one stands already. All of it is read from the outbox; they have no table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import literal, select

from bot.domain.outgoing import Kind
from bot.domain.sessions import Status
from bot.storage.cards import CardKind
from bot.storage.database import Database
from bot.storage.nudge_tables import tips
from bot.storage.nudges import URGENT
from bot.storage.outbox import OPEN, put
from bot.storage.session_tables import cards, sessions
from bot.storage.tables import outbox, sent_messages

charts = outbox.alias("charts")
TIP, CHART = "tip:", "tip-chart:"
"""How the keys of a tip's message and of its chart begin."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A tip that stands in a chat as this message, in this language, and has no chart there."""

    tip: str
    session: str
    chat: str
    topic: int | None
    language: str
    message_id: int
    decided_at: datetime


ATTEMPTS = 4
"""How often a chart that never arrived is written down anew, each time because somebody asked."""


def chart_keys(tip: str, chat: str) -> tuple[str, ...]:
    """The keys that a tip's chart in a qualified chat may have: the first, and those of its further attempts."""
    first = f"{CHART}{tip}:{chat}"
    return (first, *(f"{first}:{number}" for number in range(1, ATTEMPTS)))


class TipCharts:
    """The charts of all tips."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def wanted(self, since: datetime) -> tuple[Wanted, ...]:
        """For the clock: urgent tips of live sessions that were decided after a moment, stand in their chat untaken, and have no
        chart yet; the newest first."""
        key = literal(CHART) + tips.c.id + ":" + cards.c.chat
        query = (
            select(tips.c.id, tips.c.session, tips.c.decided_at, cards.c.chat, cards.c.topic, cards.c.language,
                   sent_messages.c.message_id)
            .join(sessions, sessions.c.id == tips.c.session)
            .join(cards, cards.c.key == literal(TIP) + tips.c.id)
            .join(outbox, outbox.c.key == cards.c.key)
            .join(sent_messages, sent_messages.c.outbox_id == outbox.c.id)
            .where(
                tips.c.decided_at > since, tips.c.severity.in_([*URGENT]), tips.c.acked_at.is_(None),
                tips.c.escalated_at.is_(None), tips.c.recovered_at.is_(None), sessions.c.status == Status.LIVE.value,
                cards.c.kind == CardKind.TIP.value, sent_messages.c.chat == cards.c.chat, sent_messages.c.piece == 0,
                ~select(charts.c.id).where(charts.c.key == key).exists(),
            )
            .order_by(tips.c.decided_at.desc(), tips.c.id)
        )  # fmt: skip
        async with self._database.read() as db:
            return tuple(
                Wanted(row.id, row.session, row.chat, row.topic, row.language, row.message_id, row.decided_at)
                for row in await db.execute(query)
            )

    async def standing(self, tip: str, chat: str) -> int | None:
        """The id of the message in a chat that is the tip's chart, None where there is none.

        Takes a tip that was read with a scope before.
        """
        query = (
            select(sent_messages.c.message_id)
            .join(outbox, outbox.c.id == sent_messages.c.outbox_id)
            .where(outbox.c.key.in_(chart_keys(tip, chat)), sent_messages.c.chat == chat, sent_messages.c.piece == 0)
            .order_by(outbox.c.id.desc())
            .limit(1)
        )
        async with self._database.read() as db:
            found = await db.scalar(query)
        return None if found is None else int(found)

    async def add(self, row: Mapping[str, Any], *, alone: bool) -> bool:
        """Write a chart down; False where its key is taken.

        `alone`: also where another one waits for the same chat: the newest tip's is drawn, the others are a tap away.
        """
        waits = select(outbox.c.id).where(
            outbox.c.chat == row["chat"],
            outbox.c.kind == Kind.CHART,
            outbox.c.state.in_(OPEN),
            outbox.c.edit_of.is_(None),
            outbox.c.expires_at > row["written_at"],
        )
        async with self._database.write() as db:
            if alone and await db.scalar(waits.limit(1)) is not None:
                return False
            return await put(db, dict(row))
