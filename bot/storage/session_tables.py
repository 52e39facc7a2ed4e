"""The tables of live sessions; all others are in tables.py, and migrations/ holds the way there.

All times are stored in UTC. Items are copies of the handbook's: a handbook that changes does not change a session under way.
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, text

from bot.storage.tables import Moment, Words, metadata

rhythms = Table(
    "rhythms",
    metadata,
    Column("team", ForeignKey("teams.id"), primary_key=True),
    Column("zone", String, nullable=False),
    # Minutes after midnight in that zone.
    Column("quiet_from", Integer, nullable=False),
    Column("quiet_until", Integer, nullable=False),
)

series = Table(
    "series",
    metadata,
    Column("id", String, primary_key=True),
    Column("team", ForeignKey("teams.id"), nullable=False),
    Column("merchant", ForeignKey("merchants.id"), nullable=False),
    # The session that its occurrences are copied from, and when they are: what domain/recurrence.py reads.
    Column("template", JSON, nullable=False),
    Column("rule", JSON, nullable=False),
    Column("made_by", String, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("ended_at", Moment),
)
Index("ix_series_merchant", series.c.merchant)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String, primary_key=True),
    Column("team", ForeignKey("teams.id"), nullable=False),
    Column("merchant", ForeignKey("merchants.id"), nullable=False),
    Column("host", Words, nullable=False),
    Column("starts_at", Moment, nullable=False),
    # Planned length in seconds.
    Column("length", Integer, nullable=False),
    Column("zone", String, nullable=False),
    Column("variant", String, nullable=False),
    Column("operator", String, nullable=False),
    # Yuan.
    Column("goal", BigInteger),
    # Other figures that the plan sets, by the handbook's input: what domain/plan_figures.py reads.
    Column("figures", JSON, nullable=False, server_default=text("'{}'")),
    Column("chat", String, nullable=False),
    Column("topic", BigInteger),
    Column("posts", JSON, nullable=False),
    Column("running_order", JSON, nullable=False),
    # One that was sent and read, and waits for somebody to confirm it.
    Column("order_draft", JSON(none_as_null=True)),
    Column("status", String, nullable=False),
    Column("began_at", Moment),
    Column("ended_at", Moment),
    # Empty for one that repeats nothing; an occurrence of a series is made once.
    Column("series", String, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("override", JSON(none_as_null=True)),
    Column("made_at", Moment, nullable=False),
)
Index("ix_sessions_merchant", sessions.c.merchant, sessions.c.starts_at)
Index("ix_sessions_open", sessions.c.starts_at, sqlite_where=text("status IN ('planned', 'live')"),
      postgresql_where=text("status IN ('planned', 'live')"))  # fmt: skip
Index("uq_sessions_series", sessions.c.series, sessions.c.starts_at, unique=True, sqlite_where=text("series <> ''"),
      postgresql_where=text("series <> ''"))  # fmt: skip

session_items = Table(
    "session_items",
    metadata,
    Column("session", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("item", String, primary_key=True),
    Column("slot", Integer, primary_key=True, autoincrement=False),
    # What the handbook said when the session was planned: stage, text, why, role, evidence, number, section.
    Column("copy", JSON, nullable=False),
    Column("blocking", Boolean, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("push_at", Moment),
    Column("person", String, nullable=False),
    Column("state", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at", Moment),
    Column("proof", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("pushed_at", Moment),
    Column("remind_at", Moment),
    Column("reminded", Integer, nullable=False),
)
_TO_PUSH = "pushed_at IS NULL AND push_at IS NOT NULL AND state = 'open'"
Index("ix_session_items_push", session_items.c.push_at, sqlite_where=text(_TO_PUSH), postgresql_where=text(_TO_PUSH))
_TO_REMIND = "remind_at IS NOT NULL AND state IN ('open', 'unconfirmed')"
Index("ix_session_items_remind", session_items.c.remind_at, sqlite_where=text(_TO_REMIND), postgresql_where=text(_TO_REMIND))

calendar_links = Table(
    "calendar_links",
    metadata,
    Column("person", String, primary_key=True),
    # Of the token in the link; the token itself is nowhere.
    Column("digest", String, nullable=False, unique=True),
    Column("made_at", Moment, nullable=False),
)

item_notes = Table(
    "item_notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("session", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("item", String, nullable=False),
    Column("slot", Integer, nullable=False),
    Column("person", String, nullable=False),
    Column("said", Words, nullable=False),
    Column("at", Moment, nullable=False),
)
Index("ix_item_notes_session", item_notes.c.session)

GAP = "gap"
"""The kind of cards that are never drawn again: they hold what is needed to say the same elsewhere."""

cards = Table(
    "cards",
    metadata,
    # The key of the message in the outbox; the same push to the same chat is one card, however often it is tried.
    Column("key", String, primary_key=True),
    Column("session", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("chat", String, nullable=False),
    Column("topic", BigInteger),
    # What it shows: a list of items, the plan, the gate, a tip, a gap.
    Column("kind", String, nullable=False),
    # Pairs of item and slot.
    Column("items", JSON, nullable=False),
    Column("language", String, nullable=False),
    # How often what it shows has changed, and which of these changes was drawn last.
    Column("changes", Integer, nullable=False),
    Column("drawn", Integer, nullable=False),
    Column("made_at", Moment, nullable=False),
)
Index("ix_cards_session", cards.c.session)
Index("ix_cards_stale", cards.c.key, sqlite_where=text("drawn < changes"), postgresql_where=text("drawn < changes"))
