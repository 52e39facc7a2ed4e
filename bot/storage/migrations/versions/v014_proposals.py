"""Weekly proposals to change rules, and the weeks for which they were made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v014"
down_revision = "v013"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "suggestions",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("team", sa.String, sa.ForeignKey("teams.id", ondelete="CASCADE"), nullable=False),
        sa.Column("merchant", sa.String, nullable=False),
        sa.Column("merchants", sa.JSON, nullable=False),
        sa.Column("week", sa.String, nullable=False),
        sa.Column("rule", sa.String, nullable=False),
        sa.Column("way", sa.String, nullable=False),
        sa.Column("limit", sa.String, nullable=False),
        sa.Column("was", sa.String, nullable=False),
        sa.Column("becomes", sa.String, nullable=False),
        sa.Column("written", sa.String, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("right", sa.Integer, nullable=False),
        sa.Column("wrong", sa.Integer, nullable=False),
        sa.Column("sessions", sa.Integer, nullable=False),
        sa.Column("hours", sa.Float, nullable=False),
        sa.Column("outcome", sa.JSON, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("settled_by", sa.String, nullable=False),
        sa.Column("settled_at", sa.DateTime),
    )
    op.create_index("ix_suggestions_team", "suggestions", ["team", "made_at"])
    op.create_table(
        "suggested",
        sa.Column("team", sa.String, sa.ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("week", sa.String, primary_key=True),
        sa.Column("made_at", sa.DateTime, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in ("suggested", "suggestions"):
        op.drop_table(name)
