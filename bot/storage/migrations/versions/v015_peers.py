"""What comparable rooms do, in the versions of teams' own rules."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v015"
down_revision = "v014"


def upgrade() -> None:
    """Add the column; versions of before have none."""
    op.add_column("rule_sheets", sa.Column("peers", sa.JSON, nullable=False, server_default=sa.text("'{}'")))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("rule_sheets", "peers")
