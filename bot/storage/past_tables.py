"""The table of what is kept of live sessions that are over; all others are in tables.py and session_tables.py."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Table

from bot.storage.tables import Moment, metadata

pasts = Table(
    "pasts",
    metadata,
    # Whose it is stands in the session's row; it stays as long as that, so longer than samples.
    Column("session", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    # The latest minute of samples that it was made of, since 1970 in UTC; -1 where there were none.
    Column("upto", BigInteger, nullable=False),
    # What domain/pasts.py reads.
    Column("summary", JSON, nullable=False),
    Column("made_at", Moment, nullable=False),
)
