"""PDF: the text of each page, without running heads and page numbers, lines joined into paragraphs.

Headings come from `pdf_headings`; numbered ones are found later like in any text.
"""

from __future__ import annotations

import io
import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError

from knowledge.formats import CannotRead, Extract
from knowledge.formats.office import locked
from knowledge.formats.pdf_headings import Line, with_headings
from knowledge.lines import WIDE, columns
from knowledge.markup import MIN_CONTENTS, points_elsewhere
from knowledge.wrap import MIN_WRAP, join

logging.getLogger("pypdf").setLevel(logging.CRITICAL)

Page = list[Line]

MAX_TEXT = 10_000_000
MARGIN_LINES = 2
"""So many lines at the top and the bottom of a page may be a running head or foot."""
REPEATED = 0.6
"""A line on this share of the pages, numbers aside, is a running head."""
NUMBERED = 3
"""A line with a number that counts along with the pages is one already on so many pages."""
LONGEST_TAIL = 300
"""Characters within which a sentence that runs over a page's end has to end."""
FULL = 0.85
"""A line that reaches this share of the page's widest line goes on in the next."""

_PAGE_NUMBER = re.compile(
    r"[-–—·\s]{0,9}(?:第\s?|page\s)?\d{1,4}\s?页?(?:\s?(?:[/／,，]|of|共)+\s?\d{1,4}\s?页?)?[-–—·\s]{0,9}", re.IGNORECASE
)
_RADICAL = re.compile("[\u2e80-\u2fdf]")
_SPACED = re.compile(rf"(?<=[{WIDE}]) (?=[{WIDE}])")
_STARTS_BLOCK = re.compile(
    r"\s*(?:第\s*[\d一二三四五六七八九十百]{1,6}\s*[编章节条]|[一二三四五六七八九十]{1,3}、|[（(][\d一二三四五六七八九十]{1,3}[)）]"
    r"|\d{1,3}(?:[.．、)）]|\.\d)|[-•●■◆▪*]\s|[①-⑳]|【|[QＱ]\d{0,3}[:：]|问[:：]|答[:：]|[AＡ]\d{0,3}[:：]|附[录件表])"
)
_ENDS = ("。", "！", "？", "；", "：", ".", "!", "?", ":", "”", "）")
_TERMINATOR = re.compile(r"[。！？；]|[.!?](?=\s|$)")


def read(data: bytes) -> Extract:
    """The pages of a PDF. Raises CannotRead when it is locked, broken or only pictures."""
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise CannotRead(locked())
        pages = with_headings(reader, _without_margins(list(_pages(reader))))
    except PyPdfError as error:
        raise CannotRead("PDF 已损坏，打不开；请重新导出一份再放进来。") from error
    if not any(re.search(r"\w", line.text) for page in pages for line in page):
        raise CannotRead("PDF 里只有图片，没有文字；请用带文字识别（OCR）的软件转换后再放进来。")
    return Extract("\f".join(_completed([_paragraphs(page) for page in pages])), paged=True)


def _pages(reader: PdfReader) -> Iterator[Page]:
    length = 0
    for page in reader.pages:
        runs = _runs(page)
        length += sum(len(text) for text, _ in runs)
        if length > MAX_TEXT:
            raise CannotRead(f"文字超过 {MAX_TEXT // 10_000} 万字，请拆成几个小文件。")
        yield _lines(runs)


def _runs(page: PageObject) -> list[tuple[str, float]]:
    """The text of a page in pieces, each with the size of its letters."""
    runs: list[tuple[str, float]] = []

    def keep(text: str, outer: Any, inner: Any, _font: Any, size: float) -> None:
        runs.append((text, size * _scale(outer, inner)))

    page.extract_text(visitor_text=keep)
    return runs


def _scale(*matrices: Any) -> float:
    """By how much the transformations enlarge a letter."""
    product = 1.0
    for a, b, c, d, *_ in matrices:
        product *= abs(a * d - b * c)
    return float(product**0.5)


def _lines(runs: Sequence[tuple[str, float]]) -> Page:
    """Lines of a page, each with the size that most of its letters have; blank ones at its ends are left out."""
    found: list[tuple[str, Counter[float]]] = [("", Counter())]
    for text, size in runs:
        for number, piece in enumerate(text.replace("\f", "\n").split("\n")):
            if number:
                found.append(("", Counter()))
            before, sizes = found[-1]
            sizes[round(size, 1)] += len(piece)
            found[-1] = (before + piece, sizes)
    spaced = _is_spaced("\n".join(text for text, _ in found))
    lines = [Line(_repaired(text, spaced=spaced), sizes.most_common(1)[0][0] if sizes else 0.0) for text, sizes in found]
    filled = [at for at, line in enumerate(lines) if line.text]
    return lines[filled[0] : filled[-1] + 1] if filled else []


