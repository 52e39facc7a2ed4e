"""Names that are safe on any machine, and a zip that appears whole or not at all."""

from __future__ import annotations

import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.flows.packing import extension, packed, publish, safe_name, unlike

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("价格表.xlsx", "价格表.xlsx"),
        ("../../x", "_.._x"),
        ("..", "other"),
        (" . ", "other"),
        ("", "other"),
        ("\x00\x1b", "other"),
        ("a\nb\t c", "a b c"),
        ("nul", "_nul"),
        ("Com1.txt", "_Com1.txt"),
        ("comma.txt", "comma.txt"),
        ("\ud800a", "a"),
        ("e\u0301", "é"),
    ],
)
def test_name_is_kept_as_far_as_it_is_safe(name: str, kept: str) -> None:
    assert safe_name(name, "other") == kept


def test_long_name_is_cut_between_characters() -> None:
    assert safe_name("长" * 100, "other") == "长" * 40


def test_names_that_differ_by_case_only_are_told_apart() -> None:
    taken: set[str] = set()
    assert [unlike(name, taken) for name in ("a", "A", "a", "b")] == ["a", "A (2)", "a (3)", "b"]


@pytest.mark.parametrize(
    ("name", "ending"), [("a.XLSX", ".XLSX"), ("a", ""), ("a.表格", ""), ("a.x/y", ""), ("a.toolongone", "")]
)
def test_only_a_plain_ending_is_taken_over(name: str, ending: str) -> None:
    assert extension(name) == ending


def test_zip_of_texts_and_files_is_whole(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"x" * 3_000_000)
    made = packed(tmp_path, NOW, {"说明.md": "好"}, {"文件/a/1": tmp_path / "source"})
    with zipfile.ZipFile(made) as archive:
        assert archive.testzip() is None and archive.read("文件/a/1") == b"x" * 3_000_000
        assert archive.getinfo("说明.md").date_time == (2026, 3, 1, 12, 0, 0)
    assert made.stat().st_mode & 0o777 == 0o600


def test_disk_without_hard_links_still_gets_the_file_but_never_over_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    for name in ("one", "two"):
        (tmp_path / name).write_text(name)
    publish(tmp_path / "one", tmp_path / "x", replace=False)
    with pytest.raises(FileExistsError):
        publish(tmp_path / "two", tmp_path / "x", replace=False)
    assert (tmp_path / "x").read_text() == "one"
