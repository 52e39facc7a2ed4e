"""The tables of proposals to change rules, and of the weeks for which they were made; others are in tables.py."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, String, Table

from bot.storage.tables import Moment, metadata

suggestions = Table(
    "suggestions",
    metadata,
    Column("id", String, primary_key=True),
    Column("team", ForeignKey("teams.id", ondelete="CASCADE"), nullable=False),
    # Whose rules would change, empty for the whole team's; and every merchant whose figures are in it.
    Column("merchant", String, nullable=False),
    Column("merchants", JSON, nullable=False),
    # The Monday, as 2026-03-09.
    Column("week", String, nullable=False),
    Column("rule", String, nullable=False),
    Column("way", String, nullable=False),
    Column("limit", String, nullable=False),
    Column("was", String, nullable=False),
    Column("becomes", String, nullable=False),
    Column("written", String, nullable=False),
    # Of the rule that it was made for: another rule by now, and it counts no more.
    Column("fingerprint", String, nullable=False),
    Column("right", Integer, nullable=False),
    Column("wrong", Integer, nullable=False),
    Column("sessions", Integer, nullable=False),
    Column("hours", Float, nullable=False),
    # What domain/suggestions.py's Outcome holds.
    Column("outcome", JSON, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("state", String, nullable=False),
    Column("settled_by", String, nullable=False),
    Column("settled_at", Moment),
)
Index("ix_suggestions_team", suggestions.c.team, suggestions.c.made_at)

suggested = Table(
    "suggested",
    metadata,
    # A week that was dealt with, also where nothing came of it.
    Column("team", ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True),
    Column("week", String, primary_key=True),
    Column("made_at", Moment, nullable=False),
)
