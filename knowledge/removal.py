"""Collections deleted from an index that nobody has open, and what is left of one: for whoever has to prove that it is gone."""

from __future__ import annotations

import shutil
from pathlib import Path

from knowledge.catalog import Catalog
from knowledge.errors import IndexUnusable
from knowledge.index import VectorStore
from knowledge.wipe import traces

CATALOG = "catalog.db"
CHROMA = "chroma"
NO_MODEL = "none"
"""Erasing takes the vectors of all models, so none has to be loaded."""


def purge(folder: Path, scope: str) -> None:
    """Delete a collection from the index in `folder`; the caller owns it. Raises IndexUnusable."""
    if not (folder / CATALOG).exists():
        return
    vectors = VectorStore(folder / CHROMA, NO_MODEL)
    try:
        vectors.erase(scope)
    finally:
        vectors.close()
    discard_broken(folder)
    catalog = Catalog(folder / CATALOG)
    try:
        catalog.drop(scope)
    finally:
        catalog.close()


def left(folder: Path, scope: str) -> dict[str, int]:
    """What the index still holds of a collection, also beside whoever has it open: all 0 once it is deleted.

    `rows` of the catalogue, `collections` in Chroma, `graphs` of collections that are gone. Raises IndexUnusable.
    """
    if not (folder / CATALOG).exists():
        return {"rows": 0, "collections": 0, "graphs": 0}
    catalog = Catalog(folder / CATALOG)
    try:
        rows = catalog.rows(scope)
    finally:
        catalog.close()
    return {"rows": rows, **traces(folder / CHROMA, scope)}


def discard_broken(folder: Path) -> None:
    """Delete what was set aside as broken: it may hold what has to go. Raises IndexUnusable."""
    try:
        for path in folder.glob("*.broken"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    except OSError as error:
        raise IndexUnusable(f"索引目录 {folder} 整理不了（{error.strerror}），请检查权限。") from error
