"""What the buttons of teams, merchants and groups carry: a short code and ids, and how to read them back.

Ids of ours are eight hexadecimal digits; people and chats are named by Telegram's own numbers.
"""

from __future__ import annotations

from bot.channels.callbacks import Callbacks
from bot.domain.access import Role

NONE = "-"
"""In place of a merchant: the team itself."""

_ID = r"[0-9a-f]{8}"
SOURCE = r"[A-Za-z0-9_]{1,12}(?:-[A-Za-z0-9_]{1,12}){0,2}"
"""Names of the handbook's sources that a button can carry."""
_FIELDS = {
    "team": _ID,
    "merchant": rf"{_ID}|{NONE}",
    "person": r"[1-9][0-9]{0,15}",
    "role": "|".join(Role),
    "uses": r"1|5|20",
    "days": r"1|7|30",
    "invitation": _ID,
    "chat": r"-[1-9][0-9]{0,15}",
    "topic": r"0|[1-9][0-9]{0,9}",
    "policy": r"[0-2]",
    "robot": r"[1-9][0-9]{0,9}",
    "feed": _ID,
    "session": rf"{_ID}|{NONE}",
    "source": rf"{SOURCE}|{NONE}",
    "page": r"[0-9]{1,3}",
    "at": r"0|[on][1-9][0-9]{0,9}",
    "on": r"[01]",
    "sure": r"[01]",
}
_SHAPES = {
    "teams": ("t", ""),
    "team": ("tt", "team"),
    "members": ("tm", "team page"),
    "member": ("tp", "team person"),
    "roles": ("tr", "team merchant person"),
    "give_role": ("tg", "team merchant person role sure"),
    "remove": ("tx", "team merchant person sure"),
    "hand_over": ("th", "team person sure"),
    "block": ("tb", "team person on sure"),
    "blocked": ("tk", "team"),
    "unblock": ("tu", "team person sure"),
    "leave": ("tl", "team sure"),
    "rename_team": ("tn", "team"),
    "invitations": ("ii", "team"),
    "revoke": ("ix", "team invitation sure"),
    "invite": ("iw", "team"),
    "invite_role": ("ir", "team merchant"),
    "invite_uses": ("iu", "team merchant role"),
    "invite_days": ("id", "team merchant role uses"),
    "invite_make": ("im", "team merchant role uses days"),
    "merchants": ("gg", "team"),
    "merchant": ("gm", "merchant"),
    "add_merchant": ("gn", "team"),
    "authorise": ("ga", "merchant"),
    "end_authorisation": ("ge", "merchant sure"),
    "rename_merchant": ("gr", "merchant"),
    "delete_merchant": ("gd", "merchant"),
    "groups": ("bg", "team"),
    "group": ("b1", "chat topic"),
    "bind_what": ("bw", "chat topic"),
    "bind_policy": ("bp", "chat topic team merchant"),
    "bind": ("bb", "chat topic team merchant policy"),
    "unbind": ("bu", "chat topic sure"),
    "robot_groups": ("rg", "team"),
    "robots": ("rl", "chat"),
    "robot_add": ("ra", "chat"),
    "robot": ("r1", "robot"),
    "robot_test": ("rt", "robot"),
    "robot_remove": ("rx", "robot sure"),
    "feeds": ("fl", "team"),
    "feed": ("f1", "feed"),
    "feed_new": ("fn", "team"),
    "feed_columns": ("fc", "team session"),
    "feed_name": ("fa", "team session source"),
    "feed_poll": ("fp", "feed merchant"),
    "feed_stop": ("fs", "feed"),
    "feed_revoke": ("fx", "feed sure"),
    "audit": ("aa", "team merchant at"),
    "audits": ("ac", "team"),
}
_CALLBACKS = Callbacks(_FIELDS, _SHAPES, none=NONE)
made, read, NAMES = _CALLBACKS.made, _CALLBACKS.read, _CALLBACKS.names
"""To write one, to read it back, and the names of all."""
