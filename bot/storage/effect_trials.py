"""Tips that were drawn to be told or withheld, and when their sign was over: written with what they were decided with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.effect_tables import trials
from bot.storage.upsert import insert


@dataclass(frozen=True, slots=True)
class Trial:
    """One tip that was drawn, and which way."""

    session: str
    rule: str
    at: datetime
    told: bool


async def put_trials(db: AsyncConnection, new: Sequence[Trial]) -> None:
    """Inside a transaction: write trials down, once each."""
    for one in new:
        values = {"session": one.session, "rule": one.rule, "at": one.at, "told": one.told}
        await db.execute(insert(trials).values(values).on_conflict_do_nothing())


async def end_trial(db: AsyncConnection, session: str, rule: str, at: datetime) -> None:
    """Inside a transaction: a rule's sign is over in a session."""
    here = (trials.c.session == session) & (trials.c.rule == rule) & trials.c.over_at.is_(None) & (trials.c.at <= at)
    await db.execute(update(trials).where(here).values(over_at=at))
