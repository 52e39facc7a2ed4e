"""parse_mode MarkdownV2, as strict as Telegram: every reserved character is escaped or means something."""

from __future__ import annotations

from dataclasses import dataclass

from tests.double.errors import ApiError, bad_request
from tests.double.links import checked_link, linked_user
from tests.double.text import Entity, byte_offset, units

_RESERVED = "_*[]()~`>#+-=|{}.!\n"
_CLOSING = {
    "bold": "*", "italic": "_", "underline": "__", "strikethrough": "~", "spoiler": "||",
    "code": "`", "pre": "```", "text_link": "]", "custom_emoji": "]",
}  # fmt: skip
_OPENING = (("__", "underline"), ("_", "italic"), ("*", "bold"), ("~", "strikethrough"), ("||", "spoiler"),
            ("[", "text_link"), ("![", "custom_emoji"), ("```", "pre"), ("`", "code"))  # fmt: skip
_NAMES = {"text_link": "TextUrl", "custom_emoji": "CustomEmoji", "blockquote": "BlockQuote"}


def _error(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")


@dataclass
class _Open:
    kind: str
    offset: int
    source_offset: int
    begin: int
    language: str = ""


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0
        self.text = ""
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def parse(self) -> tuple[str, list[Entity]]:
        if self.source.startswith(">"):
            self._quote()
        while self.position < len(self.source):
            self._step()
        self._end_quote()
        if self.open:
            self._unfinished()
        return self.text, self.entities

    def _step(self) -> None:
        char, after = self.source[self.position], self.source[self.position + 1 : self.position + 2]
        if char == "\\" and after and "\0" < after <= "~":
            self.text += after
            self.position += 2
        elif char not in (_RESERVED if not self._monospace() else "`"):
            self.text += char
            self.position += 1
        elif char == "\n":
            self._newline()
        elif self._closes():
            self._close()
        else:
            self._begin()

    def _monospace(self) -> bool:
        return bool(self.open) and self.open[-1].kind in ("code", "pre")

    def _closes(self) -> bool:
        if not self.open or self.open[-1].kind not in _CLOSING:
            return False
        kind = self.open[-1].kind
        if not self.source.startswith(_CLOSING[kind], self.position):
            return False
        return kind != "italic" or not self.source.startswith("__", self.position)

    def _unfinished(self) -> None:
        last = self.open[-1]
        raise _error(f"Can't find end of {_NAMES.get(last.kind, last.kind.title())} entity at byte offset {last.source_offset}")

    def _newline(self) -> None:
        in_quote = any(entity.kind == "blockquote" for entity in self.open)
        more = self.source.startswith(">", self.position + 1)
        if in_quote and not more:
            self._end_quote()
        self.text += "\n"
        self.position += 1
        if more and in_quote:
            self.position += 1
        elif more:
            self._quote()

    def _quote(self) -> None:
        self.open.append(_Open("blockquote", units(self.text), byte_offset(self.source, self.position), len(self.text)))
        self.position += 1

    def _end_quote(self) -> None:
        """A quote ends with its last line; `||` just before the end makes it expandable."""
        if not any(entity.kind == "blockquote" for entity in self.open):
            return
        kind = "blockquote"
        if self.open[-1].kind == "spoiler" and self.open[-1].begin == len(self.text):
            kind = "expandable_blockquote"
            self.open.pop()
        if self.open[-1].kind != "blockquote":
            self._unfinished()
        opened = self.open.pop()
        self._add(kind, opened.offset, {})

    def _begin(self) -> None:
        begin = byte_offset(self.source, self.position)
        for mark, kind in sorted(_OPENING, key=lambda pair: -len(pair[0])):
            if self.source.startswith(mark, self.position):
                self.position += len(mark)
                language = self._language() if kind == "pre" else ""
                self.open.append(_Open(kind, units(self.text), begin, len(self.text), language))
                return
        char = self.source[self.position]
        raise _error(f"Character '{char}' is reserved and must be escaped with the preceding '\\'")

    def _language(self) -> str:
        """The word behind three backticks, if whitespace follows it; one line break after it is skipped."""
        end = self.position
        while end < len(self.source) and not self.source[end].isspace() and self.source[end] != "`":
            end += 1
        language = ""
        if end > self.position and end < len(self.source) and self.source[end] != "`":
            language, self.position = self.source[self.position : end], end
        for line_end in ("\r\n", "\n\r", "\n", "\r"):
            if self.source.startswith(line_end, self.position):
                self.position += len(line_end)
                break
        return language

    def _close(self) -> None:
        opened = self.open.pop()
        self.position += len(_CLOSING[opened.kind])
        extra: Entity | None = {"language": opened.language} if opened.language else {}
        if opened.kind == "text_link":
            extra = self._link(self.text[opened.begin :])
        elif opened.kind == "custom_emoji":
            extra = {"custom_emoji_id": self._emoji()}
        if extra is not None:
            self._add(opened.kind, opened.offset, extra)

    def _add(self, kind: str, offset: int, extra: Entity) -> None:
        length = units(self.text) - offset
        if length:
            self.entities.append({"type": kind, "offset": offset, "length": length} | extra)

    def _link(self, covered: str) -> Entity | None:
        target = self._target("a URL") if self.source.startswith("(", self.position) else covered
        if user := linked_user(target):
            return {"type": "text_mention", "user": {"id": user}}
        url = checked_link(target)
        return {"url": url} if url else None

    def _emoji(self) -> str:
        if not self.source.startswith("(", self.position):
            raise _error("Custom emoji entity must contain a tg://emoji URL")
        number = self._target("a custom emoji URL").removeprefix("tg://emoji?id=")
        if not number.isdigit():
            raise _error("Invalid custom emoji identifier specified")
        return number

    def _target(self, what: str) -> str:
        """The text in round brackets, in which only the bracket and the backslash need escaping."""
        self.position += 1
        begin, target = self.position, ""
        while not self.source.startswith(")", self.position):
            if self.position >= len(self.source):
                raise _error(f"Can't find end of {what} at byte offset {byte_offset(self.source, begin)}")
            if self.source[self.position] == "\\" and self.position + 1 < len(self.source):
                self.position += 1
            target += self.source[self.position]
            self.position += 1
        self.position += 1
        return target


def parse_markdown(source: str) -> tuple[str, list[Entity]]:
    """Plain text and entities; raises ApiError 400 "can't parse entities: …" where Telegram does."""
    return _Parser(source).parse()
