"""Text as Telegram keeps it: cleaned, trimmed, with entities counted in UTF-16 units.

Knows nothing about markup or chats. An entity is the JSON object of the Bot API.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tests.double.errors import bad_request

Entity = dict[str, Any]

MAX_ENTITIES = 100
"""What Telegram keeps of one message's styles; the rest is dropped without a word."""

STYLES = {"bold", "italic", "underline", "strikethrough", "spoiler"}
QUOTES = {"blockquote", "expandable_blockquote"}
MONOSPACE = {"code", "pre"}
DETECTED = {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number"}
GIVEN = STYLES | QUOTES | MONOSPACE | {"text_link", "text_mention", "custom_emoji"}

_REMOVED = {"\r", *map(chr, range(0x2028, 0x202F)), "\u0333", "\u033f", "\u030a"}
_INVISIBLE = "\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2800\u3000\u3164\ufeff"
_LOCAL = r"(?:localhost|\d{1,3}(?:\.\d{1,3}){3})"
_DOMAIN = r"(?:[A-Za-z0-9-]+\.)+(?:com|cn|net|org|me|io|dev|app|top|shop|live)"
_PATH = r"(?:[/?#][^\s<>\"，。；）】》]*)?"
_FOUND = (
    (
        "url",
        re.compile(rf"(?:https?://(?:{_LOCAL}|[\w-]+(?:\.[\w-]+)+)|(?<![\w@])(?:{_DOMAIN})\b(?!@))(?::\d+)?{_PATH}", re.ASCII),
    ),
    ("email", re.compile(r"\b[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\b", re.ASCII)),
    ("mention", re.compile(r"(?<![\w/@.])@[A-Za-z][A-Za-z0-9_]{2,31}(?![A-Za-z0-9_@])")),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")),
    ("hashtag", re.compile(r"(?<![\w#])#(?=\w*[^\W\d])\w{1,256}")),
)


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) + sum(1 for char in text if char > "\uffff")


def cut(text: str, offset: int, length: int) -> str:
    """The piece of `text` that an entity covers; offset and length in UTF-16 units."""
    raw = text.encode("utf-16-le")[2 * offset : 2 * (offset + length)]
    return raw.decode("utf-16-le", "replace")


def byte_offset(text: str, position: int) -> int:
    """Where the character at `position` begins in UTF-8, as Telegram's messages count."""
    return len(text[:position].encode("utf-8", "surrogatepass"))


def read_entities(raw: Any) -> list[Entity]:
    """The entities that a bot sent as JSON, checked for shape and type; detected types are ignored as Telegram does."""
    if not isinstance(raw, list):
        return []
    return [entity for item in raw if (entity := _read_entity(item)) is not None]


def _read_entity(item: Any) -> Entity | None:
    if not isinstance(item, dict):
        raise bad_request("can't parse MessageEntity: expected an Object")
    for field in ("offset", "length"):
        if field not in item:
            raise bad_request(f"can't parse MessageEntity: Can't find field \"{field}\"")
        if not isinstance(item[field], int):
            raise bad_request(f'can\'t parse MessageEntity: Field "{field}" must be of type Number')
    kind = item.get("type")
    if kind in DETECTED:
        return None
    if kind not in GIVEN:
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    needed = {"text_link": "url", "text_mention": "user", "custom_emoji": "custom_emoji_id"}.get(kind)
    if needed and not item.get(needed):
        raise bad_request(f"can't parse MessageEntity: Can't find field \"{needed}\"")
    kept = ("type", "offset", "length", needed, "language" if kind == "pre" else None)
    return {name: item[name] for name in kept if name and name in item}


def finish(text: str, entities: list[Entity], *, allow_empty: bool = False) -> tuple[str, list[Entity]]:
    """What Telegram stores for a text: cleaned, trimmed, entities nested, links and commands found.

    Raises ApiError 400 for entities outside the text or inside a surrogate pair, and for text without content.
    """
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise bad_request("strings must be encoded in UTF-8")
    text, entities = _clean(text, _nest(_inside(entities)))
    text, entities = _trim(text, entities)
    if not allow_empty and not text.strip(" \n" + _INVISIBLE):
        raise bad_request("text must be non-empty")
    entities = [*entities[:MAX_ENTITIES], *detect(text, entities)]
    return text, sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _inside(entities: list[Entity]) -> list[Entity]:
    for entity in entities:
        for field in ("offset", "length"):
            if not 0 <= entity[field] <= 1_000_000:
                raise bad_request(f"receive an entity with incorrect {field} {entity[field]}")
    return [dict(entity) for entity in entities if entity["length"]]


