from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.domain.access import Scope, Viewer
from bot.domain.answers import Answer, Verdict
from bot.domain.messages import text
from bot.domain.outgoing import Kind
from bot.storage import migrations
from bot.storage.answers import Exchanges
from bot.storage.database import Database
from bot.storage.outbox import Outbox
from bot.storage.tables import HEAD, metadata
from tests.storage.helpers import NOW, inbox_of

VIEWER = Viewer("telegram:1", "telegram:42", Scope())

# A step as a later version may bring it: altering `exchanges` copies and drops the table that feedback points to.
NEXT_STEP = """
import sqlalchemy as sa
from alembic import op
revision = "v_next"
down_revision = "{head}"
def upgrade():
    with op.batch_alter_table("exchanges", recreate="always") as table:
        table.add_column(sa.Column("mood", sa.Text, nullable=False, server_default="calm"))
    {then}
def downgrade():
    with op.batch_alter_table("exchanges") as table:
        table.drop_column("mood")
"""


async def _fill(database: Database) -> None:
    await inbox_of(database).put("telegram", 1, "42", {"text": "停留"}, now=NOW)
    await Outbox(database).add("k", "telegram", "42", text("好"), kind=Kind.ANSWER, now=NOW)
    exchanges = Exchanges(database)
    id = await exchanges.record("telegram:1", VIEWER, Answer("停留", Verdict.ANSWERED, "看节奏"), now=NOW)
    await exchanges.feedback(id, VIEWER, True, now=NOW)
    await exchanges.ask_lead(id, VIEWER, now=NOW)


async def _count(database: Database) -> dict[str, int]:
    async with database.read() as db:
        return {
            table: (await db.exec_driver_sql(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("inbox", "outbox", "exchanges", "feedback", "lead_questions")
        }


@pytest.fixture
def next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Adds a further step to the released ones, as a later version would."""
    released = migrations.config

    def add(then: str) -> None:
        folder = tmp_path / "later"
        folder.mkdir(exist_ok=True)
        (folder / "v_next.py").write_text(NEXT_STEP.format(head=HEAD, then=then), encoding="utf-8")
        versions = Path(migrations.__file__).parent / "versions"

        def config(connection: Connection | None = None) -> Config:
            made = released(connection)
            made.set_main_option("path_separator", "newline")
            made.set_main_option("version_locations", f"{versions}\n{folder}")
            return made

        monkeypatch.setattr(migrations, "config", config)
        monkeypatch.setattr("bot.storage.database.HEAD", "v_next")

    return add


def test_the_head_that_opening_looks_for_is_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(migrations.config()).get_heads() == [HEAD]


async def test_the_migrations_lead_to_the_tables(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))

    async with database.read() as db:
        assert await db.run_sync(differences) == []
        metadata_indexes = {index.name for table in metadata.tables.values() for index in table.indexes}
        names = (await db.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")).scalars()
        assert set(names) == metadata_indexes


async def test_all_the_way_down_and_up_again_gives_working_tables(database: Database) -> None:
    await _fill(database)
    async with database.write() as db:
        await db.run_sync(lambda connection: command.downgrade(migrations.config(connection), "base"))
        tables = (await db.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        assert tables == ["alembic_version"]
        await db.run_sync(migrations.upgrade)
    await _fill(database)
    assert set((await _count(database)).values()) == {1}


async def test_a_further_step_keeps_every_row(url: str, next_step: Callable[[str], None]) -> None:
    database = await Database.open(url)
    await _fill(database)
    await database.close()
    next_step("pass")
    database = await Database.open(url)
    assert set((await _count(database)).values()) == {1}
    async with database.write() as db:
        assert (await db.exec_driver_sql("SELECT mood FROM exchanges")).scalars().all() == ["calm"]
        assert (await db.exec_driver_sql("PRAGMA foreign_keys")).scalar_one() == 1
    await database.close()


async def test_a_step_that_breaks_leaves_the_database_as_it_was(url: str, next_step: Callable[[str], None]) -> None:
    database = await Database.open(url)
    await _fill(database)
    await database.close()
    next_step("raise RuntimeError('broken step')")
    with pytest.raises(RuntimeError, match="broken step"):
        await Database.open(url)
    next_step("pass")
    database = await Database.open(url)
    assert set((await _count(database)).values()) == {1}
    await database.close()
