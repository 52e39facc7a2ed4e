"""What the buttons of boards carry: a short code, the session and the metric; and how to read it back.

It comes back from people's phones, so what does not fit is nothing, and what fits is checked again by whoever acts on it.
"""

from __future__ import annotations

from bot.channels.callbacks import Callbacks

_FIELDS = {"session": r"[A-Za-z0-9_-]{1,16}", "metric": r"[a-z][a-z0-9_]{0,31}"}
_SHAPES = {
    "board": ("va", "session"),
    "board_again": ("vb", "session"),
    "reading": ("vc", "session metric"),
    "reading_again": ("vd", "session metric"),
    "reading_where": ("ve", "metric"),
}
_CALLBACKS = Callbacks(_FIELDS, _SHAPES)
made, read, NAMES = _CALLBACKS.made, _CALLBACKS.read, _CALLBACKS.names
"""To write one, to read it back, and the names of all."""
