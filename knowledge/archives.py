"""New Office files as the zip archives that they are: every part unpacked once, within bounds, and nothing kept.

The archive's own directory is read first and not believed: what it promises is checked, and what comes out is counted.
"""

from __future__ import annotations

import io
import zipfile
from enum import Enum

from knowledge.errors import Unfit
from knowledge.formats import BROKEN

MEGABYTE = 1024 * 1024
MOST_UNPACKED = 300 * MEGABYTE
"""Bytes of all parts together; the readers take no more."""
RATIO = 100
RATIO_FROM = 20 * MEGABYTE
"""An archive that unpacks to more than this may not be more than `RATIO` times its own size. Tables reach 40."""
MOST_PARTS = 10_000
MOST_EMBEDDED = 100
"""Office files inside of one: a chart brings its table along. Nothing opens them."""
MOST_TYPES = 2 * MEGABYTE
"""Bytes of the list of content types."""
TYPES = "[Content_Types].xml"
_CHUNK = MEGABYTE
_ENCRYPTED = 1
_NEW_OFFICE = (".docx", ".xlsx", ".pptx")
_MACROS = ("vbaproject.bin", "vbadata.xml")
_ZIP = b"PK\x03\x04"
_SIGNS = (_ZIP, b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x7fELF", b"MSCF")


class Office(Enum):
    """What an Office file is for, by the folder that its parts lie in."""

    WORD = "word/"
    EXCEL = "xl/"
    SLIDES = "ppt/"


def check_office(data: bytes) -> Office:
    """What the archive is, when it is an Office file that is safe to unpack. Raises Unfit."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _check_directory(parts, len(data))
            kind = _kind(archive, parts)
            _unpack(archive, parts)
            return kind
    except BROKEN as error:
        raise Unfit("file_broken") from error
    except RuntimeError as error:  # what zipfile says about parts that need a password
        raise Unfit("file_locked") from error


def _check_directory(parts: list[zipfile.ZipInfo], size: int) -> None:
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise Unfit("file_locked")
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or (unpacked > RATIO_FROM and unpacked > size * RATIO):
        raise Unfit("file_bomb")
    names = [part.filename for part in parts]
    if len(set(names)) < len(names) or any(name.startswith(("/", "\\")) or ".." in name.split("/") for name in names):
        raise Unfit("file_broken")


def _kind(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> Office:
    names = [part.filename for part in parts]
    found = [kind for kind in Office if any(name.startswith(kind.value) for name in names)]
    if TYPES not in names or len(found) != 1:
        raise Unfit("file_archive", found="ZIP")
    with archive.open(TYPES) as file:
        types = file.read(MOST_TYPES + 1)
    if len(types) > MOST_TYPES:
        raise Unfit("file_bomb")
    has_macros = any(name.lower().endswith(_MACROS) or "/macrosheets/" in name.lower() for name in names)
    if has_macros or b"macroenabled" in types.lower():
        raise Unfit("file_macros")
    return found[0]


def _unpack(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Read every part once; zipfile checks each against its own checksum."""
    left, embedded = MOST_UNPACKED, 0
    for part in parts:
        with archive.open(part) as file:
            chunk = file.read(_CHUNK)
            if chunk.startswith(_ZIP) and _may_embed(part.filename):
                embedded += 1
            elif chunk.startswith(_SIGNS) or (chunk.startswith(b"MZ") and b"\0" in chunk[:64]):
                raise Unfit("file_nested")
            if embedded > MOST_EMBEDDED:
                raise Unfit("file_nested")
            while chunk:
                left -= len(chunk)
                if left < 0:
                    raise Unfit("file_bomb")
                chunk = file.read(_CHUNK)


def _may_embed(name: str) -> bool:
    return "/embeddings/" in name and name.lower().endswith(_NEW_OFFICE)
