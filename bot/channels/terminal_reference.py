"""Metrics, rules and checklists in the terminal: links become numbers, and names complete with Tab."""

from __future__ import annotations

from collections.abc import Iterator

from bot.channels.reference.show import COMMANDS
from bot.channels.reference.view import Link, View
from bot.channels.reference.words import VARIANTS
from bot.flows.reference import Reference

SLASHED = tuple(f"/{command}" for command in COMMANDS)


def split(line: str) -> tuple[str, str] | None:
    """The command without its slash and what stands behind it; None when the line is none of these commands."""
    command, _, argument = line.partition(" ")
    return (command[1:], argument.strip()) if command in SLASHED else None


def links_of(view: View) -> tuple[Link, ...]:
    """The links that lead somewhere, in the order of their numbers."""
    return tuple(link for row in view.rows for link in row if link.target is not None)


def numbered(view: View) -> list[str]:
    """A line for each row of links, each with the number that follows it."""
    lines, number = [], 0
    for row in view.rows:
        shown = []
        for link in row:
            if link.target is not None:
                number += 1
                shown.append(f"〔{number}〕{link.label}")
        lines += ["  ".join(shown)] if shown else []
    return lines


def completions(reference: Reference, text: str) -> Iterator[tuple[str, str]]:
    """(whole line, what it is) for every name that goes on from a command and the beginning of a name."""
    command, space, begun = text.partition(" ")
    if not space or command not in SLASHED:
        return
    named = {
        "/metrics": [(metric.id, metric.name) for metric in reference.metrics],
        "/rules": [(rule.id, rule.name) for rule in reference.rules],
        "/checklists": [(name.zh, "") for name in VARIANTS.values()] if reference.items else [],
    }
    for name, meaning in named[command]:
        if name.lower().startswith(begun.lower()) or (begun and begun in meaning):
            yield f"{command} {name}", meaning
