"""What Chroma leaves behind of dropped collections, taken off the disk; and what of a collection is left there at all.

Looks at the files from outside, beside whoever has them open. Knows Chroma's tables for collections and segments.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from knowledge.errors import IndexUnusable

DATABASE = "chroma.sqlite3"
_WAIT = 10.0
"""Seconds that another connection's write is waited for."""


def wipe(folder: Path) -> None:
    """Remove the graphs that no collection has any more, and rewrite the database without its free pages.

    Raises IndexUnusable and OSError.
    """
    database = folder / DATABASE
    if not database.exists():
        return
    try:
        with closing(sqlite3.connect(database, timeout=_WAIT, isolation_level=None)) as db:
            used = {row[0] for row in db.execute("SELECT id FROM segments")}
            db.execute("VACUUM")
    except sqlite3.Error as error:
        raise IndexUnusable(f"删掉的内容还没有清干净（{error}）；请检查磁盘空间，稍后会再清一次。") from error
    for graph in folder.iterdir():
        if graph.is_dir() and graph.name not in used:
            shutil.rmtree(graph)


def traces(folder: Path, scope: str) -> dict[str, int]:
    """How many collections of a scope Chroma has in `folder`, and how many graphs lie there that no collection has."""
    database = folder / DATABASE
    if not database.exists():
        return {"collections": 0, "graphs": 0}
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True, timeout=_WAIT)) as db:
            named = [row[0] for row in db.execute("SELECT name FROM collections")]
            used = {row[0] for row in db.execute("SELECT id FROM segments")}
    except sqlite3.Error as error:
        raise IndexUnusable(f"向量库读不出来（{error}）。") from error
    graphs = sum(path.is_dir() and path.name not in used for path in folder.iterdir())
    return {"collections": sum(name.rsplit(".", 1)[0] == scope for name in named), "graphs": graphs}
