"""Files as documents: encodings, titles, front matter, and a clear sentence for each file that cannot be read."""

from __future__ import annotations

import builtins
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.load import MAX_BYTES, load, scan
from knowledge.types import Document, Kind, Unreadable
from tests.stopwatch import stopwatch

SIMPLIFIED = "操盘手先看在线人数，再看人均停留时长。如果停留没有掉，就去看进人流速，最后再查统计口径对不对。"
TRADITIONAL = "操盤手先看在線人數，再看人均停留時長。如果停留沒有掉，就去看進人流速，最後再查統計口徑對不對。"


def read(folder: Path, name: str, content: bytes | str) -> Document | Unreadable:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return only(folder)


def only(folder: Path) -> Document | Unreadable:
    (stamp,) = scan(folder)
    return load(folder, stamp)


def text_of(found: Document | Unreadable) -> str:
    assert isinstance(found, Document), found
    return "\n".join(section.text for section in found.sections)


def reason(found: Document | Unreadable) -> str:
    assert isinstance(found, Unreadable), found
    return found.reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_chinese_is_read_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    assert text_of(read(tmp_path, "a.txt", SIMPLIFIED.encode(encoding))) == SIMPLIFIED


@pytest.mark.parametrize("encoding", ["big5", "gb18030", "utf-16"])
def test_traditional_chinese_is_read_too(tmp_path: Path, encoding: str) -> None:
    assert text_of(read(tmp_path, "a.txt", TRADITIONAL.encode(encoding))) == TRADITIONAL


def test_western_quotes_from_windows_are_not_taken_for_chinese(tmp_path: Path) -> None:
    text = "Don’t stop – it’s “fine” for everyone…"
    assert text_of(read(tmp_path, "a.txt", text.encode("cp1252"))) == text


def test_a_few_broken_bytes_do_not_cost_the_file(tmp_path: Path) -> None:
    assert text_of(read(tmp_path, "a.md", SIMPLIFIED.encode() + b"\xed\xa0\x80")) == SIMPLIFIED + "\ufffd"


def test_null_bytes_and_lone_surrogates_are_cleaned(tmp_path: Path) -> None:
    found = read(tmp_path, "a.md", "停\x00留".encode() + SIMPLIFIED.encode() + b"\xed\xb2\x80")
    text_of(found).encode("utf-8")
    assert text_of(found).startswith("停留操盘手")


def test_front_matter_becomes_strings_and_no_text(tmp_path: Path) -> None:
    head = "---\ntitle: 盯盘\ndate: 2024-06-18\ntags: [在线, 停留]\nversion: 2\ndraft: false\nnested: {a: 1}\nempty:\n---\n"
    found = read(tmp_path, "a.md", f"{head}# 别的\n{SIMPLIFIED}")
    assert isinstance(found, Document)
    assert found.title == "盯盘"
    assert found.meta == {"title": "盯盘", "date": "2024-06-18", "tags": "在线, 停留", "version": "2", "draft": "false"}
    assert text_of(found) == SIMPLIFIED


BROKEN_HEADS = (
    "title: [未完",
    "a: &a [*a, *a]\nb: !!python/object:os.system x",
    'title: "没有关\nkind: case',
    "title: 盯盘: 停留",
    "title 盯盘\nkind: case",
    "title：盯盘\nkind：case",
)


@pytest.mark.parametrize("head", BROKEN_HEADS)
def test_broken_front_matter_is_neither_taken_for_meta_nor_for_text(tmp_path: Path, head: str) -> None:
    found = read(tmp_path, "停留.md", f"---\n{head}\n---\n\n{SIMPLIFIED}")
    assert isinstance(found, Document)
    assert (found.meta, found.title, text_of(found)) == ({}, "停留", SIMPLIFIED)


@pytest.mark.parametrize("head", BROKEN_HEADS)
def test_broken_front_matter_leaves_the_heading_to_be_the_title(tmp_path: Path, head: str) -> None:
    found = read(tmp_path, "a.md", f"---\n{head}\n---\n# 盯盘\n\n{SIMPLIFIED}")
    assert isinstance(found, Document) and found.title == "盯盘"


@pytest.mark.parametrize(
    "words", ["- 一\n- 二", "\t坏", "先看在线人数。\n\n再看停留。", "他说: 先看在线: 再看停留。\n【停留】掉了就换话术。"]
)
def test_words_between_two_rules_stay_text(tmp_path: Path, words: str) -> None:
    found = read(tmp_path, "a.md", f"---\n{words}\n\n---\n\n{SIMPLIFIED}")
    assert all(line.strip() in text_of(found) for line in words.splitlines() if line) and SIMPLIFIED in text_of(found)


