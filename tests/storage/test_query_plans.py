"""What runs for every message must not read a chat's whole history: SQLite says how it would find the rows."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bot.domain.messages import text
from bot.domain.outgoing import Kind
from bot.storage.cards import CardKind, Cards
from bot.storage.database import Database
from bot.storage.outbox import Outbox

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
CHAT = "telegram:-100"


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'copilot.db'}")
    yield database
    await database.close()


def overheard(database: Database) -> list[tuple[str, Any]]:
    """The statements that run from now on, with their values."""
    heard: list[tuple[str, Any]] = []
    engine = database._store.reader.sync_engine
    event.listen(engine, "before_cursor_execute", lambda _c, _cursor, said, values, *_: heard.append((said, values)))
    return heard


def plans(path: Path, heard: list[tuple[str, Any]]) -> list[str]:
    """How SQLite finds what each statement asks the outbox for."""
    with sqlite3.connect(path) as db:
        found = [row[3] for said, values in heard if "outbox" in said for row in db.execute(f"EXPLAIN QUERY PLAN {said}", values)]
    return [plan for plan in found if "outbox" in plan]


@pytest.mark.parametrize("edit_of", [5, None])
async def test_what_goes_with_a_message_is_found_without_reading_what_was_sent(
    file: Database, tmp_path: Path, edit_of: int | None
) -> None:
    outbox = Outbox(file)
    for key in ("a", "b"):
        await outbox.add(
            key, "telegram", CHAT, text(key), kind=Kind.CHECKLIST, now=NOW, edit_of=edit_of, coalesce=None if edit_of else "list"
        )
    item = (await outbox.due(now=NOW, limit=1))[0]
    heard = overheard(file)
    await outbox.together(item, now=NOW + timedelta(seconds=1))
    found = plans(tmp_path / "copilot.db", heard)
    assert found and all("chat=? AND state=?" in plan for plan in found), found


async def test_a_card_that_waits_to_be_drawn_is_found_without_reading_what_was_sent(file: Database, tmp_path: Path) -> None:
    heard = overheard(file)
    await Cards(file).stale(CardKind.ITEMS)
    found = plans(tmp_path / "copilot.db", heard)
    assert found and not [plan for plan in found if plan.startswith("SCAN")], found
    assert any("chat=? AND state=? AND edit_of=?" in plan for plan in found), found
