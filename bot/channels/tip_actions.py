"""What the buttons below a tip carry: a short code and the tip; and how to read it back.

It comes back from people's phones, so what does not fit is nothing, and what fits is checked again by whoever acts on it.
"""

from __future__ import annotations

from bot.channels.callbacks import Callbacks

_FIELDS = {"tip": r"[A-Za-z0-9_-]{1,16}", "minutes": r"[1-9][0-9]{0,2}"}
_SHAPES = {
    "tip_done": ("zd", "tip"),
    "tip_mute": ("zm", "tip minutes"),
    "tip_useless": ("zu", "tip"),
    "tip_why": ("zw", "tip"),
    "tip_section": ("zs", "tip"),
    "tip_case": ("zc", "tip"),
    "tip_chart": ("zg", "tip"),
}
_CALLBACKS = Callbacks(_FIELDS, _SHAPES)
made, read, NAMES = _CALLBACKS.made, _CALLBACKS.read, _CALLBACKS.names
"""To write one, to read it back, and the names of all."""
