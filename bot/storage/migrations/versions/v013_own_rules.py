"""Teams' own rules, with their versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v013"
down_revision = "v007"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "rule_sheets",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("team", sa.String, sa.ForeignKey("teams.id", ondelete="CASCADE"), nullable=False),
        sa.Column("merchant", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("base", sa.Integer, nullable=False),
        sa.Column("rules", sa.Text, nullable=False),
        sa.Column("off", sa.JSON, nullable=False),
        sa.Column("limits", sa.JSON, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
    )
    counted = sa.text("number > 0")
    op.create_index(
        "uq_rule_sheets_number", "rule_sheets", ["team", "merchant", "number"], unique=True, sqlite_where=counted,
        postgresql_where=counted,
    )  # fmt: skip
    op.create_index("ix_rule_sheets_merchant", "rule_sheets", ["merchant"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("rule_sheets")
