"""One owner of a data folder.

The lock is the operating system's, so it ends with its process, also after `kill -9`. Beside it stands a
note that names the owner, for the sentence that the second process says. Knows nothing about what the
folder holds.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from bot.errors import CopilotError, DataFolderBusy, StorageError

LOCK = "copilot.lock"
OWNER = "copilot.owner"
PATIENCE = 0.2
"""Seconds to wait for the lock: one that stands by holds it for a moment, to see that it is free."""


@contextmanager
def own(data: Path, *, command: str = "") -> Iterator[None]:
    """Own the data folder while the block runs; the folder is created (for its owner only) when missing.

    `command` is what the other process is told is running; by default the command line's first two words.
    Raises DataFolderBusy when another process owns the folder, StorageError when it cannot be written.
    """
    lock = FileLock(data / LOCK, timeout=PATIENCE, thread_local=False)
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock.acquire()
    except Timeout:
        raise DataFolderBusy(_busy(data)) from None
    except OSError as error:
        raise explain(data, error) from error
    try:
        _sign(data, command or _command())
        yield
    finally:
        _unsign(data)
        lock.release()


def free(data: Path) -> bool:
    """Whether no process owns the folder at this moment, as far as it can be opened at all; `own` says what is wrong with it."""
    lock = FileLock(data / LOCK, timeout=0, thread_local=False)
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock.acquire()
    except Timeout:
        return False
    except OSError:
        return True
    lock.release()
    return True


def owner(data: Path) -> str:
    """Who owns the folder, in brackets; empty where that is not known."""
    return _owner(data)[0]


def explain(data: Path, error: OSError) -> CopilotError:
    """The sentence for a folder that the operating system will not let us use."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageError(f"磁盘满了，写不进数据文件夹 {data}。腾出空间后再启动。")
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return StorageError(f"数据文件夹 {data} 不能写。改它的权限，或用 --data 换一个文件夹。")
    if isinstance(error, (FileExistsError, NotADirectoryError)):
        return StorageError(f"{data} 不是文件夹。用 --data 换一个文件夹。")
    return StorageError(f"数据文件夹 {data} 用不了（{error.strerror or error}）。用 --data 换一个文件夹。")


def _command() -> str:
    return " ".join(["copilot", *sys.argv[1:2]])


def _sign(data: Path, command: str) -> None:
    note = f"{os.getpid()}\n{socket.gethostname()}\n{command}\n"
    try:
        (data / OWNER).write_text(note, encoding="utf-8")
    except OSError as error:
        raise explain(data, error) from error


def _unsign(data: Path) -> None:
    try:
        (data / OWNER).unlink(missing_ok=True)
    except OSError:
        return  # the note is a courtesy: the next owner overwrites it


def _busy(data: Path) -> str:
    who, stop = _owner(data)
    return f"数据文件夹 {data} 正被另一个 copilot 使用{who}。{stop}，或用 --data 另选一个文件夹。"


def _owner(data: Path) -> tuple[str, str]:
    """Who owns the folder and how to stop it; without a readable note, words that hold for anyone."""
    try:
        pid, host, command = (data / OWNER).read_text(encoding="utf-8").splitlines()[:3]
    except (OSError, ValueError):
        return "", "先停掉它"
    if host != socket.gethostname():
        return f"（主机 {host} 上的进程 {pid}：{command}）", "先在那台机器上停掉它"
    return f"（进程 {pid}：{command}）", f"先停掉它（kill {pid}）"
