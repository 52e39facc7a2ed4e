"""What the buttons below a session's cards carry: a short code, the session, the item and its slot; and how to read it back.

It comes back from people's phones, so what does not fit is nothing, and what fits is checked again by whoever acts on it.
"""

from __future__ import annotations

from bot.channels.callbacks import Callbacks

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
    "item_photo": ("yo", _ITEM),
    "item_people": ("yp", f"{_ITEM} page"),
    "item_assign": ("ya", f"{_ITEM} person"),
    "item_cancel": ("yx", _ITEM),
}
_CALLBACKS = Callbacks(_FIELDS, _SHAPES)
made, read, NAMES = _CALLBACKS.made, _CALLBACKS.read, _CALLBACKS.names
"""To write one, to read it back, and the names of all."""
