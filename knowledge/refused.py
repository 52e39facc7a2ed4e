"""Files that the operating system does not let us use: told apart from broken ones, which alone are set aside.

Knows nothing about what is in them.
"""

from __future__ import annotations

import getpass
import os
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from knowledge.errors import IndexRefused, IndexUnusable

PROBE = 256_000
"""Bytes that must be free to open the index: what both databases write when they start."""
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_CLOSED = {sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_AUTH}
_CLOSED_WORDS = ("unable to open database file", "readonly database", "permission denied")


def check_writable(folder: Path) -> None:
    """Raises IndexUnusable when the disk is full or read-only, IndexRefused when files are not ours to read and write.

    A sound index must not be set aside for either.
    """
    probe = folder / ".probe"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(bytes(PROBE))
        probe.unlink()
    except PermissionError as error:
        raise refused(folder) from error
    except OSError as error:
        with suppress(OSError):
            probe.unlink(missing_ok=True)
        raise IndexUnusable(f"索引目录 {folder} 写不进去（{error.strerror}），请检查磁盘空间和权限。") from error
    for path in _files(folder):
        if not _is_open(path):
            raise refused(path)


def _files(folder: Path) -> Iterator[Path]:
    """The two databases and what belongs to them; what was set aside is nobody's concern."""
    chroma = folder / "chroma"
    yield from (path for name in ("", "-wal", "-shm") if (path := folder / f"catalog.db{name}").exists())
    if chroma.exists():
        yield chroma
        for above, folders, files in os.walk(chroma):
            yield from (Path(above, name) for name in (*folders, *files))


def _is_open(path: Path) -> bool:
    return os.access(path, os.R_OK | os.W_OK | (os.X_OK if path.is_dir() else 0))


def refused(path: Path) -> IndexRefused:
    """Who owns a file that we may not use, and what to do about it."""
    me, owner = _me(), _owner(path)
    if owner != me:
        todo = f"请换用 {owner} 的账号运行，或把整个索引目录交给当前账号（sudo chown -R {me} 索引目录）"
        english = f"Run as {owner}, or give the whole index folder to this account (sudo chown -R {me} FOLDER)"
    elif _is_open(path):
        todo = "请检查磁盘空间，以及它是不是在只读的磁盘上"
        english = "Check the disk's free space, and whether it is mounted read-only"
    else:
        todo = f"请恢复读写权限（chmod -R u+rwX {path}）"
        english = f"Give the permissions back (chmod -R u+rwX {path})"
    return IndexRefused(
        f"索引文件 {path} 归 {owner} 所有，当前账号 {me} 读写不了。{todo}，再重新启动。索引没有动。",
        f"The index file {path} belongs to {owner}, and this account, {me}, cannot read and write it. {english}, "
        "then start again. The index was left as it is.",
    )


def refusal(path: Path, error: Exception) -> IndexRefused | None:
    """The sentence for an error that the operating system made on opening `path`; None for one that means damage."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if isinstance(error, PermissionError) or (path.is_file() and (code in _CLOSED or _says(error, *_CLOSED_WORDS))):
        return refused(path)
    if code in _BUSY or _says(error, "database is locked"):
        return IndexRefused(
            f"索引文件 {path} 正被别的程序占用，请先关掉那个程序再启动。索引没有动。",
            f"Another program is using the index file {path}. Close it, then start again. The index was left as it is.",
        )
    return None


def _says(error: Exception, *words: str) -> bool:
    return any(word in str(error).lower() for word in words)


def _owner(path: Path) -> str:
    try:
        return path.owner()
    except (KeyError, NotImplementedError):
        return f"用户 {path.stat().st_uid}"
    except OSError:
        return "别的账号"


def _me() -> str:
    try:
        import pwd

        return pwd.getpwuid(os.geteuid()).pw_name
    except (ImportError, KeyError):
        return getpass.getuser() if os.name == "nt" else f"用户 {os.geteuid()}"
