"""What the buttons around own rules carry: a short code, a place, a rule, a draft, a proposal; and how to read it back.

It comes back from people's phones, so what does not fit is nothing, and what fits is checked again by whoever acts on it.
"""

from __future__ import annotations

from bot.channels.callbacks import Callbacks

_FIELDS = {
    "place": r"[tm][0-9a-f]{8}", "rule": r"[NTM][0-9]{2}", "limit": r"[a-z][a-z_]{0,20}", "draft": r"[0-9a-f]{8}",
    "proposal": r"[0-9a-f]{8}",    "group": r"[0-9]{1,2}", "on": r"[01]", "number": r"0|[1-9][0-9]{0,4}",
}  # fmt: skip
_SHAPES = {
    "own_places": ("jp", ""),
    "own_home": ("jh", "place"),
    "own_group": ("jg", "place group"),
    "own_rule": ("jr", "place rule"),
    "own_switch": ("js", "place rule on"),
    "own_limit": ("jl", "place rule limit"),
    "own_add": ("ja", "place"),
    "own_file": ("jf", "place"),
    "own_history": ("jv", "place"),
    "own_old": ("jo", "place number"),
    "own_peers": ("jk", "place"),
    "own_peers_set": ("ji", "place"),
    "own_adopt": ("jy", "draft"),
    "own_drop": ("jn", "draft"),
    "pr_open": ("jx", "place"),
    "pr_week": ("jw", "proposal"),
    "pr_show": ("ju", "proposal"),
    "pr_adopt": ("jq", "proposal"),
    "pr_decline": ("jz", "proposal"),
}
_CALLBACKS = Callbacks(_FIELDS, _SHAPES)
made, read, NAMES = _CALLBACKS.made, _CALLBACKS.read, _CALLBACKS.names
"""To write one, to read it back, and the names of all."""
