"""What a button carries: short text of at most 64 bytes, and how to read it back.

It comes back from people's phones, so it is checked like any other input: what does not fit the grammar is None,
and what fits still has to be the viewer's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.channels import plan_actions as plans
from bot.channels import rule_actions, session_actions, tip_actions
from bot.channels.reference.view import Goal, Target
from bot.channels.telegram.people import grammar as people

NO_EXCHANGE = "-"
"""In place of an exchange where a section was opened without a question."""

NOTHING = "n"
"""A button that only shows something."""

_EXCHANGE = r"(?P<exchange>[A-Za-z0-9_-]{8})"
_CARD = r"[mu]\.[A-Za-z0-9_]{1,32}"
_WAITING = r"(?P<exchange>[0-9a-f]{8})"
_PLACE = r"(?P<key>[tm][0-9a-f]{8})"
_DOCUMENT = r"(?P<key>[0-9a-f]{8})"
_NUMBER = r"(?P<number>[0-9]{1,4})"
_GRAMMAR = {
    "citation": re.compile(rf"c:{_EXCHANGE}:(?P<number>[1-9][0-9]?)"),
    "case": re.compile(rf"x:{_EXCHANGE}:(?P<number>[1-9][0-9]?)"),
    "section": re.compile(rf"k:(?P<exchange>[A-Za-z0-9_-]{{8}}|-|{_CARD}):(?P<key>[0-9a-f]{{12}}):(?P<number>[0-9]{{1,3}})"),
    "back": re.compile(rf"b:{_EXCHANGE}"),
    "good": re.compile(rf"f:{_EXCHANGE}:1"),
    "bad": re.compile(rf"f:{_EXCHANGE}:0"),
    "reason": re.compile(rf"r:{_EXCHANGE}:(?P<key>[a-z])"),
    "lead": re.compile(rf"l:{_EXCHANGE}(?::(?P<key>[0-9a-f]{{8}}))?"),
    "example": re.compile(r"q:(?P<number>[0-9])"),
    "metrics": re.compile(r"M:(?P<number>[0-9]{1,2})"),
    "metric": re.compile(r"m:(?P<key>[A-Za-z0-9_]{1,32})"),
    "rules": re.compile(r"U:(?P<number>[0-9]{1,2})"),
    "rule": re.compile(r"u:(?P<key>[A-Za-z0-9_]{1,32})"),
    "variants": re.compile(r"W"),
    "checklist": re.compile(r"w:(?P<key>[a-z]{1,16}\.[a-z]{1,16}):(?P<number>[0-9]{1,2})"),
    "anchor": re.compile(rf"a:(?P<exchange>{_CARD}|-):(?P<key>[0-9]{{1,3}}\.[0-9]{{1,3}})"),
    "nothing": re.compile(NOTHING),
    "put_where": re.compile(rf"Dp:{_WAITING}:{_NUMBER}"),
    "put_ask": re.compile(rf"Dc:{_WAITING}:{_PLACE}"),
    "put": re.compile(rf"Dy:{_WAITING}:{_PLACE}"),
    "put_drop": re.compile(rf"Dd:{_WAITING}"),
    "libraries": re.compile(rf"Dl:{_NUMBER}"),
    "documents": re.compile(rf"Df:{_PLACE}:{_NUMBER}"),
    "document": re.compile(rf"Dv:{_DOCUMENT}"),
    "restore_ask": re.compile(rf"Dr:{_DOCUMENT}:{_NUMBER}"),
    "restore": re.compile(rf"Dz:{_DOCUMENT}:{_NUMBER}"),
    "take_out_ask": re.compile(rf"Dt:{_DOCUMENT}"),
    "take_out": re.compile(rf"Dx:{_DOCUMENT}"),
}

_LETTERS = {Goal.METRICS: "M", Goal.METRIC: "m", Goal.RULES: "U", Goal.RULE: "u", Goal.VARIANTS: "W"}


@dataclass(frozen=True, slots=True)
class Action:
    """What was pressed. `number` counts a citation, a case or a group from 1, a page or an example from 0.

    In place of an exchange there may be the metric or rule that a section was opened from. `fields` are what people.grammar
    plan_actions, session_actions, tip_actions and rule_actions know: a team, a merchant, a person, a session, an item, a tip.
    """

    name: str
    exchange: str = ""
    key: str = ""
    number: int = 0
    fields: Mapping[str, str] = field(default_factory=dict)


def parse(data: str) -> Action | None:
    """The action that this callback data stands for, None when it stands for none."""
    for name, grammar in _GRAMMAR.items():
        if found := grammar.fullmatch(data):
            fields = found.groupdict()
            return Action(name, fields.get("exchange", ""), fields.get("key") or "", int(fields.get("number", 0)))
    readers = (people.read, plans.read, session_actions.read, tip_actions.read, rule_actions.read)
    known = next((one for one in (read(data) for read in readers) if one), None)
    return Action(known[0], fields=known[1]) if known else None


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


def lead(exchange: str, team: str = "") -> str:
    """Pass the question on to the lead, or to the leads of one of the asker's teams."""
    return f"l:{exchange}:{team}" if team else f"l:{exchange}"


def example(number: int) -> str:
    """Ask one of the example questions."""
    return f"q:{number}"


def card(exchange: str) -> str:
    """The action that shows the metric or rule again that a section was opened from; empty when it was not."""
    return exchange.replace(".", ":", 1) if re.fullmatch(_CARD, exchange) else ""


def reference(target: Target) -> str:
    """Show a metric, a rule, a checklist, or a list of them."""
    if target.goal in (Goal.METRICS, Goal.RULES):
        return f"{_LETTERS[target.goal]}:{target.number}"
    if target.goal is Goal.CHECKLIST:
        return f"w:{target.key}:{target.number}"
    return f"{_LETTERS[target.goal]}:{target.key}" if target.key else _LETTERS[target.goal]


def anchor(at: Target | None, number: str) -> str:
    """Open the section with this number; `at` is the metric or rule to go back to."""
    back = f"{_LETTERS[at.goal]}.{at.key}" if at and at.goal in (Goal.METRIC, Goal.RULE) else NO_EXCHANGE
    return f"a:{back}:{number}"


def target(action: Action) -> Target:
    """What an action that `reference` made leads to."""
    return Target(Goal(action.name), action.key, action.number)


def put_where(waiting: str, page: int) -> str:
    """Choose where a file that was sent goes."""
    return f"Dp:{waiting}:{page}"


def put_ask(waiting: str, place: str) -> str:
    """Ask whether it goes there; `place` is ``t<team>`` or ``m<merchant>``."""
    return f"Dc:{waiting}:{place}"


def put(waiting: str, place: str) -> str:
    """Put it there."""
    return f"Dy:{waiting}:{place}"


def put_drop(waiting: str) -> str:
    """Do without it."""
    return f"Dd:{waiting}"


def libraries(page: int) -> str:
    """Show where there are documents."""
    return f"Dl:{page}"


def documents(place: str, page: int = 0) -> str:
    """Show the documents of a place."""
    return f"Df:{place}:{page}"


def document(id: str) -> str:
    """Show a document with its versions."""
    return f"Dv:{id}"


def restore_ask(id: str, number: int) -> str:
    """Ask whether a version is to count again."""
    return f"Dr:{id}:{number}"


def restore(id: str, number: int) -> str:
    """Let a version count again."""
    return f"Dz:{id}:{number}"


def take_out_ask(id: str) -> str:
    """Ask whether a document is to be taken out."""
    return f"Dt:{id}"


def take_out(id: str) -> str:
    """Take a document out."""
    return f"Dx:{id}"
