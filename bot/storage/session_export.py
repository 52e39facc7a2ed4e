"""The live sessions of one merchant, whole, for its export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Merchant
from bot.domain.order_rows import order_of
from bot.domain.pasts import Summary
from bot.domain.running_order import RunningOrder
from bot.domain.samples import Sample
from bot.domain.session_cards import ItemNote
from bot.domain.session_items import SessionItem
from bot.domain.sessions import LiveSession
from bot.storage.effect_trials import Trial, trials_in
from bot.storage.effects import Measured, effects_in
from bot.storage.lines import SpokenLine, lines_in
from bot.storage.nudges import StoredDecision, StoredTip, nudges_in
from bot.storage.pasts import summary_in
from bot.storage.sample_blocks import unpacked
from bot.storage.samples import Blocks, blocks_in
from bot.storage.session_items import items_in, notes_in
from bot.storage.session_tables import sessions
from bot.storage.sessions import session_of


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One session with its running order, its items by when they are due, and what was said about them, by item and slot.

    `blocks` are its samples, still packed: unpacked, those of a year would fill the memory.
    """

    session: LiveSession
    order: RunningOrder
    items: tuple[SessionItem, ...]
    notes: dict[tuple[str, int], tuple[ItemNote, ...]]
    blocks: Blocks = ()
    tips: tuple[StoredTip, ...] = ()
    decisions: tuple[StoredDecision, ...] = ()
    lines: tuple[SpokenLine, ...] = ()
    summary: Summary | None = None
    effects: tuple[Measured, ...] = ()
    trials: tuple[Trial, ...] = ()

    @property
    def samples(self) -> Iterator[Sample]:
        """Its samples, by their time."""
        return (one for minute, block in self.blocks for one in unpacked(minute, block))

    @property
    def people(self) -> set[str]:
        """Everybody who occurs in it, by qualified id."""
        ours, said = self.session, [note.person for notes in self.notes.values() for note in notes]
        return {
            ours.operator,
            *(p.person for p in ours.posts),
            *(i.person for i in self.items),
            *(i.by for i in self.items),
            *said,
            *(one for tip in self.tips for one in (tip.acked_by, tip.useless_by) if one),
        }


async def session_records(db: AsyncConnection, merchant: Merchant) -> tuple[SessionRecord, ...]:
    """Inside a transaction: every session of the merchant, by its start."""
    rows = await db.execute(
        select(sessions).where(sessions.c.merchant == merchant.id).order_by(sessions.c.starts_at, sessions.c.id)
    )
    return tuple([
        SessionRecord(
            session_of(row), order_of(row.running_order), await items_in(db, row.id), await notes_in(db, row.id),
            await blocks_in(db, row.id), *await nudges_in(db, row.id), await lines_in(db, row.id), await summary_in(db, row.id),
            await effects_in(db, row.id), await trials_in(db, row.id),
        )
        for row in rows.all()
    ])  # fmt: skip
