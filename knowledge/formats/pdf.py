"""PDF: the text of each page, without running heads and page numbers, lines joined into paragraphs.

Headings come from the document's own bookmarks; numbered ones are found later like in any text.
"""

from __future__ import annotations

import io
import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import Destination

from knowledge.formats import CannotRead, Extract
from knowledge.formats.office import locked
from knowledge.lines import WIDE, columns
from knowledge.wrap import MIN_WRAP, join

logging.getLogger("pypdf").setLevel(logging.CRITICAL)

MAX_TEXT = 10_000_000
MARGIN_LINES = 2
"""So many lines at the top and the bottom of a page may be a running head or foot."""
REPEATED = 0.6
"""A line on this share of the pages, numbers aside, is a running head."""
MAX_HEADING_LEVEL = 5
LONGEST_TAIL = 300
"""Characters within which a sentence that runs over a page's end has to end."""

_PAGE_NUMBER = re.compile(
    r"[-–—·\s]{0,9}(?:第\s?|page\s)?\d{1,4}\s?页?(?:\s?(?:[/／,，]|of|共)+\s?\d{1,4}\s?页?)?[-–—·\s]{0,9}", re.IGNORECASE
)
_RADICAL = re.compile("[\u2e80-\u2fdf]")
_SPACED = re.compile(rf"(?<=[{WIDE}]) (?=[{WIDE}])")
_STARTS_BLOCK = re.compile(
    r"\s*(?:第\s*[\d一二三四五六七八九十百]{1,6}\s*[编章节条]|[一二三四五六七八九十]{1,3}、|[（(][\d一二三四五六七八九十]{1,3}[)）]"
    r"|\d{1,3}(?:[.．、)）]|\.\d)|[-•●■◆▪*]\s|[①-⑳]|【|[QＱ]\d{0,3}[:：]|问[:：]|答[:：]|[AＡ]\d{0,3}[:：]|附[录件表]|#)"
)
_ENDS = ("。", "！", "？", "；", "：", ".", "!", "?", ":", "”", "）")
_TERMINATOR = re.compile(r"[。！？；.!?]")


def read(data: bytes) -> Extract:
    """The pages of a PDF. Raises CannotRead when it is locked, broken or only pictures."""
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise CannotRead(locked())
        pages = _without_margins(list(_page_lines(reader)))
        headings = _bookmarks(reader)
    except PyPdfError as error:
        raise CannotRead("PDF 已损坏，打不开；请重新导出一份再放进来。") from error
    if not any(re.search(r"\w", line) for page in pages for line in page):
        raise CannotRead("PDF 里只有图片，没有文字；请用带文字识别（OCR）的软件转换后再放进来。")
    marked = [_with_headings(page, headings.get(number, ())) for number, page in enumerate(pages)]
    return Extract("\f".join(_joined([_paragraphs(page) for page in marked])), paged=True)


def _page_lines(reader: PdfReader) -> Iterator[list[str]]:
    length = 0
    for page in reader.pages:
        text = page.extract_text()
        length += len(text)
        if length > MAX_TEXT:
            raise CannotRead(f"文字超过 {MAX_TEXT // 10_000} 万字，请拆成几个小文件。")
        yield [line.rstrip() for line in _repaired(text).split("\n")]


def _repaired(text: str) -> str:
    """Radicals that look like characters become those; spaces that the typesetter put between all characters go."""
    text = _RADICAL.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text.replace("\f", "\n"))
    pairs = len(re.findall(rf"[{WIDE}](?=[{WIDE}])", text))
    return _SPACED.sub("", text) if len(_SPACED.findall(text)) > pairs else text


def _without_margins(pages: list[list[str]]) -> list[list[str]]:
    """Without running heads and feet, and without page numbers."""
    trimmed = [_stripped(page) for page in pages]
    counts = Counter(key for page in trimmed for key in {_shape(line) for line in _margin(page)})
    enough = max(3, REPEATED * len(pages))
    out = []
    for page in trimmed:
        edge = set(range(MARGIN_LINES)) | set(range(len(page) - MARGIN_LINES, len(page)))
        out.append([line for at, line in enumerate(page) if not (at in edge and _is_margin(line, counts, enough))])
    return out


