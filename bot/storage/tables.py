"""The tables as they are now, but for those of live sessions (session_tables.py); migrations/ holds the way there.

All times are stored in UTC. Chats and persons are qualified ids such as ``telegram:42``.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    literal,
    text,
)

HEAD = "v015"
"""The newest migration; opening a database at this revision needs no Alembic."""


class Moment(TypeDecorator[datetime]):
    """A time with a zone, stored in UTC; a time without a zone is a bug in the caller and is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Words(TypeDecorator[str]):
    """Text that people wrote. Half a surrogate pair, which no database takes, becomes a question mark.

    NUL, which PostgreSQL does not take, becomes U+FFFD there. (JSON columns keep both, in either database: escaped.)
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        whole = value.encode("utf-8", "replace").decode("utf-8")
        return whole.replace("\0", "\ufffd") if dialect.name == "postgresql" else whole


def in_state(table: Table, state: str) -> ColumnElement[bool]:
    """The rows in one state. The value is written into the statement, or SQLite could not use a partial index."""
    return table.c.state == literal(state, literal_execute=True)


metadata = MetaData()

inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", String, nullable=False),
    Column("update_id", BigInteger, nullable=False),
    Column("chat", String, nullable=False),
    # Emptied when the update is handled: the row stays only to recognise the same update again.
    Column("payload", JSON(none_as_null=True)),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", Words),
    Column("received_at", Moment, nullable=False),
    Column("closed_at", Moment),
    UniqueConstraint("channel", "update_id", name="uq_inbox_channel_update_id"),
)
Index("ix_inbox_waiting", inbox.c.id, sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'"))

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("chat", String, nullable=False),
    Column("topic", BigInteger),
    Column("reply_to", BigInteger),
    Column("edit_of", BigInteger),
    Column("kind", String, nullable=False),
    Column("priority", Integer, nullable=False),
    # Whose knowledge is in it: checked again when it is sent, for a group may have changed hands meanwhile.
    Column("collections", JSON, nullable=False),
    # Emptied when the message is sent or given up; what failed keeps it until it is pruned, so that it can be sent after all.
    Column("message", JSON(none_as_null=True)),
    Column("state", String, nullable=False),
    Column("written_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("attempts", Integer, nullable=False),
    Column("repeats", Integer, nullable=False),
    Column("error", Words),
    # Messages of one kind to one chat that have the same word here may go as one.
    Column("coalesce", String),
    UniqueConstraint("key", name="uq_outbox_key"),
)
# Everything that `due` looks at stands in the index, so rows that wait for a later time cost it little.
Index(
    "ix_outbox_ready",
    outbox.c.priority,
    outbox.c.id,
    outbox.c.due_at,
    outbox.c.expires_at,
    outbox.c.chat,
    sqlite_where=text("state = 'ready'"),
    postgresql_where=text("state = 'ready'"),
)
# A chat's history grows; what waits there, or for one of its messages, is found without reading it.
Index("ix_outbox_chat", outbox.c.chat, outbox.c.state, outbox.c.edit_of)

sent_messages = Table(
    "sent_messages",
    metadata,
    Column("chat", String, primary_key=True),
    Column("message_id", BigInteger, primary_key=True),
    Column("outbox_id", ForeignKey("outbox.id", ondelete="CASCADE"), nullable=False),
    Column("piece", Integer, nullable=False),
)
Index("ix_sent_messages_outbox_id", sent_messages.c.outbox_id)

exchanges = Table(
    "exchanges",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String, nullable=False),
    Column("key", String, nullable=False),
    Column("person", String, nullable=False),
    Column("chat", String, nullable=False),
    Column("topic", BigInteger),
    # The merchants that the answer could draw on; whoever may not read all of them does not see it again.
    Column("merchants", JSON, nullable=False),
    Column("teams", JSON, nullable=False),
    # Those of them that it did draw on: what an export of one merchant may hold.
    Column("drawn", JSON, nullable=False),
    Column("question", Words, nullable=False),
    Column("verdict", String, nullable=False),
    Column("text", Words, nullable=False),
    Column("notice", Words, nullable=False),
    Column("citations", JSON, nullable=False),
    Column("cases", JSON, nullable=False),
    Column("asked_at", Moment, nullable=False),
    UniqueConstraint("id", name="uq_exchanges_id"),
    UniqueConstraint("key", name="uq_exchanges_key"),
)
Index("ix_exchanges_turns", exchanges.c.person, exchanges.c.chat, exchanges.c.number)
Index("ix_exchanges_chat", exchanges.c.chat)

feedback = Table(
    "feedback",
    metadata,
    Column("exchange", ForeignKey("exchanges.number", ondelete="CASCADE"), primary_key=True),
    Column("person", String, primary_key=True),
    Column("good", Boolean, nullable=False),
    Column("reason", Words, nullable=False),
    Column("given_at", Moment, nullable=False),
)

lead_questions = Table(
    "lead_questions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("exchange", ForeignKey("exchanges.number", ondelete="CASCADE"), nullable=False),
    Column("person", String, nullable=False),
    Column("language", String, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("lead_chat", String),
    Column("lead_message_id", BigInteger),
    Column("reply", Words),
    Column("replied_at", Moment),
    UniqueConstraint("exchange", name="uq_lead_questions_exchange"),
)
Index("ix_lead_questions_message", lead_questions.c.lead_chat, lead_questions.c.lead_message_id)

chats = Table(
    "chats",
    metadata,
    Column("chat", String, primary_key=True),
    Column("title", Words, nullable=False),
    Column("kind", String, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("gone_at", Moment),
    Column("gone_reason", Words),
)

teams = Table(
    "teams",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", Words, nullable=False),
    Column("made_at", Moment, nullable=False),
)

merchants = Table(
    "merchants",
    metadata,
    Column("id", String, primary_key=True),
    Column("team", ForeignKey("teams.id"), nullable=False),
    Column("name", Words, nullable=False),
    Column("added_at", Moment, nullable=False),
)
Index("ix_merchants_team", merchants.c.team)

authorisations = Table(
    "authorisations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("merchant", ForeignKey("merchants.id", ondelete="CASCADE"), nullable=False),
    # Who on the merchant's side gave it, as the lead wrote it down.
    Column("granted_by", Words, nullable=False),
    Column("recorded_by", String, nullable=False),
    Column("begins_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("recorded_at", Moment, nullable=False),
)
Index("ix_authorisations_merchant", authorisations.c.merchant, authorisations.c.id)

people = Table(
    "people",
    metadata,
    Column("person", String, primary_key=True),
    Column("name", Words, nullable=False),
    Column("language", String, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("blocked_at", Moment),
)

memberships = Table(
    "memberships",
    metadata,
    Column("person", String, primary_key=True),
    Column("team", ForeignKey("teams.id"), primary_key=True),
    # Empty for the role in the team itself, so that it can be part of the key.
    Column("merchant", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("given_by", String, nullable=False),
    Column("since", Moment, nullable=False),
)
Index("ix_memberships_team", memberships.c.team, memberships.c.merchant)

invitations = Table(
    "invitations",
    metadata,
    Column("id", String, primary_key=True),
    # Only the hash: whoever reads the database cannot let themselves in.
    Column("code_hash", String, nullable=False),
    # Empty for the code that makes a new team and its owner.
    Column("team", String, nullable=False),
    Column("merchant", String, nullable=False),
    Column("role", String, nullable=False),
    Column("made_by", String, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("uses_left", Integer, nullable=False),
    Column("revoked_at", Moment),
    UniqueConstraint("code_hash", name="uq_invitations_code_hash"),
)
Index("ix_invitations_team", invitations.c.team, invitations.c.merchant)

bindings = Table(
    "bindings",
    metadata,
    Column("chat", String, primary_key=True),
    # 0 is the whole group.
    Column("topic", BigInteger, primary_key=True, autoincrement=False),
    Column("team", ForeignKey("teams.id"), nullable=False),
    Column("merchant", String, nullable=False),
    Column("ceiling", Integer, nullable=False),
    Column("bound_by", String, nullable=False),
    Column("bound_at", Moment, nullable=False),
)
Index("ix_bindings_merchant", bindings.c.merchant)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("person", String, nullable=False),
    Column("deed", String, nullable=False),
    Column("chat", String, nullable=False),
    Column("team", String, nullable=False),
    Column("merchant", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("detail", JSON, nullable=False),
)
Index("ix_audit_team", audit.c.team, audit.c.id)
Index("ix_audit_merchant", audit.c.merchant, audit.c.id)

documents = Table(
    "documents",
    metadata,
    Column("id", String, primary_key=True),
    Column("team", ForeignKey("teams.id"), nullable=False),
    # Empty for a document of the team's handbook.
    Column("merchant", String, nullable=False),
    # The file's name as it is cited; unique within its collection.
    Column("name", Words, nullable=False),
    # 0 while it is taken out of the collection; its versions stay.
    Column("current", Integer, nullable=False),
    UniqueConstraint("team", "merchant", "name", name="uq_documents_name"),
)
Index("ix_documents_merchant", documents.c.merchant)

versions = Table(
    "versions",
    metadata,
    Column("document", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    # Counts from 1.
    Column("number", Integer, primary_key=True, autoincrement=False),
    # The SHA-256 of the content, which names the file in the data folder.
    Column("digest", String, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sections", Integer, nullable=False),
    Column("added_by", String, nullable=False),
    Column("added_at", Moment, nullable=False),
)

robots = Table(
    "robots",
    metadata,
    Column("id", Integer, primary_key=True),
    # The group whose pushes the robot carries as well.
    Column("chat", String, nullable=False),
    Column("kind", String, nullable=False),
    # A secret: whoever has it writes to the robot's group. Read for sending alone.
    Column("url", String, nullable=False),
    Column("added_by", String, nullable=False),
    Column("added_at", Moment, nullable=False),
    UniqueConstraint("chat", "url", name="uq_robots_chat_url"),
)
