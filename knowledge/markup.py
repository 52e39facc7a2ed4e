"""Markdown made clean: comments, HTML tags, images, links and quote marks become the text that a reader sees.

Knows nothing about sections. Code blocks and code spans are never touched. Explicit anchors survive as private
marks (`ANCHOR`), because the tag that carries one stands beside the heading it belongs to.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from knowledge.lines import Kind, kinds

ANCHOR = re.compile("\x02([^\x02\x03\n]{1,200})\x03")
"""An explicit anchor between two control characters that no cleaned text contains."""

PAGE_BREAK = "\f"
MIN_CONTENTS = 3
"""So many lines in a row that only point elsewhere are a table of contents, not text."""

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u2060\ufeff\ufffe\uffff\ud800-\udfff]")
_NEWLINE = re.compile("\r\n?|[\x0b\x85\u2028\u2029]")
_TAGS = (
    "a|abbr|article|aside|audio|b|big|blockquote|body|br|button|center|cite|code|col|colgroup|dd|del|details|div|dl|dt|em|"
    "figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|li|main|mark|nav|"
    "object|ol|p|picture|pre|s|script|section|small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|"
    "td|tfoot|th|thead|tr|track|u|ul|video"
)
_INLINE = re.compile("abbr|a|b|big|cite|code|del|em|font|i|ins|kbd|label|mark|s|small|span|strike|strong|sub|sup|u", re.I)
_CODE = r"(?P<code>``[^\n]*?``|`[^`\n]+`)"
_IMAGE = re.compile(_CODE + r"|!\[(?P<alt>[^\[\]\n]{0,500})\](?:\((?:[^()\n]|\([^()\n]{0,500}\)){0,2000}\)|\[[^\[\]\n]{0,200}\])")
_MARKUP = re.compile(
    _CODE + r"|(?P<link>\[(?P<shown>[^\[\]\n]{0,500})\]"
    r"\(<?(?P<url>[^()\s]{0,2000}(?:\([^()\s]{0,500}\)[^()\s]{0,500})?)(?:\s+[\"'][^\"'\n]{0,300}[\"'])?\))"
    r"|(?P<reference>\[(?P<label>[^\[\]\n]{1,300})\]\[(?P<key>[^\[\]\n]{0,200})\])"
    r"|(?P<wiki>\[\[(?:[^\[\]|\n]{1,300}\|)?(?P<page>[^\[\]|\n]{1,300})\]\])"
    r"|<(?P<auto>(?:https?://|mailto:)[^<>\s]{1,2000}|[\w.+-]{1,64}@[\w.-]{1,200})>"
    rf"|(?P<tag><(?P<closing>/?)(?P<name>{_TAGS})(?P<attributes>\s[^<>]{{0,2000}})?/?>)",
    re.IGNORECASE,
)
_NAMED = re.compile(r"\b(?:id|name)\s*=\s*[\"']?([^\s\"'<>]{1,120})", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});")
_ABSOLUTE = re.compile(r"(?:https?|ftp|mailto|tel):", re.IGNORECASE)
_DEFINITION = re.compile(r" {0,3}\[(?P<key>[^\[\]\n]{1,200})\]:[ \t]*<?(?P<url>[!-~]+)(?:[ \t].*)?")
_SHORTCODE = re.compile(r"\s*(?:\{\{[<%].{0,500}[>%]\}\}|\{%.{0,500}%\}|\{:[^{}]{0,200}\}|\[TOC\])\s*", re.IGNORECASE)
_POINTER = re.compile(r"\s*(?:[-*+]|\d{1,3}\.)\s+\[[^\[\]]{0,300}\]\(#[^()\s]{0,300}\)\s*")
_LEADER = re.compile(r"\s*\S.{0,120}?(?:\.{4,}|…{2,}|·{4,}|(?:\. ){4,})\s*\d{1,4}\s*")
_EMPHASIS = re.compile(r"\\([!-/:-@\[-`{-~])|\*\*|__|~~|`|(?<!\w)[*_]|[*_](?!\w)")
_ROW_TAG = re.compile(
    _CODE + r"|\s{0,9}(?:(?P<next></li>\s{0,9}<li>)|</?(?:br|ul|ol|li|p|div)(?:\s[^<>]{0,500})?/?>)\s{0,9}", re.IGNORECASE
)
_QUOTE = re.compile(r"\A\s{0,3}>[ \t]?(?:>[ \t]?)*")


def clean(text: str) -> list[str]:
    """The lines of `text` as a reader sees them; code blocks stay as they are. Linear in the length of the text."""
    lines = _without_contents(_unquoted(normalise(text).split("\n")))
    references = _references(lines)
    out: list[str] = []
    for is_code, run in _runs(_without_comments(lines)):
        out.extend(run if is_code else _shown("\n".join(run), references).split("\n"))
    return out


def normalise(text: str) -> str:
    """Line ends as ``\\n``, tabs as spaces, no control characters, no lone surrogates; page breaks stay."""
    return _CONTROL.sub("", _NEWLINE.sub("\n", text)).replace("\t", "    ")


def plain(line: str) -> str:
    """One line of Markdown without emphasis, code marks and escapes, as for a heading."""
    return _EMPHASIS.sub(lambda match: match[1] or "", ANCHOR.sub("", line).replace(PAGE_BREAK, "")).strip()


def _runs(lines: Sequence[str]) -> Iterator[tuple[bool, list[str]]]:
    marked = zip(lines, kinds(lines), strict=True)
    for is_code, group in groupby(marked, key=lambda pair: pair[1] is Kind.CODE):
        yield is_code, [line for line, _ in group]


def _unquoted(lines: Sequence[str]) -> list[str]:
    """Without the ``>`` of block quotes: a quoted answer is as good as a plain one, and may hold a code block."""
    if not any(line.lstrip().startswith(">") for line in lines):
        return list(lines)
    pairs = zip(lines, kinds(lines), strict=True)
    return [line if kind is Kind.CODE else _QUOTE.sub("", line, count=1) for line, kind in pairs]


def _without_contents(lines: list[str]) -> list[str]:
    """Without tables of contents: runs of lines that are a link into the page, or end in dots and a page number."""
    out: list[str] = []
    for points, group in groupby(lines, key=points_elsewhere):
        run = list(group)
        if not points or len(run) < MIN_CONTENTS:
            out.extend(run)
    return out


def points_elsewhere(line: str) -> bool:
    """Whether a line is an entry of a table of contents: a link into the page, or dots and a page number."""
    if "](#" in line:
        return _POINTER.fullmatch(line) is not None
    return len(line) < 200 and line.rstrip()[-1:].isdigit() and _LEADER.fullmatch(line) is not None


def _without_comments(lines: list[str]) -> list[str]:
    """Without ``<!-- … -->``, also over several lines; one that is never closed loses only its mark."""
    if not any("<!--" in line for line in lines):
        return lines
    last = max((index for index, line in enumerate(lines) if "-->" in line), default=-1)
    out: list[str] = []
    inside = False
    for index, (line, kind) in enumerate(zip(lines, kinds(lines), strict=True)):
        if kind is Kind.CODE and not inside:
            out.append(line)
            continue
        kept, inside = _comment_free(line, inside, closes_later=index < last)
        if kept.strip() or kept == line:
            out.append(kept)
    return out


def _comment_free(line: str, inside: bool, *, closes_later: bool) -> tuple[str, bool]:
    """What of `line` stands outside comments, and whether a comment is open at its end."""
    kept: list[str] = []
    at, last = 0, line.rfind("-->")
    while True:
        if inside:
            closing = line.find("-->", at)
            if closing < 0:
                return "".join(kept), True
            at, inside = closing + 3, False
        opening = line.find("<!--", at)
        kept.append(line[at:] if opening < 0 else line[at:opening])
        if opening < 0:
            return "".join(kept), False
        at = opening + 4
        inside = closes_later or last >= at


def _references(lines: Sequence[str]) -> dict[str, str]:
    """Link definitions ``[key]: url`` by their key, lower case."""
    found = (_definition(line) for line in lines)
    return {match["key"].lower(): match["url"].rstrip(">") for match in found if match}


def _definition(line: str) -> re.Match[str] | None:
    """A link definition; ``[name]: words`` without the look of an address, as in a dialogue, is none."""
    match = _DEFINITION.fullmatch(line) if "]:" in line[:210] else None
    return match if match and not match["key"].startswith("^") and re.search(r"[/.#@]", match["url"][:300]) else None


def _shown(text: str, references: dict[str, str]) -> str:
    lines = [line for line in text.split("\n") if not _noise(line)]
    lines = [_ROW_TAG.sub(_in_row, line) if "<" in line and line.lstrip().startswith("|") else line for line in lines]
    text = _tables("\n".join(lines))
    if "![" in text:
        text = _IMAGE.sub(lambda match: match["code"] or (match["alt"] or "").strip(), text)
    if "<" in text or "[" in text:
        text = _MARKUP.sub(lambda match: _replacement(match, references), text)
    if "{#" in text:
        text = re.sub(r"(?m)^(#{1,6}[^\n]{0,500}?)\{#([^\s{}]{1,120})\}[ \t]*$", "\\1\x02\\2\x03", text)
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text) if "&" in text else text


def _in_row(match: re.Match[str]) -> str:
    """A tag inside a table row must not break the row: list items become parts of a sentence."""
    ended = match.string[max(match.start() - 1, 0)] in "。；！？.;!?"
    return match["code"] or ("；" if match["next"] and not ended else " ")


def _noise(line: str) -> bool:
    """Whether a line is a template's call, a mark for a table of contents or a link definition."""
    if "{" in line or "[" in line:
        return _SHORTCODE.fullmatch(line) is not None or _definition(line) is not None
    return False