def _clean(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Control characters become spaces, line separators go; entities move along."""
    places, kept, old, new = {}, [], 0, 0
    for char in text:
        places[old] = new
        char_kept = "" if char in _REMOVED else " " if char < " " and char != "\n" else char
        kept.append(char_kept)
        old, new = old + units(char), new + units(char_kept)
    places[old] = new
    for entity in entities:
        _check_place(entity, places, text, old)
        end = places[entity["offset"] + entity["length"]]
        entity["offset"] = places[entity["offset"]]
        entity["length"] = end - entity["offset"]
    return "".join(kept), [entity for entity in entities if entity["length"]]


def _check_place(entity: Entity, places: dict[int, int], text: str, size: int) -> None:
    begin, end = entity["offset"], entity["offset"] + entity["length"]
    if begin > size:
        raise bad_request(f"entity begins after the end of the text at UTF-16 offset {begin}")
    if end > size:
        raise bad_request(f"entity beginning at UTF-16 offset {begin} ends after the end of the text at UTF-16 offset {end}")
    if begin not in places:
        raise bad_request(f"entity begins in a middle of a UTF-16 symbol at byte offset {_bytes_before(text, begin)}")
    if end not in places:
        where = _bytes_before(text, end)
        raise bad_request(f"entity beginning at UTF-16 offset {begin} ends in a middle of a UTF-16 symbol at byte offset {where}")


def _bytes_before(text: str, offset: int) -> int:
    return len(cut(text, 0, offset - 1).encode()) + 4


def _nest(entities: list[Entity]) -> list[Entity]:
    """Entities may lie inside each other but not cross: styles are split at the border, others are dropped.

    Nothing lies inside monospace text.
    """
    waiting = sorted(entities, key=_order)
    open_ones: list[Entity] = []
    result: list[Entity] = []
    while waiting:
        entity = waiting.pop(0)
        while open_ones and _end(open_ones[-1]) <= entity["offset"]:
            open_ones.pop()
        around = open_ones[-1] if open_ones else None
        if around and around["type"] in MONOSPACE or any(o["type"] == entity["type"] for o in open_ones):
            continue
        if around and _end(entity) > _end(around):
            if entity["type"] not in STYLES:
                continue
            rest = entity | {"offset": _end(around), "length": _end(entity) - _end(around)}
            waiting = sorted([*waiting, rest], key=_order)
            entity = entity | {"length": _end(around) - entity["offset"]}
        open_ones.append(entity)
        result.append(entity)
    return result


def _order(entity: Entity) -> tuple[int, int, bool, str]:
    return entity["offset"], -entity["length"], entity["type"] in MONOSPACE, entity["type"]


def _end(entity: Entity) -> int:
    return int(entity["offset"] + entity["length"])


def _trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Spaces and newlines at both ends go; an entity neither begins with one nor consists of them."""
    inner = text.strip(" \n")
    before = len(text) - len(text.lstrip(" \n")) if inner else len(text)
    size = units(inner)
    kept = []
    for entity in entities:
        covered = cut(text, entity["offset"], entity["length"])
        begin = entity["offset"] + len(covered) - len(covered.lstrip(" \n")) - before
        end = min(_end(entity) - before, size)
        if covered.strip(" \n") and end > begin:
            kept.append(entity | {"offset": begin, "length": end - begin})
    return inner, kept


def detect(text: str, taken: Sequence[Entity] = ()) -> list[Entity]:
    """Mentions, commands, links and tags that Telegram finds by itself outside the entities in `taken`."""
    solid = [(e["offset"], _end(e)) for e in taken if e["type"] not in STYLES | QUOTES]
    found: list[Entity] = []
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            begin = units(text[: match.start()])
            end = begin + units(match.group())
            if all(end <= low or begin >= high for low, high in solid):
                solid.append((begin, end))
                found.append({"type": kind, "offset": begin, "length": end - begin})
    return found
