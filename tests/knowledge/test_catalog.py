"""The catalogue: whole files in, the same sections out, whatever is interrupted."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.catalog import Catalog, ChunkRow, SectionRow
from knowledge.errors import IndexUnusable
from knowledge.lexical import pack
from knowledge.types import Document, Kind, Unreadable

TERMS = pack(["停留", "低", "低"])


def row(path: str, anchor: str, *vectors: str) -> SectionRow:
    chunks = tuple(ChunkRow(n * 3, n * 3 + 3, vector, f"text of {vector}") for n, vector in enumerate(vectors))
    return SectionRow(
        f"{path}{anchor}",
        path,
        "题",
        Kind.CASE,
        {"teaching": "true"},
        anchor,
        f"{anchor} 节",
        ("章",),
        7,
        "正文",
        "zh",
        TERMS,
        TERMS,
        chunks,
        (1,),
    )


def document(path: str) -> Document:
    return Document(path, "题", Kind.CASE, (), {"teaching": "true"})


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = Catalog(tmp_path / "catalog.db")
    yield opened
    opened.close()


def test_what_is_stored_comes_back_whole(catalog: Catalog) -> None:
    stored = row("a.md", "1", "v1", "v2")
    catalog.replace("handbook", (1, 2), document("a.md"), [stored])
    (found,) = catalog.sections("handbook")
    assert np.array_equal(found.words, TERMS) and np.array_equal(found.characters, TERMS)
    bare = tuple(replace(chunk, input="") for chunk in stored.chunks)
    assert replace(found, words=TERMS, characters=TERMS) == replace(stored, chunks=bare)


def test_sections_keep_the_order_of_their_file(catalog: Catalog) -> None:
    catalog.replace("handbook", (1, 2), document("b.md"), [row("b.md", a) for a in ("3", "1", "2")])
    catalog.replace("handbook", (1, 2), document("a.md"), [row("a.md", "9")])
    assert [(s.path, s.anchor) for s in catalog.sections("handbook")] == [
        ("a.md", "9"),
        ("b.md", "3"),
        ("b.md", "1"),
        ("b.md", "2"),
    ]


def test_replacing_a_file_leaves_no_old_section_and_no_old_chunk(catalog: Catalog) -> None:
    catalog.replace("handbook", (1, 2), document("a.md"), [row("a.md", "1", "old")])
    catalog.replace("handbook", (3, 4), document("a.md"), [row("a.md", "2", "new")])
    assert [s.anchor for s in catalog.sections("handbook")] == ["2"]
    assert catalog.pending("handbook", "m") == [("new", "text of new")]
    assert catalog.stamps("handbook") == {"a.md": (3, 4, None)}


def test_a_vector_is_pending_until_it_is_noted_for_this_model(catalog: Catalog) -> None:
    catalog.replace("handbook", (1, 2), document("a.md"), [row("a.md", "1", "v")])
    catalog.embedded("handbook", "other", ["v"])
    assert catalog.pending("handbook", "m") == [("v", "text of v")]
    catalog.embedded("handbook", "m", ["v", "v"])
    assert catalog.pending("handbook", "m") == []


def test_an_orphan_is_a_vector_that_no_chunk_of_its_own_scope_uses(catalog: Catalog) -> None:
    catalog.replace("merchant-1", (1, 2), document("a.md"), [row("a.md", "1", "v")])
    catalog.embedded("handbook", "m", ["v"])
    catalog.embedded("merchant-1", "m", ["v"])
    assert catalog.orphans("handbook", "m") == ["v"] and catalog.orphans("merchant-1", "m") == []


def test_scopes_do_not_see_each_other(catalog: Catalog) -> None:
    catalog.replace("merchant-1", (1, 2), document("a.md"), [row("a.md", "1", "v")])
    catalog.keep_glossary("merchant-1", "[1]")
    assert catalog.sections("handbook") == [] and catalog.stamps("handbook") == {} and catalog.pending("handbook", "m") == []
    assert catalog.glossary("handbook") == "" and catalog.glossary("merchant-1") == "[1]"


def test_a_file_that_went_bad_keeps_its_reason_and_loses_its_sections(catalog: Catalog) -> None:
    catalog.replace("handbook", (1, 2), document("a.md"), [row("a.md", "1", "v")])
    catalog.reject("handbook", (5, 6), Unreadable("a.md", "打不开"))
    assert catalog.sections("handbook") == [] and catalog.stamps("handbook") == {"a.md": (5, 6, "打不开")}


def test_an_error_in_the_middle_of_a_file_leaves_the_old_one(catalog: Catalog) -> None:
    catalog.replace("handbook", (1, 2), document("a.md"), [row("a.md", "1", "v")])
    with pytest.raises(UnicodeEncodeError):
        catalog.replace("handbook", (3, 4), document("a.md"), [row("a.md", "2"), replace(row("a.md", "3"), text="\ud800")])
    assert [s.anchor for s in catalog.sections("handbook")] == ["1"]
    catalog.remove("handbook", ["a.md"])
    assert catalog.sections("handbook") == []


def test_changes_tell_a_write_from_a_look(catalog: Catalog) -> None:
    before = catalog.changes
    catalog.sections("handbook")
    catalog.remove("handbook", ["nothing"])
    assert catalog.changes == before
    catalog.embedded("handbook", "m", ["v"])
    assert catalog.changes > before


def test_an_older_layout_is_read_anew(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "catalog.db") as db:
        db.executescript("CREATE TABLE files(old TEXT); PRAGMA user_version=1;")
    db.close()
    catalog = Catalog(tmp_path / "catalog.db")
    assert catalog.stamps("handbook") == {}
    catalog.close()


def test_a_catalogue_that_was_closed_says_so_in_the_librarys_own_terms(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path / "catalog.db")
    catalog.close()
    for call in (lambda: catalog.sections("handbook"), lambda: catalog.embedded("handbook", "m", ["v"])):
        with pytest.raises(IndexUnusable):
            call()


def test_threads_write_side_by_side_without_loss(catalog: Catalog) -> None:
    def store(number: int) -> None:
        for n in range(20):
            catalog.replace("handbook", (1, 2), document(f"{number}-{n}"), [row(f"{number}-{n}", "1", f"v{number}-{n}")])

    threads = [threading.Thread(target=store, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(catalog.sections("handbook")) == 80


def test_a_wording_is_found_by_its_question_and_not_by_reading_them_all(catalog: Catalog, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "catalog.db") as db:
        plan = db.execute("EXPLAIN QUERY PLAN UPDATE asked SET model='m' WHERE scope='handbook' AND question='q'").fetchall()
    assert [step[-1] for step in plan] == ["SEARCH asked USING COVERING INDEX asked_by_question (scope=? AND question=?)"]
