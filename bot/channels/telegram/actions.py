"""What a button carries: short text of at most 64 bytes, and how to read it back.

It comes back from people's phones, so it is checked like any other input: what does not fit the grammar is None,
and what fits still has to be the viewer's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NO_EXCHANGE = "-"
"""In place of an exchange where a section was opened without a question."""

NOTHING = "n"
"""A button that only shows something."""

_EXCHANGE = r"(?P<exchange>[A-Za-z0-9_-]{8})"
_GRAMMAR = {
    "citation": re.compile(rf"c:{_EXCHANGE}:(?P<number>[1-9][0-9]?)"),
    "case": re.compile(rf"x:{_EXCHANGE}:(?P<number>[1-9][0-9]?)"),
    "section": re.compile(r"k:(?P<exchange>[A-Za-z0-9_-]{8}|-):(?P<key>[0-9a-f]{12}):(?P<number>[0-9]{1,3})"),
    "back": re.compile(rf"b:{_EXCHANGE}"),
    "good": re.compile(rf"f:{_EXCHANGE}:1"),
    "bad": re.compile(rf"f:{_EXCHANGE}:0"),
    "reason": re.compile(rf"r:{_EXCHANGE}:(?P<key>[a-z])"),
    "lead": re.compile(rf"l:{_EXCHANGE}"),
    "example": re.compile(r"q:(?P<number>[0-9])"),
    "nothing": re.compile(NOTHING),
}


@dataclass(frozen=True, slots=True)
class Action:
    """What was pressed. `number` counts a citation or a case from 1, a page or an example from 0."""

    name: str
    exchange: str = ""
    key: str = ""
    number: int = 0


def parse(data: str) -> Action | None:
    """The action that this callback data stands for, None when it stands for none."""
    for name, grammar in _GRAMMAR.items():
        if found := grammar.fullmatch(data):
            fields = found.groupdict()
            return Action(name, fields.get("exchange", ""), fields.get("key", ""), int(fields.get("number", 0)))
    return None


def citation(exchange: str, number: int) -> str:
    """Open what is cited under this number."""
    return f"c:{exchange}:{number}"


def case(exchange: str, number: int) -> str:
    """Open the case with this number."""
    return f"x:{exchange}:{number}"


def section(exchange: str, key: str, page: int = 0) -> str:
    """Show a page of a section; `exchange` is the answer to go back to, or NO_EXCHANGE."""
    return f"k:{exchange}:{key}:{page}"


def back(exchange: str) -> str:
    """Show the answer again."""
    return f"b:{exchange}"


def feedback(exchange: str, *, good: bool) -> str:
    """Say whether the answer is good."""
    return f"f:{exchange}:{int(good)}"


def reason(exchange: str, code: str) -> str:
    """Say why the answer is bad."""
    return f"r:{exchange}:{code}"


def lead(exchange: str) -> str:
    """Pass the question on to the lead."""
    return f"l:{exchange}"


def example(number: int) -> str:
    """Ask one of the example questions."""
    return f"q:{number}"
