"""The tables of what tips came to: effects, tips that were drawn to be told or withheld, and which teams withhold some."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Integer, String, Table

from bot.storage.tables import Moment, metadata

effects = Table(
    "effects",
    metadata,
    Column("tip", ForeignKey("tips.id", ondelete="CASCADE"), primary_key=True),
    # How long after somebody acted.
    Column("minutes", Integer, primary_key=True, autoincrement=False),
    Column("figure", String, nullable=False),
    Column("observed", Float),
    Column("expected", Float),
    Column("low", Float),
    Column("high", Float),
    # Why it cannot be told; the figures are empty then.
    Column("reason", String, nullable=False),
    Column("measured_at", Moment, nullable=False),
)

trials = Table(
    "trials",
    metadata,
    Column("session", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("rule", String, primary_key=True),
    Column("at", Moment, primary_key=True),
    Column("told", Boolean, nullable=False),
    # When the sign was over, whoever was told.
    Column("over_at", Moment),
)

withholdings = Table(
    "withholdings",
    metadata,
    Column("team", ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True),
    # Of a hundred tips.
    Column("percent", Integer, nullable=False),
    # What the draw is made from, so that a restart draws alike.
    Column("seed", String, nullable=False),
    Column("set_by", String, nullable=False),
    Column("set_at", Moment, nullable=False),
)
