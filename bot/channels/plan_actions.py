"""What the buttons about a session as a whole carry: a short code and ids; and how to read them back.

It comes back from people's phones, so what does not fit is nothing, and what fits is checked again by whoever acts on it.
"""

from __future__ import annotations

import re

NONE = "-"
"""In place of a person or chat: nobody, nowhere."""

_ID = r"[0-9a-f]{8}"
_FIELDS = {
    "merchant": _ID,
    "session": _ID,
    "field": r"starts|length|host|goal",
    "variant": r"daily|campaign|brand|first",
    "minutes": r"[1-9][0-9]{1,3}",
    "person": rf"[1-9][0-9]{{0,15}}|{NONE}",
    "post": r"[1-8]",
    "chat": rf"-[1-9][0-9]{{0,15}}|{NONE}",
    "topic": r"0|[1-9][0-9]{0,9}",
    "sure": r"[01]",
}
_SHAPES = {
    "plan_new": ("sn", "merchant"),
    "plan_card": ("sv", "session"),
    "plan_edit": ("se", "session"),
    "plan_ask": ("sa", "session field"),
    "plan_confirm": ("sc", "session sure"),
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
    "plan_order_keep": ("sI", "session"),
}
_GRAMMAR = {
    name: re.compile(":".join([code, *(rf"(?P<{field}>{_FIELDS[field]})" for field in fields.split())]))
    for name, (code, fields) in _SHAPES.items()
}
NAMES = tuple(_SHAPES)
"""Every action about a session as a whole."""


def made(name: str, *values: object) -> str:
    """The callback data of an action; an empty value stands for nobody or nowhere."""
    return ":".join([_SHAPES[name][0], *(str(value) if value != "" else NONE for value in values)])


def read(data: str) -> tuple[str, dict[str, str]] | None:
    """The action and its fields, None when the data is none of ours; nobody and nowhere are read back as empty."""
    for name, grammar in _GRAMMAR.items():
        if found := grammar.fullmatch(data):
            return name, {field: "" if value == NONE else value for field, value in found.groupdict().items()}
    return None
