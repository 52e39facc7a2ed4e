"""Markdown from documents -> text with marks, as it reads well on a phone.

Total: any text gives a result. Raw HTML stays text, only http and https addresses become links, pictures become
their description. Knows nothing about messages or their limits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from bot.channels.telegram.rich import Look, Mark, Rich, clean, plain
from bot.channels.telegram.tables import table

LONGEST = 20_000
"""Characters that are parsed; sections and answers are far shorter, and hostile markup of this length takes under a second."""

_STRONG = re.compile(r"\*\*(?=[^\s*])([^*\n]*[^\s*])\*\*")
_LANGUAGE = re.compile(r"[A-Za-z0-9+#.-]{1,32}")
_BULLETS = ("•", "◦", "▪")
_TASKS = (("[ ] ", "☐ "), ("[x] ", "☑ "), ("[X] ", "☑ "))
_INLINE_LOOKS = {"strong": Look.BOLD, "em": Look.ITALIC, "s": Look.STRIKE}


def rich(markdown: str) -> Rich:
    """Text and marks of a Markdown document; never raises."""
    markdown = clean(markdown)
    if len(markdown) > LONGEST:
        return plain(markdown)
    writer = _Writer()
    writer.blocks(_PARSER.parse(markdown))
    return writer.done()


def _chinese_strong(state: StateInline, silent: bool) -> bool:
    """`**…**` where CommonMark sees none: beside Chinese letters, behind a Chinese colon or quotation mark."""
    found = _STRONG.match(state.src, state.pos, state.posMax)
    if not found or found.group(1).count("`") % 2:
        return False
    if not silent:
        outer = state.posMax
        state.push("strong_open", "strong", 1)
        state.pos, state.posMax = found.span(1)
        state.md.inline.tokenize(state)
        state.push("strong_close", "strong", -1)
        state.posMax = outer
    state.pos = found.end()
    return True


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 40}).enable(["table", "strikethrough"])
    parser.inline.ruler.before("emphasis", "chinese_strong", _chinese_strong)
    return parser


_PARSER = _parser()


class _Writer:
    """Walks the parser's tokens and writes text and marks; one method a kind of block."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._marks: list[Mark] = []
        self._at = 0
        self._open: list[tuple[Look | None, int, str]] = []
        self._lists: list[int | None] = []
        self._quotes = 0
        self._fresh = True
        self._item_starts = False

    def done(self) -> Rich:
        """What has been written."""
        return Rich("".join(self._texts), tuple(self._marks)).strip()

    def blocks(self, tokens: Sequence[Token]) -> None:
        """Write block tokens in order."""
        at = 0
        while at < len(tokens):
            token = tokens[at]
            if token.type == "table_open":
                end = next(i for i in range(at, len(tokens)) if tokens[i].type == "table_close")
                self._table(tokens[at:end])
                at = end
            else:
                self._block(token)
            at += 1

    def _block(self, token: Token) -> None:
        kind = token.type.removesuffix("_open").removesuffix("_close")
        write = _BLOCKS.get(kind)
        if write is not None:
            write(self, token)
        elif token.content:
            self._leaf(plain(token.content.strip("\n")))

    def _paragraph(self, token: Token) -> None:
        if token.nesting > 0:
            self._gap()

    def _heading(self, token: Token) -> None:
        if token.nesting > 0:
            self._gap()
            self._begin(Look.BOLD)
        else:
            self._end()

    def _quote(self, token: Token) -> None:
        if token.nesting > 0:
            self._gap()
            self._fresh = True
            self._begin(None if self._quotes else Look.QUOTE)
            self._quotes += 1
        else:
            self._quotes -= 1
            self._end()

    def _list(self, token: Token) -> None:
        if token.nesting > 0:
            start = token.attrGet("start")
            number = None if token.type == "bullet_list_open" else int(start) if start is not None else 1
            self._lists.append(number)
        else:
            self._lists.pop()

    def _item(self, token: Token) -> None:
        if token.nesting < 0:
            return
        number = self._lists[-1]
        depth = len(self._lists) - 1
        if not self._fresh:
            self._write("\n")
        marker = _BULLETS[min(depth, 2)] if number is None else f"{number}."
        self._write("　" * depth + marker + " ")
        self._lists[-1] = None if number is None else number + 1
        self._fresh = self._item_starts = True

    def _code(self, token: Token) -> None:
        language = _LANGUAGE.match(token.info.strip())
        content = clean(token.content.rstrip("\n"))
        self._leaf(Rich(content, (Mark(Look.PRE, 0, len(content), language.group() if language else ""),) if content else ()))

    def _rule(self, token: Token) -> None:
        self._leaf(plain("———"))

    def _inline(self, token: Token) -> None:
        children = token.children or []
        for mark, box in _TASKS:
            if self._item_starts and children and children[0].content.startswith(mark):
                children[0].content = box + children[0].content.removeprefix(mark)
        for child in children:
            self._span(child)
        self._fresh = self._item_starts = False

    def _span(self, token: Token) -> None:
        name = token.type.removesuffix("_open").removesuffix("_close")
        if name in _INLINE_LOOKS or name == "link":
            if token.nesting > 0:
                address = _address(token) if name == "link" else ""
                self._begin(_INLINE_LOOKS.get(name) or (Look.LINK if address else None), address)
            else:
                self._end()
        elif token.type == "code_inline":
            self._begin(Look.CODE)
            self._write(token.content)
            self._end()
        elif token.type in ("softbreak", "hardbreak"):
            self._write("\n" + "　" * len(self._lists))
        else:
            self._write(token.content)

    def _table(self, tokens: Sequence[Token]) -> None:
        rows: list[list[Rich]] = []
        for token in tokens:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                cell = _Writer()
                cell._inline(token)
                rows[-1].append(cell.done())
        self._leaf(table(rows[0], rows[1:]))

    def _leaf(self, content: Rich) -> None:
        """A block that has no blocks inside; it begins at the left edge, so that code stays aligned."""
        self._gap(indent="")
        self._marks.extend(Mark(m.look, m.start + self._at, m.end + self._at, m.value) for m in content.marks)
        self._write(content.text)
        self._fresh = False

    def _gap(self, indent: str = "　") -> None:
        """The space above a block: none at the start, a line inside a list, an empty line elsewhere."""
        if not self._fresh:
            self._write("\n" + indent * len(self._lists) if self._lists else "\n\n")
        self._fresh = False

    def _begin(self, look: Look | None, value: str = "") -> None:
        self._open.append((look, self._at, value))

    def _end(self) -> None:
        look, start, value = self._open.pop()
        if look is not None and start < self._at:
            self._marks.append(Mark(look, start, self._at, value))

    def _write(self, text: str) -> None:
        text = clean(text)
        self._texts.append(text)
        self._at += len(text)


_BLOCKS: dict[str, Callable[[_Writer, Token], None]] = {
    "paragraph": _Writer._paragraph,
    "heading": _Writer._heading,
    "blockquote": _Writer._quote,
    "bullet_list": _Writer._list,
    "ordered_list": _Writer._list,
    "list_item": _Writer._item,
    "fence": _Writer._code,
    "code_block": _Writer._code,
    "hr": _Writer._rule,
    "inline": _Writer._inline,
}


def _address(token: Token) -> str:
    """The link's address if it leads to a web page, else nothing."""
    address = str(token.attrGet("href") or "")
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and host and len(address) <= 2048 else ""
