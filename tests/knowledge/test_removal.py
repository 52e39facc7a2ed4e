"""A deleted collection is gone: from the catalogue, from Chroma, and from the bytes on the disk."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from knowledge.errors import IndexUnusable
from knowledge.find import Finder
from knowledge.library import Library
from knowledge.removal import left, purge
from knowledge.types import Document, Kind, Section
from knowledge.wipe import DATABASE
from tests.knowledge import kit

SECRET = "毛利是三十七个点"
THEIRS = "merchant-7"
NOTHING = {"rows": 0, "collections": 0, "graphs": 0}


def document(count: int = 150) -> Document:
    """Enough sections for Chroma to write the graph down."""
    sections = tuple(Section(str(n), f"{n} 货盘", (), f"第 {n} 款：{SECRET}，只给自己人看。") for n in range(count))
    return Document("货盘.md", "货盘", Kind.HANDBOOK, sections)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def stored(filled: Library) -> Library:
    filled.add(THEIRS, document())
    return filled


def holding(folder: Path, text: str) -> list[str]:
    """Files in whose bytes the text stands; graphs hold numbers, and between them whatever was in memory."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".bin")
    found = [path for path in files if text.encode() in path.read_bytes()]
    return [path.name for path in found]


def test_a_removed_collection_leaves_no_row_no_graph_and_no_byte(stored: Library, index: Path) -> None:
    assert holding(index, SECRET) and left(index, THEIRS)["rows"] > 150
    assert stored.scopes() == {"handbook", THEIRS}
    stored.remove_collection(THEIRS)
    assert left(index, THEIRS) == NOTHING
    assert stored.scopes() == {"handbook"}
    assert holding(index, SECRET) == []


def test_what_stays_is_found_as_before_and_more_can_be_added(stored: Library) -> None:
    before = Finder(stored).find("停留低怎么办", scope={"handbook"})
    stored.remove_collection(THEIRS)
    after = Finder(stored).find("停留低怎么办", scope={"handbook"})
    assert after.complete and [p.key for p in after.passages] == [p.key for p in before.passages]
    stored.add("merchant-8", document(3))
    assert Finder(stored).find("货盘毛利", scope={"merchant-8"}).passages[0].scope == "merchant-8"


def test_what_was_set_aside_as_broken_goes_as_well(stored: Library, index: Path) -> None:
    (index / "chroma.broken").mkdir()
    (index / "chroma.broken" / "old").write_text(SECRET, encoding="utf-8")
    (index / "catalog.db.broken").write_text(SECRET, encoding="utf-8")
    stored.remove_collection(THEIRS)
    assert holding(index, SECRET) == []


def test_an_index_that_nobody_has_open_is_purged_without_a_model(stored: Library, index: Path) -> None:
    stored.close()
    purge(index, THEIRS)
    assert left(index, THEIRS) == NOTHING and holding(index, SECRET) == []
    again = Library(index, kit.encoder())
    try:
        assert Finder(again).find("停留低怎么办", scope={"handbook"}).passages[0].heading == "12.2 停留低怎么办"
        assert Finder(again).find(SECRET, scope={THEIRS}).passages == ()
    finally:
        again.close()


def test_where_there_is_no_index_there_is_nothing_to_purge(tmp_path: Path) -> None:
    purge(tmp_path / "nowhere", THEIRS)
    assert left(tmp_path / "nowhere", THEIRS) == NOTHING


def test_a_removal_that_is_cut_short_is_done_again(stored: Library, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.wipe._WAIT", 0.05)
    with closing(sqlite3.connect(index / "chroma" / DATABASE)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM collections").fetchone()
        with pytest.raises(IndexUnusable):
            stored.remove_collection(THEIRS)
    assert THEIRS in stored.scopes()
    stored.remove_collection(THEIRS)
    assert left(index, THEIRS) == NOTHING and holding(index, SECRET) == []
