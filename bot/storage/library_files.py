"""The library's files: for each collection what counts now and every version, and beside them what waits to be confirmed.

    <folder>/<collection>/current/<name>       what is indexed
    <folder>/<collection>/versions/<sha256>    every version ever confirmed
    <folder>/waiting/<8 hex>, <8 hex>.json     a file that was sent, and by whom

The rows say what counts; these folders are brought in step with them, so that a kill in between leaves nothing to repair by hand.
Blocks; knows nothing about rights.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.documents import WAITS, Seen, Waiting
from bot.errors import StorageError

CURRENT, VERSIONS, WAITING = "current", "versions", "waiting"
HALF = ".half-"
"""In front of the name of a file that is being written; nothing reads it."""


class LibraryFiles:
    """The files below one folder, which is made when the first one comes. Raises StorageError."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self, collection: str) -> Path:
        """The folder that is indexed."""
        return self.folder / collection / CURRENT

    def waiting_path(self, id: str) -> Path:
        """Where a file waits."""
        return self.folder / WAITING / id

    def wait(self, id: str, content: bytes) -> Path:
        """Put a file where it can be looked at; it waits only once `describe` has said whose it is."""
        with _refusals(self.folder):
            _write(self.waiting_path(id), content)
        return self.waiting_path(id)

    def describe(self, waiting: Waiting) -> None:
        """Say what waits and for whom."""
        values = asdict(waiting) | {"sent_at": waiting.sent_at.isoformat()}
        with _refusals(self.folder):
            _write(self.waiting_path(f"{waiting.id}.json"), json.dumps(values, ensure_ascii=False).encode("utf-8", "replace"))

    def waiting(self, id: str) -> Waiting | None:
        """What waits under this id, None when nothing does."""
        with _refusals(self.folder):
            try:
                values = json.loads(self.waiting_path(f"{id}.json").read_bytes())
            except (FileNotFoundError, ValueError):
                return None
        seen = Seen(**{**values["seen"], "headings": tuple(values["seen"]["headings"])})
        sent_at = datetime.fromisoformat(values["sent_at"])
        collections = tuple(values.get("collections", ()))
        return Waiting(values["id"], values["person"], values["digest"], values["size"], sent_at, seen, collections)

    def waiting_for(self, collection: str) -> tuple[Waiting, ...]:
        """What waits and may be meant for a collection."""
        with _refusals(self.folder):
            folder = self.folder / WAITING
            ids = [path.stem for path in folder.glob("*.json")] if folder.is_dir() else []
        found = (self.waiting(id) for id in ids)
        return tuple(one for one in found if one is not None and collection in one.collections)

    def drop(self, id: str) -> None:
        """Let a file wait no longer."""
        with _refusals(self.folder):
            for path in (self.waiting_path(f"{id}.json"), self.waiting_path(id)):
                path.unlink(missing_ok=True)

    def keep(self, collection: str, waiting: Waiting) -> None:
        """Store what waits as a version; it is on the disk when this returns."""
        with _refusals(self.folder):
            kept = self.folder / collection / VERSIONS / waiting.digest
            if not kept.exists():
                _write(kept, self.waiting_path(waiting.id).read_bytes())

    def put(self, collection: str, wanted: Mapping[str, str]) -> bool:
        """Bring what counts now in step with the rows: name -> digest; says whether anything had to be done.

        A file that is right already is not touched.
        """
        with _refusals(self.folder):
            current = self.current(collection)
            if wanted or (self.folder / collection).is_dir():
                _make(current)
            there = {path.name for path in current.iterdir()} if current.is_dir() else set()
            for name in there - wanted.keys():
                _discard(current / name)
            versions = {name: self.folder / collection / VERSIONS / digest for name, digest in wanted.items()}
            fresh = {name for name, source in versions.items() if source.exists() and not _alike(source, current / name)}
            for name in fresh:
                _copy(versions[name], current / name)
            return bool(fresh or there - wanted.keys())

    def collections(self) -> set[str]:
        """Collections that have a folder."""
        with _refusals(self.folder):
            if not self.folder.is_dir():
                return set()
            return {path.name for path in self.folder.iterdir() if path.is_dir() and path.name != WAITING}

    def remove(self, collection: str) -> None:
        """Delete all files of a collection, also what waits and may be meant for it."""
        for one in self.waiting_for(collection):
            self.drop(one.id)
        with _refusals(self.folder):
            if (folder := self.folder / collection).is_dir():
                shutil.rmtree(folder)

    def count(self, collection: str) -> int:
        """How many files there are of a collection."""
        with _refusals(self.folder):
            return sum(path.is_file() for path in (self.folder / collection).rglob("*"))

    def prune(self, digests: Mapping[str, frozenset[str]], now: datetime) -> None:
        """Delete what waited too long, and versions that no row names: they were never confirmed."""
        with _refusals(self.folder):
            folders = [(self.folder / WAITING, frozenset[str]())]
            folders += [(self.folder / name / VERSIONS, known) for name, known in digests.items()]
            for folder, known in folders:
                for path in folder.iterdir() if folder.is_dir() else ():
                    with suppress(FileNotFoundError):  # confirmed or dropped just now
                        if path.name not in known and now - _written(path) > WAITS:
                            _discard(path)


def _make(folder: Path) -> None:
    """The folder and those above it, for their owner alone."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(exist_ok=True, mode=0o700)


def _discard(path: Path) -> None:
    """A file, or a folder that somebody made here by hand."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    """A file whole or not at all, for its owner alone."""
    _make(path.parent)
    half = path.with_name(f"{HALF}{path.name}")
    with open(os.open(half, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)


def _copy(source: Path, target: Path) -> None:
    """A copy with the time of what it was made from, by which it is known again."""
    half = target.with_name(f"{HALF}{source.name}")
    shutil.copy2(source, half)
    half.replace(target)


def _alike(source: Path, target: Path) -> bool:
    if not target.is_file():
        return False
    one, other = source.stat(), target.stat()
    return (one.st_size, one.st_mtime_ns) == (other.st_size, other.st_mtime_ns)


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


@contextmanager
def _refusals(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(f"资料文件夹 {folder} 读写不了（{error.strerror or error}）。请检查磁盘空间和权限后再试。") from error
