"""An index that we may not read or write is no broken one: one sentence says whose it is, and nothing is touched."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from chromadb.errors import InternalError

import knowledge.index
from knowledge.errors import IndexRefused
from knowledge.library import Library
from tests.knowledge import kit

FILES = ("catalog.db", "chroma", "chroma/chroma.sqlite3", "chroma/*/header.bin")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def closed(filled: Library, tmp_path: Path) -> Path:
    filled.close()
    return tmp_path / "index"


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_not_ours_is_said_with_its_owner_and_nothing_is_touched(
    closed: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = closed.glob(name)
    before, allowed = contents(closed), os.access
    monkeypatch.setattr(os, "access", lambda asked, mode: Path(asked) != path and allowed(asked, mode))
    monkeypatch.setattr(Path, "owner", lambda self: "zhangsan")
    with pytest.raises(IndexRefused) as caught:
        Library(closed, kit.encoder())
    assert str(path) in str(caught.value) and "zhangsan" in str(caught.value) and "\n" not in str(caught.value)
    assert contents(closed) == before


@pytest.mark.parametrize(
    "words",
    ["unable to open database file", "attempt to write a readonly database", "access permission denied", "database is locked"],
)
def test_a_catalogue_that_the_system_refuses_is_not_set_aside(closed: Path, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(closed)

    def refuse(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError(words)

    monkeypatch.setattr(sqlite3, "connect", refuse)
    with pytest.raises(IndexRefused, match="索引没有动"):
        Library(closed, kit.encoder())
    assert contents(closed) == before


@pytest.mark.parametrize(
    "error",
    [
        PermissionError(13, "Permission denied"),
        InternalError("error returned from database: (code: 14) unable to open database file"),
        InternalError("error returned from database: (code: 8) attempt to write a readonly database"),
        InternalError("Permission denied (os error 13)"),
    ],
)
def test_a_vector_folder_that_the_system_refuses_is_not_set_aside(
    closed: Path, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(closed)

    def refuse(_: Path) -> None:
        raise error

    monkeypatch.setattr(knowledge.index, "_client", refuse)
    with pytest.raises(IndexRefused, match="chroma.sqlite3") as caught:
        Library(closed, kit.encoder())
    assert "chroma.sqlite3" in caught.value.english and "The index was left as it is." in caught.value.english
    assert caught.value.english.isascii()
    assert {name: data for name, data in contents(closed).items() if not name.startswith("catalog.db-")} == before


def test_a_refusal_while_it_runs_is_raised_and_not_taken_for_damage(filled: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(filled._vectors, "_collection", refuse)
    with pytest.raises(IndexRefused):
        filled.fill("handbook")
    assert not list(filled._folder.glob("*.broken"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can act as somebody else")
def test_another_account_is_refused_for_real(closed: Path, tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from knowledge.errors import IndexRefused\n"
        "from knowledge.refused import check_writable\n"
        "os.setgid(65534); os.setuid(65534)\n"
        "try: check_writable(Path(sys.argv[1]))\n"
        "except IndexRefused as error: print(error)"
    )
    for path in (closed, *closed.parents):
        if path.stat().st_uid == 0 and path != Path(tempfile.gettempdir()) and path.is_relative_to(tempfile.gettempdir()):
            path.chmod(0o777)
    (closed / "catalog.db").chmod(0o600)
    done = subprocess.run([sys.executable, "-c", code, str(closed)], capture_output=True, text=True, check=False)
    assert "catalog.db 归 root 所有" in done.stdout, done.stderr
