"""A grammar of callback data: a short code for each action, then its fields; how to write it and how to read it back.

It comes back from people's phones, so what does not fit is nothing, and what fits is checked again by whoever acts on it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping


class Callbacks:
    """The actions of one kind of buttons.

    `fields` gives the pattern of each field, `shapes` the code and the fields of each action. `none` stands on the wire in
    place of an empty value, where one may be empty.
    """

    def __init__(self, fields: Mapping[str, str], shapes: Mapping[str, tuple[str, str]], *, none: str = "") -> None:
        self._codes = {name: code for name, (code, _) in shapes.items()}
        self._none = none
        self._grammar = {
            name: re.compile(":".join([code, *(f"(?P<{field}>{fields[field]})" for field in wanted.split())]))
            for name, (code, wanted) in shapes.items()
        }
        self.names = tuple(shapes)
        """Every action."""

    def made(self, name: str, *values: object) -> str:
        """The callback data of an action; an empty value is written as nobody, nowhere, nothing."""
        return ":".join([self._codes[name], *(str(value) if value != "" else self._none for value in values)])

    def read(self, data: str) -> tuple[str, dict[str, str]] | None:
        """The action and its fields, None when the data is none of these."""
        for name, grammar in self._grammar.items():
            if found := grammar.fullmatch(data):
                fields = found.groupdict().items()
                return name, {field: "" if self._none and value == self._none else value for field, value in fields}
        return None
