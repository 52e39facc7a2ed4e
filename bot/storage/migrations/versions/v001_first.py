"""The first tables: what came in, what goes out, what was asked and answered, and the chats."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v001"
down_revision = None


def upgrade() -> None:
    """Create all tables."""
    _inbox()
    _outbox()
    _exchanges()
    _chats()


def downgrade() -> None:
    """Drop all tables and what is in them."""
    for table in ("chats", "lead_questions", "feedback", "exchanges", "sent_messages", "outbox", "inbox"):
        op.drop_table(table)


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("update_id", sa.BigInteger, nullable=False),
        sa.Column("chat", sa.String, nullable=False),
        sa.Column("payload", sa.JSON(none_as_null=True)),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("received_at", sa.DateTime, nullable=False),
        sa.Column("closed_at", sa.DateTime),
        sa.UniqueConstraint("channel", "update_id", name="uq_inbox_channel_update_id"),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index("ix_inbox_waiting", "inbox", ["id"], sqlite_where=waiting, postgresql_where=waiting)


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("chat", sa.String, nullable=False),
        sa.Column("topic", sa.BigInteger),
        sa.Column("reply_to", sa.BigInteger),
        sa.Column("edit_of", sa.BigInteger),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("message", sa.JSON(none_as_null=True)),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("written_at", sa.DateTime, nullable=False),
        sa.Column("due_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("closed_at", sa.DateTime),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("repeats", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )
    columns, ready = ["priority", "id", "due_at", "expires_at", "chat"], sa.text("state = 'ready'")
    op.create_index("ix_outbox_ready", "outbox", columns, sqlite_where=ready, postgresql_where=ready)
    op.create_index("ix_outbox_chat", "outbox", ["chat"])
    op.create_table(
        "sent_messages",
        sa.Column("chat", sa.String, primary_key=True),
        sa.Column("message_id", sa.BigInteger, primary_key=True),
        sa.Column("outbox_id", sa.Integer, sa.ForeignKey("outbox.id", ondelete="CASCADE"), nullable=False),
        sa.Column("piece", sa.Integer, nullable=False),
    )
    op.create_index("ix_sent_messages_outbox_id", "sent_messages", ["outbox_id"])


def _exchanges() -> None:
    op.create_table(
        "exchanges",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("chat", sa.String, nullable=False),
        sa.Column("topic", sa.BigInteger),
        sa.Column("merchants", sa.JSON, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("verdict", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("notice", sa.Text, nullable=False),
        sa.Column("citations", sa.JSON, nullable=False),
        sa.Column("cases", sa.JSON, nullable=False),
        sa.Column("asked_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("id", name="uq_exchanges_id"),
        sa.UniqueConstraint("key", name="uq_exchanges_key"),
    )
    op.create_index("ix_exchanges_turns", "exchanges", ["person", "chat", "number"])
    op.create_index("ix_exchanges_chat", "exchanges", ["chat"])
    exchange = "exchange"
    op.create_table(
        "feedback",
        sa.Column(exchange, sa.Integer, sa.ForeignKey("exchanges.number", ondelete="CASCADE"), primary_key=True),
        sa.Column("person", sa.String, primary_key=True),
        sa.Column("good", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("given_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "lead_questions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(exchange, sa.Integer, sa.ForeignKey("exchanges.number", ondelete="CASCADE"), nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("asked_at", sa.DateTime, nullable=False),
        sa.Column("lead_chat", sa.String),
        sa.Column("lead_message_id", sa.BigInteger),
        sa.Column("reply", sa.Text),
        sa.Column("replied_at", sa.DateTime),
        sa.UniqueConstraint(exchange, name="uq_lead_questions_exchange"),
    )
    op.create_index("ix_lead_questions_message", "lead_questions", ["lead_chat", "lead_message_id"])


def _chats() -> None:
    op.create_table(
        "chats",
        sa.Column("chat", sa.String, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("seen_at", sa.DateTime, nullable=False),
        sa.Column("gone_at", sa.DateTime),
        sa.Column("gone_reason", sa.Text),
    )
