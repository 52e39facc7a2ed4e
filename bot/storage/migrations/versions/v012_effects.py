"""What tips came to, which of them were drawn to be withheld, and mutes that were shown to have run out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v012"
down_revision = "v011"


def upgrade() -> None:
    """Create the tables and the column."""
    op.create_table(
        "effects",
        sa.Column("tip", sa.String, sa.ForeignKey("tips.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("minutes", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("figure", sa.String, nullable=False),
        sa.Column("observed", sa.Float),
        sa.Column("expected", sa.Float),
        sa.Column("low", sa.Float),
        sa.Column("high", sa.Float),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("measured_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "trials",
        sa.Column("session", sa.String, sa.ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("rule", sa.String, primary_key=True),
        sa.Column("at", sa.DateTime, primary_key=True),
        sa.Column("told", sa.Boolean, nullable=False),
        sa.Column("over_at", sa.DateTime),
    )
    op.create_table(
        "withholdings",
        sa.Column("team", sa.String, sa.ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("percent", sa.Integer, nullable=False),
        sa.Column("seed", sa.String, nullable=False),
        sa.Column("set_by", sa.String, nullable=False),
        sa.Column("set_at", sa.DateTime, nullable=False),
    )
    op.add_column("tips", sa.Column("mute_over_at", sa.DateTime))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("tips", "mute_over_at")
    for name in ("withholdings", "trials", "effects"):
        op.drop_table(name)
