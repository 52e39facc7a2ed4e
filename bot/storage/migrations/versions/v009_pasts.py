"""What is kept of sessions that are over, and the figures that a session's plan sets besides its goal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v009"
down_revision = "v007"


def upgrade() -> None:
    """Create the table and the column."""
    op.create_table(
        "pasts",
        sa.Column("session", sa.String, sa.ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("upto", sa.BigInteger, nullable=False),
        sa.Column("summary", sa.JSON, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
    )
    op.add_column("sessions", sa.Column("figures", sa.JSON, nullable=False, server_default=sa.text("'{}'")))


def downgrade() -> None:
    """Drop them; summaries can be made again of samples that are there still."""
    op.drop_column("sessions", "figures")
    op.drop_table("pasts")
