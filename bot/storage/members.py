"""The members of a stored JSON list as rows of text, in either database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, String, TableValuedAlias, column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


def members(of: Column[Any]) -> TableValuedAlias:
    """A table to select from, with one column `value`, for a list of strings."""
    return _Members(of).table_valued(column("value", String))


class _Members(FunctionElement[Any]):
    inherit_cache = True


@compiles(_Members, "sqlite")
def _on_sqlite(function: _Members, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each{compiler.process(function.clause_expr, **options)}"


@compiles(_Members, "postgresql")
def _on_postgres(function: _Members, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_array_elements_text{compiler.process(function.clause_expr, **options)}"
