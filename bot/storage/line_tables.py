"""The table of words from the room, which stay for an hour; others are in tables.py."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table

from bot.storage.tables import Moment, Words, metadata

lines = Table(
    "lines",
    metadata,
    Column("session", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    # Of the row's own id, else of all that it says: by it a row that comes again is known.
    Column("key", String, primary_key=True),
    Column("at", Moment, nullable=False),
    # What a host said, so that words cut between two lines are heard after a restart as well; empty for comments, which
    # nobody needs once they were looked at.
    Column("text", Words, nullable=False),
)
Index("ix_lines_at", lines.c.at)
