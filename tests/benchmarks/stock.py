"""The stock LangChain recipe, in a process of its own: recursive splitter, sentence-transformers in torch, Chroma.

As the RAG tutorial has it: `RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)`, `Chroma.add_documents`,
`similarity_search(question, k=4)`. The weights are the ones that ours are made from, in full precision, and the model's own
prompts are used, so that it differs in nothing but the recipe. `run` starts the process and brings back what it measured.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

TUTORIAL = (1000, 200)
"""chunk_size and chunk_overlap of the tutorial."""
SMALL = (200, 40)
"""The same at about our own chunk size, for what the size alone explains."""
ADD_BATCH = 2000
ROOT = Path(__file__).resolve().parents[2]


def run(job: str, **arguments: object) -> dict[str, Any]:
    """Do one job (`index`, `borrow`, `ask`) in a fresh process; `wall` in the result is the whole process in seconds."""
    began = time.perf_counter()
    command = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.stock", job]
    given = json.dumps(arguments, default=str)
    done = subprocess.run(command, input=given, capture_output=True, text=True, cwd=ROOT, check=False)
    if done.returncode:
        raise RuntimeError(f"the stock recipe failed at {job}: {done.stderr[-2000:]}")
    return {**json.loads(done.stdout.splitlines()[-1]), "wall": time.perf_counter() - began}


def _torch_embeddings(folder: str) -> Any:
    from langchain_core.embeddings import Embeddings
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(folder, device="cpu")

    class Torch(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            vectors: list[list[float]] = model.encode_document(texts).tolist()
            return vectors

        def embed_query(self, text: str) -> list[float]:
            vector: list[float] = model.encode_query(text).tolist()
            return vector

    return Torch()


def _borrowed_embeddings(pool: str) -> Any:
    from langchain_core.embeddings import Embeddings

    from tests.benchmarks.homes import borrowed

    vectors = np.load(pool)

    class Borrowed(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            made: list[list[float]] = borrowed(vectors, texts).tolist()
            return made

        def embed_query(self, text: str) -> list[float]:
            return self.embed_documents([text])[0]

    return Borrowed()


def _pieces(folder: str, size: tuple[int, int]) -> list[Any]:
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    root = Path(folder)
    texts = [Document(p.read_text(encoding="utf-8"), metadata={"source": str(p.relative_to(root))}) for p in root.rglob("*.md")]
    return RecursiveCharacterTextSplitter(chunk_size=size[0], chunk_overlap=size[1]).split_documents(texts)


def _store(folder: str, embeddings: Any) -> Any:
    from langchain_chroma import Chroma

    return Chroma("stock", embeddings, persist_directory=folder)


def _fill(embeddings: Any, handbook: str, store: str, size: tuple[int, int]) -> dict[str, Any]:
    began = time.perf_counter()
    pieces = _pieces(handbook, size)
    chroma = _store(store, embeddings)
    for at in range(0, len(pieces), ADD_BATCH):
        chroma.add_documents(pieces[at : at + ADD_BATCH])
    return {"pieces": len(pieces), "seconds": time.perf_counter() - began}


def index(handbook: str, store: str, model: str, size: tuple[int, int] = TUTORIAL) -> dict[str, Any]:
    """Split, embed and store a folder; `seconds` is without loading the model."""
    return _fill(_torch_embeddings(model), handbook, store, size)


def borrow(handbook: str, store: str, pool: str, size: tuple[int, int] = TUTORIAL) -> dict[str, Any]:
    """Split and store a folder with borrowed vectors, for how fast and how large it is and not for what it finds."""
    return _fill(_borrowed_embeddings(pool), handbook, store, size)


def ask(store: str, model: str, questions: list[str]) -> dict[str, Any]:
    """Ask every question: `sources` of the four best pieces each, `ms` each, resident memory in MB at the end."""
    import psutil

    chroma = _store(store, _torch_embeddings(model))
    sources, ms = [], []
    for question in questions:
        began = time.perf_counter()
        found = chroma.similarity_search(question, k=4)
        ms.append((time.perf_counter() - began) * 1000)
        sources.append([piece.metadata["source"] for piece in found])
    return {"sources": sources, "ms": ms, "mb": psutil.Process().memory_info().rss / 1e6}


if __name__ == "__main__":
    jobs: dict[str, Callable[..., dict[str, Any]]] = {"index": index, "borrow": borrow, "ask": ask}
    print(json.dumps(jobs[sys.argv[1]](**json.load(sys.stdin))))
