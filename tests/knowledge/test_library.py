"""Keeping the index in step with a folder, at the cost of what changed and nothing else."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from knowledge.errors import FolderUnusable
from knowledge.find import Finder
from knowledge.library import Library
from knowledge.types import Document, Kind, Section
from tests.knowledge.conftest import SALES, WATCH
from tests.knowledge.kit import CountingEncoder, write


def sync(library: Library, source: Path) -> int:
    library.read("handbook", source)
    return library.fill("handbook")


def documents(library: Library, question: str) -> set[str]:
    return {passage.document for passage in Finder(library).search(question, scope={"handbook"})}


def test_a_second_look_at_an_unchanged_folder_embeds_and_rebuilds_nothing(
    filled: Library, source: Path, counting: CountingEncoder
) -> None:
    shelf, before = filled.shelf("handbook"), len(counting.embedded)
    report = filled.read("handbook", source)
    assert (report.added, report.changed, report.removed, report.unchanged) == ((), (), (), 2)
    assert filled.fill("handbook") == 0 and len(counting.embedded) == before
    assert filled.shelf("handbook") is shelf


def test_a_touched_file_is_read_but_not_embedded(filled: Library, source: Path, counting: CountingEncoder) -> None:
    before = len(counting.embedded)
    os.utime(source / "watch.md", ns=(1, 1))
    assert filled.read("handbook", source).changed == ("watch.md",)
    assert filled.fill("handbook") == 0 and len(counting.embedded) == before


def test_an_edited_section_embeds_only_itself(filled: Library, source: Path, counting: CountingEncoder) -> None:
    before = len(counting.embedded)
    (source / "watch.md").write_text(WATCH.replace("30 秒", "40 秒"), encoding="utf-8")
    assert sync(filled, source) == 1
    assert [text for text in counting.embedded[before:] if "40 秒" not in text] == []


def test_a_renamed_file_keeps_its_vectors(filled: Library, source: Path) -> None:
    (source / "watch.md").rename(source / "盯盘.md")
    assert sync(filled, source) == 0
    assert documents(filled, "停留低怎么办") == {"盯盘.md", "sales.md"}


def test_a_file_named_for_its_content_keeps_its_vectors_when_renamed(library: Library, tmp_path: Path) -> None:
    source = write(tmp_path / "notes", {"规则.txt": "迟到三次扣一天工资。\n"})
    assert sync(library, source) == 1
    (source / "规则.txt").rename(source / "考勤.txt")
    assert sync(library, source) == 0


def test_a_removed_file_is_gone_from_answers_before_its_vectors_are(filled: Library, source: Path) -> None:
    (source / "sales.md").unlink()
    assert filled.read("handbook", source).removed == ("sales.md",)
    assert documents(filled, "发票开给谁") == {"watch.md"}
    filled.fill("handbook")
    assert documents(filled, "发票开给谁") == {"watch.md"}


def test_the_same_text_in_two_files_is_embedded_once_and_stays_when_one_goes(library: Library, tmp_path: Path) -> None:
    source = write(tmp_path / "twice", {"a.md": SALES, "b.md": SALES})
    assert sync(library, source) == 2
    (source / "a.md").unlink()
    assert sync(library, source) == 0
    assert documents(library, "发票开给谁") == {"b.md"}
    assert Finder(library).find("发票开给谁", scope={"handbook"}).complete


def test_another_model_is_announced_and_embeds_everything_again(filled: Library, tmp_path: Path, source: Path) -> None:
    count = filled.fill("handbook") + len(filled.shelf("handbook").owners)
    filled.close()
    other = CountingEncoder("another-model")
    reopened = Library(tmp_path / "index", other)  # type: ignore[arg-type]
    assert reopened.model_changed("handbook")
    reopened.read("handbook", source)
    assert not Finder(reopened).find("停留低怎么办", scope={"handbook"}).complete
    assert reopened.fill("handbook") == count == len(other.embedded)
    assert not reopened.model_changed("handbook")
    assert Finder(reopened).find("停留低怎么办", scope={"handbook"}).complete
    reopened.close()


def test_a_new_collection_is_not_a_changed_model(library: Library) -> None:
    assert not library.model_changed("handbook")


def test_the_index_is_found_again_after_a_restart(filled: Library, tmp_path: Path, source: Path) -> None:
    filled.close()
    again = CountingEncoder()
    reopened = Library(tmp_path / "index", again)  # type: ignore[arg-type]
    assert Finder(reopened).search("停留低怎么办", scope={"handbook"})[0].heading == "12.2 停留低怎么办"
    assert sync(reopened, source) == 0 and again.embedded == []
    reopened.close()


def test_a_stopped_fill_goes_on_where_it_was(library: Library, tmp_path: Path, counting: CountingEncoder) -> None:
    text = "# 长\n\n" + "\n\n".join(f"## {n} 第{n}条\n\n第{n}条写的是编号{n}的规定。" for n in range(1, 131))
    source = write(tmp_path / "long", {"long.md": text})
    stop = threading.Event()

    class StopAtFirst:
        def update(self, stage: str, done: int, total: int) -> None:
            if stage == "embed":
                stop.set()

    library.read("handbook", source)
    first = library.fill("handbook", StopAtFirst(), stop)
    rest = library.fill("handbook")
    assert 0 < first < 130 and first + rest == 130 == len(counting.embedded) == len(set(counting.embedded))


def test_progress_counts_up_to_its_total(library: Library, source: Path) -> None:
    told: list[tuple[str, int, int]] = []

    class Note:
        def update(self, stage: str, done: int, total: int) -> None:
            told.append((stage, done, total))

    library.read("handbook", source, Note())
    library.fill("handbook", Note())
    for stage in ("read", "embed"):
        steps = [(done, total) for name, done, total in told if name == stage]
        assert steps == sorted(steps) and steps[-1][0] == steps[-1][1] > 0


def test_a_file_that_becomes_unreadable_leaves_the_answers_and_says_why(filled: Library, source: Path) -> None:
    (source / "sales.md").write_bytes(b"")
    report = filled.read("handbook", source)
    assert [problem.path for problem in report.unreadable] == ["sales.md"] and report.unreadable[0].reason
    assert documents(filled, "发票开给谁") == {"watch.md"}


def test_a_section_that_begins_with_a_later_article_is_read(library: Library, tmp_path: Path) -> None:
    source = write(tmp_path / "rules", {"a.md": "# 说明\n\n## 怎么引用\n\n第七条写的是退货，引用时写全称。\n"})
    assert library.read("handbook", source).unreadable == ()
    assert documents(library, "第七条写的是什么") == {"a.md"}


def test_a_missing_folder_is_said_and_loses_nothing(filled: Library, tmp_path: Path) -> None:
    with pytest.raises(FolderUnusable, match="没有找到手册文件夹"):
        filled.read("handbook", tmp_path / "nowhere")
    assert "sales.md" in documents(filled, "发票开给谁")


def test_a_document_without_a_file_is_found_at_once(library: Library) -> None:
    section = Section("1", "1 情况", (), "侯哥家纺连播十七个小时。")
    library.add("merchant-7", Document("case-1", "侯哥", Kind.CASE, (section,)))
    found = Finder(library).find("侯哥家纺播了多久", scope={"merchant-7"})
    assert found.complete and found.passages[0].document == "case-1"


def test_a_document_with_broken_characters_does_not_block_the_next_one(library: Library) -> None:
    broken = Document("x", "x", Kind.CASE, (Section("1", "\ud800", (), "半个字符 \ud800 在这里"),))
    with pytest.raises(UnicodeEncodeError):
        library.add("merchant-7", broken)
    library.add("merchant-7", Document("y", "y", Kind.CASE, (Section("1", "好的", (), "发票三天内寄出。"),)))
    assert [p.document for p in Finder(library).search("发票几天寄出", scope={"merchant-7"})] == ["y"]


def test_a_question_is_answered_while_a_fill_holds_the_index(filled: Library, source: Path) -> None:
    section = Section("1", "1 情况", (), "发票三天内寄出。")
    filled.add("merchant-7", Document("case-1", "案例", Kind.CASE, (section,)))
    filled._shelves.clear()
    begun, finish = threading.Event(), threading.Event()

    class Wait:
        def update(self, stage: str, done: int, total: int) -> None:
            begun.set()
            finish.wait(20)

    (source / "new.md").write_text("# 新\n\n新写的一节。\n", encoding="utf-8")
    filled.read("handbook", source)
    filling = threading.Thread(target=filled.fill, args=("handbook", Wait()))
    filling.start()
    assert begun.wait(20)
    found: list[str] = []
    asking = threading.Thread(target=lambda: found.extend(documents_of(filled, "merchant-7")))
    asking.start()
    asking.join(10)
    finish.set()
    filling.join(20)
    assert found == ["case-1"]


def documents_of(library: Library, scope: str) -> list[str]:
    return [passage.document for passage in Finder(library).search("发票几天寄出", scope={scope})]


def test_many_questions_at_once_while_the_folder_changes_all_get_an_answer(filled: Library, source: Path) -> None:
    finder, errors = Finder(filled), []

    def ask() -> None:
        for _ in range(5):
            try:
                assert finder.search("停留低怎么办", scope={"handbook"})
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(5):
        (source / "watch.md").write_text(WATCH + f"\n## 12.{9 + number} 新的一节\n\n第 {number} 次改动。\n", encoding="utf-8")
        sync(filled, source)
    for thread in threads:
        thread.join(30)
    assert errors == []
