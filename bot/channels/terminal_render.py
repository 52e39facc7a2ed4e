"""Answers and sections on a terminal: styled where it is one, plain Markdown where the output is piped.

All text is treated as data: control sequences, hidden direction marks and markup in it are shown or dropped,
never obeyed. Knows nothing about where the text comes from.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from bot.channels.terminal_words import say
from bot.domain.answers import Answer, Citation
from bot.domain.messages import Part, Style

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from knowledge.types import Passage

_PAGE_MARGIN = 4  # lines of a screen kept for the prompt and the line that says how to go on
_SHORTEST_PAGE = 8

# C0 without tab and newline, DEL, C1, direction marks, overrides and isolates, byte order marks, lone surrogates
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def clean(text: str) -> str:
    """`text` without anything that moves the cursor, colours the screen or turns the reading direction."""
    lines = re.sub("\r\n?|[\u2028\u2029]", "\n", text)
    return _UNPRINTABLE.sub("", lines)


_MARK = re.compile(r"\[(\d+)\]")
_STYLES = {Style.BOLD: "bold", Style.ITALIC: "italic", Style.CODE: "cyan"}


def citation_line(number: int, citation: Citation, language: str) -> str:
    """E.g. 〔1〕12.1 在线掉了 · chapters/12-monitoring.md · 第 3 页"""
    parts = [citation.section, citation.document]
    if citation.page is not None:
        parts.append(say(language, "page", page=citation.page))
    if citation.teaching:
        parts.append(say(language, "teaching"))
    return clean(f"〔{number}〕" + " · ".join(parts)).replace("\n", " ")


def answer_lines(answer: Answer, language: str) -> list[str]:
    """What stands below the answer's text: sources and cases, numbered through, and the notice."""
    heading = say(language, "sources" if answer.grounded else "nearest")
    numbered = [citation_line(n, c, language) for n, c in enumerate((*answer.citations, *answer.cases), 1)]
    sources, cases = numbered[: len(answer.citations)], numbered[len(answer.citations) :]
    quoted = {int(number) for number in _MARK.findall(answer.text)} or set(range(1, len(sources) + 1))
    also = [line for n, line in enumerate(sources, 1) if n not in quoted]
    sources = [line for n, line in enumerate(sources, 1) if n in quoted]
    lines = [heading, *sources] if sources else []
    lines += [say(language, "also"), *also] if also else []
    lines += [say(language, "cases"), *cases] if cases else []
    return [*lines, clean(answer.notice)] if answer.notice else lines


@dataclass(slots=True)
class Screen:
    """Where the chat writes. `console` is None when the output is no terminal: then plain text goes to `stream`."""

    language: str
    stream: TextIO
    console: Console | None
    height: int | None = None
    _waiting: list[str] = field(default_factory=list)
    _page: int = 0
    _pages: int = 0
    _ending: str = ""

    @classmethod
    def on_stdout(cls, language: str) -> Screen:
        """The screen of this process: rich at a terminal, plain otherwise."""
        if not sys.stdout.isatty():
            return cls(language, sys.stdout, None)
        from rich.console import Console

        console = Console(file=sys.stdout, markup=False, highlight=False, emoji=False)
        return cls(language, sys.stdout, console)

    def line(self, text: str = "", *, style: str = "") -> None:
        """One line of our own or of cleaned text."""
        if self.console is not None:
            self.console.print(text, style=style or None, soft_wrap=True)
        else:
            self._write(text + "\n")

    def answer(self, answer: Answer) -> None:
        """The answer's text, its numbered sources, the cases and the notice."""
        if self.console is None:
            self._write(clean(answer.text).strip() + "\n")
        else:
            self.console.print(_markdown(answer.text))
        lines = answer_lines(answer, self.language)
        if lines:
            self.line()
        for text in lines:
            self.line(text, style="dim")

    def section(self, passage: Passage) -> None:
        """One whole section: a page of it at a terminal (`turn` shows the next), everything otherwise."""
        where = " › ".join((passage.title, *passage.path))
        page = f" · {say(self.language, 'page', page=passage.page)}" if passage.page is not None else ""
        made_up = f" · {say(self.language, 'teaching')}" if passage.teaching else ""
        lines = (passage.heading, f"{where} · {passage.document}{page}{made_up}")
        heading, source = (clean(text).replace("\n", " ") for text in lines)
        if self.console is None:
            self._write(f"{heading}\n{source}\n\n{clean(passage.text).strip()}\n")
            return
        from rich.text import Text

        above = (Text(heading, style="bold"), Text(source, style="dim"), "")
        self._paged([*above, _markdown(passage.text)], say(self.language, "moves"))

    def view(self, parts: Sequence[Part], below: Sequence[str]) -> None:
        """A looked-up thing and the numbered lines below it, in pages as a section."""
        links = "\n".join(clean(text).replace("\n", " ") for text in below)
        if self.console is None:
            text = "".join(clean(part.text) for part in parts).strip()
            self._write(f"{text}\n\n{links}\n" if links else f"{text}\n")
            return
        from rich.text import Text

        shown = Text()
        for part in parts:
            shown.append(clean(part.text), _STYLES.get(part.style, ""))
        self._paged([shown, "", Text(links, style="dim")] if links else [shown], "")

    def turn(self) -> bool:
        """Show the next page; False when there is none."""
        if self.console is None or not self._waiting:
            return False
        self._page += 1
        self._write(self._waiting.pop(0))
        more = say(self.language, "more", page=self._page, pages=self._pages)
        if ending := more if self._waiting else self._ending:
            self.line(ending, style="dim")
        return True

    def close(self) -> None:
        """Forget the pages that were not turned to."""
        self._waiting = []

    def _paged(self, blocks: Sequence[RenderableType], ending: str) -> None:
        """Show the first page of blocks below each other; `ending` stands below the last page."""
        assert self.console is not None
        with self.console.capture() as captured:
            for block in blocks:
                self.console.print(block)
        lines = captured.get().splitlines(keepends=True)
        height = max((self.height or shutil.get_terminal_size().lines) - _PAGE_MARGIN, _SHORTEST_PAGE)
        self._waiting = ["".join(lines[at : at + height]) for at in range(0, len(lines), height)]
        self._page, self._pages, self._ending = 0, len(self._waiting), ending
        self.turn()

    def _write(self, text: str) -> None:
        self.stream.write(text.encode("utf-8", "replace").decode("utf-8"))
        self.stream.flush()


def _markdown(text: str) -> RenderableType:
    """Markdown for the terminal: HTML shown as text, line ends kept, links with their address in sight."""
    from markdown_it import MarkdownIt
    from rich.markdown import Markdown

    rendered = Markdown("", hyperlinks=False)
    parser = MarkdownIt("commonmark", {"html": False}).enable("strikethrough").enable("table")
    rendered.parsed = parser.parse(clean(text))
    _tame(rendered.parsed)
    return rendered


def _tame(tokens: Iterable[object]) -> None:
    """Clean what entities decoded to, and keep each line of the source a line."""
    from markdown_it.token import Token

    for token in tokens:
        assert isinstance(token, Token)
        token.content = clean(token.content)
        if token.type == "softbreak":
            token.type = "hardbreak"
        _tame(token.children or ())
