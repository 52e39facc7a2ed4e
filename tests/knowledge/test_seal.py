"""Damaged graph files are noticed before Chroma reads them: it would end the process over them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from knowledge.errors import IndexUnusable
from knowledge.index import VectorStore, trial
from knowledge.seal import SEAL, is_damaged, is_sealed

COUNT = 1100
"""Chroma writes a graph down from 1,000 vectors on."""
FILES = ("header.bin", "data_level0.bin", "link_lists.bin", "length.bin", "index_metadata.pickle")


def spread(count: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    made = np.random.default_rng(count).normal(size=(count, 384)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written") / "chroma"
    store = VectorStore(folder, "model")
    store.upsert("handbook", [str(n) for n in range(COUNT)], spread(COUNT), ["甲"] * COUNT)
    store.close()
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    return shutil.copytree(written, tmp_path / "index" / "chroma")


def graph_file(folder: Path, name: str) -> Path:
    (found,) = folder.rglob(name)
    return found


def _noise(path: Path) -> None:
    path.write_bytes(os.urandom(path.stat().st_size))


def _half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _one_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("damage", [_noise, _half, _one_bit, Path.unlink])
@pytest.mark.parametrize("name", FILES)
def test_any_change_below_a_seal_is_damage_and_chroma_is_not_let_near_it(
    folder: Path, name: str, damage: Callable[[Path], object]
) -> None:
    assert is_sealed(folder) and not is_damaged(folder)
    damage(graph_file(folder, name))
    assert is_damaged(folder)
    with pytest.raises(IndexUnusable, match="坏了"):
        VectorStore(folder, "model")


@pytest.mark.parametrize(("name", "damage"), [("header.bin", _half), ("data_level0.bin", _noise), ("header.bin", _noise)])
def test_without_a_seal_a_child_dies_in_our_place(folder: Path, name: str, damage: Callable[[Path], object]) -> None:
    (folder / SEAL).unlink()
    damage(graph_file(folder, name))
    assert is_damaged(folder)


def test_vectors_of_a_wrong_length_are_damage_though_nothing_dies_of_them(folder: Path) -> None:
    path = graph_file(folder, "data_level0.bin")
    path.write_bytes(bytes(path.stat().st_size))
    assert trial_of(folder) != 0


def trial_of(folder: Path) -> int:
    """A trial limits the memory of its process, so it needs one of its own."""
    code = f"import sys; from knowledge.index import trial; sys.exit({trial.__name__}(sys.argv[1]))"
    return subprocess.run([sys.executable, "-c", code, str(folder)], check=False, capture_output=True).returncode


def test_a_sound_index_without_a_seal_is_kept_and_sealed_again(folder: Path) -> None:
    (folder / SEAL).unlink()
    store = VectorStore(folder, "model")
    assert store.count("handbook") == COUNT
    store.close()
    assert is_sealed(folder) and not is_damaged(folder)


def test_a_process_killed_while_it_writes_leaves_no_seal_that_could_accuse_a_sound_graph(folder: Path) -> None:
    code = (
        "import os, sys; import numpy as np; from pathlib import Path; from knowledge.index import VectorStore\n"
        "store = VectorStore(Path(sys.argv[1]), 'model'); made = np.eye(384, dtype=np.float32)[[n % 384 for n in range(1200)]]\n"
        "store.upsert('handbook', [f'new-{n}' for n in range(1200)], made, ['x'] * 1200); os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(folder)], check=False, capture_output=True).returncode == -9
    assert not is_sealed(folder) and not is_damaged(folder)
    store = VectorStore(folder, "model")
    assert store.count("handbook") == COUNT + 1200
    store.close()


def test_a_graph_that_was_never_written_down_needs_neither_seal_nor_trial(tmp_path: Path) -> None:
    store = VectorStore(tmp_path, "model")
    store.upsert("handbook", ["a"], spread(1), ["甲"])
    store.close()
    for path in tmp_path.glob("*/*.bin"):
        path.write_bytes(os.urandom(path.stat().st_size))
    (tmp_path / SEAL).unlink()
    assert not is_damaged(tmp_path)
    store = VectorStore(tmp_path, "model")
    assert store.nearest("handbook", spread(1)[0])[0][0] == "a"
    store.close()


def test_reading_does_not_break_the_seal(folder: Path) -> None:
    store = VectorStore(folder, "model")
    assert store.sound("handbook") and len(store.ids("handbook")) == COUNT
    assert is_sealed(folder) and not is_damaged(folder)
    store.close()


LIBRARY = """
import sys
from pathlib import Path
import numpy as np
from knowledge.library import Library

class Made:
    model_id = "made-up"
    def passages(self, texts):
        made = np.random.default_rng(len(texts)).normal(size=(len(texts), 384)).astype(np.float32)
        return made / np.linalg.norm(made, axis=1, keepdims=True)

library = Library(Path(sys.argv[1]), Made())
library.read("handbook", Path(sys.argv[2]))
print(library.fill("handbook"), library._vectors.sound("handbook"), library.shelf("handbook").pending)
library.close()
"""


@pytest.mark.parametrize("is_sealed_then", [True, False], ids=["sealed", "unsealed"])
def test_a_library_sets_a_deadly_graph_aside_and_fills_again(tmp_path: Path, is_sealed_then: bool) -> None:
    source, index = tmp_path / "handbook", tmp_path / "index"
    source.mkdir()
    many = "\n\n".join(f"## {n} 规定{n}\n\n编号{n}的规定写在这里。" for n in range(COUNT))
    (source / "many.md").write_text(f"# 规定\n\n{many}\n", encoding="utf-8")

    def start() -> list[str]:
        command = [sys.executable, "-c", LIBRARY, str(index), str(source)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    embedded = start()
    assert int(embedded[0]) > 1000 and embedded[1:] == ["True", "0"]
    _half(graph_file(index / "chroma", "header.bin"))
    if not is_sealed_then:
        (index / "chroma" / SEAL).unlink()
    assert start() == embedded
    assert (index / "chroma.broken").is_dir()
    assert start() == ["0", "True", "0"]
