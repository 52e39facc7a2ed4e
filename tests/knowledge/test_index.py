"""The index survives crashes, broken files and full disks: what was noted is never lost, what is lost is computed again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge.errors import IndexUnusable
from knowledge.find import Finder
from knowledge.index import VectorStore
from knowledge.library import Library
from tests.knowledge import kit
from tests.knowledge.conftest import SALES, WATCH


class Crash(BaseException):
    """Ends the process as far as the library can tell: nothing of the product catches it."""


def reopened(folder: Path) -> Library:
    return Library(folder, kit.encoder())


def assert_whole(library: Library, source: Path) -> None:
    """After a read and a fill the catalogue, Chroma and the chunks name the same vectors, and search is right."""
    library.read("handbook", source)
    library.fill("handbook")
    shelf, model = library.shelf("handbook"), library.encoder.model_id
    assert library._catalog.vectors("handbook", model) == library._vectors.ids("handbook") == set(shelf.owners)
    found = Finder(library).find("停留低怎么办", scope={"handbook"})
    assert found.complete and found.passages[0].heading == "12.2 停留低怎么办"


CALLS = (
    ("_catalog", "replace"),
    ("_catalog", "remove"),
    ("_catalog", "embedded"),
    ("_catalog", "forget_vectors"),
    ("_vectors", "upsert"),
    ("_vectors", "delete"),
)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("part", "call"), CALLS, ids=[call for _, call in CALLS])
def test_a_crash_around_any_write_leaves_an_index_that_mends_itself(
    filled: Library, source: Path, tmp_path: Path, part: str, call: str, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "watch.md").write_text(WATCH.replace("30 秒", "40 秒"), encoding="utf-8")
    (source / "sales.md").unlink()
    holder = getattr(filled, part)
    real: Callable[..., Any] = getattr(holder, call)

    def crash(*arguments: Any, **named: Any) -> None:
        if after:
            real(*arguments, **named)
        raise Crash

    monkeypatch.setattr(holder, call, crash)
    with pytest.raises(Crash):
        filled.read("handbook", source)
        filled.fill("handbook")
    filled.close()
    library = reopened(tmp_path / "index")
    assert_whole(library, source)
    assert {section.path for section in library.shelf("handbook").sections} == {"watch.md"}
    library.close()


CHILD = """
import os, sys
from pathlib import Path
import numpy as np
from knowledge.library import Library
from knowledge.index import VectorStore
from knowledge.catalog import Catalog

class Made:
    model_id = sys.argv[4]
    def passages(self, texts):
        return np.eye(384, dtype=np.float32)[[hash(text) % 384 for text in texts]]

which, name = {"upsert": (VectorStore, "upsert"), "embedded": (Catalog, "embedded"), "replace": (Catalog, "_insert")}[sys.argv[1]]
real = getattr(which, name)
def dies(*arguments):
    real(*arguments)
    os.kill(os.getpid(), 9)
library = Library(Path(sys.argv[2]), Made())
if name == "_insert":
    Catalog._insert = staticmethod(dies)
else:
    setattr(which, name, dies)
