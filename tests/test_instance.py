"""One owner of a data folder, told from outside by other processes."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import DataFolderBusy, StorageError
from bot.instance import LOCK, OWNER, own

HOLD = "import sys, pathlib, bot.instance as i\nwith i.own(pathlib.Path(sys.argv[1]), command='copilot run'):\n print('held', flush=True)\n sys.stdin.read()"  # noqa: E501


def _holder(data: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def _end(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=10)


def test_second_process_is_told_who_owns_the_folder_and_what_to_do(tmp_path: Path) -> None:
    process = _holder(tmp_path)
    try:
        with pytest.raises(DataFolderBusy) as caught, own(tmp_path):
            pass
    finally:
        _end(process)
    sentence = str(caught.value)
    assert f"进程 {process.pid}：copilot run" in sentence
    assert f"kill {process.pid}" in sentence and "--data" in sentence
    assert "\n" not in sentence


def test_lock_of_a_killed_process_is_no_obstacle(tmp_path: Path) -> None:
    process = _holder(tmp_path)
    process.send_signal(signal.SIGKILL)
    _end(process)
    assert (tmp_path / OWNER).exists()
    with own(tmp_path, command="copilot ask"):
        assert str(os.getpid()) in (tmp_path / OWNER).read_text(encoding="utf-8")


def test_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with own(tmp_path / "data"):
            pass
    assert not (tmp_path / "data" / OWNER).exists()


def test_folder_is_created_for_its_owner_alone(tmp_path: Path) -> None:
    with own(tmp_path / "deep" / "data"):
        assert (tmp_path / "deep" / "data").stat().st_mode & 0o077 == 0


def test_owner_on_another_machine_is_named(tmp_path: Path) -> None:
    process = _holder(tmp_path)
    try:
        (tmp_path / OWNER).write_text("7\nelsewhere\ncopilot run\n", encoding="utf-8")
        with pytest.raises(DataFolderBusy, match="主机 elsewhere 上的进程 7"), own(tmp_path):
            pass
        (tmp_path / OWNER).write_bytes(b"\xff")
        with pytest.raises(DataFolderBusy, match="正被另一个 copilot 使用。先停掉它"), own(tmp_path):
            pass
    finally:
        _end(process)


def test_file_in_place_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    for path in (tmp_path / "data", tmp_path / "data" / "deeper"):
        with pytest.raises(StorageError, match="不是文件夹"), own(path):
            pass


def test_full_disk_is_said_and_the_folder_is_not_left_locked(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("the system has no /dev/full")
    (tmp_path / OWNER).symlink_to("/dev/full")
    with pytest.raises(StorageError, match="磁盘满了"), own(tmp_path):
        pass
    with own(tmp_path):
        assert (tmp_path / LOCK).exists()


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.EPERM])
def test_read_only_folder_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StorageError, match="不能写"), own(tmp_path / "data"):
        pass
