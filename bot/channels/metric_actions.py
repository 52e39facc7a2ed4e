"""What the buttons below a table of live metrics carry: a short code and what waits; and how to read it back.

It comes back from people's phones, so what does not fit is nothing, and what fits is checked again by whoever acts on it.
"""

from __future__ import annotations

from bot.channels.callbacks import Callbacks

_ID = r"[0-9a-f]{8}"
_FIELDS = {"draft": _ID, "session": _ID}
_SHAPES = {
    "metrics_keep": ("vk", "draft"),
    "metrics_drop": ("vd", "draft"),
    "metrics_where": ("vw", "draft"),
    "metrics_move": ("vm", "draft session"),
    "metrics_show": ("vs", "draft"),
    "metrics_ask": ("vq", "draft"),
}
_CALLBACKS = Callbacks(_FIELDS, _SHAPES)
made, read, NAMES = _CALLBACKS.made, _CALLBACKS.read, _CALLBACKS.names
"""To write one, to read it back, and the names of all."""
