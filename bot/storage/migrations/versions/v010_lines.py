"""Words from the room, for an hour."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v010"
down_revision = "v009"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "lines",
        sa.Column("session", sa.String, sa.ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("ix_lines_at", "lines", ["at"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("lines")
