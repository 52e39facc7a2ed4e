"""Tips, the decisions behind them, and what is kept of a watched session."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v006"
down_revision = "v005"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "tips",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("session", sa.String, sa.ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
        sa.Column("rule", sa.String, nullable=False),
        sa.Column("severity", sa.String, nullable=False),
        sa.Column("figures", sa.JSON, nullable=False),
        sa.Column("decided_at", sa.DateTime, nullable=False),
        sa.Column("acked_by", sa.String, nullable=False),
        sa.Column("acked_at", sa.DateTime),
        sa.Column("muted_until", sa.DateTime),
        sa.Column("useless_by", sa.String, nullable=False),
        sa.Column("useless_at", sa.DateTime),
        sa.Column("escalated_at", sa.DateTime),
        sa.Column("recovered_at", sa.DateTime),
        sa.Column("recovered_value", sa.Float),
    )
    op.create_index("ix_tips_session", "tips", ["session", "rule"])
    waits = sa.text("acked_at IS NULL AND escalated_at IS NULL AND recovered_at IS NULL")
    op.create_index("ix_tips_waits", "tips", ["decided_at"], sqlite_where=waits, postgresql_where=waits)
    op.create_table(
        "decisions",
        sa.Column("session", sa.String, sa.ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("at", sa.DateTime, primary_key=True),
        sa.Column("rule", sa.String, primary_key=True),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("values", sa.JSON, nullable=False),
    )
    op.create_table(
        "watches",
        sa.Column("session", sa.String, sa.ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("state", sa.JSON, nullable=False),
        sa.Column("upto", sa.DateTime, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in ("watches", "decisions", "tips"):
        op.drop_table(name)
