"""Lines that may be headings because of how they are numbered: 第X章/节/条, 一、, （一）, 1.1, 【…】, Q1/问：.

One line at a time; whether such a line is a heading of its document is decided in `outline`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum

from knowledge.lines import weight
from knowledge.markup import plain
from knowledge.numbers import ARTICLE, CHAPTER, value


class Style(IntEnum):
    """Ways to head a section, outermost first; the value is the depth, below Markdown's six levels."""

    MARKED = 0
    PART = 10
    CHAPTER = 11
    SECTION = 12
    ARTICLE = 13
    BRACKET = 14
    LIST = 15
    SUBLIST = 16
    INTEGER = 17
    DECIMAL = 18
    BOLD = 24
    QUESTION = 25


@dataclass(frozen=True, slots=True)
class Mark:
    """A heading: the line it stands on, its depth (`rank`, small is outer), and what of its line is already text (`rest`).

    `number` counts within the style, 0 where it does not count. A mark that is not `sure` is a heading only where it
    counts on from the one before.
    """

    index: int
    rank: int
    heading: str
    style: Style = Style.MARKED
    number: int = 0
    rest: str = ""
    anchor: str = ""
    sure: bool = True


SHORT = 30
"""A numbered line that holds more than so many Chinese characters is a sentence, not a heading."""

SUB_ARTICLES = 100
"""第十二条之三 counts as 12 × 100 + 3."""

_UNITS = {"编": Style.PART, "篇": Style.PART, "部分": Style.PART, "章": Style.CHAPTER, "节": Style.SECTION}
_SENTENCE_END = re.compile(r"[。；，,;.!！]$|[。；]")
_GAP = " 　:：、.．"
_LIST = re.compile(r"(?P<value>[一二三四五六七八九十]{1,3})[、．]\s*\S")
_SUBLIST = re.compile(r"[（(](?P<value>[一二三四五六七八九十]{1,3})[)）]\s*\S")
_DECIMAL = re.compile(r"[0-9０-９]{1,3}(?P<more>(?:[.．][0-9０-９]{1,3}){1,4})[.．、]?(?=\s|[^\s\d.%％])\s*\S")
_INTEGER = re.compile(r"(?P<value>[0-9０-９]{1,3})[.．、]\s*(?=\D)\S")
_BRACKET = re.compile(r"【[^【】]{1,30}】")
_ARTICLE_TITLE = re.compile(r"(?:【[^【】]{1,30}】|（[^（）]{1,15}）|\([^()]{1,15}\))(?=\s|\S)")
_BOLD = re.compile(r"(?:\*\*[^*]{1,80}\*\*|__[^_]{1,80}__)[:：]?")
_APPENDIX = re.compile(r"附(?:录|件|表)\s*[一二三四五六七八九十\dA-Z]{0,2}(?:\s*[:：].{0,30}|\s+.{1,30})?")
_QUESTION = re.compile(
    r"(?:\d{1,3}\s*[.．、]\s*)?(?:(?:[QＱ]\s*\d{0,3}|问题\s*\d{1,3}|问)\s*[:：.．、]\s*\S|[QＱ]\d{1,3}\s.{0,100}[?？]$)"
)
_ANSWER = re.compile(r"\s*(?:[-*]\s+)?(?:\*\*)?(?:[AＡ]\s*\d{0,3}|答)\s*[:：.．](?:\*\*)?\s*")
_INLINE_ANSWER = re.compile(r"(?:\s+[AＡ]|\s*答)\s*[:：]\s*")
_BULLET = re.compile(r"[-*+•]\s+")
_QUESTION_LIMIT = 60


def answer_text(text: str) -> str:
    """The text of an answer without its ``答：`` or ``A:``."""
    match = _ANSWER.match(text)
    return text[match.end() :] if match else text


def candidate(index: int, line: str) -> Mark | None:
    """The numbered heading that a line may be, or None."""
    first = line.lstrip(" 　\f*_~")[:1]
    if first in _READERS:
        mark = article(index, line) if first == "第" else None
        mark = mark or _READERS[first](index, plain(line))
    elif first in ("-", "+", "•"):
        mark = _question(index, _BULLET.sub("", plain(line), count=1))
    else:
        mark = None
    if mark is None and line.rstrip()[-3:].rstrip(":：").endswith(("**", "__")):
        return _bold(index, line)
    return mark


