"""The clause that SQLAlchemy has once a dialect is one here; what it does is seen in the tests of each table."""

from __future__ import annotations

import pytest
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.tables import chats
from bot.storage.upsert import insert

DIALECTS = [sqlite.dialect(), postgresql.dialect()]  # type: ignore[no-untyped-call]


def _sql(statement: object, dialect: Dialect) -> str:
    words = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))  # type: ignore[attr-defined]
    return " ".join(words.split())


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_row_in_the_way_is_left_alone(dialect: Dialect) -> None:
    new = insert(chats).values(chat="a", title="b")
    assert _sql(new.on_conflict_do_nothing(), dialect) == (
        "INSERT INTO chats (chat, title) VALUES ('a', 'b') ON CONFLICT DO NOTHING"
    )
    assert _sql(new.on_conflict_do_nothing(["chat"]), dialect) == (
        "INSERT INTO chats (chat, title) VALUES ('a', 'b') ON CONFLICT (chat) DO NOTHING"
    )


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_row_in_the_way_is_changed(dialect: Dialect) -> None:
    new = insert(chats).values(chat="a", title="b")
    statement = new.on_conflict_do_update(
        index_elements=[chats.c.chat], set_={"title": new.excluded.title}, where=chats.c.title != new.excluded.title
    )
    assert _sql(statement, dialect) == (
        "INSERT INTO chats (chat, title) VALUES ('a', 'b') ON CONFLICT (chat) "
        "DO UPDATE SET title = excluded.title WHERE chats.title != excluded.title"
    )
