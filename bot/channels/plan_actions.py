"""What the buttons about a session as a whole carry: a short code and ids; and how to read them back.

It comes back from people's phones, so what does not fit is nothing, and what fits is checked again by whoever acts on it.
"""

from __future__ import annotations

from bot.channels.callbacks import Callbacks

NONE = "-"
"""In place of a person or chat: nobody, nowhere."""

_ID = r"[0-9a-f]{8}"
_FIELDS = {
    "merchant": _ID,
    "session": _ID,
    "field": r"starts|length|host|goal|figures",
    "variant": r"daily|campaign|brand|first",
    "minutes": r"[1-9][0-9]{1,3}",
    "person": rf"[1-9][0-9]{{0,15}}|{NONE}",
    "post": r"[1-8]",
    "chat": rf"-[1-9][0-9]{{0,15}}|{NONE}",
    "topic": r"0|[1-9][0-9]{0,9}",
    "sure": r"[01]",
    "revision": r"[1-9][0-9]{0,5}",
    "order": r"[0-9a-f]{8}",
}
_SHAPES = {
    "plan_new": ("sn", "merchant"),
    "plan_card": ("sv", "session"),
    "plan_edit": ("se", "session"),
    "plan_ask": ("sa", "session field"),
    "plan_confirm": ("sc", "session sure revision"),
    "plan_last": ("sl", "session"),
    "plan_lengths": ("sk", "session"),
    "plan_length": ("sh", "session minutes"),
    "plan_variants": ("su", "session"),
    "plan_variant": ("st", "session variant"),
    "plan_operators": ("so", "session"),
    "plan_operator": ("sO", "session person"),
    "plan_posts": ("sp", "session"),
    "plan_holders": ("sq", "session post"),
    "plan_holder": ("sP", "session post person"),
    "plan_name": ("sN", "session post"),
    "plan_groups": ("sg", "session"),
    "plan_group": ("sG", "session chat topic"),
    "plan_weekly": ("sw", "session sure"),
    "plan_cancel": ("sx", "session sure"),
    "plan_begin": ("sb", "session"),
    "plan_reason": ("sr", "session"),
    "plan_end": ("sd", "session sure"),
    "plan_goes_on": ("sy", "session"),
    "plan_checklist": ("sK", "session"),
    "plan_order": ("si", "session"),
    "calendar_link": ("sz", ""),
    "calendar_end": ("sZ", ""),
    "plan_order_ask": ("sj", "session"),
    "plan_order_keep": ("sI", "session order"),
}
_CALLBACKS = Callbacks(_FIELDS, _SHAPES, none=NONE)
made, read, NAMES = _CALLBACKS.made, _CALLBACKS.read, _CALLBACKS.names
"""To write one, to read it back, and the names of all."""
