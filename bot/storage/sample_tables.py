"""The tables of metric feeds and of what they bring; all others are in tables.py and session_tables.py."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, LargeBinary, String, Table

from bot.storage.tables import Moment, Words, metadata

feeds = Table(
    "feeds",
    metadata,
    Column("id", String, primary_key=True),
    Column("team", ForeignKey("teams.id"), nullable=False),
    # The one session that it may write to; without one all of the team's.
    Column("session", ForeignKey("sessions.id", ondelete="CASCADE")),
    Column("name", Words, nullable=False),
    # Of the token; the token itself is nowhere.
    Column("digest", String, nullable=False, unique=True),
    # The file in the handbook's sources/ that names its columns, empty where it sends metric ids.
    Column("source", String, nullable=False),
    Column("made_by", String, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("last_seen_at", Moment),
)
Index("ix_feeds_team", feeds.c.team)
Index("ix_feeds_session", feeds.c.session)

samples = Table(
    "samples",
    metadata,
    Column("session", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    # Minutes since 1970 in UTC. One row holds all samples of that minute: a fifth of what rows of their own would take.
    Column("minute", BigInteger, primary_key=True, autoincrement=False),
    # Compressed columns, see sample_blocks.py.
    Column("block", LargeBinary, nullable=False),
    # Whether the samples were put into one.
    Column("coarse", Boolean, nullable=False),
)
Index("ix_samples_minute", samples.c.minute)
