"""What may come in: a file that somebody sent, judged by its bytes before any parser sees it.

The name only has to fit what is found. Knows nothing about where files come from or go to.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from pathlib import PurePosixPath

from knowledge.archives import Office, check_office
from knowledge.decode import decode, looks_binary
from knowledge.errors import Unfit

MEGABYTE = 1024 * 1024
MOST_BYTES = 20 * MEGABYTE
"""What Telegram lets a bot download."""
LONGEST_NAME = 150
"""Bytes of a file's name: every file system takes them, with something in front."""
NAMELESS = "文件"


class Format(StrEnum):
    """What a file is, by its own name, or in English where it has none."""

    PDF = "PDF"
    WORD = "Word"
    EXCEL = "Excel"
    OLD_EXCEL = "Excel 97-2003"
    SLIDES = "PowerPoint"
    HTML = "HTML"
    TEXT = "text"


ENDINGS = {
    Format.PDF: (".pdf",),
    Format.WORD: (".docx",),
    Format.EXCEL: (".xlsx",),
    Format.OLD_EXCEL: (".xls",),
    Format.SLIDES: (".pptx",),
    Format.HTML: (".html", ".htm"),
    Format.TEXT: (".txt", ".md", ".markdown"),
}
"""Endings that fit each format; the first one is advised."""

_OFFICE = {Office.WORD: Format.WORD, Office.EXCEL: Format.EXCEL, Office.SLIDES: Format.SLIDES}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNS = (
    (0, b"\x7fELF", "file_program", "ELF"),
    (0, b"\xca\xfe\xba\xbe", "file_program", "Mach-O"),
    (0, b"\xcf\xfa\xed\xfe", "file_program", "Mach-O"),
    (0, b"\xfe\xed\xfa", "file_program", "Mach-O"),
    (0, b"#!", "file_program", "script"),
    (0, b"\x89PNG", "file_image", "PNG"),
    (0, b"\xff\xd8\xff", "file_image", "JPEG"),
    (0, b"GIF8", "file_image", "GIF"),
    (0, b"II*\0", "file_image", "TIFF"),
    (0, b"MM\0*", "file_image", "TIFF"),
    (8, b"WEBP", "file_image", "WebP"),
    (4, b"ftypheic", "file_image", "HEIC"),
    (4, b"ftyp", "file_media", "MP4"),
    (0, b"RIFF", "file_media", "RIFF"),
    (0, b"ID3", "file_media", "MP3"),
    (0, b"OggS", "file_media", "Ogg"),
    (0, b"Rar!", "file_archive", "RAR"),
    (0, b"7z\xbc\xaf\x27\x1c", "file_archive", "7z"),
    (0, b"\x1f\x8b", "file_archive", "gzip"),
    (0, b"BZh", "file_archive", "bzip2"),
    (0, b"\xfd7zXZ", "file_archive", "xz"),
    (0, b"\x28\xb5\x2f\xfd", "file_archive", "zstd"),
    (0, b"MSCF", "file_archive", "CAB"),
    (0, b"PK\x05\x06", "file_archive", "ZIP"),
    (257, b"ustar", "file_archive", "TAR"),
)
"""Where a sign stands, the sign, the reason to refuse, and what the file is."""
_SHORT_SIGNS = ((b"MZ", "file_program", "EXE"), (b"BM", "file_image", "BMP"))
"""Signs that a text may begin with as well: they count where a zero byte follows soon."""
_OLD_OFFICE = (("WordDocument", "docx"), ("PowerPoint Document", "pptx"))
_IS_PAGE = re.compile(r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_IS_IMAGE = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)?(?:<!doctype\s+svg[^>]{0,300}>\s*)?<svg\b", re.I | re.S
)
_HAS_TAGS = re.compile(r"<[a-zA-Z][^<>]{0,500}>")
_FORBIDDEN = re.compile(r'[<>:"|?*]')


def examine(name: str, data: bytes) -> Format:
    """What the file is, once it may be read at all and its name fits. Raises Unfit."""
    if len(data) > MOST_BYTES:
        raise Unfit("too_large", most=MOST_BYTES // MEGABYTE)
    if not data.strip():
        raise Unfit("file_empty")
    ending = PurePosixPath(name).suffix.lower()
    found = _format(data, ending)
    right = ENDINGS[found]
    if ending not in right:
        known = any(ending in endings for endings in ENDINGS.values())
        raise Unfit("wrong_ending" if known else "no_ending", ending=ending, found=found.value, right=right[0])
    return found


def clean_name(name: str) -> str:
    """A file's name that can be stored and shown anywhere: no path, no control characters, not hidden, not too long."""
    bare = re.split(r"[/\\]", unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode()))[-1]
    shown = "".join(c for c in bare if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"))
    shown = " ".join(_FORBIDDEN.sub("_", shown).split()).lstrip(".~$ ").rstrip(". ")
    stem, dot, ending = shown.rpartition(".")
    if not dot:
        stem, ending = shown, ""
    elif len(ending) > 10 or not stem:
        stem, ending = shown.replace(".", "_"), ""
    room = LONGEST_NAME - len(ending.encode()) - 1
    short = stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ")
    return f"{short or NAMELESS}.{ending}" if ending else short or NAMELESS


def _format(data: bytes, ending: str) -> Format:
    for at, sign, reason, what in _SIGNS:
        if data.startswith(sign, at):
            raise Unfit(reason, found=what)
    for sign, reason, what in _SHORT_SIGNS:
        if data.startswith(sign) and b"\0" in data[:64]:
            raise Unfit(reason, found=what)
    if data.lstrip()[:5] == b"%PDF-":
        return Format.PDF
    if data.startswith(b"PK\x03\x04"):
        return _OFFICE[check_office(data)]
    if data.startswith(_OLE):
        return _old_office(data)
    return _text(data, ending)


def _old_office(data: bytes) -> Format:
    """Old Office files are small file systems, whose directory names what they are."""

    def has(entry: str) -> bool:
        return entry.encode("utf-16-le") in data

    if has("EncryptedPackage"):
        raise Unfit("file_locked")
    if has("_VBA_PROJECT"):
        raise Unfit("file_macros")
    for entry, better in _OLD_OFFICE:
        if has(entry):
            raise Unfit("file_old_office", better=better)
    if has("Workbook") or has("Book"):
        return Format.OLD_EXCEL
    raise Unfit("file_binary")


def _text(data: bytes, ending: str) -> Format:
    text = decode(data)
    if text is None or "\0" in text or looks_binary(text):
        raise Unfit("file_binary")
    if not text.strip("\ufeff \t\r\n　"):
        raise Unfit("file_empty")
    if text.lstrip("\ufeff \t\r\n").startswith("{\\rtf"):
        raise Unfit("file_old_office", better="docx")
    head = text.removeprefix("\ufeff")[:4000]
    if _IS_IMAGE.match(head):
        raise Unfit("file_image", found="SVG")
    if _IS_PAGE.match(head) or (ending in ENDINGS[Format.HTML] and _HAS_TAGS.search(text)):
        return Format.HTML
    return Format.TEXT
