"""Tables of live metrics that were sent in the chat and wait to be confirmed, and addresses that figures are fetched from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v011"
down_revision = "v009"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "metric_drafts",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("session", sa.String, sa.ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("held", sa.LargeBinary, nullable=False),
        sa.Column("kept_at", sa.DateTime),
    )
    op.create_index("ix_metric_drafts_made_at", "metric_drafts", ["made_at"])
    op.create_index("ix_metric_drafts_session", "metric_drafts", ["session"])
    op.create_table(
        "polls",
        sa.Column("feed", sa.String, sa.ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("headers", sa.JSON, nullable=False),
        sa.Column("every", sa.Integer, nullable=False),
        sa.Column("merchant", sa.String, nullable=False),
        sa.Column("set_by", sa.String, nullable=False),
        sa.Column("set_at", sa.DateTime, nullable=False),
        sa.Column("came_at", sa.DateTime),
        sa.Column("fault", sa.String, nullable=False),
        sa.Column("failed_at", sa.DateTime),
        sa.Column("told_at", sa.DateTime),
    )


def downgrade() -> None:
    """Drop the tables; addresses have to be set anew after that."""
    for name in ("polls", "metric_drafts"):
        op.drop_table(name)
