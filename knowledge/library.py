"""The library: a folder of documents in, passages out. Joins loader, catalogue, vectors and search.

Reading a folder makes it searchable by words at once; `fill` then adds the vectors, which can take minutes and may be
interrupted at any moment: whatever is missing is found and added by the next `fill`.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

from knowledge.asked import Asked, Floats, Wording, read_asked, targets, with_headings
from knowledge.catalog import Catalog, ChunkRow, SectionRow
from knowledge.embed import Encoder
from knowledge.errors import FolderUnusable, IndexRefused, IndexUnusable
from knowledge.glossary import Glossary, read_glossary
from knowledge.index import VectorStore
from knowledge.lexical import characters, comparable, language, pack, words
from knowledge.load import FileStamp, load, scan
from knowledge.refused import check_writable
from knowledge.removal import discard_broken
from knowledge.search import Shelf
from knowledge.split import chunks
from knowledge.types import Document, Section, Unreadable, section_key

log = logging.getLogger(__name__)

FILL_BATCH = 64
"""Chunks embedded between two notes in the catalogue: what a crash costs, about a second of work."""
HEADING_WEIGHT = 3
"""How often a section's heading counts beside its text: a section is about what its heading names."""
TRAIL_CHARACTERS = 80
"""Headings in front of a chunk: enough to place it, not so many that they outweigh it."""


NOTICES = {
    "vectors_set_aside": "the vector folder is broken; it is set aside and filled again",
    "catalogue_set_aside": "the catalogue is broken; it is set aside and read anew",
}
"""Repairs that a person waits for: each is logged as a warning whose field `notice` is its key, for others to word."""


def _notice(key: str, *, scope: str = "", exc_info: bool = False) -> None:
    log.warning(NOTICES[key], extra={"notice": key} | ({"scope": scope} if scope else {}), exc_info=exc_info)


class Progress(Protocol):
    """Told how far a stage is; stages are ``read`` and ``embed`` here, ``model`` while a model is prepared."""

    def update(self, stage: str, done: int, total: int) -> None:
        """`done` of `total` units."""
        ...