def _tables(text: str) -> str:
    """HTML tables as Markdown tables."""
    lower = text.lower()
    if len(lower) != len(text) or "<table" not in lower:
        return text
    from knowledge.formats.html import table_to_markdown

    out: list[str] = []
    done = 0
    while (start := lower.find("<table", done)) >= 0 and (end := lower.find("</table>", start)) >= 0:
        end += len("</table>")
        out += [text[done:start], "\n\n", table_to_markdown(text[start:end]), "\n\n"]
        done = end
    return "".join(out) + text[done:]


def _replacement(match: re.Match[str], references: dict[str, str]) -> str:
    if match["link"]:
        return _link(match["shown"], match["url"].rstrip(">"), match["link"])
    if match["reference"]:
        url = references.get((match["key"] or match["label"]).lower())
        return match["reference"] if url is None else _link(match["label"], url, f"[{match['label']}]({url})")
    return _tag(match) if match["tag"] else match["code"] or match["page"] or match["auto"]


def _link(shown: str, url: str, whole: str) -> str:
    if not _ABSOLUTE.match(url):
        return shown
    return url if shown == url else whole if shown else ""


def _tag(match: re.Match[str]) -> str:
    """What stays of an HTML tag: a mark for an anchor, a heading's hashes, a line end, or nothing."""
    name, attributes = match["name"].lower(), match["attributes"] or ""
    if len(name) == 1 and attributes.strip(" /") and "=" not in attributes:
        return match["tag"]
    named = _NAMED.search(attributes) if name == "a" and not match["closing"] else None
    if named:
        return f"\x02{named[1]}\x03"
    if name == "summary":
        return "**\n" if match["closing"] else "\n**"
    if name[0] == "h" and name[1:].isdigit():
        return "\n" if match["closing"] else "\n" + "#" * int(name[1:]) + " "
    if name == "li" and not match["closing"]:
        return "\n- "
    return "" if _INLINE.fullmatch(name) else "\n"
