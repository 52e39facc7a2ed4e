"""The table of teams' own rules; others are in tables.py."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, text

from bot.storage.tables import Moment, Words, metadata

rule_sheets = Table(
    "rule_sheets",
    metadata,
    Column("id", String, primary_key=True),
    Column("team", ForeignKey("teams.id", ondelete="CASCADE"), nullable=False),
    # Empty for the whole team.
    Column("merchant", String, nullable=False),
    # Counts from 1 for each team and merchant; 0 is a draft that waits to be taken up. The highest is in force.
    Column("number", Integer, nullable=False),
    # The version that it was made from.
    Column("base", Integer, nullable=False),
    Column("rules", Words, nullable=False),
    Column("off", JSON, nullable=False),
    Column("limits", JSON, nullable=False),
    # By metric the value, and when somebody said so.
    Column("peers", JSON, nullable=False, server_default=text("'{}'")),
    Column("made_by", String, nullable=False),
    Column("made_at", Moment, nullable=False),
)
Index(
    "uq_rule_sheets_number", rule_sheets.c.team, rule_sheets.c.merchant, rule_sheets.c.number, unique=True,
    sqlite_where=rule_sheets.c.number > 0, postgresql_where=rule_sheets.c.number > 0,
)  # fmt: skip
Index("ix_rule_sheets_merchant", rule_sheets.c.merchant)
