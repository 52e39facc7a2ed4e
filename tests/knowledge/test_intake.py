"""What may come in: files judged by what they are, each refusal with a file that really is so."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import openpyxl
import pptx
import pytest

from knowledge import archives, preview
from knowledge.errors import Unfit
from knowledge.intake import LONGEST_NAME, MOST_BYTES, Format, clean_name, examine
from knowledge.preview import outline
from tests.knowledge.files import docx, paragraph, pdf

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
EXE = b"MZ\x90\0\3\0\0\0" + bytes(56) + b"PE\0\0" + bytes(200)
WORD = docx(paragraph("12 盯盘", "Heading1"), paragraph("先看进人流速。"))
TEXT = "# 12 盯盘\n\n先看进人流速，再看停留。\n".encode()


def old_office(*entries: str) -> bytes:
    """A container with these names in its directory."""
    return OLE + bytes(504) + b"".join(entry.encode("utf-16-le").ljust(128, b"\0") for entry in entries)


def excel() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["品名", "毛利"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def slides() -> bytes:
    shown = pptx.Presentation()
    shown.slides.add_slide(shown.slide_layouts[5]).shapes.title.text = "货盘"
    target = io.BytesIO()
    shown.save(target)
    return target.getvalue()


def with_part(data: bytes, name: str, content: bytes, **replaced: bytes) -> bytes:
    """An archive with one part more; parts named in `replaced` (``_`` for the list of types) are exchanged."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, replaced["types"] if part == archives.TYPES and "types" in replaced else old.read(part))
        if name:
            new.writestr(name, content)
    return target.getvalue()


