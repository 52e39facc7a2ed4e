"""Turns text into vectors with a prepared model folder: tokenizers, onnxruntime and numpy, no torch.

Knows nothing about documents; `knowledge.prepare` makes the folder.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from knowledge.errors import ModelUnavailable
from knowledge.everyday import PASSAGES, QUESTIONS
from knowledge.lexical import language

Vectors = NDArray[np.float32]

BUILT_IN = "multilingual-e5-small"
FORMAT = 2
PREPARE_STAGES = 4
BATCH = 16
"""Texts a run of the model: sorted by length, larger batches gain nothing on two cores."""
MAX_CHARACTERS = 4000
"""512 tokens never hold more; cutting first keeps a 100,000-character question from being tokenised whole."""


def model_folder(models: Path, name: str) -> Path:
    """Where the prepared form of the model `name` lies under the folder `models`."""
    slug = "".join(c if c.isalnum() or c in "-._" else "-" for c in name).strip("-.") or "model"
    return models / f"{slug}-v{FORMAT}"


def ensure_model(models: Path, name: str, progress: Callable[[int, int], None] | None = None) -> Path:
    """The prepared folder of `name`, prepared now (about half a minute, 1.2 GB) if it is not there yet.

    `progress(done, total)` is called after each stage. Raises ModelUnavailable with the cause in one line.
    """
    folder = model_folder(models, name)
    if (folder / "encoder.json").is_file():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Two processes that start together must not both prepare; the second finds the folder done.
        with FileLock(str(folder) + ".lock"):
            if not (folder / "encoder.json").is_file():
                _run_prepare(name, folder, progress)
    except OSError as error:
        raise ModelUnavailable(f"模型文件夹 {folder.parent} 写不进去（{error.strerror}），请检查磁盘空间和权限。") from error
    return folder


def _run_prepare(name: str, folder: Path, progress: Callable[[int, int], None] | None) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "knowledge.prepare", name, str(folder)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TOKENIZERS_PARALLELISM": "false"}
    # A file takes what it complains of: a download's progress would fill a pipe that nobody reads, and then wait for ever.
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as complaint,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaint, text=True, env=environment) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            if progress and line.strip().isdigit():
                progress(int(line), PREPARE_STAGES)
        process.wait()
        complaint.seek(0)
        last = complaint.read().strip().splitlines()[-1:] or [f"exit {process.returncode}"]
    if process.returncode:
        raise ModelUnavailable(f"向量模型 {name} 准备失败：{last[0][:200].rstrip('。.')}。请检查模型名、网络和磁盘空间。")


def cleaned(text: str) -> str:
    """Text that every tokenizer takes: no NUL, no lone surrogate, and not longer than the model can read."""
    text = text[:MAX_CHARACTERS].replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
    # One character may become eighteen under NFKC (U+FDFA): cut again after the tokenizer's own normalisation.
    return unicodedata.normalize("NFKC", text)[:MAX_CHARACTERS]


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What takes a second to load: only a question or a new text needs it."""

    tokenizer: Any
    session: Any


class Encoder:
    """Rows of length 1, float32, shape (texts, dimensions). The model itself is loaded when the first text comes.

    Of multilingual-e5 every vector shares one large direction that says only which language it is in; it is subtracted.
    """

    def __init__(self, folder: Path, *, threads: int = 2) -> None:
        try:
            described: dict[str, Any] = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
            self.dimensions = int(described["dimensions"])
            self.model_id = f"{described['name']}/int8/v{described['format']}"
            self._pad, self._query, self._passage = int(described["pad"]), str(described["query"]), str(described["passage"])
            self._longest = int(described["max_tokens"])
            broken = [name for name, size in described.get("sizes", {}).items() if (folder / name).stat().st_size != size]
        except (OSError, ValueError, KeyError) as error:
            raise _unreadable(folder) from error
        if broken:
            raise _unreadable(folder)
        self._folder, self._threads = folder, threads
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None
        self._means: dict[str, Vectors] = {}

    def _ready(self) -> _Loaded:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> _Loaded:
        import onnxruntime
        from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, InvalidGraph, InvalidProtobuf, NoSuchFile
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = self._threads, 1
        # Spinning threads would take a core from the rest of the bot while nobody asks anything.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            tokenizer = Tokenizer.from_buffer((self._folder / "tokenizer.json").read_bytes())
            session = onnxruntime.InferenceSession(str(self._folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
        except (OSError, ValueError, RuntimeError, Fail, InvalidArgument, InvalidGraph, InvalidProtobuf, NoSuchFile) as error:
            raise _unreadable(self._folder) from error
        tokenizer.enable_truncation(self._longest)
        tokenizer.no_padding()
        return _Loaded(tokenizer, session)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, in order, freed from the language they are asked in."""
        return self._centred(self._encode([self._query + cleaned(text) for text in texts]), texts, "questions")

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, in order, freed from the language they are written in."""
        return self._centred(self._encode([self._passage + cleaned(text) for text in texts]), texts, "passages")

    def _centred(self, vectors: Vectors, texts: Sequence[str], role: str) -> Vectors:
        if not len(texts):
            return vectors
        means = self._means or _load_means(self._folder, self)
        self._means = means
        moved = vectors - np.stack([means[f"{role}-{language(text)}"] for text in texts])
        return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9), np.float32)

    def means(self) -> dict[str, Vectors]:
        """The mean vector of everyday questions and passages in each language, what `queries` and `passages` subtract."""
        sources = (("questions", self._query, QUESTIONS), ("passages", self._passage, PASSAGES))
        return {
            f"{role}-{lang}": self._encode([prefix + text for text in texts]).mean(0)
            for role, prefix, by_language in sources
            for lang, texts in by_language.items()
        }

    def _encode(self, texts: Sequence[str]) -> Vectors:
        model = self._ready()
        out = np.zeros((len(texts), self.dimensions), np.float32)
        ids = [encoding.ids for encoding in model.tokenizer.encode_batch(list(texts))]
        for rows in _by_length(ids):
            width = max(len(ids[row]) for row in rows)
            tokens = np.full((len(rows), width), self._pad, np.int64)
            mask = np.zeros((len(rows), width), np.int64)
            for place, row in enumerate(rows):
                tokens[place, : len(ids[row])], mask[place, : len(ids[row])] = ids[row], 1
            out[rows] = model.session.run(None, {"input_ids": tokens, "attention_mask": mask})[0]
        return out


def _unreadable(folder: Path) -> ModelUnavailable:
    return ModelUnavailable(f"向量模型文件夹 {folder} 读不出来，请删掉它再启动一次，会自动重新准备。")


def _load_means(folder: Path, encoder: Encoder) -> dict[str, Vectors]:
    """The means as `prepare` stored them; computed here for a folder that has none (a quarter of a second)."""
    path = folder / "means.npz"
    if not path.is_file():
        return encoder.means()
    with np.load(path) as stored:
        return {name: stored[name] for name in stored.files}


def _by_length(ids: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Batches of row numbers, alike in length so that little padding is computed."""
    order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
    for start in range(0, len(order), BATCH):
        yield order[start : start + BATCH]
