"""Metric feeds, and the samples that they bring: one row a session and minute."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v005"
down_revision = "v004"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "feeds",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("team", sa.String, sa.ForeignKey("teams.id"), nullable=False),
        sa.Column("session", sa.String, sa.ForeignKey("sessions.id", ondelete="CASCADE")),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("digest", sa.String, nullable=False, unique=True),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("revoked_at", sa.DateTime),
        sa.Column("last_seen_at", sa.DateTime),
    )
    op.create_index("ix_feeds_team", "feeds", ["team"])
    op.create_index("ix_feeds_session", "feeds", ["session"])
    op.create_table(
        "samples",
        sa.Column("session", sa.String, sa.ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("minute", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("block", sa.LargeBinary, nullable=False),
        sa.Column("coarse", sa.Boolean, nullable=False),
    )
    op.create_index("ix_samples_minute", "samples", ["minute"])


def downgrade() -> None:
    """Drop the tables; feeds have to be made anew after that, for only digests of their tokens were kept."""
    op.drop_table("samples")
    op.drop_table("feeds")
