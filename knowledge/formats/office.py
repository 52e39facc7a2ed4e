"""What Word, Excel and PowerPoint files have in common: a zip archive, or an older container that may be locked.

Knows nothing about what is in them.
"""

from __future__ import annotations

import io
import zipfile

from knowledge.formats import CannotRead

MAX_UNPACKED = 300 * 1024 * 1024
"""Bytes that the parts of a file may take when unpacked; a megabyte can claim a terabyte."""
MAX_ENTRIES = 20_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")


def check_archive(data: bytes) -> zipfile.ZipFile:
    """The archive, once its directory promises a sane size. Raises CannotRead otherwise, also when it is locked."""
    if is_locked(data):
        raise CannotRead(locked())
    if data.startswith(_OLE):
        raise CannotRead("里面是旧版 Office 格式，请用 Office 或 WPS 打开后另存为新格式。")
    archive = zipfile.ZipFile(io.BytesIO(data))
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED or len(entries) > MAX_ENTRIES:
        raise CannotRead(f"解压后有 {unpacked // 1024 // 1024} MB，超过上限，没有打开；请去掉大图片或拆成几个文件。")
    return archive


def is_locked(data: bytes) -> bool:
    """Whether these are the bytes of a current Office file with a password."""
    return data.startswith(_OLE) and _LOCKED in data


def locked() -> str:
    """What to say about a file with a password."""
    return "文件有密码，请去掉密码后另存一份再放进来。"
