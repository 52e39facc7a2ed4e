"""Which lines of a PDF are headings: its bookmarks say so, or else the size of the letters.

Knows nothing about numbering; that is read later, like in any text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pypdf import PdfReader
from pypdf.generic import Destination

from knowledge.lines import columns


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page, the size of its letters in points, and its level when it is a heading, 0 when it is none."""

    text: str
    size: float
    level: int = 0


MAX_LEVEL = 5
LARGER = 1.12
"""Letters of a heading are larger than those of the text at least by this factor (14 to 12 points is 1.17)."""
MAX_COLUMNS = 80
MAX_SHARE = 0.3
"""If more of the lines than this are larger than the text, they are not all headings."""
MAX_PREFIX = 12
"""A heading may have so many characters before what its bookmark says, such as ``Appendix``."""


def with_headings(reader: PdfReader, pages: list[list[Line]]) -> list[list[Line]]:
    """The pages with the level of each heading set."""
    bookmarks = _bookmarks(reader)
    marked = [[_matched(line, bookmarks.get(number, {})) for line in page] for number, page in enumerate(pages)]
    return marked if any(line.level for page in marked for line in page) else _by_size(pages)


def _bookmarks(reader: PdfReader) -> dict[int, dict[str, int]]:
    """Titles and levels of the bookmarks that lead to each page, counted from 0; a single outermost one is the title."""
    entries = list(_outline(reader.outline, 1))
    below_title = 0 if sum(level == 1 for level, _ in entries) == 1 else 1
    found: dict[int, dict[str, int]] = {}
    for level, entry in entries:
        page = reader.get_destination_page_number(entry)
        title = _squeezed(str(entry.title or ""))
        if page is not None and title:
            found.setdefault(page, {})[title] = min(level + below_title, MAX_LEVEL)
    return found


def _outline(entries: object, level: int) -> Iterator[tuple[int, Destination]]:
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, list):
            yield from _outline(entry, level + 1)
        elif isinstance(entry, Destination):
            yield level, entry


def _matched(line: Line, titles: Mapping[str, int]) -> Line:
    text = _squeezed(line.text)
    for title, level in titles.items():
        if text == title or (text.endswith(title) and len(text) - len(title) <= MAX_PREFIX and len(title) > 3):
            return replace(line, level=level)
    return line


def _squeezed(text: str) -> str:
    return re.sub(r"[\s\x00-\x1f]", "", text).casefold()


def _by_size(pages: list[list[Line]]) -> list[list[Line]]:
    """Levels by the size of the letters: the largest size used once is the title, the others follow in order."""
    letters: Counter[float] = Counter()
    for page in pages:
        for line in page:
            letters[line.size] += len(line.text)
    if not letters:
        return pages
    body = letters.most_common(1)[0][0]
    large = [line for page in pages for line in page if line.size > body * LARGER and line.text]
    if not body or len(large) > MAX_SHARE * sum(map(len, pages)):
        return pages
    levels = _levels([line for line in large if _is_short(line)])
    return [[replace(line, level=levels.get(line.size, 0) if _is_short(line) else 0) for line in page] for page in pages]


def _levels(headings: Sequence[Line]) -> dict[float, int]:
    sizes = Counter(line.size for line in headings)
    ordered = sorted(sizes, reverse=True)
    first = 1 if ordered and sizes[ordered[0]] == 1 and len(ordered) > 1 else 2
    return {size: min(level, MAX_LEVEL) for level, size in enumerate(ordered, first)}


def _is_short(line: Line) -> bool:
    return bool(re.search(r"\w", line.text)) and columns(line.text) <= MAX_COLUMNS and not line.text.endswith(("。", "；", "，"))
