"""Finding the files of a folder: order, what is passed over, strange names, links."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from knowledge.load import load, scan
from knowledge.types import Document, Unreadable
from tests.stopwatch import stopwatch


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("操盘手先看在线人数。", encoding="utf-8")


def paths(folder: Path) -> list[str]:
    return [stamp.path for stamp in scan(folder)]


def test_files_come_in_natural_order_from_any_depth(tmp_path: Path) -> None:
    write(tmp_path, "chapters/10-b.md", "chapters/2-a.md", "a.txt", "chapters/深/深/x.HTML")
    assert paths(tmp_path) == ["a.txt", "chapters/2-a.md", "chapters/10-b.md", "chapters/深/深/x.HTML"]


def test_a_stamp_tells_whether_a_file_changed(tmp_path: Path) -> None:
    write(tmp_path, "a.md")
    before = list(scan(tmp_path))
    assert list(scan(tmp_path)) == before
    (tmp_path / "a.md").write_text("改了")
    assert list(scan(tmp_path)) != before


def test_hidden_temporary_and_foreign_files_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, ".hidden.md", ".git/a.md", "node_modules/a.md", "~$报表.xlsx", "x.py", "x.png", "README", "a.md")
    assert paths(tmp_path) == ["a.md"]


def test_old_office_files_are_reported_and_not_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "a.doc")
    (stamp,) = scan(tmp_path)
    assert isinstance(load(tmp_path, stamp), Unreadable)


STRANGE = [b"a\nb.md", b"a\x01\x7f.md", b"\xff\xfe.md", "a\u202emd.md".encode(), b"a\\..\\..\\x.md", b"a b'\".md", b"-rf.md"]


@pytest.mark.parametrize("name", STRANGE)
def test_strange_names_are_read_and_shown_in_one_printable_line(tmp_path: Path, name: bytes) -> None:
    with open(os.fsencode(tmp_path) + b"/" + name, "w", encoding="utf-8") as file:
        file.write("操盘手先看在线人数。")
    (stamp,) = scan(tmp_path)
    stamp.path.encode("utf-8")
    assert stamp.path.isprintable()
    assert isinstance(load(tmp_path, stamp), Document)


def test_names_that_look_alike_keep_apart(tmp_path: Path) -> None:
    for name in (b"a\x01.md", b"a\x02.md"):
        with open(os.fsencode(tmp_path) + b"/" + name, "w", encoding="utf-8") as file:
            file.write("操盘手先看在线人数。")
    found = list(scan(tmp_path))
    assert len({stamp.path for stamp in found}) == 2
    assert all(stamp.path.endswith(".md") and isinstance(load(tmp_path, stamp), Document) for stamp in found)


def test_links_out_of_the_folder_are_reported_and_not_followed(tmp_path: Path) -> None:
    write(tmp_path, "secret.md", "outside/b.md", "handbook/a.md")
    folder = tmp_path / "handbook"
    os.symlink(tmp_path / "secret.md", folder / "link.md")
    os.symlink(tmp_path / "outside", folder / "linked")
    os.symlink("/etc/passwd", folder / "passwd.txt")
    found = {stamp.path: load(folder, stamp) for stamp in scan(folder)}
    assert sorted(found) == ["a.md", "link.md", "linked", "passwd.txt"]
    assert [path for path, document in found.items() if isinstance(document, Document)] == ["a.md"]
    assert all("链接" in document.reason for document in found.values() if isinstance(document, Unreadable))


def test_link_loops_and_links_within_the_folder_read_every_file_once(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "deep/b.md")
    os.symlink(tmp_path, tmp_path / "deep" / "loop")
    os.symlink("self", tmp_path / "self")
    os.symlink(tmp_path / "a.md", tmp_path / "again.md")
    os.symlink("nowhere.md", tmp_path / "dangling.md")
    assert paths(tmp_path) == ["a.md", "deep/b.md"]


def test_a_mounted_volume_of_links_into_a_hidden_folder_is_read(tmp_path: Path) -> None:
    write(tmp_path, "..2024_06/a.md", "..2024_06/more/b.md")
    os.symlink("..2024_06", tmp_path / "..data")
    os.symlink("..data/a.md", tmp_path / "a.md")
    os.symlink("..data/more", tmp_path / "more")
    found = [load(tmp_path, stamp) for stamp in scan(tmp_path)]
    assert [document.path for document in found] == ["a.md", "more/b.md"]
    assert all(isinstance(document, Document) for document in found)


def test_links_among_hidden_folders_read_each_folder_once_under_its_shortest_name(tmp_path: Path) -> None:
    for n in range(12):
        write(tmp_path, f".v{n}/{n}.md")
        for other in range(12):
            os.symlink(f"../.v{other}", tmp_path / f".v{n}" / f"to{other}")
    os.symlink(".v3", tmp_path / "current")
    with stopwatch() as watch:
        found = paths(tmp_path)
    assert watch.seconds < 5
    assert found == ["current/3.md", *(f"current/to{n}/{n}.md" for n in range(12) if n != 3)]
    assert paths(tmp_path) == found


def test_a_pipe_with_a_document_s_name_blocks_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.md")
    assert paths(tmp_path) == []


def test_a_folder_that_is_itself_a_link_is_read(tmp_path: Path) -> None:
    write(tmp_path, "real/a.md")
    os.symlink(tmp_path / "real", tmp_path / "handbook")
    (stamp,) = scan(tmp_path / "handbook")
    assert isinstance(load(tmp_path / "handbook", stamp), Document)


def test_a_folder_that_cannot_be_opened_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.md", "closed/b.md")
    listed = os.scandir

    def guarded(path: str) -> object:
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "scandir", guarded)
    found = [load(tmp_path, stamp) for stamp in scan(tmp_path)]
    assert [(document.path, isinstance(document, Unreadable)) for document in found] == [("a.md", False), ("closed", True)]


def test_a_missing_folder_raises(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        list(scan(tmp_path / "nowhere"))
