"""A rule as somebody writes it in a message: a line a field, Chinese or English. Knows no platform."""

from __future__ import annotations

import re

from bot.channels import rule_words as words
from bot.channels.session_words import POSTS
from bot.domain.nudges import Severity, Step, Within
from bot.domain.own_form import Form
from bot.errors import Refused

LONGEST = 40
"""Characters of a title and of a step: what a tip shows on a phone."""
_FIELD = re.compile(r"\s*(标题|名称|条件|级别|步骤|title|condition|severity|steps?)\s*[:：]\s*(.*)", re.IGNORECASE)
_NAMES = {
    "标题": "title", "名称": "title", "条件": "condition", "级别": "severity", "步骤": "steps", "title": "title",
    "condition": "condition", "severity": "severity", "step": "steps", "steps": "steps",
}  # fmt: skip
_ASKED = {
    "title": ("标题", "title"),
    "condition": ("条件", "condition"),
    "severity": ("级别", "severity"),
    "steps": ("步骤", "steps"),
}
_STEP = re.compile(
    r"[-·•▸]?\s*(?:(?P<within>60|5|15)\s*(?:秒|分钟|s|min)\s*内?\s*)?(?P<who>[^\s:：][^:：]*?)\s*[:：]\s*(?P<do>.+)",
    re.IGNORECASE,
)
_WITHIN = {"60": Within.SECONDS_60, "5": Within.MINUTES_5, "15": Within.MINUTES_15}


def read_form(text: str, language: str) -> Form:
    """The form in a message. Raises Refused with what is missing or cannot be read."""
    fields: dict[str, list[tuple[int, str]]] = {name: [] for name in _ASKED}
    current = ""
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        if found := _FIELD.fullmatch(line):
            current, line = _NAMES[found[1].lower()], found[2].strip()
        if current and line:
            fields[current].append((number, line))
    missing = [_ASKED[name][language == "en"] for name, lines in fields.items() if not lines]
    if missing:
        raise Refused("form_incomplete", missing=(", " if language == "en" else "、").join(missing))
    begins = {name: lines[0][0] for name, lines in fields.items()}
    title, condition = (" ".join(line for _, line in fields[name]) for name in ("title", "condition"))
    severity = _severity(*fields["severity"][0])
    steps = tuple(_step(number, line, language) for number, line in fields["steps"])
    return Form(_short(begins["title"], title), condition, severity, steps, begins)


def _severity(number: int, said: str) -> Severity:
    found = next((severity for severity, names in words.SEVERITIES.items() if said.strip().lower() in names), None)
    if found is None:
        raise Refused("form_severity", number=number)
    return found


def _step(number: int, line: str, language: str) -> Step:
    found = _STEP.fullmatch(line)
    who = found["who"].strip().lower() if found else ""
    post = next((zh for zh, en in POSTS.items() if who in (zh, en)), "")
    if found is None or not post:
        names = POSTS.values() if language == "en" else POSTS
        posts = (", " if language == "en" else "、").join(names)
        raise Refused("form_step", number=number, line=line[:LONGEST], posts=posts)
    return Step(_WITHIN[found["within"] or "60"], post, _short(number, found["do"].strip()))


def _short(number: int, text: str) -> str:
    kept = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    if len(kept) > LONGEST:
        raise Refused("form_long", number=number, line=f"{kept[:20]}…", most=LONGEST)
    return kept