class _Silent:
    def update(self, stage: str, done: int, total: int) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Report:
    """What a look at the folder found; paths are relative to it."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0
    unreadable: tuple[Unreadable, ...] = ()
    sections: int = 0
    chunks: int = 0
    embedded: int = 0
    seconds: float = 0.0


class Library:
    """All collections below one folder. One process owns it; methods may be called from any thread."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self._folder, self._encoder = folder, encoder
        check_writable(folder)
        self._catalog = _open_catalog(folder)
        self._vectors = self._open_vectors()
        self._shelves: dict[str, Shelf] = {}
        self._built_at: dict[str, int] = {}
        self._writing = threading.RLock()
        # A lock of its own: a question must not wait for a fill that takes minutes.
        self._building = threading.Lock()

    def close(self) -> None:
        """Let go of the files, once a fill under way has ended."""
        with self._writing:
            self._vectors.close()
            self._catalog.close()

    @property
    def encoder(self) -> Encoder:
        """What turns questions into vectors."""
        return self._encoder

    def _open_vectors(self) -> VectorStore:
        """Chroma's folder, or a fresh one when it is broken: it holds nothing that cannot be computed again."""
        folder = self._folder / "chroma"
        try:
            return VectorStore(folder, self._encoder.model_id)
        except IndexRefused:
            raise
        except IndexUnusable:
            if not folder.exists():
                raise
            _notice("vectors_set_aside", exc_info=log.isEnabledFor(logging.DEBUG))
            _set_aside(folder)
            return VectorStore(folder, self._encoder.model_id)

    def model_changed(self, scope: str) -> bool:
        """Whether the collection has vectors of another model only, so that all of it has to be embedded again."""
        models = self._catalog.models(scope)
        return bool(models) and self._encoder.model_id not in models

    def read(self, scope: str, source: Path, progress: Progress | None = None) -> Report:
        """Bring the catalogue in step with the folder `source`; only files whose size or time changed are read.

        Afterwards the collection can be searched by words. Raises FolderUnusable when there is no such folder.
        """
        started = time.monotonic()
        _check_folder(source)
        progress = progress or _Silent()
        with self._writing:
            self._repair(scope)
            report = self._read(scope, source, progress)
            glossary = read_glossary(source).to_json()
            if glossary != self._catalog.glossary(scope):
                self._catalog.keep_glossary(scope, glossary)
            self._catalog.keep_asked(scope, self._wordings(scope, source))
            self._catch_up(scope)
        shelf = self.shelf(scope)
        counted = (len(shelf.sections), len(shelf.owners))
        return Report(*report, *counted, 0, time.monotonic() - started)

    def _wordings(self, scope: str, source: Path) -> tuple[Wording, ...]:
        wordings = read_asked(source)
        return with_headings(wordings, self._catalog.headings(scope)) if wordings else ()

    def _read(
        self, scope: str, source: Path, progress: Progress
    ) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], int, tuple[Unreadable, ...]]:
        known = self._catalog.stamps(scope)
        try:
            stamps = list(scan(source))
        except OSError as error:
            raise FolderUnusable(f"手册文件夹 {source} 打不开，请检查权限。") from error
        new = [stamp for stamp in stamps if known.get(stamp.path, (None, None, None))[:2] != (stamp.size, stamp.mtime_ns)]
        for number, stamp in enumerate(new):
            progress.update("read", number, len(new))
            self._take(scope, source, stamp)
        progress.update("read", len(new), len(new))
        present = {stamp.path for stamp in stamps}
        removed = tuple(path for path in known if path not in present)
        self._catalog.remove(scope, removed)
        problems = tuple(Unreadable(path, why) for path, (_, _, why) in sorted(self._catalog.stamps(scope).items()) if why)
        bad = {problem.path for problem in problems}
        added = tuple(s.path for s in new if s.path not in known and s.path not in bad)
        changed = tuple(s.path for s in new if s.path in known and s.path not in bad)
        return added, changed, removed, len(stamps) - len(new), problems

    def _take(self, scope: str, source: Path, stamp: FileStamp) -> None:
        found = load(source, stamp)
        if isinstance(found, Unreadable):
            self._catalog.reject(scope, (stamp.size, stamp.mtime_ns), found)
        else:
            self._catalog.replace(scope, (stamp.size, stamp.mtime_ns), found, [_row(scope, found, s) for s in found.sections])

    def add(self, scope: str, document: Document) -> None:
        """Store one document that lies in no folder (an approved case, an upload), and its vectors."""
        with self._writing:
            self._catalog.replace(scope, (0, 0), document, [_row(scope, document, s) for s in document.sections])
            self.refresh(scope)
            self.fill(scope)

    def fill(self, scope: str, progress: Progress | None = None, stop: threading.Event | None = None) -> int:
        """Embed what has no vector yet and drop vectors that nothing uses; returns how many were embedded."""
        progress = progress or _Silent()
        model = self._encoder.model_id
        with self._writing:
            self._repair(scope)
            self._catch_up(scope)
            # Alike lengths in one batch: little padding, a third faster than in reading order.
            todo = sorted(self._catalog.pending(scope, model), key=lambda pair: len(pair[1]))
            done = 0
            for at in range(0, len(todo), FILL_BATCH):
                if stop is not None and stop.is_set():
                    break
                batch = todo[at : at + FILL_BATCH]
                ids, texts = [i for i, _ in batch], [text for _, text in batch]
                self._vectors.upsert(scope, ids, self._encoder.passages(texts), texts)
                self._catalog.embedded(scope, model, ids)
                done += len(batch)
                progress.update("embed", done, len(todo))
            self._fill_asked(scope, stop)
            self._tidy(scope, model)
            self._vectors.seal()
            self._catch_up(scope)
        return done

    def _fill_asked(self, scope: str, stop: threading.Event | None) -> None:
        """Embed the wordings that have no vector yet: as questions, for questions are compared with them."""
        model = self._encoder.model_id
        todo = self._catalog.asked_pending(scope, model)
        for at in range(0, len(todo), FILL_BATCH):
            if stop is not None and stop.is_set():
                return
            batch = todo[at : at + FILL_BATCH]
            self._catalog.asked_embedded(scope, model, list(zip(batch, self._encoder.queries(batch), strict=True)))

    def _repair(self, scope: str) -> None:
        """Where the catalogue and Chroma disagree (a crash between the two, a lost folder), believe Chroma."""
        model = self._encoder.model_id
        if not self._vectors.sound(scope):
            check_writable(self._folder)
            _notice("vectors_set_aside", scope=scope)
            self._vectors.close()
            _set_aside(self._folder / "chroma")
            self._vectors = VectorStore(self._folder / "chroma", model)
        noted = self._catalog.vectors(scope, model)
        if self._vectors.count(scope) == len(noted):
            return
        stored = self._vectors.ids(scope)
        # Nothing to be done about it, and little to wait for: it also follows every killed start and every new version.
        log.info("vectors.repaired", extra={"scope": scope, "noted": len(noted), "stored": len(stored)})
        self._catalog.forget_vectors(scope, model, noted - stored)
        self._catalog.embedded(scope, model, stored - noted)

    def _tidy(self, scope: str, model: str) -> None:
        orphans = self._catalog.orphans(scope, model)
        if orphans:
            self._vectors.delete(scope, orphans)
            self._catalog.forget_vectors(scope, model, orphans)
        for other in self._catalog.models(scope) - {model}:
            self._vectors.drop(scope, other_models_only=True)
            self._catalog.forget_vectors(scope, other)

    def remove_collection(self, scope: str) -> None:
        """Delete a collection everywhere: catalogue, vectors, memory, and what was set aside, which may hold it too."""
        with self._writing:
            # The catalogue last: as long as it knows the collection, what failed half-way is done again.
            self._vectors.erase(scope)
            self._vectors.seal()
            discard_broken(self._folder)
            self._catalog.drop(scope)
            with self._building:
                self._shelves.pop(scope, None)
                self._built_at.pop(scope, None)

    def scopes(self) -> set[str]:
        """Every collection of which anything is stored."""
        return self._catalog.scopes() | self._vectors.scopes()

    def refresh(self, scope: str) -> None:
        """Build the collection in memory from the catalogue; searches under way keep the one they began with."""
        with self._building:
            self._build(scope)

    def _catch_up(self, scope: str) -> None:
        """Refresh when anything was written since: a second at 10,000 chunks that a look at an unchanged folder need not cost."""
        if self._built_at.get(scope) != self._catalog.changes:
            self.refresh(scope)

    def _build(self, scope: str) -> None:
        changes = self._catalog.changes
        pending = len(self._catalog.pending(scope, self._encoder.model_id))
        glossary = Glossary.from_json(self._catalog.glossary(scope))
        sections = self._catalog.sections(scope)
        places = targets([(section.path, section.anchor) for section in sections])
        asked = Asked.build(self._catalog.asked(scope, self._encoder.model_id), places)
        self._shelves[scope] = Shelf.build(scope, sections, pending, glossary, asked)
        self._built_at[scope] = changes

    def shelf(self, scope: str) -> Shelf:
        """The collection as it can be searched now."""
        found = self._shelves.get(scope)
        if found is None:
            with self._building:
                if scope not in self._shelves:
                    self._build(scope)
                found = self._shelves[scope]
        return found

    def nearest(self, scope: str, vector: Floats) -> list[tuple[str, float]]:
        """Nearest vectors of one collection; see VectorStore.nearest."""
        return self._vectors.nearest(scope, vector)


