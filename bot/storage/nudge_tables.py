"""The tables of tips: what was told, what was decided, and what has to be kept of a watched session; others are in tables.py."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, String, Table, text

from bot.storage.tables import Moment, metadata

tips = Table(
    "tips",
    metadata,
    # Made of session, rule and moment: deciding the same once more makes the same tip.
    Column("id", String, primary_key=True),
    Column("session", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("rule", String, nullable=False),
    Column("severity", String, nullable=False),
    # What was known of the figures and the limits then: what flows/tip_facts.py reads.
    Column("figures", JSON, nullable=False),
    Column("decided_at", Moment, nullable=False),
    # How it stands follows from these; the first of each stays.
    Column("acked_by", String, nullable=False),
    Column("acked_at", Moment),
    Column("muted_until", Moment),
    Column("useless_by", String, nullable=False),
    Column("useless_at", Moment),
    Column("escalated_at", Moment),
    Column("recovered_at", Moment),
    Column("recovered_value", Float),
    # The mute that has been shown to have run out.
    Column("mute_over_at", Moment),
)
Index("ix_tips_session", tips.c.session, tips.c.rule)
_WAITS = "acked_at IS NULL AND escalated_at IS NULL AND recovered_at IS NULL"
Index("ix_tips_waits", tips.c.decided_at, sqlite_where=text(_WAITS), postgresql_where=text(_WAITS))

decisions = Table(
    "decisions",
    metadata,
    Column("session", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("at", Moment, primary_key=True),
    Column("rule", String, primary_key=True),
    # The stage that decided, which of its sentences says why (empty for a tip), and what fills that in.
    Column("stage", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("values", JSON, nullable=False),
)

watches = Table(
    "watches",
    metadata,
    Column("session", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    # What domain/session_state.py reads, and up to which sample it was decided.
    Column("state", JSON, nullable=False),
    Column("upto", Moment, nullable=False),
)
