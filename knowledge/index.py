"""The vectors, in Chroma: the only file that knows it, and the only place that turns a scope into collections.

One collection per scope and model. A filter inside one big collection costs 60-90 ms at 100,000 vectors, a collection of its
own nothing, and one merchant's vectors can then not be reached from another's query at all.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.embed import Vectors
from knowledge.errors import IndexRefused, IndexUnusable
from knowledge.refused import refusal
from knowledge.seal import DAMAGED, break_seal, is_damaged, is_sealed, seal
from knowledge.wipe import wipe

NEIGHBOURS = 200
"""Chunks fetched a question: a section that is not among them gets the last one's cosine, which moves no first hit."""
GRAPH = {"hnsw": {"space": "ip", "ef_search": 256, "ef_construction": 128, "max_neighbors": 16}}
"""Vectors have length 1, so the inner product is the cosine; ef_search has to exceed NEIGHBOURS."""
MAX_BATCH = 5000
"""Chroma refuses batches above its SQLite's variable limit (5,461)."""
_REFUSED = re.compile(r"\(code: (?:5|6|8|10|13|14)\)|os error (?:13|28|30)\b|permission denied|no space left", re.IGNORECASE)
"""What Chroma says where the operating system or SQLite (busy, read-only, full, cannot open) refuses: nothing is damaged."""
TRIALS = 200
"""Vectors that a trial searches for in each collection: together they come by nearly every place of a graph of 10,000."""
TRIAL_MEMORY = 8 << 30
"""Bytes of address space for a trial beside eight times what lies on the disk: a wrong length can ask for anything."""


class VectorStore:
    """Vectors by scope. Every method names the scope; there is no way to ask across scopes."""

    def __init__(self, folder: Path, model: str) -> None:
        self._folder = folder
        self._model = blake2b(model.encode(), digest_size=4).hexdigest()
        self._open: dict[str, Any] = {}
        self._opening = threading.Lock()
        self._held: Any = None
        self._is_sealed = False
        with _translated(self._folder):
            self._client.heartbeat()

    @property
    def _client(self) -> Any:
        with self._opening:
            if self._held is None:
                if is_damaged(self._folder):
                    raise IndexUnusable("向量文件坏了。请删掉数据目录里的 index 文件夹再启动，会自动重建。")
                self._is_sealed = is_sealed(self._folder)
                self._held = _client(self._folder)
            return self._held

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A write, after whose failure (a full disk) the client is given up: asked to write again, it waits for ever."""
        try:
            with _translated(self._folder):
                if self._is_sealed:
                    break_seal(self._folder)
                    self._is_sealed = False
                yield
        except IndexUnusable:
            self._let_go()
            raise

    def _let_go(self) -> None:
        with self._opening:
            held, self._held = self._held, None
            self._open.clear()
            if held is not None:
                held.close()

    def seal(self) -> None:
        """Vouch for the files as they are, at the end of a run of writes; see `knowledge.seal`."""
        with self._opening:
            # After a write that failed there is no client: what lies on the disk then is for a trial to judge.
            if self._held is not None and not self._is_sealed:
                seal(self._folder)
                self._is_sealed = True

    def _name(self, scope: str) -> str:
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,60}", scope):
            raise ValueError(f"not a collection name: {scope!r}")
        return f"{scope}.{self._model}"

    def _collection(self, scope: str) -> Any:
        if scope not in self._open:
            # The embedding function is None on purpose: Chroma would otherwise download one of its own.
            self._open[scope] = self._client.get_or_create_collection(
                self._name(scope), embedding_function=None, configuration=GRAPH
            )
        return self._open[scope]

    def upsert(self, scope: str, ids: Sequence[str], vectors: Vectors, texts: Sequence[str]) -> None:
        """Store vectors of shape (len(ids), dimensions) with the text they were made from."""
        with self._writing():
            for at in range(0, len(ids), MAX_BATCH):
                part = slice(at, at + MAX_BATCH)
                self._collection(scope).upsert(ids=list(ids[part]), embeddings=vectors[part], documents=list(texts[part]))

    def nearest(self, scope: str, vector: NDArray[np.float32], limit: int = NEIGHBOURS) -> list[tuple[str, float]]:
        """(vector id, cosine) of the nearest vectors of one scope, best first."""
        with _translated(self._folder):
            collection = self._collection(scope)
            found = collection.query(query_embeddings=[vector], n_results=limit, include=["distances"])
            return [(i, 1.0 - float(d)) for i, d in zip(found["ids"][0], found["distances"][0], strict=True)]

    def ids(self, scope: str) -> set[str]:
        """Every id that is stored for the scope and this model."""
        with _translated(self._folder):
            return set(self._collection(scope).get(include=[])["ids"])

    def count(self, scope: str) -> int:
        """How many vectors the scope holds."""
        with _translated(self._folder):
            return int(self._collection(scope).count())

    def sound(self, scope: str) -> bool:
        """Whether the scope can be searched and finds about as many vectors as it counts: lost files show here first."""
        try:
            wanted = min(self.count(scope), NEIGHBOURS)
            if not wanted:
                return True
            with _translated(self._folder):
                stored = self._collection(scope).get(limit=1, include=["embeddings"])["embeddings"]
            # Half is enough: a graph may miss a few, but one whose files are gone finds next to none.
            return len(stored) > 0 and len(self.nearest(scope, np.asarray(stored[0], np.float32), wanted)) * 2 >= wanted
        except IndexRefused:
            raise
        except IndexUnusable:
            return False

    def delete(self, scope: str, ids: Sequence[str]) -> None:
        """Remove vectors; unknown ids are ignored."""
        with self._writing():
            for at in range(0, len(ids), MAX_BATCH):
                self._collection(scope).delete(ids=list(ids[at : at + MAX_BATCH]))

    def drop(self, scope: str, *, other_models_only: bool = False) -> None:
        """Remove a scope's collections: all of them, or those of models that are not in use any more."""
        with self._writing():
            for collection in self._client.list_collections():
                mine = collection.name.rsplit(".", 1)[0] == scope
                if mine and not (other_models_only and collection.name == self._name(scope)):
                    self._client.delete_collection(collection.name)
            self._open.pop(scope, None)

    def scopes(self) -> set[str]:
        """Every scope that has a collection, of whatever model."""
        with _translated(self._folder):
            return {collection.name.rsplit(".", 1)[0] for collection in self._client.list_collections()}

    def erase(self, scope: str) -> None:
        """Remove a scope's collections and every trace of them on the disk.

        Chroma leaves a dropped collection's graph, with the vectors in it, and its text in the free pages of its database.
        """
        self.drop(scope)
        with self._writing():
            wipe(self._folder)

    def close(self) -> None:
        """Let go of the files, so that the folder may be moved or opened again."""
        with _translated(self._folder):
            self.seal()
            self._let_go()


