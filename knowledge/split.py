"""Sentences of a section, and chunks of whole sentences for embedding. Offsets are exact; nothing is rewritten."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from knowledge.lines import LATIN_WEIGHT, WIDE, Kind, is_delimiter, kinds, weight
from knowledge.types import Chunk

Span = tuple[int, int]

TARGET = 160
"""Chinese characters a chunk aims at: the size at which e5 found best (about 400 characters of English)."""

_CLOSERS = "”’」』）)】》\"'*_~"
_STOP = re.compile(
    rf"(?P<skip>`[^`\n]*`|(?:https?|mailto):[!-~]+)"
    rf"|(?:[。！？；]|[!?]+(?=[{_CLOSERS}]*(?:\s|$|[{WIDE}]))|\.(?=[{_CLOSERS}]*(?:\s+(?![a-z])|$)))[。！？；!?{_CLOSERS}]*"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(（])(?:e\.g|i\.e|etc|vs|cf|al|approx|incl|resp|Mr|Mrs|Ms|Dr|Prof|St|No|Nos|Fig|Eq|Inc|Ltd|Co|[A-Za-z]|\d{1,2})$"
)
_PAIRS = (("（", "）"), ("“", "”"), ("「", "」"), ("『", "』"), ("《", "》"), ("(", ")"))
_QUOTED = 60
"""A pair of brackets or quotes stays in one sentence when it closes within this many characters."""

_CUTS = (
    re.compile(r"[。！？；\n]+|[.!?;](?=\s)"),
    re.compile(r"[，、：,:|]+"),
    re.compile(r"\s+"),
)


def sentences(text: str) -> tuple[Span, ...]:
    """Offsets of the units an answer is made of: sentences, list items, table rows, code blocks, in order.

    A table's header and its delimiter row are one unit; a list item includes its marker and the indented lines that
    follow it at once. Every non-blank character lies in exactly one unit; no unit begins or ends with white space.
    """
    found: list[Span] = []
    for kind, start, end in _blocks(text):
        if kind is Kind.TEXT:
            found.extend(_prose(text, start, end))
        else:
            found.append((start, end))
    return tuple(span for start, end in found if (span := _trimmed(text, start, end)))


def chunks(section_text: str, *, target: int = TARGET) -> tuple[Chunk, ...]:
    """Runs of whole sentences of about `target` Chinese characters, with ``section_text[start:end] == text``.

    A sentence, item or row longer than twice the target is cut at its inner stops, then commas, then spaces.
    Every non-blank character lies in exactly one chunk.
    """
    out: list[Chunk] = []
    for start, end in _packed(section_text, _short_units(section_text, target), target):
        out.append(Chunk(start, end, section_text[start:end]))
    return tuple(out)


def cut(text: str, start: int, end: int, most: float) -> Iterator[Span]:
    """`text[start:end]` in pieces of at most `most` weight, at the strongest inner boundaries that there are."""
    yield from _cut(text, start, end, most, 0)


def _blocks(text: str) -> Iterator[tuple[Kind, int, int]]:
    """Units by line kind: a code block, a table row, a list item, or one line of prose."""
    lines = text.split("\n")
    found = kinds(lines)
    at = index = 0
    while index < len(lines):
        last = _last_line(lines, found, index)
        end = at + sum(map(len, lines[index : last + 1])) + last - index
        if found[index] is not Kind.BLANK:
            yield found[index], at, end
        at, index = end + 1, last + 1


def _last_line(lines: list[str], found: list[Kind], index: int) -> int:
    """The last line of the unit that begins at `index`."""
    last = index + 1
    if found[index] is Kind.CODE:
        while last < len(lines) and found[last] is Kind.CODE:
            last += 1
    elif found[index] is Kind.TABLE:
        last += last < len(lines) and found[last] is Kind.TABLE and is_delimiter(lines[last])
    elif found[index] is Kind.ITEM:
        while last < len(lines) and found[last] is Kind.TEXT and lines[last].startswith("  "):
            last += 1
    return last - 1


def _prose(text: str, start: int, end: int) -> Iterator[Span]:
    """Sentences of one line."""
    line = text[start:end]
    begin = 0
    for stop in _STOP.finditer(line):
        if stop["skip"] or _inside(line, begin, stop.start(), stop.end()):
            continue
        close = stop.end() - _openers(line, begin, stop.start(), stop.end())
        yield start + begin, start + close
        begin = close
    if begin < len(line):
        yield start + begin, end


def _inside(line: str, begin: int, at: int, after: int) -> bool:
    """Whether the stop at `at` ends no sentence: an abbreviation's point, or one inside brackets that soon close."""
    if line[at] == "." and _ABBREVIATION.search(line, max(begin, at - 8), at):
        return True
    return any(
        line.count(opening, begin, at) > line.count(closing, begin, after) and line.find(closing, after, after + _QUOTED) >= 0
        for opening, closing in _PAIRS
    )


def _openers(line: str, begin: int, at: int, after: int) -> int:
    """How many characters at the end of a stop belong to what follows: ``**`` or a quote that opens, not closes."""
    tail = line[at:after]
    marks = len(tail) - len(tail.rstrip("*_~\"'"))
    if not marks or after == len(line) or line[after].isspace():
        return 0
    mark = tail[-marks:]
    return marks if line.count(mark, begin, at) % 2 == 0 else 0


def _trimmed(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _short_units(text: str, target: int) -> Iterator[Span]:
    for start, end in sentences(text):
        if weight(text[start:end]) > 2 * target:
            yield from cut(text, start, end, target)
        else:
            yield start, end


def _packed(text: str, units: Iterable[Span], target: float) -> Iterator[Span]:
    """Neighbouring units put together up to `target`; a last piece under a quarter of it joins the one before."""
    done: list[tuple[int, int, float]] = []
    for start, end in units:
        more = weight(text[start:end])
        if done and done[-1][2] + more <= target:
            first, _, had = done.pop()
            done.append((first, end, had + more))
        else:
            done.append((start, end, more))
    if len(done) > 1 and done[-1][2] < target / 4:
        _, end, _ = done.pop()
        done[-1] = (done[-1][0], end, 0)
    yield from ((start, end) for start, end, _ in done)


def _cut(text: str, start: int, end: int, most: float, level: int) -> Iterator[Span]:
    if level == len(_CUTS):
        yield from _hard(text, start, end, most)
        return
    edges = [match.end() for match in _CUTS[level].finditer(text, start, end)]
    bounds = [start, *(edge for edge in edges if edge < end), end]
    pieces = (span for left, right in zip(bounds, bounds[1:], strict=False) if (span := _trimmed(text, left, right)))
    yield from _packed(text, _small(text, pieces, most, level), most)


def _small(text: str, pieces: Iterable[Span], most: float, level: int) -> Iterator[Span]:
    for left, right in pieces:
        if weight(text[left:right]) > most:
            yield from _cut(text, left, right, most, level + 1)
        else:
            yield left, right


def _hard(text: str, start: int, end: int, most: float) -> Iterator[Span]:
    """Pieces of a run without any boundary; `most` counted as if all of it were wide, if any of it is."""
    wide = weight(text[start:end]) > (end - start) * LATIN_WEIGHT * 1.01
    step = max(1, int(most if wide else most / LATIN_WEIGHT))
    for left in range(start, end, step):
        if span := _trimmed(text, left, min(left + step, end)):
            yield span
