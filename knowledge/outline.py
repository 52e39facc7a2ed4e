"""Which lines of a document are headings: the marked ones, and the numbered ones that its whole numbering confirms.

A numbered list looks like numbered headings line by line, so candidates are judged in groups: they have to count on,
to have text of their own below them, and to stand where headings of that style can stand.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from knowledge.lines import Kind, weight
from knowledge.markup import ANCHOR, plain
from knowledge.numbering import SHORT, SUB_ARTICLES, Mark, Style, article, candidate, titled

_ATX = re.compile(r"[ \f]{0,3}(#{1,6})(?:[ 　]+(?P<spaced>\S.*)|(?P<glued>[^\s#!\d].*))?$")
_CLOSING_HASHES = re.compile(r"\s+#+\s*$")
_DECIDED = (
    Style.PART, Style.CHAPTER, Style.SECTION, Style.ARTICLE, Style.QUESTION,
    Style.BRACKET, Style.LIST, Style.SUBLIST, Style.INTEGER, Style.DECIMAL, Style.BOLD,
)  # fmt: skip
"""The order of deciding: what is decided first is a wall for what comes later."""
LONGEST_HEADING = 80
"""What is marked as a heading but longer than so many Chinese characters is a paragraph in large letters."""
_COUNTED = (Style.PART, Style.CHAPTER, Style.SECTION, Style.ARTICLE, Style.LIST, Style.SUBLIST, Style.INTEGER)


def marked(lines: Sequence[str], kinds: Sequence[Kind]) -> list[Mark]:
    """Markdown's own headings, ATX and underlined, in order, each with its explicit anchor if it has one."""
    found: list[Mark] = []
    for index, line in enumerate(lines):
        if kinds[index] is Kind.CODE:
            continue
        mark = _atx(index, line) or _underlined(lines, kinds, index)
        if mark:
            found.append(replace(mark, anchor=_explicit(lines, mark.index)))
    return found


def numbered(lines: Sequence[str], kinds: Sequence[Kind], known: Sequence[Mark], *, mixed: bool = False) -> list[Mark]:
    """The numbered headings of a document whose Markdown headings are `known`, in order.

    A writer of Markdown marks headings or numbers them; where both are usual (`mixed`), 1.1 counts beside marked ones.
    """
    taken = {mark.index for mark in known}
    open_lines = (index for index, kind in enumerate(kinds) if kind in (Kind.TEXT, Kind.ITEM) and index not in taken)
    found = _ranked([mark for index in open_lines if (mark := candidate(index, lines[index]))])
    content = _Content(lines, kinds)
    accepted = list(known)
    for style in _DECIDED:
        candidates = [mark for mark in found if mark.style is style]
        if candidates and not _excluded(style, accepted, mixed=mixed):
            accepted += _decide(style, candidates, accepted, content)
            accepted.sort(key=lambda mark: mark.index)
    return [mark for mark in accepted if mark.index not in taken]


def _atx(index: int, line: str) -> Mark | None:
    match = _ATX.match(line) if "#" in line[:6] else None
    if not match or not (match["spaced"] or (match["glued"] and len(match[1]) > 1)):
        return None
    text = _CLOSING_HASHES.sub("", match["spaced"] or match["glued"])
    rank = len(match[1])
    mark = article(index, text, rank)
    if mark and mark.rest and (weight(text) > SHORT + 10 or text.endswith("。")):
        return mark
    heading = plain(text)
    return Mark(index, rank, heading) if heading and weight(heading) <= LONGEST_HEADING else None


def _underlined(lines: Sequence[str], kinds: Sequence[Kind], index: int) -> Mark | None:
    """A paragraph of one line above a line of ``===`` or ``---``."""
    under = lines[index + 1].rstrip() if index + 1 < len(lines) else ""
    if under[:1] not in ("=", "-") or under.strip(under[0]) or len(under) < 3 or kinds[index] is not Kind.TEXT:
        return None
    alone = index == 0 or kinds[index - 1] is Kind.BLANK
    heading = plain(lines[index])
    if not alone or not heading or weight(heading) > 2 * SHORT:
        return None
    return Mark(index, 1 if under[0] == "=" else 2, heading)


def _explicit(lines: Sequence[str], index: int) -> str:
    """The anchor on a heading's line, or alone on the nearest line above it."""
    if match := ANCHOR.search(lines[index]):
        return match[1]
    above = index - 1
    while above > 0 and index - above < 3 and not lines[above].strip():
        above -= 1
    match = ANCHOR.fullmatch(lines[above].strip()) if above >= 0 else None
    return match[1] if match else ""


