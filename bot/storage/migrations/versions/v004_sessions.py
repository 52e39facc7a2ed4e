"""Live sessions: planned, their items with what happened to them, the cards that show them, and when a team is not disturbed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v004"
down_revision = "v003"


def upgrade() -> None:
    """Create the tables."""
    _planned()
    _items()
    _cards()
    op.create_table(
        "calendar_links",
        sa.Column("person", sa.String, primary_key=True),
        sa.Column("digest", sa.String, nullable=False, unique=True),
        sa.Column("made_at", sa.DateTime, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables; messages that were made from sessions go with them, for nothing could redraw them."""
    for table in ("calendar_links", "cards", "item_notes", "session_items", "sessions", "series", "rhythms"):
        op.drop_table(table)


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _planned() -> None:
    op.create_table(
        "rhythms",
        sa.Column("team", sa.String, sa.ForeignKey("teams.id"), primary_key=True),
        sa.Column("zone", sa.String, nullable=False),
        sa.Column("quiet_from", sa.Integer, nullable=False),
        sa.Column("quiet_until", sa.Integer, nullable=False),
    )
    op.create_table(
        "series",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("team", sa.String, sa.ForeignKey("teams.id"), nullable=False),
        sa.Column("merchant", sa.String, sa.ForeignKey("merchants.id"), nullable=False),
        sa.Column("template", sa.JSON, nullable=False),
        sa.Column("rule", sa.JSON, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime),
    )
    op.create_index("ix_series_merchant", "series", ["merchant"])
    op.create_table(
        "sessions",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("team", sa.String, sa.ForeignKey("teams.id"), nullable=False),
        sa.Column("merchant", sa.String, sa.ForeignKey("merchants.id"), nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("starts_at", sa.DateTime, nullable=False),
        sa.Column("length", sa.Integer, nullable=False),
        sa.Column("zone", sa.String, nullable=False),
        sa.Column("variant", sa.String, nullable=False),
        sa.Column("operator", sa.String, nullable=False),
        sa.Column("goal", sa.BigInteger),
        sa.Column("chat", sa.String, nullable=False),
        sa.Column("topic", sa.BigInteger),
        sa.Column("posts", sa.JSON, nullable=False),
        sa.Column("running_order", sa.JSON, nullable=False),
        sa.Column("order_draft", sa.JSON),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("began_at", sa.DateTime),
        sa.Column("ended_at", sa.DateTime),
        sa.Column("series", sa.String, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("override", sa.JSON),
        sa.Column("made_at", sa.DateTime, nullable=False),
    )
    op.create_index("ix_sessions_merchant", "sessions", ["merchant", "starts_at"])
    _partial("ix_sessions_open", "sessions", ["starts_at"], "status IN ('planned', 'live')")
    _partial("uq_sessions_series", "sessions", ["series", "starts_at"], "series <> ''", unique=True)


def _items() -> None:
    op.create_table(
        "session_items",
        sa.Column("session", sa.String, sa.ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("item", sa.String, primary_key=True),
        sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("copy", sa.JSON, nullable=False),
        sa.Column("blocking", sa.Boolean, nullable=False),
        sa.Column("due_at", sa.DateTime, nullable=False),
        sa.Column("push_at", sa.DateTime),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", sa.DateTime),
        sa.Column("proof", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("pushed_at", sa.DateTime),
        sa.Column("remind_at", sa.DateTime),
        sa.Column("reminded", sa.Integer, nullable=False),
    )
    _partial(
        "ix_session_items_push", "session_items", ["push_at"], "pushed_at IS NULL AND push_at IS NOT NULL AND state = 'open'"
    )
    _partial(
        "ix_session_items_remind", "session_items", ["remind_at"], "remind_at IS NOT NULL AND state IN ('open', 'unconfirmed')"
    )
    op.create_table(
        "item_notes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("session", sa.String, sa.ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
        sa.Column("item", sa.String, nullable=False),
        sa.Column("slot", sa.Integer, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_index("ix_item_notes_session", "item_notes", ["session"])


def _cards() -> None:
    op.create_table(
        "cards",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("session", sa.String, sa.ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
        sa.Column("chat", sa.String, nullable=False),
        sa.Column("topic", sa.BigInteger),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("items", sa.JSON, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("changes", sa.Integer, nullable=False),
        sa.Column("drawn", sa.Integer, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
    )
    op.create_index("ix_cards_session", "cards", ["session"])
    _partial("ix_cards_stale", "cards", ["key"], "drawn < changes")
