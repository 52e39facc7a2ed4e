"""People, teams, merchants and groups: who may see what, the library of documents, and the trail of who did what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v002"
down_revision = "v001"

_TRAIL_STAYS = "the audit trail is append-only"


def upgrade() -> None:
    """Create the tables; what was asked before was asked of the handbook alone."""
    _teams()
    _people()
    _groups()
    _library()
    _audit()
    for table, columns in (("exchanges", ("teams", "drawn")), ("outbox", ("collections",))):
        with op.batch_alter_table(table) as batch:
            for name in columns:
                batch.add_column(sa.Column(name, sa.JSON, nullable=False, server_default="[]"))
        with op.batch_alter_table(table) as batch:
            for name in columns:
                batch.alter_column(name, server_default=None)


def downgrade() -> None:
    """Drop the tables. What was answered from a merchant's knowledge goes with them: nothing would guard it any more."""
    op.execute("DELETE FROM exchanges WHERE CAST(merchants AS TEXT) <> '[]' OR CAST(teams AS TEXT) <> '[]'")
    op.execute("DELETE FROM outbox WHERE CAST(collections AS TEXT) <> '[]'")
    with op.batch_alter_table("exchanges") as batch:
        batch.drop_column("drawn")
        batch.drop_column("teams")
    with op.batch_alter_table("outbox") as batch:
        batch.drop_column("collections")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_append_only ON audit")
        op.execute("DROP FUNCTION audit_append_only()")
    tables = ("versions", "documents", "audit", "bindings", "invitations", "memberships", "people", "authorisations")
    for table in (*tables, "merchants", "teams"):
        op.drop_table(table)


def _teams() -> None:
    op.create_table(
        "teams",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "merchants",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("team", sa.String, sa.ForeignKey("teams.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("added_at", sa.DateTime, nullable=False),
    )
    op.create_index("ix_merchants_team", "merchants", ["team"])
    op.create_table(
        "authorisations",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("merchant", sa.String, sa.ForeignKey("merchants.id", ondelete="CASCADE"), nullable=False),
        sa.Column("granted_by", sa.Text, nullable=False),
        sa.Column("recorded_by", sa.String, nullable=False),
        sa.Column("begins_at", sa.DateTime, nullable=False),
        sa.Column("ends_at", sa.DateTime, nullable=False),
        sa.Column("recorded_at", sa.DateTime, nullable=False),
    )
    op.create_index("ix_authorisations_merchant", "authorisations", ["merchant", "id"])


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("person", sa.String, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("seen_at", sa.DateTime, nullable=False),
        sa.Column("blocked_at", sa.DateTime),
    )
    op.create_table(
        "memberships",
        sa.Column("person", sa.String, primary_key=True),
        sa.Column("team", sa.String, sa.ForeignKey("teams.id"), primary_key=True),
        sa.Column("merchant", sa.String, primary_key=True),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("given_by", sa.String, nullable=False),
        sa.Column("since", sa.DateTime, nullable=False),
    )
    op.create_index("ix_memberships_team", "memberships", ["team", "merchant"])
    op.create_table(
        "invitations",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("code_hash", sa.String, nullable=False),
        sa.Column("team", sa.String, nullable=False),
        sa.Column("merchant", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("uses_left", sa.Integer, nullable=False),
        sa.Column("revoked_at", sa.DateTime),
        sa.UniqueConstraint("code_hash", name="uq_invitations_code_hash"),
    )
    op.create_index("ix_invitations_team", "invitations", ["team", "merchant"])


def _groups() -> None:
    op.create_table(
        "bindings",
        sa.Column("chat", sa.String, primary_key=True),
        sa.Column("topic", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("team", sa.String, sa.ForeignKey("teams.id"), nullable=False),
        sa.Column("merchant", sa.String, nullable=False),
        sa.Column("ceiling", sa.Integer, nullable=False),
        sa.Column("bound_by", sa.String, nullable=False),
        sa.Column("bound_at", sa.DateTime, nullable=False),
    )
    op.create_index("ix_bindings_merchant", "bindings", ["merchant"])


def _library() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("team", sa.String, sa.ForeignKey("teams.id"), nullable=False),
        sa.Column("merchant", sa.String, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("current", sa.Integer, nullable=False),
        sa.UniqueConstraint("team", "merchant", "name", name="uq_documents_name"),
    )
    op.create_index("ix_documents_merchant", "documents", ["merchant"])
    document = sa.ForeignKey("documents.id", ondelete="CASCADE")
    op.create_table(
        "versions",
        sa.Column("document", sa.String, document, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sections", sa.Integer, nullable=False),
        sa.Column("added_by", sa.String, nullable=False),
        sa.Column("added_at", sa.DateTime, nullable=False),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("deed", sa.String, nullable=False),
        sa.Column("chat", sa.String, nullable=False),
        sa.Column("team", sa.String, nullable=False),
        sa.Column("merchant", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
    )
    op.create_index("ix_audit_team", "audit", ["team", "id"])
    op.create_index("ix_audit_merchant", "audit", ["merchant", "id"])
    # The database itself refuses: no query of ours or anybody's can change the trail by accident.
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_TRAIL_STAYS}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_append_only()"
        )
        return
    for deed in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_no_{deed.lower()} BEFORE {deed} ON audit BEGIN SELECT RAISE(ABORT, '{_TRAIL_STAYS}'); END"
        )
