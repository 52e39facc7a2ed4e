"""The catalogue: which files, sections and chunks a collection holds, and which chunks have a vector already.

One SQLite file (standard library) beside the Chroma folder. It is written before vectors are, so a crash in between only
leaves work to do: `pending` lists chunks without a vector, `orphans` vectors without a chunk. Knows nothing about Chroma.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge.asked import Floats, Wording
from knowledge.errors import IndexUnusable
from knowledge.lexical import Terms
from knowledge.refused import refusal
from knowledge.types import Document, Kind, Unreadable

VERSION = 8
"""Raised whenever sections, chunks or terms come out differently: the catalogue is then read anew, vectors are kept."""
_DROP = "".join(f"DROP TABLE IF EXISTS {name};" for name in ("asked", "glossaries", "chunks", "sections", "files", "vectors"))
_SCOPED = ("asked", "glossaries", "sections", "files", "vectors")
"""Tables whose rows name their collection; chunks hang below sections."""
_TABLES = """
CREATE TABLE IF NOT EXISTS files(
  scope TEXT NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL, mtime INTEGER NOT NULL,
  title TEXT NOT NULL DEFAULT '', kind TEXT NOT NULL DEFAULT 'handbook', meta TEXT NOT NULL DEFAULT '{}', problem TEXT,
  PRIMARY KEY(scope, path)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sections(
  id INTEGER PRIMARY KEY, scope TEXT NOT NULL, path TEXT NOT NULL, place INTEGER NOT NULL, key TEXT NOT NULL,
  anchor TEXT NOT NULL, heading TEXT NOT NULL, trail TEXT NOT NULL, page INTEGER, breaks TEXT NOT NULL,
  text TEXT NOT NULL, language TEXT NOT NULL, words BLOB NOT NULL, characters BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS sections_by_file ON sections(scope, path);
CREATE TABLE IF NOT EXISTS chunks(
  section INTEGER NOT NULL REFERENCES sections(id) ON DELETE CASCADE, start INTEGER NOT NULL, stop INTEGER NOT NULL,
  vector TEXT NOT NULL, input TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS chunks_by_section ON chunks(section);
CREATE INDEX IF NOT EXISTS chunks_by_vector ON chunks(vector);
CREATE TABLE IF NOT EXISTS glossaries(scope TEXT PRIMARY KEY, terms TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS asked(
  scope TEXT NOT NULL, target TEXT NOT NULL, question TEXT NOT NULL, heading INTEGER NOT NULL, model TEXT, vector BLOB,
  PRIMARY KEY(scope, target, question, heading)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS asked_by_question ON asked(scope, question);
CREATE TABLE IF NOT EXISTS vectors(
  scope TEXT NOT NULL, model TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY(scope, model, id)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class ChunkRow:
    """One chunk to store: offsets into the section's text, the id of its vector, what is embedded."""

    start: int
    stop: int
    vector: str
    input: str


@dataclass(frozen=True, slots=True)
class SectionRow:
    """One section as stored; `words` and `characters` are its packed terms."""

    key: str
    path: str
    title: str
    kind: Kind
    meta: dict[str, str]
    anchor: str
    heading: str
    trail: tuple[str, ...]
    page: int | None
    text: str
    language: str
    words: Terms
    characters: Terms
    chunks: tuple[ChunkRow, ...]
    breaks: tuple[int, ...] = ()


class Catalog:
    """Everything but the vectors. Methods may be called from any thread."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
            # secure_delete: what a merchant had deleted must not be read from the file's free pages.
            pragmas = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON")
            self._db.executescript("".join(f"PRAGMA {pragma};" for pragma in pragmas))
            # A page broken by a bad disk would otherwise show in the middle of somebody's question.
            if (fault := self._db.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                raise sqlite3.DatabaseError(fault)
            found = self._db.execute("PRAGMA user_version").fetchone()[0]
            stale = _DROP if found not in (0, VERSION) else ""
            self._db.executescript(f"{stale}{_TABLES}PRAGMA user_version={VERSION};")
        except (sqlite3.Error, OSError) as error:
            if known := refusal(path, error):
                raise known from error
            raise IndexUnusable(f"索引目录 {path.parent} 打不开（{error}）。") from error

    def close(self) -> None:
        """Close the file; the catalogue cannot be used afterwards."""
        with self._lock:
            self._db.close()

    @property
    def changes(self) -> int:
        """Rows written since the file was opened: whoever remembers it can tell whether anything is new."""
        return self._db.total_changes

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
            except BaseException as error:
                with suppress(sqlite3.Error):
                    if self._db.in_transaction:
                        self._db.execute("ROLLBACK")
                if not isinstance(error, sqlite3.Error):
                    raise
                reason = f"索引写不进去（{error}），请检查磁盘空间；已写好的部分都在，腾出空间后重跑一次就会接着做。"
                raise IndexUnusable(reason) from error

    @contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._db
            except sqlite3.Error as error:
                reason = f"索引读不出来（{error}）。请删掉数据目录里的 index 文件夹再启动，会自动重建。"
                raise IndexUnusable(reason) from error

    def stamps(self, scope: str) -> dict[str, tuple[int, int, str | None]]:
        """path -> (size, mtime in ns, why it could not be read or None)."""
        with self._read() as db:
            rows = db.execute("SELECT path, size, mtime, problem FROM files WHERE scope=?", (scope,))
            return {path: (size, mtime, problem) for path, size, mtime, problem in rows}

    def replace(self, scope: str, stamp: tuple[int, int], document: Document, sections: Sequence[SectionRow]) -> None:
        """Store one file whole, in place of whatever was stored under its path."""
        with self._write() as db:
            db.execute("DELETE FROM sections WHERE scope=? AND path=?", (scope, document.path))
            meta = json.dumps(document.meta, ensure_ascii=False)
            row = (scope, document.path, *stamp, document.title, document.kind.value, meta, None)
            db.execute("INSERT OR REPLACE INTO files VALUES(?,?,?,?,?,?,?,?)", row)
            for place, section in enumerate(sections):
                self._insert(db, scope, place, section)

    @staticmethod
    def _insert(db: sqlite3.Connection, scope: str, place: int, s: SectionRow) -> None:
        trail = json.dumps(s.trail, ensure_ascii=False)
        packed = (s.words.tobytes(), s.characters.tobytes())
        breaks = json.dumps(s.breaks)
        values = (scope, s.path, place, s.key, s.anchor, s.heading, trail, s.page, breaks, s.text, s.language, *packed)
        columns = "scope,path,place,key,anchor,heading,trail,page,breaks,text,language,words,characters"
        cursor = db.execute(f"INSERT INTO sections({columns}) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)", values)
        rows = [(cursor.lastrowid, c.start, c.stop, c.vector, c.input) for c in s.chunks]
        db.executemany("INSERT INTO chunks VALUES(?,?,?,?,?)", rows)

    def reject(self, scope: str, stamp: tuple[int, int], problem: Unreadable) -> None:
        """Remember a file that cannot be read, and forget what was read from it before."""
        with self._write() as db:
            db.execute("DELETE FROM sections WHERE scope=? AND path=?", (scope, problem.path))
            row = (scope, problem.path, *stamp, problem.reason)
            db.execute("INSERT OR REPLACE INTO files(scope,path,size,mtime,problem) VALUES(?,?,?,?,?)", row)

    def remove(self, scope: str, paths: Iterable[str]) -> None:
        """Forget files with their sections and chunks."""
        with self._write() as db:
            for path in paths:
                db.execute("DELETE FROM sections WHERE scope=? AND path=?", (scope, path))
                db.execute("DELETE FROM files WHERE scope=? AND path=?", (scope, path))

    def scopes(self) -> set[str]:
        """Every collection of which there is a row."""
        query = " UNION ".join(f"SELECT scope FROM {table}" for table in _SCOPED)
        with self._read() as db:
            return {row[0] for row in db.execute(query)}

    def rows(self, scope: str) -> int:
        """How many rows of a collection there are in all tables."""
        with self._read() as db:
            counts = (db.execute(f"SELECT count(*) FROM {table} WHERE scope=?", (scope,)).fetchone() for table in _SCOPED)
            return sum(int(count[0]) for count in counts)

    def drop(self, scope: str) -> None:
        """Forget a collection whole, also in the write-ahead log."""
        with self._write() as db:
            for table in _SCOPED:
                db.execute(f"DELETE FROM {table} WHERE scope=?", (scope,))
        with self._read() as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def sections(self, scope: str) -> list[SectionRow]:
        """Every section of a collection, in the order of the files and of the sections within them."""
        with self._read() as db:
            chunks: dict[int, list[ChunkRow]] = {}
            wanted = "SELECT c.section, c.start, c.stop, c.vector FROM chunks c JOIN sections s ON s.id=c.section WHERE s.scope=?"
            for section, start, stop, vector in db.execute(f"{wanted} ORDER BY c.section, c.start", (scope,)):
                chunks.setdefault(section, []).append(ChunkRow(start, stop, vector, ""))
            rows = db.execute(
                "SELECT s.id, s.key, s.path, f.title, f.kind, f.meta, s.anchor, s.heading, s.trail, s.page, s.breaks, s.text,"
                " s.language, s.words, s.characters FROM sections s JOIN files f ON f.scope=s.scope AND f.path=s.path"
                " WHERE s.scope=? ORDER BY s.path, s.place",
                (scope,),
            )
            return [self._section(row, chunks) for row in rows]

    @staticmethod
    def _section(row: tuple[object, ...], chunks: dict[int, list[ChunkRow]]) -> SectionRow:
        number, key, path, title, kind, meta, anchor, heading, trail, page, breaks, text, language, words, characters = row
        return SectionRow(
            str(key), str(path), str(title), Kind(str(kind)), json.loads(str(meta)), str(anchor), str(heading),
            tuple(json.loads(str(trail))), page if isinstance(page, int) else None, str(text), str(language),
            np.frombuffer(words, np.uint32).reshape(2, -1), np.frombuffer(characters, np.uint32).reshape(2, -1),  # type: ignore[call-overload]
            tuple(chunks.get(number, ())), tuple(json.loads(str(breaks))),  # type: ignore[call-overload]
        )  # fmt: skip

    def keep_glossary(self, scope: str, terms: str) -> None:
        """Store the collection's glossary, as JSON."""
        with self._write() as db:
            db.execute("INSERT OR REPLACE INTO glossaries VALUES(?,?)", (scope, terms))

    def glossary(self, scope: str) -> str:
        """The collection's glossary as JSON, empty when it has none."""
        with self._read() as db:
            row = db.execute("SELECT terms FROM glossaries WHERE scope=?", (scope,)).fetchone()
            return str(row[0]) if row else ""

    def keep_asked(self, scope: str, wordings: Iterable[Wording]) -> None:
        """Store the collection's wordings in place of those before; what was embedded stays so."""
        wanted = {(wording.target, wording.question, int(wording.heading)) for wording in wordings}
        with self._read() as db:
            stored = set(db.execute("SELECT target, question, heading FROM asked WHERE scope=?", (scope,)))
        if wanted == stored:
            return
        with self._write() as db:
            gone, new = [(scope, *w) for w in stored - wanted], [(scope, *w) for w in wanted - stored]
            db.executemany("DELETE FROM asked WHERE scope=? AND target=? AND question=? AND heading=?", gone)
            db.executemany("INSERT INTO asked(scope,target,question,heading) VALUES(?,?,?,?)", new)

    def asked_pending(self, scope: str, model: str) -> list[str]:
        """Wordings that have no vector of this model yet, each once."""
        query = "SELECT DISTINCT question FROM asked WHERE scope=? AND model IS NOT ? ORDER BY question"
        with self._read() as db:
            return [row[0] for row in db.execute(query, (scope, model))]

    def asked_embedded(self, scope: str, model: str, vectors: Iterable[tuple[str, Floats]]) -> None:
        """Store the vectors of wordings."""
        rows = [(model, vector.astype(np.float32).tobytes(), scope, question) for question, vector in vectors]
        with self._write() as db:
            db.executemany("UPDATE asked SET model=?, vector=? WHERE scope=? AND question=?", rows)

    def asked(self, scope: str, model: str) -> list[tuple[Wording, Floats]]:
        """Every wording that is embedded, with its vector."""
        query = "SELECT target, question, heading, vector FROM asked WHERE scope=? AND model=?"
        with self._read() as db:
            rows = db.execute(query, (scope, model)).fetchall()
        return [(Wording(t, question, bool(heading)), np.frombuffer(vector, np.float32)) for t, question, heading, vector in rows]

    def headings(self, scope: str) -> list[tuple[str, str, str]]:
        """(path, anchor, heading) of every section of the collection."""
        with self._read() as db:
            return db.execute("SELECT path, anchor, heading FROM sections WHERE scope=? ORDER BY id", (scope,)).fetchall()

    def pending(self, scope: str, model: str) -> list[tuple[str, str]]:
        """(vector id, text to embed) of every chunk that has no vector of this model yet."""
        query = (
            "SELECT DISTINCT c.vector, c.input FROM chunks c JOIN sections s ON s.id=c.section WHERE s.scope=?"
            " AND NOT EXISTS(SELECT 1 FROM vectors v WHERE v.scope=s.scope AND v.model=? AND v.id=c.vector)"
        )
        with self._read() as db:
            return db.execute(query, (scope, model)).fetchall()

    def embedded(self, scope: str, model: str, ids: Iterable[str]) -> None:
        """Note that vectors are stored."""
        with self._write() as db:
            db.executemany("INSERT OR IGNORE INTO vectors VALUES(?,?,?)", [(scope, model, i) for i in ids])

    def vectors(self, scope: str, model: str) -> set[str]:
        """Ids of the vectors that are noted as stored."""
        with self._read() as db:
            return {row[0] for row in db.execute("SELECT id FROM vectors WHERE scope=? AND model=?", (scope, model))}

    def models(self, scope: str) -> set[str]:
        """Models that this collection has vectors of."""
        with self._read() as db:
            return {row[0] for row in db.execute("SELECT DISTINCT model FROM vectors WHERE scope=?", (scope,))}

    def orphans(self, scope: str, model: str) -> list[str]:
        """Ids of stored vectors that no chunk uses any more."""
        query = (
            "SELECT v.id FROM vectors v WHERE v.scope=? AND v.model=? AND NOT EXISTS("
            "SELECT 1 FROM chunks c JOIN sections s ON s.id=c.section WHERE s.scope=v.scope AND c.vector=v.id)"
        )
        with self._read() as db:
            return [row[0] for row in db.execute(query, (scope, model))]

    def forget_vectors(self, scope: str, model: str, ids: Iterable[str] | None = None) -> None:
        """Strike out vectors: those given, or all of the model."""
        with self._write() as db:
            if ids is None:
                db.execute("DELETE FROM vectors WHERE scope=? AND model=?", (scope, model))
            else:
                db.executemany("DELETE FROM vectors WHERE scope=? AND model=? AND id=?", [(scope, model, i) for i in ids])
