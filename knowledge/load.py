"""Files as documents: read, made Markdown, cut into sections; or the reason why not. Never raises for bad content."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from importlib import import_module
from pathlib import Path, PurePosixPath

from knowledge.anchors import number_of
from knowledge.formats import BROKEN, CannotRead, Extract
from knowledge.scan import FileStamp, scan
from knowledge.structure import headings, sections
from knowledge.types import Document, Kind, Unreadable

__all__ = ["FileStamp", "load", "scan"]

MEGABYTE = 1024 * 1024
MAX_BYTES = 50 * MEGABYTE
"""A larger file is refused by its size alone: no handbook is that long, and parsers need many times the memory."""
MAX_TEXT = 10_000_000
"""Characters of extracted text: some five thousand pages."""

_FORMATS = {
    **dict.fromkeys((".md", ".markdown", ".txt"), "markdown"),
    **dict.fromkeys((".html", ".htm"), "html"),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls"), "sheets"),
    ".pdf": "pdf",
    ".docx": "word",
    ".pptx": "slides",
}
CASE_FOLDERS = frozenset({"cases", "案例"})
_SAYS_NOTHING = re.compile(
    r"(?:readme|_?index|default|home|untitled|document|doc|new|未命名|无标题|新建.*|文档|副本|[\d\s._()（）-]+)[\d\s._()（）-]*",
    re.IGNORECASE,
)


def load(folder: Path, stamp: FileStamp) -> Document | Unreadable:
    """The document behind `stamp`, or why it cannot be read, in one sentence for the person who owns it."""
    if stamp.problem:
        return Unreadable(stamp.path, stamp.problem)
    try:
        extract = _reader(stamp.path)(_bytes(folder, stamp))
        return _document(stamp, extract)
    except CannotRead as error:
        return Unreadable(stamp.path, str(error))
    except PermissionError:
        return Unreadable(stamp.path, "没有读取权限，请给运行本程序的账号开放读取权限。")
    except FileNotFoundError:
        return Unreadable(stamp.path, "读取时文件不见了，可能刚被移走或改名；下次更新索引时会再试。")
    except BROKEN:
        return Unreadable(stamp.path, "文件已损坏，打不开；请用原来的软件打开后另存一份再放进来。")


def _bytes(folder: Path, stamp: FileStamp) -> bytes:
    root = os.path.realpath(folder)
    target = os.path.realpath(os.path.join(root, stamp.source))
    status = os.stat(target)
    if os.path.commonpath((root, target)) != root or not stat.S_ISREG(status.st_mode):
        raise CannotRead("文件不在手册文件夹里，没有读取；请把文件本身放进手册文件夹。")
    if status.st_size > MAX_BYTES:
        raise CannotRead(f"文件有 {status.st_size // MEGABYTE} MB，超过 {MAX_BYTES // MEGABYTE} MB 的上限，请拆成几个小文件。")
    with open(target, "rb") as file:
        data = file.read(MAX_BYTES)
    if not data.strip():
        raise CannotRead("文件是空的，请写上内容或删掉它。")
    return data


def _reader(path: str) -> Callable[[bytes], Extract]:
    """The function that reads files with this ending; its library is imported only now."""
    name = _FORMATS[PurePosixPath(path).suffix.lower()]
    read: Callable[[bytes], Extract] = import_module(f"knowledge.formats.{name}").read
    return read


def _document(stamp: FileStamp, extract: Extract) -> Document:
    if len(extract.text) > MAX_TEXT:
        raise CannotRead(f"文字超过 {MAX_TEXT // 10_000} 万字，请拆成几个小文件。")
    title = _title(stamp.path, extract)
    found = sections(title, extract.text, numbering=extract.numbering, paged=extract.paged)
    if not found:
        raise CannotRead("文件里没有文字，请写上内容或删掉它。")
    return Document(stamp.path, title, _kind(stamp.path, extract.meta), found, extract.meta)


def _kind(path: str, meta: dict[str, str]) -> Kind:
    in_case_folder = any(part.casefold() in CASE_FOLDERS for part in PurePosixPath(path).parts[:-1])
    return Kind.CASE if meta.get("kind", "").strip().lower() == Kind.CASE or in_case_folder else Kind.HANDBOOK


def _title(path: str, extract: Extract) -> str:
    """Front matter, first level-1 heading, the format's own title, the file's name; never empty.

    Where several level-1 headings are numbered, they are chapters, and none of them is the title.
    """
    found = headings(extract.text)
    tops = [text for level, text in found if level == 1]
    first = tops[0] if tops and not (len(tops) > 1 and number_of(tops[0])) else ""
    name = PurePosixPath(path)
    title = extract.meta.get("title") or first or extract.title or name.stem
    if title == name.stem and _SAYS_NOTHING.fullmatch(name.stem):
        parts = [name.parent.name, found[0][1] if found else ""]
        title = " · ".join(part for part in parts if part) or title
    return " ".join(title.split())[:200] or name.name