def _row(scope: str, document: Document, section: Section) -> SectionRow:
    """A section ready to store: terms packed, chunks named by what is embedded.

    A title that only repeats the file's name is searched but not embedded, so that a renamed file keeps its vectors.
    """
    trail = " > ".join((*section.path, section.heading))
    from_name = document.title == Path(document.path).stem
    above = " > ".join(part for part in (*section.path, section.heading) if not (from_name and part == document.title))
    head = "\n".join(dict.fromkeys(p for p in ("" if from_name else document.title, above[-TRAIL_CHARACTERS:]) if p))
    rows = []
    for chunk in chunks(section.text):
        text = f"{head}\n{chunk.text}"
        rows.append(ChunkRow(chunk.start, chunk.end, blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest(), text))
    named = "\n".join([section.heading] * HEADING_WEIGHT)
    whole = comparable(f"{document.title}\n{trail}\n{named}\n{section.text}")
    return SectionRow(
        section_key(scope, document.path, section.anchor), document.path, document.title, document.kind, document.meta,
        section.anchor, section.heading, section.path, section.page, section.text, language(section.text),
        pack(words(whole)), pack(characters(whole)), tuple(rows), section.breaks,
    )  # fmt: skip


def _check_folder(source: Path) -> None:
    try:
        if source.is_dir():
            return
    except OSError as error:  # a folder above it may be closed
        raise FolderUnusable(f"手册文件夹 {source} 打不开，请检查权限。") from error
    if source.is_file():
        raise FolderUnusable(f"{source} 是一个文件，不是文件夹，请给放手册的文件夹。")
    raise FolderUnusable(f"没有找到手册文件夹 {source}，请检查路径。")


def _open_catalog(folder: Path) -> Catalog:
    """The catalogue, or a fresh one when the file is broken: the folder it was read from is still there."""
    path = folder / "catalog.db"
    try:
        return Catalog(path)
    except IndexRefused:
        raise
    except IndexUnusable:
        if not path.exists():
            raise
        _notice("catalogue_set_aside", exc_info=log.isEnabledFor(logging.DEBUG))
        for part in (path, path.with_name("catalog.db-wal"), path.with_name("catalog.db-shm")):
            if part.exists():
                _set_aside(part)
        return Catalog(path)


def _set_aside(path: Path) -> None:
    """Move something broken out of the way; the last broken one is kept for whoever wants to look."""
    target = path.with_name(path.name + ".broken")
    try:
        if target.is_dir():
            shutil.rmtree(target)
        if path.exists():
            path.replace(target)
    except OSError as error:
        raise IndexUnusable(f"索引目录 {path.parent} 整理不了（{error.strerror}），请检查权限。") from error


def collections(scope: Iterable[str]) -> list[str]:
    """The names of a scope in a stable order."""
    return sorted(set(scope))
