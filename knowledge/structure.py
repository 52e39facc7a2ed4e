"""A document's text as sections: pieces that answer by themselves, with a heading, the headings above it and an anchor.

Knows nothing about files. `markup` cleans the text, `outline` finds the headings, `parts` cuts what is too long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from knowledge.anchors import Anchors, number_of, slug
from knowledge.lines import Kind, kinds, weight
from knowledge.markup import ANCHOR, PAGE_BREAK, clean
from knowledge.numbering import Mark, Style, answer_text
from knowledge.outline import marked, numbered
from knowledge.parts import LIMIT, TINY, parts
from knowledge.types import Section
from knowledge.wrap import unwrap

_RULE = re.compile(r"\s{0,3}([-*_=])(?:\s*\1){2,}\s*")
_ASKS = re.compile(r"(?:[QＱ]\s*\d{0,3}|问)\s*[:：.．、]|.*[?？]$", re.IGNORECASE)


TINY_OPENING = 12
"""What stands before the first heading goes into the first section when it is no more than a badge or a greeting."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A heading with the text up to the next heading; `page` is where the text begins."""

    heading: str
    rank: int
    path: tuple[str, ...]
    text: str
    page: int
    anchor: str = ""
    is_marked: bool = True


def sections(title: str, text: str, *, numbering: bool = True, paged: bool = False) -> tuple[Section, ...]:
    """The sections of a Markdown or plain text, in order; none when it holds no text.

    `title` heads what stands before the first heading and is left out of paths. With `numbering` Chinese numbering
    without markup makes headings too. A `paged` text has a form feed before each page but the first.
    """
    lines = clean(text.replace(PAGE_BREAK, f"\n\n{PAGE_BREAK}" if paged else "\n"))
    line_kinds = kinds(lines)
    marks = marked(lines, line_kinds)
    if numbering:
        marks = sorted(marks + numbered(lines, line_kinds, marks, mixed=paged), key=lambda mark: mark.index)
    pieces = _pieces(title, lines, marks)
    pieces = _without_intros(_without_empty_leaves(pieces))
    return tuple(_sections([piece for piece in pieces if piece.text], paged=paged))


def headings(text: str) -> tuple[tuple[int, str], ...]:
    """Level and text of each Markdown heading, in order."""
    lines = clean(text)
    return tuple((mark.rank, mark.heading) for mark in marked(lines, kinds(lines)))


def _pieces(title: str, lines: Sequence[str], marks: Sequence[Mark]) -> list[_Piece]:
    first = marks[0].index if marks else len(lines)
    found = [_Piece(title, 0, (), _body(lines[:first]), 1)]
    above: list[Mark] = []
    page, counted = 1, 0
    for number, mark in enumerate(marks):
        page += sum(line.count(PAGE_BREAK) for line in lines[counted : mark.index + 1])
        counted = mark.index + 1
        end = marks[number + 1].index if number + 1 < len(marks) else len(lines)
        body = _body([mark.rest, *lines[mark.index + 1 : end]])
        while above and above[-1].rank >= mark.rank:
            above.pop()
        if number == 0 and mark.rank == 1 and _same(mark.heading, title):
            opening = found[0].text
            between = PAGE_BREAK * (page - 1 - opening.count(PAGE_BREAK)) if opening and body else ""
            text, start = _both(opening, between + body), 1 if opening else page
            found[0] = replace(found[0], heading=mark.heading, text=text, page=start, anchor=mark.anchor)
            continue
        asks = _asks(mark)
        path = tuple(outer.heading for outer in above if not (asks and _asks(outer)))
        is_marked = mark.style is Style.MARKED
        found.append(_Piece(mark.heading, mark.rank, path, answer_text(body) if asks else body, page, mark.anchor, is_marked))
        above.append(mark)
    return found


def _asks(mark: Mark) -> bool:
    """Whether a heading is a question. Questions answer for themselves: none belongs to the one before it."""
    return mark.style is Style.QUESTION or _ASKS.match(mark.heading) is not None


