"""Small files of every format, written by hand or with the libraries that also read them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence

from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject

_CMAP = (
    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def 1 begincodespacerange <0000> <ffff> "
    b"endcodespacerange 1 beginbfrange <0000> <ffff> <0000> endbfrange endcmap end end"
)
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


def pdf(
    pages: Sequence[Sequence[str]],
    *,
    bookmarks: Sequence[tuple[str, int]] = (),
    sizes: Mapping[str, int] | None = None,
    password: str = "",
) -> bytes:
    """A PDF with these lines on its pages, in a font that maps every character; a page without lines is blank.

    `sizes` gives the size of lines that are not in 12 points.
    """
    writer = PdfWriter()
    font = writer._add_object(_font(writer))
    for lines in pages:
        page = writer.add_blank_page(595, 842)
        places = [f"/F1 {(sizes or {}).get(line, 12)} Tf 1 0 0 1 60 {780 - 18 * at} Tm" for at, line in enumerate(lines)]
        shown = [f"{place} <{line.encode('utf-16-be').hex()}> Tj" for place, line in zip(places, lines, strict=True)]
        content = StreamObject()
        content.set_data("\n".join(["BT", *shown, "ET"]).encode())
        page[NameObject("/Contents")] = writer._add_object(content)
        page[NameObject("/Resources")] = _dictionary(Font=_dictionary(F1=font))
    for title, page_number in bookmarks:
        writer.add_outline_item(title=title, page_number=page_number)
    if password:
        writer.encrypt(user_password=password)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _dictionary(**entries: object) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in entries.items()})


def _font(writer: PdfWriter) -> DictionaryObject:
    system = _dictionary(Registry=TextStringObject("Adobe"), Ordering=TextStringObject("Identity"), Supplement=NumberObject(0))
    name = NameObject("/Song")
    descendant = _dictionary(
        Type=NameObject("/Font"), Subtype=NameObject("/CIDFontType2"), BaseFont=name, CIDSystemInfo=system, DW=NumberObject(1000)
    )
    unicode = StreamObject()
    unicode.set_data(_CMAP)
    return _dictionary(
        Type=NameObject("/Font"),
        Subtype=NameObject("/Type0"),
        BaseFont=name,
        Encoding=NameObject("/Identity-H"),
        DescendantFonts=ArrayObject([writer._add_object(descendant)]),
        ToUnicode=writer._add_object(unicode),
    )


def paragraph(text: str, style: str = "", *, number: tuple[int, int] | None = None) -> str:
    """A Word paragraph; `number` is the id of its list and its depth there."""
    numbering = f'<w:numPr><w:ilvl w:val="{number[1]}"/><w:numId w:val="{number[0]}"/></w:numPr>' if number else ""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{numbering}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def word_table(rows: Sequence[Sequence[str]]) -> str:
    """A Word table."""
    cells = ["".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows]
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def docx(*blocks: str, levels: Sequence[tuple[str, str]] = ()) -> bytes:
    """A Word file of paragraphs and tables; `levels` are format and text of each depth of list 1."""
    defined = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (kind, text) in enumerate(levels)
    )
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/numbering" Target="numbering.xml"/></Relationships>',
        "word/document.xml": f"<w:document {_W} {_M}><w:body>{''.join(blocks)}</w:body></w:document>",
        "word/numbering.xml": f'<w:numbering {_W}><w:abstractNum w:abstractNumId="0">{defined}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>',
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_WORD_TYPE}.document.main+xml"/>'
        f'<Override PartName="/word/numbering.xml" ContentType="{_WORD_TYPE}.numbering+xml"/></Types>',
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{content}')
    return target.getvalue()


def xls(name: str, rows: Sequence[Sequence[str | float]], *, merged: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """A workbook of Excel 97 with one sheet; numbers are percentages, `merged` holds first row, last row, columns likewise."""
    formats = _record(0x41E, struct.pack("<H", 164) + _string("0.0%", "<H"))
    styles = _record(0xE0, struct.pack("<HHHBBBBIIH", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
    styles += _record(0xE0, struct.pack("<HHHBBBBIIH", 0, 164, 0, 0, 0, 0, 0, 0, 0, 0))
    font = _record(0x31, struct.pack("<HHHHHBBBB", 200, 0, 0, 400, 0, 0, 0, 0, 0) + _string("Arial", "<B"))
    begin = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)) + font + formats + styles
    sheet_name = _string(name, "<B")
    offset = len(begin) + 4 + 6 + len(sheet_name) + 4
    book = begin + _record(0x85, struct.pack("<IH", offset, 0) + sheet_name) + _record(0x0A, b"")
    sheet = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            cell = struct.pack("<HHH", at, column, 0 if isinstance(value, str) else 1)
            if isinstance(value, str):
                sheet += _record(0x204, cell + _string(value, "<H")) if value else b""
            else:
                sheet += _record(0x203, cell + struct.pack("<d", value))
    if merged:
        sheet += _record(0xE5, struct.pack("<H", len(merged)) + b"".join(struct.pack("<4H", *area) for area in merged))
    return book + sheet + _record(0x0A, b"")


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _string(text: str, size: str) -> bytes:
    return struct.pack(size, len(text)) + b"\x01" + text.encode("utf-16-le")
