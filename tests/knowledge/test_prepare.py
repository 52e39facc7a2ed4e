"""Any model that sentence-transformers loads becomes a folder that is served without it."""

from __future__ import annotations

import subprocess
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

from knowledge import embed, prepare, tables
from knowledge.embed import Encoder, ensure_model
from knowledge.errors import ModelUnavailable
from knowledge.find import Finder
from knowledge.library import Library
from tests.knowledge import tiny

pytestmark = [pytest.mark.filterwarnings("ignore::DeprecationWarning"), pytest.mark.filterwarnings("ignore::UserWarning")]
TEXTS = ["停留低怎么办", "在线掉了", "abc", "发票开给谁" * 5]


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.sentence_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def prepared(named: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    stages: list[tuple[int, int]] = []
    folder = ensure_model(tmp_path_factory.mktemp("models"), str(named), lambda done, total: stages.append((done, total)))
    assert stages == [(1, 4), (2, 4), (3, 4), (4, 4)]
    return folder


def test_a_named_folder_is_served_with_nearly_the_vectors_that_torch_gives(named: Path, prepared: Path) -> None:
    from sentence_transformers import SentenceTransformer

    expected = SentenceTransformer(str(named), device="cpu").encode_document(TEXTS)
    served = Encoder(prepared)._encode([f"p{text}" for text in TEXTS])
    assert np.min(np.sum(served * expected, axis=1)) > 0.99


def test_prompts_length_and_size_are_the_models_own(prepared: Path) -> None:
    encoder = Encoder(prepared)
    assert encoder.dimensions == 32 and encoder._query == "q" and encoder._passage == "p" and encoder._longest == 64
    assert encoder.queries(["停留" * 500]).shape == (1, 32)


def test_preparing_leaves_nothing_beside_the_folder(prepared: Path) -> None:
    assert {path.name for path in prepared.parent.iterdir()} <= {prepared.name, f"{prepared.name}.lock"}
    assert {path.name for path in prepared.iterdir()} == {"model.onnx", "tokenizer.json", "encoder.json", "means.npz"}


def test_a_library_works_with_a_named_model(prepared: Path, source: Path, tmp_path: Path) -> None:
    library = Library(tmp_path / "named", Encoder(prepared))
    library.read("handbook", source)
    library.fill("handbook")
    assert Finder(library).find("停留低怎么办", scope={"handbook"}).complete
    library.close()


def test_a_large_table_taken_out_and_put_back_gives_the_same_file(
    named: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, large in (("whole", 10**9), ("apart", 1)):
        monkeypatch.setattr(tables, "LARGE", large)
        monkeypatch.setattr(tables, "ROWS", 40)
        monkeypatch.setattr(prepare, "ROWS", 40)
        (tmp_path / name).mkdir()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            taken = prepare._export_all(str(named), tmp_path / name)
            assert bool(taken) == (name == "apart")
            prepare._quantise(tmp_path / name, taken)
    whole, apart = (Encoder(tmp_path / name / "out") for name in ("whole", "apart"))
    assert np.allclose(whole.passages(TEXTS), apart.passages(TEXTS), atol=1e-6)


@pytest.mark.parametrize(
    ("name", "environment", "reason"),
    [
        ("nobody/nothing", {"HF_ENDPOINT": "http://127.0.0.1:9"}, "连不上模型站"),
        ("nobody/nothing", {"HF_HUB_OFFLINE": "1"}, "离线"),
        ("./no/such/folder", {"HF_HUB_OFFLINE": "1"}, "没有这个文件夹"),
    ],
)
def test_a_model_that_cannot_be_had_is_said_in_one_sentence_and_soon(
    tmp_path: Path, name: str, environment: dict[str, str], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("HF_ENDPOINT", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(key, raising=False)
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    begun = time.monotonic()
    with pytest.raises(ModelUnavailable, match=reason) as caught:
        ensure_model(tmp_path, name)
    assert time.monotonic() - begun < 20
    assert "\n" not in str(caught.value) and name in str(caught.value)
    assert [path.name for path in tmp_path.iterdir() if not path.name.endswith(".lock")] == []


def test_a_folder_that_holds_no_model_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelUnavailable, match="准备失败") as caught:
        ensure_model(tmp_path / "models", str(tmp_path / "empty"))
    assert "\n" not in str(caught.value)


def test_a_preparation_that_talks_a_lot_is_not_waited_for_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = subprocess.Popen
    script = "import sys; sys.stderr.write('downloading 1%\\r' * 200_000 + '\\nthe reason'); sys.exit(3)"

    def chatty(command: list[str], **options: object) -> object:
        return real([command[0], "-c", script], **options)  # type: ignore[call-overload]

    monkeypatch.setattr(embed.subprocess, "Popen", chatty)
    with pytest.raises(ModelUnavailable, match="the reason"):
        ensure_model(tmp_path, "x")
