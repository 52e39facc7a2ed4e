from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Column, Connection, MetaData, Table, insert, inspect, select, text

from bot.domain.access import Scope, Viewer
from bot.domain.answers import Answer, Verdict
from bot.domain.messages import text as message
from bot.domain.outgoing import Kind
from bot.errors import StorageError
from bot.storage import migrations
from bot.storage.answers import Exchanges
from bot.storage.database import Database
from bot.storage.effect_tables import effects as _effects  # noqa: F401 - adds its tables to the metadata
from bot.storage.nudge_tables import tips as _tips  # noqa: F401 - adds its tables to the metadata
from bot.storage.outbox import Outbox
from bot.storage.past_tables import pasts as _pasts  # noqa: F401 - adds its tables to the metadata
from bot.storage.rule_tables import rule_sheets as _rules  # noqa: F401 - adds its tables to the metadata
from bot.storage.sample_tables import samples as _samples  # noqa: F401 - adds its tables to the metadata
from bot.storage.session_tables import sessions as _sessions  # noqa: F401 - adds its tables to the metadata
from bot.storage.suggestion_tables import suggestions as _suggestions  # noqa: F401 - adds its tables to the metadata
from bot.storage.tables import HEAD, metadata
from tests.storage.helpers import NOW, inbox_of

VIEWER = Viewer("telegram:1", "telegram:42", Scope())
INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'",
}

# A step as a later version may bring it: altering `exchanges` copies and drops the table that feedback points to.
NEXT_STEP = """
import sqlalchemy as sa
from alembic import op
revision = "v_next"
down_revision = "{head}"
def upgrade():
    with op.batch_alter_table("exchanges", recreate="{recreate}") as table:
        table.add_column(sa.Column("mood", sa.Text, nullable=False, server_default="calm"))
    {then}
def downgrade():
    with op.batch_alter_table("exchanges") as table:
        table.drop_column("mood")
"""


def _revisions() -> list[str]:
    """All revisions, oldest first."""
    script = ScriptDirectory.from_config(migrations.config())
    return [step.revision for step in reversed(list(script.walk_revisions()))]


def _down(connection: Connection, revision: str) -> None:
    command.downgrade(migrations.config(connection), revision)


def _up(connection: Connection, revision: str) -> None:
    command.upgrade(migrations.config(connection), revision)


def _shape(connection: Connection) -> dict[str, object]:
    """Everything about the tables that decides how they behave."""
    there = inspect(connection)
    shape: dict[str, object] = {name: sql for name, sql in connection.execute(text(INDEXES[connection.dialect.name]))}
    for table in set(there.get_table_names()) - {"alembic_version"}:
        shape[table] = (
            sorted((c["name"], str(c["type"]), c["nullable"], c["default"]) for c in there.get_columns(table)),
            there.get_pk_constraint(table)["constrained_columns"],
            sorted(str((f["constrained_columns"], f["referred_table"], f["options"])) for f in there.get_foreign_keys(table)),
            sorted(str((u["name"], u["column_names"])) for u in there.get_unique_constraints(table)),
        )
    return shape


def _value(column: Column[Any]) -> object:
    """Something for any column; every number is 1, so that each row points to the one row of another table."""
    if isinstance(column.type, JSON):
        return []
    kind = column.type.python_type
    moments = {datetime: NOW.replace(tzinfo=None), date: NOW.date()}
    return moments[kind] if kind in moments else kind(1)


def _fill_each_table(connection: Connection) -> None:
    """One row into each table that has none yet, whatever its columns are."""
    there = _tables(connection)
    for table in there:
        if connection.execute(select(table)).first() is None:
            connection.execute(insert(table).values({column.name: _value(column) for column in table.columns}))


def _tables(connection: Connection) -> list[Table]:
    there = MetaData()
    there.reflect(connection)
    return [table for table in there.sorted_tables if table.name != "alembic_version"]


def _rows(connection: Connection) -> dict[str, int]:
    return {table.name: len(connection.execute(select(table)).all()) for table in _tables(connection)}


async def _fill(database: Database) -> None:
    await inbox_of(database).put("telegram", 1, "42", {"text": "停留"}, now=NOW)
    await Outbox(database).add("k", "telegram", "42", message("好"), kind=Kind.ANSWER, now=NOW)
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
def next_step(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Adds a further step to the released ones, as a later version would."""
    released = migrations.config
    recreate = "always" if kind == "sqlite" else "auto"  # PostgreSQL alters in place, and does not drop what is pointed to

    def add(then: str) -> None:
        folder = tmp_path / "later"
        folder.mkdir(exist_ok=True)
        (folder / "v_next.py").write_text(NEXT_STEP.format(head=HEAD, then=then, recreate=recreate), encoding="utf-8")
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

    async with database.write() as db:
        assert await db.run_sync(differences) == []
        migrated = await db.run_sync(_shape)
        await db.run_sync(_down, "base")
        await db.run_sync(metadata.create_all)
        assert await db.run_sync(_shape) == migrated


async def test_every_step_down_takes_back_what_it_brought_and_keeps_the_rows_of_the_others(database: Database) -> None:
    revisions = _revisions()
    shapes: list[dict[str, object]] = []
    async with database._store.migrator.begin() as db:  # as an upgrade does: SQLite must not look at foreign keys
        await db.run_sync(_down, "base")
        assert await db.run_sync(_shape) == {}
        for revision in revisions:
            await db.run_sync(_up, revision)
            shapes.append(await db.run_sync(_shape))
            await db.run_sync(_fill_each_table)
            assert set((await db.run_sync(_rows)).values()) == {1}
        for revision, shape in reversed(list(zip(["base", *revisions], [{}, *shapes], strict=False))):
            await db.run_sync(_down, revision)
            assert await db.run_sync(_shape) == shape
            assert set((await db.run_sync(_rows)).values()) <= {1}


async def test_all_the_way_down_and_up_again_gives_working_tables(database: Database) -> None:
    await _fill(database)
    async with database.write() as db:
        await db.run_sync(_down, "base")
        assert await db.run_sync(_shape) == {}
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
    with pytest.raises(StorageError):
        async with database.write() as db:  # foreign keys are looked at again
            await db.exec_driver_sql("UPDATE feedback SET exchange = 999")
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
