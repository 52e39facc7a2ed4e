"""parse_mode HTML, as strict as Telegram: text with tags in, plain text and entities out."""

from __future__ import annotations

import re

from tests.double.errors import ApiError, bad_request
from tests.double.links import checked_link, linked_user
from tests.double.text import Entity, byte_offset, units

_STYLE = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler", "span": "spoiler",
    "code": "code", "pre": "pre", "a": "text_link", "tg-emoji": "custom_emoji", "blockquote": "blockquote",
}  # fmt: skip
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#(?:x(?P<hex>[0-9a-fA-F]{1,6})|(?P<dec>[0-9]{1,7}))|(?P<name>[A-Za-z]+));?")
_ATTRIBUTE = re.compile(r"""(?P<name>[^\s=>]*)\s*(?P<equals>=)?\s*""")
_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_SPACE = " \t\r\n\v\f"


def _error(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")


def unescape(text: str) -> str:
    """The character references that Telegram knows; every other ampersand stays."""

    def character(match: re.Match[str]) -> str:
        if name := match["name"]:
            return _NAMED.get(name, match.group())
        code = int(match["hex"], 16) if match["hex"] else int(match["dec"])
        return chr(code) if 0 < code < 0x10FFFF else match.group()

    return _REFERENCE.sub(character, text)


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0
        self.text = ""
        self.entities: list[Entity] = []
        self.open: list[tuple[str, dict[str, str], int, int]] = []

    def parse(self) -> tuple[str, list[Entity]]:
        while self.position < len(self.source):
            tag = self.source.find("<", self.position)
            end = tag if tag >= 0 else len(self.source)
            self.text += unescape(self.source[self.position : end])
            self.position = end
            if tag >= 0:
                self._end_tag() if self.source.startswith("</", tag) else self._start_tag()
        if self.open:
            raise _error(f'Can\'t find end tag corresponding to start tag "{self.open[-1][0]}"')
        if any("\ud800" <= char <= "\udfff" for char in self.text):
            reason = "Text contains invalid Unicode characters after decoding HTML entities"
            raise _error(f"{reason}, check for unmatched surrogate code units")
        return self.text, self.entities

    def _peek(self) -> str:
        return self.source[self.position : self.position + 1]

    def _skip(self, characters: str) -> None:
        while self._peek() and self._peek() in characters:
            self.position += 1

    def _until(self, characters: str) -> str:
        begin = self.position
        while self._peek() and self._peek() not in characters:
            self.position += 1
        return self.source[begin : self.position]

    def _start_tag(self) -> None:
        begin = byte_offset(self.source, self.position)
        self.position += 1
        name = self._until(_SPACE + ">").lower()
        if not self._peek():
            raise _error(f"Unclosed start tag at byte offset {begin}")
        if name not in _STYLE:
            raise _error(f'Unsupported start tag "{name}" at byte offset {begin}')
        attributes = {}
        while True:
            self._skip(_SPACE)
            if self._peek() == ">":
                break
            key, value = self._attribute(name, begin)
            attributes[key] = value
        self.position += 1
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise _error(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self.open.append((name, attributes, units(self.text), len(self.text)))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        match = _ATTRIBUTE.match(self.source, self.position)
        if match is None or not match["name"]:
            raise _error(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
        self.position = match.end()
        key = match["name"].lower()
        if not match["equals"]:
            if tag == "blockquote" and key == "expandable":
                return key, ""
            raise _error(f'Expected equal sign in declaration of an attribute of the tag "{tag}" at byte offset {begin}')
        value = self._value()
        if not self._peek():
            raise _error(f"Unclosed start tag at byte offset {begin}")
        return key, value

    def _value(self) -> str:
        quote = self._peek()
        if quote and quote in "'\"":
            self.position += 1
            value = unescape(self._until(quote))
            self.position += 1
            return value
        begin = byte_offset(self.source, self.position)
        match = _TOKEN.match(self.source, self.position)
        self.position = match.end() if match else self.position
        if self._peek() and self._peek() not in _SPACE + ">":
            raise _error(f"Unexpected end of name token at byte offset {begin}")
        return match.group().lower() if match else ""

    def _end_tag(self) -> None:
        begin = byte_offset(self.source, self.position)
        if not self.open:
            raise _error(f"Unexpected end tag at byte offset {begin}")
        self.position += 2
        name = self._until(_SPACE + ">").lower()
        self._skip(_SPACE)
        if self._peek() != ">":
            raise _error(f"Unclosed end tag at byte offset {begin}")
        self.position += 1
        opened, attributes, offset, position = self.open.pop()
        if name and name != opened:
            raise _error(f'Unmatched end tag at byte offset {begin}, expected "</{opened}>", found "</{name}>"')
        length = units(self.text) - offset
        if length and (entity := self._entity(opened, attributes, self.text[position:])):
            self._add(entity | {"offset": offset, "length": length})

    def _entity(self, tag: str, attributes: dict[str, str], covered: str) -> Entity | None:
        kind = _STYLE[tag]
        if tag == "blockquote" and "expandable" in attributes:
            kind = "expandable_blockquote"
        if tag == "a":
            target = attributes.get("href") or covered
            if user := linked_user(target):
                return {"type": "text_mention", "user": {"id": user}}
            url = checked_link(target)
            return {"type": kind, "url": url} if url else None
        if tag == "tg-emoji":
            if not attributes.get("emoji-id", "").isdigit():
                raise _error("Invalid custom emoji identifier specified")
            return {"type": kind, "custom_emoji_id": attributes["emoji-id"]}
        language = attributes.get("class", "").removeprefix("language-") if tag == "code" else ""
        return {"type": kind} | ({"language": language} if language else {})

    def _add(self, entity: Entity) -> None:
        """`<pre><code class="language-x">` is one block of code in a language; a language elsewhere is forgotten."""
        last = self.entities[-1] if self.entities else None
        same = last and (last["offset"], last["length"]) == (entity["offset"], entity["length"])
        both = last and {last["type"], entity["type"]} == {"code", "pre"} and (last.get("language") or entity.get("language"))
        if same and both:
            entity = self.entities.pop() | entity | {"type": "pre"}
        self.entities.append(entity)


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Plain text and entities; raises ApiError 400 "can't parse entities: …" where Telegram does."""
    text, entities = _Parser(source).parse()
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    return text, entities
