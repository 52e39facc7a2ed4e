"""Messages that may go as one, and group robots as a second way out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v003"
down_revision = "v002"


def upgrade() -> None:
    """What waits from before goes by itself, as it would have."""
    with op.batch_alter_table("outbox") as batch:
        batch.add_column(sa.Column("coalesce", sa.String))
    op.create_table(
        "robots",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("chat", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("added_by", sa.String, nullable=False),
        sa.Column("added_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("chat", "url", name="uq_robots_chat_url"),
    )


def downgrade() -> None:
    """Messages to robots go with the robots: nobody would know where to send them."""
    op.execute("DELETE FROM outbox WHERE channel = 'robot'")
    op.drop_table("robots")
    with op.batch_alter_table("outbox") as batch:
        batch.drop_column("coalesce")
