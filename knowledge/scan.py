"""The files of a handbook folder, found without leaving it. Knows nothing about what is in them."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

SUPPORTED = frozenset({".md", ".markdown", ".txt", ".html", ".htm", ".pdf", ".docx", ".xlsx", ".xlsm", ".xls", ".pptx"})

_SAVE_AS = {
    **dict.fromkeys((".doc", ".dot", ".wps", ".rtf", ".odt", ".pages", ".docm"), "docx"),
    **dict.fromkeys((".ppt", ".pps", ".dps", ".odp", ".key", ".pptm"), "pptx"),
    **dict.fromkeys((".et", ".ods", ".numbers", ".xlsb"), "xlsx"),
}
SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "__MACOSX"})

_OUTSIDE = "这是指向手册文件夹以外的链接，没有读取；请把文件本身放进手册文件夹。"
_CLOSED_FOLDER = "没有权限打开这个文件夹，请给运行本程序的账号开放读取权限。"


@dataclass(frozen=True, slots=True)
class FileStamp:
    """One file as it was found: enough to see whether it changed.

    `path` is POSIX, relative to the folder, printable and unique; `source` is the name on the disk, also relative.
    `problem` says why the file cannot be read, where its name alone tells.
    """

    path: str
    size: int
    mtime_ns: int
    source: str
    problem: str = ""


def scan(folder: Path) -> Iterator[FileStamp]:
    """Every document below `folder`, in natural order of paths. Hidden and temporary files are passed over.

    Symbolic links are followed only to places inside the folder that are not read anyway, and each real folder is read
    once, under the first of its names: the work is linear, however the links lead. Raises OSError when the folder
    itself cannot be listed.
    """
    root = os.path.realpath(folder)
    os.listdir(root)
    used: set[str] = set()
    for stamp in sorted(_walk(root), key=lambda stamp: _natural(stamp.path)):
        path, number = stamp.path, 1
        while path in used:
            number += 1
            name, ending = os.path.splitext(stamp.path)
            path = f"{name} ({number}){ending}"
        used.add(path)
        yield replace(stamp, path=path)


def printable(name: str) -> str:
    """A file's name that can be shown and stored: what is invisible or no valid Unicode becomes ``�``."""
    return "".join(c if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp") else "\ufffd" for c in name)


def _walk(root: str) -> Iterator[FileStamp]:
    """The files of every folder, near ones first, so that a folder with several names gets its shortest."""
    waiting, seen = deque([""]), set[tuple[int, int]]()
    while waiting:
        below = waiting.popleft()
        try:
            status = os.stat(os.path.join(root, below))
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(os.path.join(root, below)) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            yield FileStamp(printable(below), 0, 0, below, _CLOSED_FOLDER)
            continue
        for entry in found:
            name = f"{below}/{entry.name}" if below else entry.name
            if _is_hidden(entry.name):
                continue
            if entry.is_symlink():
                yield from _linked(root, name, waiting)
            elif entry.is_dir(follow_symlinks=False):
                waiting.append(name)
            else:
                yield from _file(root, name)


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "~$")) or name in SKIPPED_FOLDERS


def _linked(root: str, name: str, waiting: deque[str]) -> Iterator[FileStamp]:
    """The file that a symbolic link leads to, unless that is read at its own place or lies outside; a folder has to wait."""
    target = os.path.realpath(os.path.join(root, name))
    inside = os.path.commonpath((root, target)) == root
    is_folder = os.path.isdir(target)
    if not inside:
        found = [FileStamp(printable(name), 0, 0, name)] if is_folder else _file(root, name)
        yield from (replace(stamp, size=0, mtime_ns=0, problem=_OUTSIDE) for stamp in found)
    elif is_folder:
        if _is_passed_over(root, target):
            waiting.append(name)
    elif _is_passed_over(root, target):
        yield from _file(root, name)


def _is_passed_over(root: str, target: str) -> bool:
    """Whether a place inside the folder is hidden, so that a link to it is the only way there."""
    return any(_is_hidden(part) for part in os.path.relpath(target, root).split(os.sep) if part != ".")


def _file(root: str, name: str) -> Iterator[FileStamp]:
    ending = os.path.splitext(name)[1].lower()
    if ending not in SUPPORTED and ending not in _SAVE_AS:
        return
    try:
        status = os.stat(os.path.join(root, name))
    except OSError:
        return
    if stat.S_ISREG(status.st_mode):
        better = _SAVE_AS.get(ending)
        problem = f"{ending} 格式读不了，请用 Office 或 WPS 另存为 .{better} 再放进来。" if better else ""
        yield FileStamp(printable(name), status.st_size, status.st_mtime_ns, name, problem)


def _natural(path: str) -> tuple[tuple[tuple[bool, int, str], ...], ...]:
    """Sort key: 2 before 10, folder by folder."""
    return tuple(
        tuple((not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d{1,18})", name))
        for name in path.casefold().split("/")
    )