def archive(**parts: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return target.getvalue()


def locked_zip() -> bytes:
    """An Office file whose parts say that they need a password."""
    data = bytearray(WORD)
    at = -1
    while (at := data.find(b"PK\1\2", at + 1)) >= 0:
        data[at + 8] |= 1
    return bytes(data)


def lying(data: bytes, part: str, size: int) -> bytes:
    """The archive with another unpacked size of a part in its directory."""
    changed = bytearray(data)
    at = changed.rfind(part.encode()) - 46
    assert changed[at : at + 4] == b"PK\1\2"
    changed[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(changed)


MACRO_TYPES = b"<Types><Override ContentType='application/vnd.ms-word.document.macroEnabled.main+xml'/></Types>"
BOMB = with_part(WORD, "word/media/a.xml", bytes(64 << 20))
REFUSED = {
    "an archive": ("货盘.zip", archive(a=b"a"), "file_archive"),
    "an archive called a document": ("货盘.docx", archive(a=b"a"), "file_archive"),
    "an OpenDocument": ("货盘.docx", archive(mimetype=b"application/vnd.oasis.opendocument.text", content=b"x"), "file_archive"),
    "another archive": ("货盘.pdf", b"Rar!\x1a\7\0" + bytes(50), "file_archive"),
    "a tarball": ("货盘.txt", bytes(257) + b"ustar" + bytes(250), "file_archive"),
    "a program called a PDF": ("话术.pdf", EXE, "file_program"),
    "another program": ("话术.txt", b"\x7fELF\2\1\1" + bytes(60), "file_program"),
    "a script": ("话术.md", b"#!/bin/sh\nrm -rf /\n", "file_program"),
    "a picture": ("话术.png", PNG, "file_image"),
    "a picture called a document": ("话术.docx", PNG, "file_image"),
    "a drawing": ("话术.html", b"<?xml version='1.0'?><svg onload='x'/>", "file_image"),
    "a film": ("话术.pdf", b"\0\0\0\x20ftypisom" + bytes(60), "file_media"),
    "a document with macros": ("话术.docx", with_part(WORD, "word/vbaProject.bin", OLE), "file_macros"),
    "a macro document by its type": ("话术.docx", with_part(WORD, "", b"", types=MACRO_TYPES), "file_macros"),
    "a macro document by its name": ("话术.docm", with_part(WORD, "word/vbaProject.bin", OLE), "file_macros"),
    "an old table with macros": ("货盘.xls", old_office("Workbook", "_VBA_PROJECT_CUR"), "file_macros"),
    "a table with macro sheets": ("货盘.xlsx", with_part(excel(), "xl/macrosheets/sheet1.xml", b"<x/>"), "file_macros"),
    "a locked document": ("话术.docx", old_office("EncryptedPackage"), "file_locked"),
    "a document with locked parts": ("话术.docx", locked_zip(), "file_locked"),
    "an old document": ("话术.doc", old_office("WordDocument"), "file_old_office"),
    "rich text": ("话术.txt", rb"{\rtf1\ansi}", "file_old_office"),
    "a bomb": ("话术.docx", BOMB, "file_bomb"),
    "a bomb that belittles itself": ("话术.docx", lying(BOMB, "word/media/a.xml", 10), "file_broken"),
    "an archive in a document": ("话术.docx", with_part(WORD, "word/media/a.bin", archive(a=b"a")), "file_nested"),
    "a program in a document": ("话术.docx", with_part(WORD, "word/embeddings/a.xlsx", EXE), "file_nested"),
    "a part outside": ("话术.docx", with_part(WORD, "../../etc/cron.d/a", b"a"), "file_broken"),
    "half a document": ("话术.docx", WORD[: len(WORD) // 2], "file_broken"),
    "nothing": ("话术.txt", b"", "file_empty"),
    "blanks": ("话术.txt", b"\xef\xbb\xbf \r\n\t", "file_empty"),
    "zero bytes": ("话术.txt", TEXT + b"\0" + TEXT, "file_binary"),
    "noise": ("话术.txt", bytes(range(1, 256)) * 8, "file_binary"),
    "too much": ("话术.txt", b"a" * (25 << 20), "too_large"),
    "a PDF called a document": ("话术.docx", pdf([["停留"]]), "wrong_ending"),
    "a document called a PDF": ("话术.pdf", WORD, "wrong_ending"),
    "a page called a text": ("话术.txt", b"<!DOCTYPE html><p>a", "wrong_ending"),
    "a text called a page": ("话术.html", TEXT, "wrong_ending"),
    "no ending": ("话术", TEXT, "no_ending"),
    "an ending of another kind": ("话术.csv", TEXT, "no_ending"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_does_not_come_in_is_refused_for_what_it_is(what: str) -> None:
    name, data, reason = REFUSED[what]
    with pytest.raises(Unfit) as refused:
        examine(name, data)
    assert refused.value.reason == reason


GOOD = {
    "话术.pdf": (pdf([["停留"]]), Format.PDF),
    "话术.PDF": (b"\n" + pdf([["停留"]]), Format.PDF),
    "话术.docx": (WORD, Format.WORD),
    "chart.docx": (with_part(WORD, "word/embeddings/Microsoft_Excel_Sheet1.xlsx", excel()), Format.WORD),
    "货盘.xlsx": (excel(), Format.EXCEL),
    "货盘.xls": (old_office("Workbook"), Format.OLD_EXCEL),
    "货盘.pptx": (slides(), Format.SLIDES),
    "页.html": (b"<html><body>a</body></html>", Format.HTML),
    "片段.htm": (b"<p>a</p>", Format.HTML),
    "话术.md": (TEXT, Format.TEXT),
    "话术.txt": ("停留低怎么办，先看进人流速。".encode("gb18030"), Format.TEXT),
    "utf16.txt": ("停留低怎么办".encode("utf-16"), Format.TEXT),
    "MZ.txt": ("MZ 世代的话术".encode(), Format.TEXT),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_can_be_read_comes_in(name: str) -> None:
    data, found = GOOD[name]
    assert examine(name, data) is found


def test_a_refusal_names_what_it_is_and_what_it_should_be_called() -> None:
    with pytest.raises(Unfit) as refused:
        examine("话术.pdf", WORD)
    assert refused.value.values == {"ending": ".pdf", "found": "Word", "right": ".docx"}


def test_what_is_unpacked_is_counted_whatever_the_directory_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_check_directory", lambda *_: None)
    with pytest.raises(Unfit) as refused:
        monkeypatch.setattr(archives, "MOST_UNPACKED", 1 << 20)
        examine("话术.docx", BOMB)
    assert refused.value.reason == "file_bomb"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\a\\话术.docx", "话术.docx"),
        ("话\0术\x1b[31m\n.docx", "话术[31m.docx"),
        ("话术\u202excod.exe", "话术xcod.exe"),
        ("...hidden.md", "hidden.md"),
        ("~$话术.docx", "话术.docx"),
        ("a<b>:c|d?.txt", "a_b__c_d_.txt"),
        ("  话术   第二版 .docx", "话术 第二版.docx"),
        ("..", "文件"),
        ("", "文件"),
        (".docx", "docx"),
        ("e\u0301.txt", "é.txt"),
        ("\ud800.txt", "_.txt"),
    ],
)
def test_a_name_is_cleaned(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept


def test_a_long_name_is_cut_before_its_ending() -> None:
    kept = clean_name("话" * 300 + ".docx")
    assert kept.endswith("话.docx") and len(kept.encode()) <= LONGEST_NAME and clean_name(kept) == kept


async def seen(folder: Path, name: str, data: bytes) -> preview.Outline:
    (folder / "0badcafe").write_bytes(data)
    return await outline(folder / "0badcafe", name)


async def test_an_outline_tells_title_sections_headings_and_pages(tmp_path: Path) -> None:
    found = await seen(tmp_path, "话术.md", "# 开场话术\n\n## 1.1 头三句\n\n先说福利。\n\n## 1.2 留人\n\n再说节奏。\n".encode())
    assert (found.title, found.sections, found.headings, found.pages) == ("开场话术", 2, ("1.1 头三句", "1.2 留人"), None)
    paged = await seen(tmp_path, "话术.pdf", pdf([["1.1 头三句", "先说福利。"], ["再说节奏，慢慢来。"]]))
    assert paged.pages == 2 and paged.characters > 5


@pytest.mark.parametrize("name", ["货盘.xlsx", "货盘.pptx", "话术.docx"])
async def test_office_files_are_read_within_the_limits(tmp_path: Path, name: str) -> None:
    assert (await seen(tmp_path, name, GOOD[name][0])).sections >= 1


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("话术.pdf", pdf([["停留"]], password="x"), "密码"),
        ("话术.pdf", b"%PDF-1.7\nbroken", "损坏"),
        ("话术.pdf", pdf([[]]), ""),
        ("话术.docx", docx(), ""),
    ],
)
async def test_what_cannot_be_read_is_said_in_a_sentence(tmp_path: Path, name: str, data: bytes, why: str) -> None:
    with pytest.raises(Unfit) as refused:
        await seen(tmp_path, name, data)
    assert refused.value.reason == "file_unreadable" and why in str(refused.value.values["why"])


@pytest.mark.parametrize(
    "child",
    [
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "from knowledge.preview import _limit; _limit(); x = bytearray(3 << 30)",
        "import time; time.sleep(60)",
        "raise SystemExit(7)",
    ],
)
async def test_a_parser_that_dies_or_never_ends_takes_nobody_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, child: str
) -> None:
    monkeypatch.setattr(preview, "_CHILD", child)
    monkeypatch.setattr(preview, "PATIENCE", 5.0)
    with pytest.raises(Unfit) as refused:
        await seen(tmp_path, "话术.md", TEXT)
    assert refused.value.reason == "file_too_complex"


async def test_the_parser_knows_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "42:secret")
    monkeypatch.setattr(
        preview,
        "_CHILD",
        "import json, os; print(json.dumps({'problem': 'seen' if 'TELEGRAM_BOT_TOKEN' in os.environ else 'no'}))",
    )
    with pytest.raises(Unfit) as refused:
        await seen(tmp_path, "话术.md", TEXT)
    assert refused.value.values == {"why": "no"}


def test_the_limit_is_telegrams() -> None:
    assert MOST_BYTES == 20 << 20