def article(index: int, line: str, rank: int = Style.ARTICLE) -> Mark | None:
    """第X条 at the beginning of a line, with the text that follows it there."""
    line = line.lstrip(" 　\f*_#")
    match = ARTICLE.match(line)
    if not match:
        return None
    number = value(match["value"]) * SUB_ARTICLES + (value(match["sub"]) if match["sub"] else 0)
    rest = line[match.end() :].lstrip("*_")
    sure = not rest or rest[0] in _GAP + "【（(" or rest[0].isspace()
    heading = re.sub(r"\s", "", match["number"])
    rest = rest.lstrip(_GAP).rstrip()
    if (title := _ARTICLE_TITLE.match(rest)) and rest[0] == "【":
        heading, rest = heading + title[0], rest[title.end() :].lstrip(_GAP)
    return Mark(index, rank, heading, Style.ARTICLE, number, rest, sure=sure)


def titled(mark: Mark) -> Mark:
    """An article whose own line holds only a short title, headed by number and title."""
    if mark.rest and weight(mark.rest) <= SHORT - 10 and not re.search(r"[。；：，:;]", mark.rest):
        return replace(mark, heading=f"{mark.heading} {plain(mark.rest)}", rest="")
    return mark


def _ordinal(index: int, text: str) -> Mark | None:
    """第X编/章/节 with a short title."""
    chapter = CHAPTER.match(text)
    if not chapter or weight(text) > SHORT + 10 or _SENTENCE_END.search(text):
        return None
    rest = text[chapter.end() :]
    style = _UNITS[chapter["unit"]]
    sure = not rest or rest[0].isspace() or rest[0] in _GAP
    return Mark(index, style, text, style, value(chapter["value"]), sure=sure)


def _appendix(index: int, text: str) -> Mark | None:
    return Mark(index, Style.CHAPTER, text, Style.CHAPTER) if _APPENDIX.fullmatch(text) and weight(text) <= SHORT else None


def _list(index: int, text: str) -> Mark | None:
    match = _LIST.match(text)
    return _short(index, text, Style.LIST, value(match["value"])) if match else None


def _sublist(index: int, text: str) -> Mark | None:
    match = _SUBLIST.match(text)
    return _short(index, text, Style.SUBLIST, value(match["value"])) if match else None


def _digit(index: int, text: str) -> Mark | None:
    if question := _question(index, text):
        return question
    if match := _DECIMAL.match(text):
        mark = _short(index, text, Style.DECIMAL, 0)
        depth = len(re.findall(r"[.．]", match["more"])) - 1
        return replace(mark, rank=Style.DECIMAL + depth) if mark else None
    match = _INTEGER.match(text)
    return _short(index, text, Style.INTEGER, int(match["value"])) if match else None


def _bracket(index: int, text: str) -> Mark | None:
    return Mark(index, Style.BRACKET, text, Style.BRACKET) if _BRACKET.fullmatch(text) else None


def _question(index: int, text: str) -> Mark | None:
    """The question as the heading, the answer on the same line as text."""
    if not _QUESTION.match(text):
        return None
    answer = _INLINE_ANSWER.search(text, 2)
    heading, rest = (text[: answer.start()], text[answer.end() :]) if answer else (text, "")
    if not rest and weight(heading) > _QUESTION_LIMIT and (end := re.search(r"[?？。]", heading)):
        heading, rest = heading[: end.end()], heading[end.end() :]
    return Mark(index, Style.QUESTION, heading.strip(), Style.QUESTION, rest=rest.strip())


def _bold(index: int, line: str) -> Mark | None:
    text = plain(line)
    is_heading = _BOLD.fullmatch(line.strip()) and weight(text) <= SHORT
    return Mark(index, Style.BOLD, text, Style.BOLD) if is_heading else None


def _short(index: int, text: str, style: Style, number: int) -> Mark | None:
    if weight(text) > SHORT or _SENTENCE_END.search(text):
        return None
    return Mark(index, style, text, style, number)


_READERS: dict[str, Callable[[int, str], Mark | None]] = {
    "第": _ordinal,
    "附": _appendix,
    "【": _bracket,
    **dict.fromkeys("一二三四五六七八九十", _list),
    **dict.fromkeys("（(", _sublist),
    **dict.fromkeys("0123456789０１２３４５６７８９", _digit),
    **dict.fromkeys("QＱ问", _question),
}
