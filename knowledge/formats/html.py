"""HTML as Markdown: headings, lists, tables, code and paragraphs; without scripts, navigation and footers.

Knows nothing about files and sections. Also what makes Markdown of Word files, which come as HTML, and of the HTML
tables inside Markdown.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator

from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning
from bs4.element import Comment, Declaration, Doctype, NavigableString, PageElement, ProcessingInstruction, Tag

from knowledge.formats import Extract
from knowledge.formats.markdown import text_of

DROPPED = ["script", "style", "noscript", "template", "nav", "footer", "iframe", "svg", "form", "button", "head"]
"""Parts of a page that are not its text."""

MAX_SPAN, MAX_COLUMNS = 50, 256
"""A cell that claims to span more rows or columns than this is taken at its word only so far, and so is a table."""

_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")
_INLINE = frozenset(
    ("a", "abbr", "b", "big", "br", "cite", "code", "del", "em", "font", "i", "img", "ins", "kbd", "label", "mark", "q", "s")
    + ("small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var")
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_HIDDEN = (Comment, Declaration, Doctype, ProcessingInstruction)


def read(data: bytes) -> Extract:
    """A page as Markdown. Raises CannotRead when it is no text."""
    soup = parse(text_of(data))
    name = title(soup)
    return Extract(to_markdown(soup), title=name)


def parse(html: str) -> BeautifulSoup:
    """The tree of a page, without the parts that are not its text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        return BeautifulSoup(html, "lxml")  # linear in time on any input, where html.parser is not


def title(soup: BeautifulSoup) -> str:
    """The page's own title, empty when it has none."""
    return _SPACE.sub(" ", soup.title.get_text()).strip() if soup.title else ""


def to_markdown(soup: BeautifulSoup) -> str:
    """The text of a page as Markdown; a page nested too deep for its structure gives its text alone."""
    for tag in soup.find_all(DROPPED):
        tag.extract()
    try:
        return "\n\n".join(_blocks(soup.children))
    except RecursionError:
        return _escaped(soup.get_text("\n"))


def table_to_markdown(html: str) -> str:
    """One HTML table as a Markdown table; text that is no table comes back as its text."""
    return to_markdown(parse(html))


def _blocks(children: Iterable[PageElement]) -> Iterator[str]:
    """The blocks among and below `children`, in order; runs of inline content are one block each."""
    run: list[PageElement] = []
    for child in children:
        if not isinstance(child, Tag) or (child.name in _INLINE and not _holds_block(child)):
            run.append(child)
            continue
        yield from _paragraph(run)
        run = []
        yield from _blocks(child.children) if child.name in _INLINE else _block(child)
    yield from _paragraph(run)


def _holds_block(tag: Tag) -> bool:
    """Whether an inline element holds a block somewhere; found without the library's search, which walks to the end."""
    waiting = list(tag.children)
    while waiting:
        child = waiting.pop()
        if isinstance(child, Tag):
            if child.name not in _INLINE:
                return True
            waiting.extend(child.children)
    return False


def _paragraph(run: Iterable[PageElement]) -> Iterator[str]:
    text = _inline(run).strip()
    if text:
        yield text


def _block(tag: Tag) -> Iterator[str]:
    if tag.name in _HEADINGS:
        yield from _heading(tag)
    elif tag.name in ("ul", "ol"):
        yield "\n".join(_items(tag, depth=0))
    elif tag.name == "table":
        yield from _table(tag)
    elif tag.name == "pre":
        yield f"```\n{tag.get_text().strip(chr(10))}\n```"
    elif tag.name in ("dt", "summary"):
        yield from (f"**{text}**" for text in _paragraph(tag.children))
    else:
        yield from _blocks(tag.children)


def _heading(tag: Tag) -> Iterator[str]:
    text = _SPACE.sub(" ", _inline(tag.children)).strip()
    anchor = tag.get("id")
    if text:
        mark = f" {{#{anchor}}}" if isinstance(anchor, str) and anchor and not re.search(r"[\s{}]", anchor) else ""
        yield "#" * _HEADINGS[tag.name] + f" {text}{mark}"