def _is_margin(line: str, counts: Counter[str], enough: float) -> bool:
    return _PAGE_NUMBER.fullmatch(line.strip()) is not None or counts[_shape(line)] >= enough


def _margin(page: Sequence[str]) -> list[str]:
    return [*page[:MARGIN_LINES], *page[-MARGIN_LINES:]]


def _shape(line: str) -> str:
    return re.sub(r"\d+", "0", re.sub(r"\s", "", line))


def _stripped(page: list[str]) -> list[str]:
    filled = [at for at, line in enumerate(page) if line.strip()]
    return page[filled[0] : filled[-1] + 1] if filled else []


def _bookmarks(reader: PdfReader) -> dict[int, list[tuple[int, str]]]:
    """Level and title of the bookmarks that lead to each page, counted from 0; a single outermost one is the title."""
    entries = list(_outline(reader.outline, 1))
    below_title = 0 if sum(level == 1 for level, _ in entries) == 1 else 1
    found: dict[int, list[tuple[int, str]]] = {}
    for level, entry in entries:
        page = reader.get_destination_page_number(entry)
        if page is not None and entry.title:
            found.setdefault(page, []).append((min(level + below_title, MAX_HEADING_LEVEL), str(entry.title)))
    return found


def _outline(entries: object, level: int) -> Iterator[tuple[int, Destination]]:
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, list):
            yield from _outline(entry, level + 1)
        elif isinstance(entry, Destination):
            yield level, entry


def _with_headings(page: list[str], bookmarks: Sequence[tuple[int, str]]) -> list[str]:
    """The page with each line that is a bookmark's title marked as a heading."""
    levels = {_squeezed(title): level for level, title in bookmarks if _squeezed(title)}
    return [f"{'#' * levels[key]} {line.strip()}" if (key := _squeezed(line)) in levels else line for line in page]


def _squeezed(text: str) -> str:
    return re.sub(r"[\s\x00-\x1f]", "", text).casefold()


def _paragraphs(page: Sequence[str]) -> str:
    """The lines of a page joined into paragraphs: a line that fills the column goes on in the next."""
    width = max((columns(line) for line in page), default=0)
    out: list[str] = []
    previous = ""
    for line in page:
        if previous and line.strip() and _goes_on(previous, line, width):
            out[-1] = _glued(out[-1], line)
        else:
            out.append(line)
        previous = line
    return "\n\n".join(line for line in out if line.strip())


def _goes_on(line: str, following: str, width: int) -> bool:
    if line.startswith("#") or _STARTS_BLOCK.match(following) or width < MIN_WRAP:
        return False
    if _STARTS_BLOCK.match(line) and columns(line) < 0.6 * width:
        return False
    filled = columns(line) >= 0.85 * width
    return filled if not line.endswith(_ENDS) else filled and columns(line) >= 0.95 * width


def _glued(left: str, right: str) -> str:
    """Two lines of one paragraph; a word hyphenated between them is whole again."""
    left, right = left.rstrip(), right.lstrip()
    if left.endswith("-") and left[-2:-1].islower() and right[:1].islower():
        return left[:-1] + right
    return join(left, right)


def _joined(pages: list[str]) -> list[str]:
    """Pages with each sentence that runs over a page's end completed on the page where it begins."""
    out = list(pages)
    for at in range(len(out) - 1):
        last = out[at].rsplit("\n\n", 1)[-1]
        first, gap, rest = out[at + 1].partition("\n\n")
        unfinished = last and not last.startswith("#") and not last.endswith(_ENDS) and columns(last) >= MIN_WRAP
        if not unfinished or not first or _STARTS_BLOCK.match(first):
            continue
        stop = _TERMINATOR.search(first, 0, LONGEST_TAIL)
        if not stop:
            continue
        end = stop.end()
        out[at] = _glued(out[at], first[:end])
        out[at + 1] = (first[end:].lstrip() + gap + rest).lstrip("\n")
    return out

