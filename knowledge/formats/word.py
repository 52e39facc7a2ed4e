"""Word files, by way of mammoth's HTML; automatic numbers and formulas are written out first."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree

import mammoth  # type: ignore[import-untyped]

from knowledge.formats import Extract
from knowledge.formats.html import parse, to_markdown
from knowledge.formats.office import check_archive
from knowledge.formats.word_formulas import write_formulas
from knowledge.formats.word_numbers import write_numbers

_BODY = "word/document.xml"
_STYLES = "\n".join(
    [f"p[style-name='标题 {level}'] => h{level}:fresh" for level in range(1, 7)]
    + ["p[style-name='Title'] => h1:fresh", "p[style-name='标题'] => h1:fresh"]
)


def read(data: bytes) -> Extract:
    """The document as Markdown. Raises CannotRead when it is locked or far too large."""
    image = mammoth.images.img_element(lambda _: {"src": ""})
    soup = parse(mammoth.convert_to_html(io.BytesIO(_written_out(data)), style_map=_STYLES, convert_image=image).value)
    for back in soup.select('a[href^="#footnote-ref"], a[href^="#endnote-ref"]'):
        back.decompose()
    return Extract(to_markdown(soup))


def _written_out(data: bytes) -> bytes:
    """The same file with numbers and formulas as text, and without its pictures."""
    target = io.BytesIO()
    with check_archive(data) as archive, zipfile.ZipFile(target, "w") as copy:
        document = ElementTree.fromstring(archive.read(_BODY))
        write_numbers(document, archive)
        write_formulas(document)
        for name in archive.namelist():
            if not name.startswith("word/media/"):
                copy.writestr(name, ElementTree.tostring(document) if name == _BODY else archive.read(name))
    return target.getvalue()