def test_entities_that_multiply_do_no_harm(tmp_path: Path) -> None:
    bomb = "\n".join(["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))])
    with stopwatch() as watch:
        assert SIMPLIFIED in text_of(read(tmp_path, "a.md", f"---\n{bomb}\n---\n{SIMPLIFIED}"))
    assert watch.seconds < 2


@pytest.mark.parametrize(
    ("name", "content", "title"),
    [
        ("在线掉了.md", SIMPLIFIED, "在线掉了"),
        ("a.md", f"# 盯盘 **手册**\n{SIMPLIFIED}", "盯盘 手册"),
        ("a.md", f"盯盘手册\n====\n{SIMPLIFIED}", "盯盘手册"),
        ("员工手册.md", f"# 第一章 总则\n{SIMPLIFIED}\n# 第二章 罚则\n{SIMPLIFIED}", "员工手册"),
        ("投放/README.md", f"## 冷启动\n{SIMPLIFIED}", "投放 · 冷启动"),
        ("投放/_index.md", SIMPLIFIED, "投放"),
        ("投放/新建文本文档 (2).txt", SIMPLIFIED, "投放"),
        ("20240618.txt", SIMPLIFIED, "20240618"),
        ("a.html", f"<title>盯盘</title><p>{SIMPLIFIED}", "盯盘"),
    ],
)
def test_every_document_has_a_title_that_says_something(tmp_path: Path, name: str, content: str, title: str) -> None:
    found = read(tmp_path, name, content)
    assert isinstance(found, Document)
    assert found.title == title


@pytest.mark.parametrize("name", ["cases/a.md", "2024/案例/a.md"])
def test_what_lies_in_a_case_folder_is_a_case(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, name, SIMPLIFIED)
    assert isinstance(found, Document) and found.kind is Kind.CASE


def test_front_matter_makes_a_case_and_everything_else_is_the_handbook(tmp_path: Path) -> None:
    case = read(tmp_path, "a.md", f"---\nkind: case\n---\n{SIMPLIFIED}")
    assert isinstance(case, Document) and case.kind is Kind.CASE
    plain = read(tmp_path, "a.md", SIMPLIFIED)
    assert isinstance(plain, Document) and plain.kind is Kind.HANDBOOK


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("空.md", b"", "空的"),
        ("空白.txt", b" \n\r\n\t", "空的"),
        ("只有标签.html", b"<script>x</script>", "没有文字"),
        ("图.md", b"---\n", "没有文字"),
        ("二进制.md", bytes(range(32)) * 40, "不是文字"),
        ("乱.txt", b"\x81\x20\xff\xfe" * 50, "编码"),
        ("旧.doc", b"x", "另存为 .docx"),
        ("旧.ppt", b"x", "另存为 .pptx"),
        ("表.et", b"x", "另存为 .xlsx"),
        ("坏.pdf", b"%PDF-1.4 nothing", "损坏"),
        ("坏.docx", b"not a zip", "损坏"),
        ("坏.xlsx", b"not a zip", "损坏"),
        ("坏.xls", b"not a workbook", "损坏"),
        ("坏.pptx", b"PK\x03\x04broken", "损坏"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_chinese_sentence(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    found = read(tmp_path, name, content)
    assert said in reason(found)
    assert "\n" not in reason(found) and reason(found).endswith("。")
    assert found.path == name


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path) -> None:
    with open(tmp_path / "大.md", "wb") as file:
        file.truncate(200 * 1024 * 1024)
    with stopwatch() as watch:
        assert "200 MB" in reason(only(tmp_path))
    assert watch.seconds < 0.2


def test_a_file_at_the_limit_is_still_tried(tmp_path: Path) -> None:
    with open(tmp_path / "a.md", "wb") as file:
        file.write(SIMPLIFIED.encode())
        file.truncate(MAX_BYTES + 1)
    assert "上限" in reason(only(tmp_path))


def test_too_much_text_is_refused_with_advice(tmp_path: Path) -> None:
    assert "拆成" in reason(read(tmp_path, "a.txt", "直播间" * 4_000_000))


def test_a_file_without_permission_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.md").write_text(SIMPLIFIED)
    (stamp,) = scan(tmp_path)

    def closed(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(builtins, "open", closed)
    assert "权限" in reason(load(tmp_path, stamp))


def test_a_file_that_vanished_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(SIMPLIFIED)
    (stamp,) = scan(tmp_path)
    (tmp_path / "a.md").unlink()
    assert "不见了" in reason(load(tmp_path, stamp))


def test_a_file_swapped_for_a_link_to_the_outside_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("机密")
    folder = tmp_path / "handbook"
    folder.mkdir()
    (folder / "a.md").write_text(SIMPLIFIED)
    (stamp,) = scan(folder)
    (folder / "a.md").unlink()
    os.symlink(tmp_path / "secret.md", folder / "a.md")
    assert "不在手册文件夹里" in reason(load(folder, stamp))


@given(st.binary(max_size=400))
@settings(max_examples=150)
def test_no_bytes_make_a_text_file_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    for name in ("a.md", "a.html"):
        read(folder, name, data)
        (folder / name).unlink()


@given(st.binary(max_size=200), st.sampled_from([".pdf", ".docx", ".xlsx", ".xls", ".pptx"]))
@settings(max_examples=60)
def test_no_bytes_make_any_format_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes, ending: str) -> None:
    magic = {".pdf": b"%PDF-1.7\n", ".xls": b"\x09\x08\x10\x00\x00\x06\x05\x00"}.get(ending, b"PK\x03\x04")
    folder = tmp_path_factory.mktemp("any")
    assert read(folder, f"a{ending}", magic + data).path == f"a{ending}"