def _ranked(found: list[Mark]) -> list[Mark]:
    """【…】 stands above 一、 and 1.1 where it comes first in the document, below them where it comes later."""
    first = {mark.style: mark.index for mark in reversed(found)}
    others = [first[style] for style in (Style.LIST, Style.SUBLIST, Style.INTEGER, Style.DECIMAL) if style in first]
    if Style.BRACKET not in first or not others or first[Style.BRACKET] < min(others):
        return found
    return [replace(mark, rank=Style.BOLD - 1) if mark.style is Style.BRACKET else mark for mark in found]


def _excluded(style: Style, accepted: Sequence[Mark], *, mixed: bool) -> bool:
    """Whether a document with these headings numbers its lists, not its headings, in this style."""
    styles = {mark.style for mark in accepted}
    if style is Style.BOLD:
        return len(accepted) > 1
    is_marked = sum(mark.style is Style.MARKED for mark in accepted) > 1
    if is_marked and (style is Style.INTEGER or (style is Style.DECIMAL and not mixed)):
        return True
    return style in (Style.SUBLIST, Style.INTEGER, Style.DECIMAL) and Style.QUESTION in styles


class _Content:
    """Counts of lines with content, to see in constant time whether there is any between two lines."""

    def __init__(self, lines: Sequence[str], kinds: Sequence[Kind]) -> None:
        self.end = len(lines)
        self._any, self._plain = [0], [0]
        for line, kind in zip(lines, kinds, strict=True):
            body = kind is not Kind.BLANK
            self._any.append(self._any[-1] + body)
            self._plain.append(self._plain[-1] + (body and kind is not Kind.ITEM and not line.startswith("  ")))

    def between(self, start: int, end: int, *, plain_only: bool = False) -> bool:
        """Whether lines `start` to `end` hold anything; with `plain_only` list items and indented lines do not count."""
        counts = self._plain if plain_only else self._any
        return counts[end] > counts[min(start, end)]


def _decide(style: Style, candidates: Sequence[Mark], accepted: Sequence[Mark], content: _Content) -> list[Mark]:
    """The candidates that are headings, judged in groups between the headings above them."""
    rank = min(mark.rank for mark in candidates)
    above = [mark for mark in accepted if mark.rank < rank]
    edges = [mark.index for mark in above]
    out: list[Mark] = []
    for slot, group in groupby(candidates, key=lambda mark: bisect_left(edges, mark.index)):
        if slot and above[slot - 1].style is Style.ARTICLE and style is not Style.ARTICLE:
            continue
        end = edges[slot] if slot < len(edges) else content.end
        out += _accept(style, _in_sequence(style, list(group)), end, content)
    return out


def _in_sequence(style: Style, group: list[Mark]) -> list[Mark]:
    """Without the candidates that do not count on: a 第三条 behind the ninth is a line of running text."""
    if style not in _COUNTED:
        return group
    kept: list[Mark] = []
    for mark in group:
        if _counts_on(mark, kept[-1] if kept else None):
            kept.append(mark)
    return kept


def _counts_on(mark: Mark, last: Mark | None) -> bool:
    one = SUB_ARTICLES if mark.style is Style.ARTICLE else 1
    if last is None or (mark.sure and mark.number in (one, 0)):
        return mark.sure or mark.number in (one, 0)
    step = mark.number - last.number
    return step > 0 and ((mark.sure and mark.style <= Style.ARTICLE) or step <= 2 * one)


def _accept(style: Style, group: list[Mark], end: int, content: _Content) -> list[Mark]:
    if not group:
        return []
    ends = [mark.index for mark in group[1:]] + [end]
    has_text = [
        bool(mark.rest) or content.between(mark.index + 1, stop, plain_only=style is Style.INTEGER)
        for mark, stop in zip(group, ends, strict=True)
    ]
    if style is Style.ARTICLE:
        is_statute = len(group) > 1 or group[0].number == SUB_ARTICLES
        below = [content.between(mark.index + 1, stop) for mark, stop in zip(group, ends, strict=True)]
        return [titled(mark) if text else mark for mark, text in zip(group, below, strict=True)] if is_statute else []
    if style < Style.ARTICLE or style is Style.QUESTION:
        return group
    return group if len(group) > 1 and 2 * sum(has_text) >= len(group) else []
