"""A zip that appears whole or not at all, readable by its owner only, with names that are safe on any machine."""

from __future__ import annotations

import os
import re
import stat
import tempfile
import unicodedata
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

LONGEST_BYTES = 120
"""Of one part of a name in UTF-8; file systems take 255, and a folder name may stand before it."""
_UNSAFE = re.compile(r'[\\/:*?"<>|]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)  # Windows opens devices by these names
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}")


def safe_name(name: str, otherwise: str) -> str:
    """One part of a path that stands for `name`; `otherwise` where nothing of it can be kept."""
    shown = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", name))
    kept = " ".join(_UNSAFE.sub("_", shown).split())
    kept = kept.encode()[:LONGEST_BYTES].decode(errors="ignore").strip(". ")
    return f"_{kept}" if _RESERVED.match(kept) else kept or otherwise


def unlike(name: str, taken: set[str]) -> str:
    """`name`, or the first of ``name (2)``, ``name (3)`` … that is not taken yet; it is taken from now on.

    Case does not count: on many machines it makes no difference between files.
    """
    found, count = name, 1
    while found.casefold() in taken:
        count += 1
        found = f"{name} ({count})"
    taken.add(found.casefold())
    return found


def extension(name: str) -> str:
    """The ending of a file name with its dot, or nothing where it is no plain one."""
    ending = Path(name).suffix
    return ending if _EXTENSION.fullmatch(ending) else ""


def is_file(path: Path) -> bool:
    """Whether a file itself stands there; a link could lead anywhere."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def packed(folder: Path, at: datetime, texts: Mapping[str, str], files: Mapping[str, Path]) -> Path:
    """A zip under a temporary name in `folder`, with its texts in UTF-8 and its files as they are. Raises OSError.

    `at` is the time of everything in it; a zip knows no zones, so it is given as it is to be read.
    """
    handle, name = tempfile.mkstemp(dir=folder, prefix=".export-", suffix=".zip")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
                for place, text in texts.items():
                    archive.writestr(_info(place, at), text.encode("utf-8", "replace"))
                for place, path in files.items():
                    with archive.open(_info(place, at), "w", force_zip64=True) as out, path.open("rb") as source:
                        while block := source.read(1 << 20):
                            out.write(block)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def publish(temporary: Path, target: Path, *, replace: bool) -> None:
    """Give the zip its name. Raises FileExistsError when that is taken and may not be replaced, OSError."""
    if replace:
        temporary.replace(target)
        return
    try:
        os.link(temporary, target)  # unlike a rename it fails when the name is taken, at whatever moment
    except FileExistsError:
        raise
    except OSError:  # a disk without hard links
        if os.path.lexists(target):
            raise FileExistsError(str(target)) from None
        temporary.rename(target)


def _info(place: str, at: datetime) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(place, at.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = (stat.S_IFREG | 0o600) << 16
    return info
