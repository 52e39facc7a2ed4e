"""Markdown and plain text, with YAML front matter."""

from __future__ import annotations

import re
from datetime import date

import yaml

from knowledge.decode import decode, looks_binary
from knowledge.formats import CannotRead, Extract
from knowledge.markup import normalise

MAX_FRONT_MATTER = 20_000

_FRONT = re.compile(r"\s*---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_NAMED = re.compile(r"[\"']?(?:[A-Za-z][\w-]{0,40}|标题|日期|作者|标签|来源)[\"']?\s{0,4}[:：]")
_SENTENCE_ENDS = ("。", "！", "？", "；", "……", ".", "!", "?")


def read(data: bytes) -> Extract:
    """The text and its front matter. Raises CannotRead when it is no text."""
    text = text_of(data)
    meta, body = front_matter(text)
    return Extract(body, meta=meta)


def text_of(data: bytes) -> str:
    """`data` as text without control characters, lines ending in ``\\n``. Raises CannotRead when it is no known text."""
    text = decode(data)
    if text is None:
        raise CannotRead("看不出文字编码，请用记事本或 WPS 另存为 UTF-8 编码。")
    if looks_binary(text):
        raise CannotRead("里面不是文字，可能是别的格式改了扩展名，请换成真正的文本文件。")
    return normalise(text)


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """The front matter as strings, and the text below it; without front matter, nothing and the whole text.

    Front matter that is no valid YAML gives nothing, but is no text either: nobody wrote it to be read.
    """
    match = _FRONT.match(text[: MAX_FRONT_MATTER + 100]) if text.lstrip()[:3] == "---" else None
    if not match:
        return {}, text
    try:
        found = yaml.safe_load(match["yaml"])
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}, text if _is_prose(match["yaml"]) else text[match.end() :]
    if not isinstance(found, dict):
        return {}, text[match.end() :] if _has_names(match["yaml"]) else text
    shown = {str(key): _shown(value) for key, value in found.items() if isinstance(key, str)}
    return {key: value for key, value in shown.items() if value}, text[match.end() :]


def _is_prose(block: str) -> bool:
    """Whether what stands between two rules is a paragraph after all: most of its lines end like sentences."""
    lines = [line for line in block.splitlines() if line.strip()]
    return not _has_names(block) and sum(line.rstrip().endswith(_SENTENCE_ENDS) for line in lines) * 2 > len(lines)


def _has_names(block: str) -> bool:
    """Whether most lines begin with a name and a colon, also a Chinese one (which YAML takes for text)."""
    lines = [line for line in block.splitlines() if line.strip() and not line[0].isspace()]
    return bool(lines) and sum(_NAMED.match(line) is not None for line in lines) * 2 > len(lines)


def _shown(value: object) -> str:
    """A scalar or a list of scalars as a string; anything deeper is left out."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float | date):
        return str(value).strip()
    if isinstance(value, list):
        return ", ".join(text for item in value if not isinstance(item, list) and (text := _shown(item)))
    return ""
