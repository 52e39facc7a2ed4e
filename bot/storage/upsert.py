"""INSERT … ON CONFLICT, written once for both databases.

Knows nothing about which database it runs on: SQLite and PostgreSQL compile the same clause, each in its own way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

from sqlalchemy import Column, ColumnElement, Table, alias
from sqlalchemy import Insert as PlainInsert
from sqlalchemy.dialects.sqlite.dml import OnConflictDoNothing, OnConflictDoUpdate
from sqlalchemy.sql.base import ReadOnlyColumnCollection

Target = Sequence[str | Column[Any]]


class Insert(PlainInsert):
    """An INSERT that may say what happens when a unique constraint is in its way."""

    inherit_cache = True

    @property
    def excluded(self) -> ReadOnlyColumnCollection[str, ColumnElement[Any]]:
        """The columns of the row that could not be inserted, for `set_` and `where`."""
        return alias(self.table, name="excluded").columns

    def on_conflict_do_nothing(
        self, index_elements: Target | None = None, index_where: ColumnElement[bool] | None = None
    ) -> Self:
        """Leave the row that is there; without `index_elements` for any unique constraint. Its rowcount is then 0."""
        return self.ext(_DoNothing(index_elements, index_where))

    def on_conflict_do_update(
        self,
        index_elements: Target,
        set_: Mapping[str, object],
        where: ColumnElement[bool] | None = None,
        index_where: ColumnElement[bool] | None = None,
    ) -> Self:
        """Change the row that is there, if it fulfils `where`. `index_elements` are the columns of the constraint."""
        return self.ext(_DoUpdate(index_elements, index_where, dict(set_), where))


def insert(table: Table) -> Insert:
    """An INSERT into this table for either database."""
    return Insert(table)


# SQLAlchemy has one such clause a dialect. They differ in one attribute, the name of a constraint, which PostgreSQL's
# compiler looks for and SQLite has no use for. PostgreSQL's own would serve as well, but a start with SQLite would
# then have to import all of that dialect.
class _DoNothing(OnConflictDoNothing):
    inherit_cache = True
    constraint_target = None


class _DoUpdate(OnConflictDoUpdate):
    inherit_cache = True
    constraint_target = None
