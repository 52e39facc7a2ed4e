"""What waits in a chat, or for one of its messages, is found without reading all that was sent there."""

from __future__ import annotations

from alembic import op

revision = "v007"
down_revision = "v006"


def upgrade() -> None:
    """Widen the index."""
    op.drop_index("ix_outbox_chat", "outbox")
    op.create_index("ix_outbox_chat", "outbox", ["chat", "state", "edit_of"])


def downgrade() -> None:
    """Narrow it again."""
    op.drop_index("ix_outbox_chat", "outbox")
    op.create_index("ix_outbox_chat", "outbox", ["chat"])
