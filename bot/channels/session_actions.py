"""What the buttons below a session's cards carry: a short code, the session, the item and its slot; and how to read it back.

It comes back from people's phones, so what does not fit is nothing, and what fits is checked again by whoever acts on it.
"""

from __future__ import annotations

import re

_FIELDS = {
    "session": r"[A-Za-z0-9_-]{1,12}",
    "item": r"[A-Za-z0-9_-]{1,12}",
    "slot": r"[0-9]{1,3}",
    "person": r"[1-9][0-9]{0,15}",
    "number": r"-?[0-9]{1,14}(?:\.[0-9]{1,12})?",
    "page": r"[0-9]{1,2}",
}
_ITEM = "session item slot"
_SHAPES = {
    "item_tick": ("yt", _ITEM),
    "item_sure": ("yn", f"{_ITEM} number"),
    "items_back": ("yb", "session"),
    "items_more": ("ym", "session page"),
    "item_more": ("yi", _ITEM),
    "item_undo": ("yu", _ITEM),
    "item_skip": ("yk", _ITEM),
    "item_note": ("ye", _ITEM),
    "item_why": ("yw", _ITEM),
    "item_section": ("ys", _ITEM),
    "item_people": ("yp", f"{_ITEM} page"),
    "item_assign": ("ya", f"{_ITEM} person"),
    "item_cancel": ("yx", _ITEM),
}
_GRAMMAR = {
    name: re.compile(":".join([code, *(f"(?P<{field}>{_FIELDS[field]})" for field in fields.split())]))
    for name, (code, fields) in _SHAPES.items()
}
NAMES = tuple(_SHAPES)
"""Every action of these cards."""


def made(name: str, *values: object) -> str:
    """The callback data of an action."""
    return ":".join([_SHAPES[name][0], *map(str, values)])


def read(data: str) -> tuple[str, dict[str, str]] | None:
    """The action and its fields, None when the data is none of ours."""
    for name, grammar in _GRAMMAR.items():
        if found := grammar.fullmatch(data):
            return name, found.groupdict()
    return None