def _is_spaced(text: str) -> bool:
    """Whether the typesetter put a space between all characters."""
    return len(_SPACED.findall(text)) > len(re.findall(rf"[{WIDE}](?=[{WIDE}])", text))


def _repaired(text: str, *, spaced: bool) -> str:
    """Radicals that look like characters become those; the typesetter's spaces go."""
    text = _RADICAL.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text.strip())
    return _SPACED.sub("", text) if spaced else text


def _without_margins(pages: list[Page]) -> list[Page]:
    """Without running heads and feet, page numbers and tables of contents."""
    shapes = Counter(shape for page in pages for shape in {_shape(line) for line in _margin(page)})
    counted = Counter(key for number, page in enumerate(pages) for key in {_counting(line, number) for line in _margin(page)})
    enough = max(3, REPEATED * len(pages))
    out = []
    for number, page in enumerate(pages):
        edge = set(range(MARGIN_LINES)) | set(range(len(page) - MARGIN_LINES, len(page)))
        kept = []
        for at, line in enumerate(page):
            key = _counting(line, number)
            repeated = shapes[_shape(line)] >= enough or (bool(key) and counted[key] >= NUMBERED)
            if not (at in edge and (repeated or _PAGE_NUMBER.fullmatch(line.text))):
                kept.append(line)
        out.append(_without_contents(kept))
    return out


def _without_contents(page: Page) -> Page:
    entries = sum(points_elsewhere(line.text) for line in page)
    return [line for line in page if not points_elsewhere(line.text)] if entries >= MIN_CONTENTS else page


def _margin(page: Page) -> list[Line]:
    return [*page[:MARGIN_LINES], *page[-MARGIN_LINES:]]


def _shape(line: Line) -> str:
    return re.sub(r"\d+", "0", re.sub(r"\s", "", line.text))


def _counting(line: Line, page_number: int) -> tuple[str, int] | None:
    """A line that begins or ends with a number, as its shape and that number's distance from the page's."""
    match = re.match(r"(\d{1,4})\s+\D|.*\D\s+(\d{1,4})$", line.text[:200])
    return (_shape(line), int(match[1] or match[2]) - page_number) if match else None


def _paragraphs(page: Page) -> str:
    """The lines of a page joined into paragraphs."""
    width = max((columns(line.text) for line in page), default=0)
    out: list[Line] = []
    previous: Line | None = None
    for line in page:
        if previous and _goes_on(previous, line, width):
            out[-1] = replace(out[-1], text=_glued(out[-1].text, line.text))
        elif line.text:
            out.append(line)
        previous = line
    return "\n\n".join(_markdown(line) for line in out)


def _markdown(line: Line) -> str:
    """A paragraph or heading in which nothing else is taken for markup."""
    text = line.text.replace("&", "&amp;").replace("<", "&lt;")
    return f"{'#' * line.level} {text}" if line.level else re.sub(r"\A#", r"\\#", text)


def _goes_on(line: Line, following: Line, width: int) -> bool:
    """Whether a line fills the column, so that its paragraph goes on in the next."""
    if line.level or following.level or not line.text or not following.text or _STARTS_BLOCK.match(following.text):
        return False
    share = columns(line.text) / width if width >= MIN_WRAP else 0
    return share >= (0.95 if line.text.endswith(_ENDS) else FULL)


def _glued(left: str, right: str) -> str:
    """Two lines of one paragraph; a word hyphenated between them is whole again."""
    if left.endswith("-") and left[-2:-1].islower() and right[:1].islower():
        return left[:-1] + right
    return join(left, right)


def _completed(pages: list[str]) -> list[str]:
    """Pages with each sentence that runs over a page's end completed on the page where it begins."""
    out = list(pages)
    for at in range(len(out) - 1):
        last = out[at].rsplit("\n\n", 1)[-1]
        first, gap, rest = out[at + 1].partition("\n\n")
        is_open = last and not last.startswith("#") and not last.endswith(_ENDS) and columns(last) >= MIN_WRAP
        stop = _TERMINATOR.search(first, 0, LONGEST_TAIL)
        if is_open and stop and not first.startswith("#") and not _STARTS_BLOCK.match(first):
            out[at] = _glued(out[at], first[: stop.end()])
            out[at + 1] = (first[stop.end() :].lstrip() + gap + rest).lstrip("\n")
    return out