def _body(lines: Sequence[str]) -> str:
    """The text under a heading: without rules and anchor marks, lines joined that were broken for room.

    A page break is carried to the beginning of the next line that holds something. Punctuation alone is no text.
    """
    shown: list[str] = []
    shown_kinds: list[Kind] = []
    breaks, in_list = "", False
    for line, kind in zip(lines, kinds(lines), strict=True):
        if kind is not Kind.CODE:
            line = "" if _RULE.fullmatch(line) else ANCHOR.sub("", line).rstrip()
            kind = kind if line.strip() else Kind.BLANK
        if kind is Kind.BLANK:
            breaks += PAGE_BREAK * line.count(PAGE_BREAK)
            if shown_kinds[-1:] in ([], [Kind.BLANK]):
                continue
            line = ""
        else:
            in_list = kind is Kind.ITEM or (in_list and line.startswith("  "))
            line = line if in_list or kind is Kind.CODE else line.lstrip(" 　")
            line, breaks = breaks + line, ""
        shown.append(line)
        shown_kinds.append(kind)
    text = "\n".join(unwrap(shown, shown_kinds)).rstrip()
    return text if re.search(r"\w", text) else ""


def _both(first: str, second: str) -> str:
    return f"{first}\n\n{second}" if first and second else first or second


def _same(heading: str, title: str) -> bool:
    """Whether a first heading says the title again, perhaps shorter or longer."""
    heading, title = slug(heading), slug(title)
    return bool(heading) and (heading in title or title in heading)


def _without_empty_leaves(pieces: list[_Piece]) -> list[_Piece]:
    """Headings with nothing below them become lines of the section above, unless the document says them elsewhere."""
    filled = [
        piece.rank == 0 or bool(piece.text) or (index + 1 < len(pieces) and pieces[index + 1].rank > piece.rank)
        for index, piece in enumerate(pieces)
    ]
    said = {piece.heading for piece, is_filled in zip(pieces, filled, strict=True) if is_filled and piece.rank}
    out: list[_Piece] = []
    added: dict[int, list[str]] = {}
    for piece, is_filled in zip(pieces, filled, strict=True):
        if is_filled:
            out.append(piece)
        elif piece.heading not in said:
            said.add(piece.heading)
            parent = next(at for at in range(len(out) - 1, -1, -1) if out[at].rank < piece.rank)
            added.setdefault(parent, []).append(piece.heading)
    return [replace(piece, text=_both(piece.text, "\n\n".join(added.get(at, [])))) for at, piece in enumerate(out)]


def _without_intros(pieces: list[_Piece]) -> list[_Piece]:
    """A few words between a heading and its sub-headings go into the first of these."""
    out: list[_Piece] = []
    carried = ""
    for index, piece in enumerate(pieces):
        piece = replace(piece, text=_both(carried, piece.text)) if carried else piece
        carried = ""
        deeper_follows = index + 1 < len(pieces) and pieces[index + 1].rank > piece.rank
        if deeper_follows and weight(piece.text) < (TINY if piece.rank else TINY_OPENING):
            carried = piece.text
        else:
            out.append(piece)
    return out


def _sections(pieces: Sequence[_Piece], *, paged: bool) -> Iterator[Section]:
    anchors = Anchors()
    explicit = {index: anchors.give(piece.anchor) for index, piece in enumerate(pieces) if piece.anchor}
    for index, piece in enumerate(pieces):
        wanted = number_of(piece.heading, marked=piece.is_marked) or slug(piece.heading)
        anchor = explicit.get(index) or anchors.give(wanted)
        page = piece.page
        for number, part in enumerate(_parts(piece.text), 1):
            page += len(part) - len(part.lstrip(PAGE_BREAK))
            name = anchor if number == 1 else anchors.give(f"{anchor}~{number}")
            text, breaks = _unbroken(part.lstrip(PAGE_BREAK))
            yield Section(name, piece.heading, piece.path, text, page if paged else None, breaks)
            page += len(breaks)


def _unbroken(text: str) -> tuple[str, tuple[int, ...]]:
    """A text without page breaks and blank lines around it, and the offsets at which the breaks stood."""
    pages = text.split(PAGE_BREAK)
    whole = "".join(pages)
    cut = len(whole) - len(whole.lstrip("\n"))
    return whole.strip("\n"), tuple(max(0, end - cut) for end in accumulate(map(len, pages[:-1])))


def _parts(text: str) -> Iterator[str]:
    """The text whole, or in parts; a long text with pages is cut between pages first, so that citations name the right one."""
    if len(text) <= LIMIT:
        yield text
        return
    pages: list[str] = []
    for page in re.findall(rf"{PAGE_BREAK}*[^{PAGE_BREAK}]+", text):
        if pages and weight(page) < TINY:
            pages[-1] = _both(pages[-1].rstrip(), page)
        else:
            pages.append(page)
    for page in pages:
        yield from parts(page.rstrip())