library.read("handbook", Path(sys.argv[3]))
library.fill("handbook")
"""


@pytest.mark.parametrize("call", ["upsert", "embedded", "replace"])
def test_a_process_killed_between_catalogue_and_vectors_leaves_an_index_that_mends_itself(
    call: str, source: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", CHILD, call, str(tmp_path / "index"), str(source), "made-up"]
    killed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert killed.returncode == -9, killed.stderr
    library = reopened(tmp_path / "index")
    assert_whole(library, source)
    library.close()


def _garbage(path: Path) -> None:
    path.write_bytes(os.urandom(4096))


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _middle(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096 : len(data) - 4096] = os.urandom(len(data) - 8192)
    path.write_bytes(bytes(data))


def _empty(path: Path) -> None:
    path.write_bytes(b"")


DAMAGE = (_garbage, _truncate, _middle, _empty, Path.unlink)


def _closed(filled: Library, tmp_path: Path) -> Path:
    filled.close()
    return tmp_path / "index"


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_broken_catalogue_is_set_aside_and_read_anew(
    filled: Library, source: Path, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    folder = _closed(filled, tmp_path)
    damage(folder / "catalog.db")
    library = reopened(folder)
    assert_whole(library, source)
    library.close()


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_broken_vector_database_is_set_aside_and_filled_again(
    filled: Library, source: Path, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    folder = _closed(filled, tmp_path)
    damage(folder / "chroma" / "chroma.sqlite3")
    library = reopened(folder)
    assert_whole(library, source)
    library.close()


def test_a_lost_vector_folder_is_filled_again_and_until_then_words_are_searched(
    filled: Library, source: Path, tmp_path: Path
) -> None:
    folder = _closed(filled, tmp_path)
    shutil.rmtree(folder / "chroma")
    library = reopened(folder)
    library.read("handbook", source)
    found = Finder(library).find("停留低怎么办", scope={"handbook"})
    assert not found.complete and found.passages[0].heading == "12.2 停留低怎么办"
    assert_whole(library, source)
    library.close()


def test_a_file_where_the_vector_folder_should_be_is_set_aside(filled: Library, source: Path, tmp_path: Path) -> None:
    folder = _closed(filled, tmp_path)
    shutil.rmtree(folder / "chroma")
    (folder / "chroma").write_bytes(b"not a folder")
    library = reopened(folder)
    assert_whole(library, source)
    library.close()


def _without_files(folder: Path) -> None:
    for path in folder.glob("*.*"):
        path.unlink()


def _without_header(folder: Path) -> None:
    (folder / "header.bin").unlink()


def _with_garbage_for_a_header(folder: Path) -> None:
    (folder / "header.bin").write_bytes(os.urandom(100))


@pytest.mark.parametrize("damage", [shutil.rmtree, _without_files, _without_header, _with_garbage_for_a_header])
def test_a_vector_graph_that_lost_its_files_is_filled_again(
    tmp_path: Path, source: Path, damage: Callable[[Path], object]
) -> None:
    class Made:
        """As many vectors as Chroma needs before it writes the graph down would take the real model minutes."""

        model_id = kit.encoder().model_id

        def passages(self, texts: list[str]) -> Any:
            spread = np.random.default_rng(len(texts)).normal(size=(len(texts), 384)).astype(np.float32)
            return spread / np.linalg.norm(spread, axis=1, keepdims=True)

    many = "\n\n".join(f"## {n} 规定{n}\n\n编号{n}的规定写在这里。" for n in range(1100))
    kit.write(source, {"many.md": f"# 规定\n\n{many}\n"})
    library = Library(tmp_path / "index", Made())  # type: ignore[arg-type]
    library.read("handbook", source)
    library.fill("handbook")
    library.close()
    (graph,) = (path for path in (tmp_path / "index" / "chroma").iterdir() if path.is_dir())
    damage(graph)
    library = Library(tmp_path / "index", Made())  # type: ignore[arg-type]
    library.read("handbook", source)
    assert library.shelf("handbook").pending > 1000
    assert library.fill("handbook") > 1000
    assert library._vectors.sound("handbook") and library.shelf("handbook").pending == 0
    library.close()


def test_breaking_twice_keeps_working(filled: Library, source: Path, tmp_path: Path) -> None:
    folder = _closed(filled, tmp_path)
    for _ in range(2):
        _garbage(folder / "catalog.db")
        _garbage(folder / "chroma" / "chroma.sqlite3")
        library = reopened(folder)
        assert_whole(library, source)
        library.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a small disk, or remounts it with other options."""
    disk = tmp_path / "disk"
    disk.mkdir()

    def mount(options: str) -> Path:
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"mounting needs root: {done.stderr.strip()}")
        return disk

    yield mount
    subprocess.run(["umount", "-l", str(disk)], capture_output=True, check=False)


def _fill_up(disk: Path, leave: int) -> Path:
    ballast = disk / "ballast"
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    ballast.write_bytes(b"x" * max(0, free - leave))
    return ballast


