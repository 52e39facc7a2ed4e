"""The tables of metric feeds, of what they bring and how else it comes; all others are in tables.py and session_tables.py."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

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

metric_drafts = Table(
    "metric_drafts",
    metadata,
    Column("id", String, primary_key=True),
    Column("session", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    # Who sent the table, and where: only there, and only by whoever may run the session, is it put in.
    Column("person", String, nullable=False),
    Column("name", Words, nullable=False),
    Column("made_at", Moment, nullable=False),
    # The table as it was sent, compressed, see metric_drafts.py.
    Column("held", LargeBinary, nullable=False),
    Column("kept_at", Moment),
)
Index("ix_metric_drafts_made_at", metric_drafts.c.made_at)
Index("ix_metric_drafts_session", metric_drafts.c.session)

polls = Table(
    "polls",
    metadata,
    Column("feed", ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
    # Address and headers are secrets: they are needed as they are, like a group robot's address, and are shown nowhere.
    Column("url", Words, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("every", Integer, nullable=False),
    # Of whose live session the figures are, where the feed is not for one session; empty for the team's only one.
    Column("merchant", String, nullable=False),
    Column("set_by", String, nullable=False),
    Column("set_at", Moment, nullable=False),
    Column("came_at", Moment),
    # Why nothing comes, empty while something does.
    Column("fault", String, nullable=False),
    Column("failed_at", Moment),
    Column("told_at", Moment),
)