def _client(folder: Path) -> Any:
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings

    folder.mkdir(parents=True, exist_ok=True)
    try:
        return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
    except BaseException:
        # Chroma remembers a start that failed, and would hand out its remains for the same path.
        SharedSystemClient._identifier_to_system.pop(str(folder), None)
        raise


def trial(folder: str) -> int:
    """Do with every collection what fill and search do, in a process that may die of it; DAMAGED when something is wrong."""
    from chromadb.errors import ChromaError

    _limit_memory(Path(folder))
    try:
        client = _client(Path(folder))
        return 0 if all(_is_whole(collection) for collection in client.list_collections()) else DAMAGED
    except ChromaError as error:
        return 1 if _REFUSED.search(str(error)) else DAMAGED
    except BaseException as error:
        # A panic of Chroma's Rust is no Exception, and its class cannot be imported.
        return DAMAGED if type(error).__name__ == "PanicException" else 1


def _is_whole(collection: Any) -> bool:
    """Whether vectors spread over the collection have length 1 and find their neighbours, with a new one among them."""
    ids = collection.get(include=[])["ids"]
    if not ids:
        return True
    picked = ids[:: -(-len(ids) // TRIALS)]
    stored = np.asarray(collection.get(ids=picked, include=["embeddings"])["embeddings"], np.float32)
    wanted = min(len(ids), NEIGHBOURS)
    if len(stored) < len(picked) or not np.allclose(np.linalg.norm(stored, axis=1), 1.0, atol=0.01):
        return False
    # Inserting takes parts of the header that searching does not. Should the process die here, `fill` drops the odd one out.
    collection.upsert(ids=["trial"], embeddings=stored[:1])
    found = collection.query(query_embeddings=list(stored), n_results=wanted, include=[])["ids"]
    collection.delete(ids=["trial"])
    return all(len(near) * 2 >= wanted for near in found)


def _limit_memory(folder: Path) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    for kind, most in ((resource.RLIMIT_AS, TRIAL_MEMORY + 8 * size), (resource.RLIMIT_CORE, 0)):
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    """Chroma's and the operating system's errors as IndexUnusable, once and here."""
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, OSError, ValueError, RuntimeError) as error:
        if known := refusal(folder / "chroma.sqlite3", error):
            raise known from error
        first = (str(error) or type(error).__name__).splitlines()[0][:160]
        advice = "请检查磁盘空间；空间够的话，删掉数据目录里的 index 文件夹再启动，会自动重建。"
        raise IndexUnusable(f"向量库出错（{first}）。{advice}") from error
