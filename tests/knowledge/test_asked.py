"""Wordings that people ask by: read from the owner's file, embedded as questions, found by meaning."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from knowledge.asked import Wording, parse_asked, read_asked
from knowledge.find import Finder
from knowledge.library import Library
from tests.knowledge.kit import CountingEncoder, encoder, write

CHAPTERS = {
    "one.md": "# 一\n\n## 12.1 实时在线下降\n\n场控 30 秒内切互动节点。\n\n## 12.2 退款抬头\n\n先停投放，再查描述。\n",
    "two.md": "# 二\n\n## 3.1 保本线\n\n售价除以毛利。\n",
}


def _library(folder: Path, source: Path) -> Library:
    library = Library(folder / "index", CountingEncoder())  # type: ignore[arg-type]
    library.read("handbook", source)
    library.fill("handbook")
    return library


def test_question_without_a_word_of_the_section_is_found_by_how_people_ask_for_it(tmp_path: Path) -> None:
    source = write(tmp_path / "book", CHAPTERS)
    plain = _library(tmp_path / "a", source)
    before = Finder(plain).search("观众跑光了咋整", scope={"handbook"})
    plain.close()
    write(source, {"asked.yaml": '"12.1":\n  - 人都跑光了怎么办\n'})
    taught = _library(tmp_path / "b", source)
    after = Finder(taught).search("观众跑光了咋整", scope={"handbook"})
    taught.close()
    assert after[0].anchor == "12.1"
    assert next(p.score for p in after if p.anchor == "12.1") > next(p.score for p in before if p.anchor == "12.1") + 0.1


def _wordings(library: Library) -> int:
    """How many wordings the shelf knows, the headings of their sections left out."""
    return int((library.shelf("handbook").asked.forms != "heading").sum())


def test_the_heading_of_a_section_with_wordings_is_near_too_without_its_number(tmp_path: Path) -> None:
    source = write(tmp_path / "book", CHAPTERS | {"asked.yaml": '"12.1": [人跑了怎么办]\n'})
    library = _library(tmp_path, source)
    shelf = library.shelf("handbook")
    place = next(row for row, section in enumerate(shelf.sections) if section.anchor == "12.1")
    bare = re.sub(r"^12.1\s*", "", shelf.sections[place].heading)
    wordings, headings = shelf.asked.near(encoder().queries([bare])[0], "", len(shelf.sections))
    library.close()
    assert headings[place] == pytest.approx(1, abs=0.01) and wordings[place] < 0.95
    assert (headings[[row for row in range(len(headings)) if row != place]] == -1).all()


def test_wordings_follow_their_file_and_only_new_ones_are_embedded(tmp_path: Path) -> None:
    source = write(tmp_path / "book", CHAPTERS | {"asked.yaml": '"12.1": [人跑了怎么办]\n'})
    library = _library(tmp_path, source)
    assert _wordings(library) == 1
    write(source, {"asked.yaml": '"12.1": [人跑了怎么办, 掉人怎么救]\n"3.1": [几倍才不亏]\n'})
    library.read("handbook", source)
    library.fill("handbook")
    assert _wordings(library) == 3
    (source / "asked.yaml").unlink()
    library.read("handbook", source)
    assert _wordings(library) == 0
    library.close()


def test_wordings_are_embedded_again_for_another_model_and_go_with_their_collection(tmp_path: Path) -> None:
    source = write(tmp_path / "book", CHAPTERS | {"asked.yaml": '"12.1": [人跑了怎么办]\n'})
    _library(tmp_path, source).close()
    library = Library(tmp_path / "index", CountingEncoder("another"))  # type: ignore[arg-type]
    library.read("handbook", source)
    assert _wordings(library) == 0
    library.fill("handbook")
    assert _wordings(library) == 1
    library.remove_collection("handbook")
    assert _wordings(library) == 0
    library.close()


def test_an_anchor_in_two_documents_needs_its_path(tmp_path: Path) -> None:
    files = {"a.md": "# 甲\n\n## 1.1 怎么退\n\n找客服。\n", "b.md": "# 乙\n\n## 1.1 怎么换\n\n找仓库。\n"}
    source = write(tmp_path / "book", files | {"asked.yaml": '"1.1": [两边都叫这个]\n"b.md#1.1": [想换一件]\n'})
    library = _library(tmp_path, source)
    shelf = library.shelf("handbook")
    assert {shelf.sections[row].path for row in shelf.asked.rows} == {"b.md"}
    library.close()


@pytest.mark.parametrize("raw", [None, [], "x", {"12.1": "not a list"}, {"12.1": [1, None, "  "]}])
def test_what_does_not_fit_is_passed_over(raw: object) -> None:
    assert parse_asked(raw) == ()


def test_a_broken_or_missing_file_is_no_wording(tmp_path: Path) -> None:
    assert read_asked(tmp_path) == ()
    for broken in ("{", "\x00", "[" * 5000):
        (tmp_path / "asked.yaml").write_text(broken, encoding="utf-8")
        assert read_asked(tmp_path) == ()
    (tmp_path / "asked.yaml").write_text('"1.1": [怎么退, 怎么退]', encoding="utf-8")
    assert read_asked(tmp_path) == (Wording("1.1", "怎么退"),)