def _items(parent: Tag, depth: int) -> Iterator[str]:
    """The lines of a list; what an item holds besides its first line is indented below it."""
    for number, item in enumerate((child for child in parent.children if isinstance(child, Tag)), 1):
        if item.name in ("ul", "ol"):
            yield from _items(item, depth + 1)
            continue
        marker = f"{number}. " if parent.name == "ol" else "- "
        own = (child for child in item.children if getattr(child, "name", None) not in ("ul", "ol"))
        lines = [line for block in _blocks(own) for line in block.split("\n") if line.strip()]
        yield "  " * depth + marker + (lines[0] if lines else "")
        yield from ("  " * (depth + 1) + line for line in lines[1:])
        for child in item.children:
            if isinstance(child, Tag) and child.name in ("ul", "ol"):
                yield from _items(child, depth + 1)


def _table(table: Tag) -> Iterator[str]:
    """A table with spans filled in, so that each row says everything by itself; one of one column is paragraphs."""
    rows = [row for row in _grid(table) if any(row)]
    width = max((len(row) for row in rows), default=0)
    caption = table.find("caption")
    if isinstance(caption, Tag):
        yield from _paragraph(caption.children)
    if width == 1:
        yield from (row[0] for row in rows)
    elif rows:
        yield markdown_table([row + [""] * (width - len(row)) for row in rows])


def markdown_table(rows: list[list[str]]) -> str:
    """Rows of equal length, the first one being the header, as a Markdown table."""
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    return "\n".join(lines)


def _grid(table: Tag) -> Iterator[list[str]]:
    carried: dict[int, tuple[int, str]] = {}
    for row in table.find_all("tr"):
        if row.find_parent("table") is not table:
            continue
        cells: list[str] = []
        for cell in row.find_all(["td", "th"], recursive=False):
            _fill(cells, carried)
            text = _SPACE.sub(" ", _inline(cell.children)).strip()
            for _ in range(min(_span(cell, "colspan"), MAX_COLUMNS - len(cells))):
                carried[len(cells)] = (_span(cell, "rowspan") - 1, text)
                cells.append(text)
        _fill(cells, carried)
        yield cells


def _fill(cells: list[str], carried: dict[int, tuple[int, str]]) -> None:
    """Repeat at this place in the row what a cell above it spans."""
    while len(cells) < MAX_COLUMNS and (above := carried.get(len(cells))) and above[0] > 0:
        carried[len(cells)] = (above[0] - 1, above[1])
        cells.append(above[1])


def _span(cell: Tag, name: str) -> int:
    value = str(cell.get(name, "1")).strip()
    return min(max(int(value), 1), MAX_SPAN) if value.isdecimal() and len(value) < 6 else 1


def _inline(nodes: Iterable[PageElement]) -> str:
    return re.sub(r" *\n *", "\n", "".join(_inline_piece(node) for node in nodes))


def _inline_piece(node: PageElement) -> str:
    if isinstance(node, _HIDDEN):
        return ""
    if isinstance(node, NavigableString):
        return _escaped(_SPACE.sub(" ", str(node)))
    if not isinstance(node, Tag):
        return ""
    if node.name == "br":
        return "\n"
    if node.name == "img":
        return _escaped(str(node.get("alt") or ""))
    text = _inline(node.children)
    if node.name in ("code", "kbd", "tt"):
        return f"`{text.strip()}`" if text.strip() and "`" not in text else text
    if node.name in ("strong", "b"):
        return f"**{text.strip()}**" if text.strip() and "\n" not in text.strip() else text
    if node.name == "a":
        return _anchor(node, text)
    return text if node.name in _INLINE else f" {text} "


def _anchor(tag: Tag, text: str) -> str:
    url = str(tag.get("href") or "")
    if not re.match(r"(?:https?|mailto|tel):", url, re.IGNORECASE) or not text.strip() or re.search(r"[\s()<>]", url):
        return text
    return f"[{text.strip()}]({url})" if text.strip() != url else url


def _escaped(text: str) -> str:
    """Text in which nothing is taken for a tag or an entity when it is read as Markdown."""
    return text.replace("&", "&amp;").replace("<", "&lt;")