@pytest.mark.parametrize("leave", [0, 64_000, 512_000])
def test_a_full_disk_is_said_loses_nothing_and_indexing_goes_on_when_there_is_room(
    small_disk: Callable[[str], Path], source: Path, leave: int
) -> None:
    disk = small_disk("size=24m")
    library = reopened(disk / "index")
    library.read("handbook", source)
    library.fill("handbook")
    noted = library._catalog.vectors("handbook", library.encoder.model_id)
    long = "\n\n".join(f"## {n} 补充规定{n}\n\n编号{n}的规定写在这里。" * 3 for n in range(300))
    kit.write(source, {"long.md": f"# 补充\n\n{long}\n"})
    ballast = _fill_up(disk, leave)
    with pytest.raises(IndexUnusable, match="磁盘空间"):
        library.read("handbook", source)
        library.fill("handbook")
    assert library._catalog.vectors("handbook", library.encoder.model_id) >= noted
    assert Finder(library).search("停留低怎么办", scope={"handbook"})[0].heading == "12.2 停留低怎么办"
    ballast.unlink()
    (source / "long.md").write_text("# 补充\n\n只留这一句规定。\n", encoding="utf-8")
    assert_whole(library, source)
    library.close()
    library = reopened(disk / "index")
    assert_whole(library, source)
    library.close()


def test_an_index_folder_that_cannot_be_written_is_said_in_one_sentence(small_disk: Callable[[str], Path], source: Path) -> None:
    disk = small_disk("size=24m")
    library = reopened(disk / "index")
    library.read("handbook", source)
    library.fill("handbook")
    library.close()
    small_disk("remount,ro")
    with pytest.raises(IndexUnusable) as caught:
        library = reopened(disk / "index")
        library.read("handbook", kit.write(source, {"new.md": SALES}))
    assert "\n" not in str(caught.value) and "索引" in str(caught.value)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[VectorStore]:
    opened = VectorStore(tmp_path / "chroma", "model")
    yield opened
    opened.close()


def rows(*numbers: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.eye(8, dtype=np.float32)[list(numbers)]


def test_nearest_gives_cosines_best_first(store: VectorStore) -> None:
    store.upsert("handbook", ["a", "b"], rows(0, 1), ["甲", "乙"])
    found = store.nearest("handbook", (rows(0)[0] * 0.8 + rows(1)[0] * 0.6).astype(np.float32))
    assert [name for name, _ in found] == ["a", "b"]
    assert [round(score, 4) for _, score in found] == [0.8, 0.6]


def test_an_empty_collection_has_nothing_near(store: VectorStore) -> None:
    assert store.nearest("handbook", rows(0)[0]) == []


def test_one_scope_never_gives_the_vectors_of_another(store: VectorStore) -> None:
    store.upsert("merchant-1", ["a"], rows(0), ["甲"])
    store.upsert("merchant-10", ["b"], rows(0), ["乙"])
    assert store.nearest("merchant-1", rows(0)[0]) == [("a", 1.0)]
    store.drop("merchant-1")
    assert store.ids("merchant-1") == set() and store.ids("merchant-10") == {"b"}


@pytest.mark.parametrize("scope", ["", "a/b", "商家", "UPPER", "x" * 100, "a.b", "../x"])
def test_a_name_that_could_be_mistaken_for_another_is_refused(store: VectorStore, scope: str) -> None:
    with pytest.raises(IndexUnusable):
        store.upsert(scope, ["a"], rows(0), ["甲"])


def test_unknown_ids_are_no_error_when_deleted(store: VectorStore) -> None:
    store.upsert("handbook", ["a"], rows(0), ["甲"])
    store.delete("handbook", ["b"])
    assert store.count("handbook") == 1


def test_more_vectors_than_one_batch_of_the_database_are_stored_and_deleted(store: VectorStore) -> None:
    names = [str(n) for n in range(5200)]
    store.upsert("handbook", names, np.tile(rows(0), (5200, 1)), ["甲"] * 5200)
    assert store.count("handbook") == 5200
    store.delete("handbook", names)
    assert store.count("handbook") == 0
