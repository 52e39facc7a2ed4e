"""Live sessions as a calendar file (.ics, RFC 5545), so that they show in the phone's own calendar."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

_PRODUCT = "-//operator-copilot//live sessions//ZH"
_MOST_OCTETS = 75
# Calendars refuse files with control characters; a tab and a line break may be.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a calendar; `starts` and `ends` are aware.

    `uid` stays the same for the life of the entry and is known nowhere else; `sequence` grows with every change, else calendars
    keep what they have. Raises ValueError when it ends before it starts, or has no zone.
    """

    uid: str
    sequence: int
    starts: datetime
    ends: datetime
    summary: str
    description: str = ""
    cancelled: bool = False

    def __post_init__(self) -> None:
        if self.starts.tzinfo is None or self.ends.tzinfo is None:
            raise ValueError("the moments of an event have a zone")
        if self.ends.astimezone(UTC) <= self.starts.astimezone(UTC):
            raise ValueError("an event ends after it starts")


def calendar_text(events: Iterable[Event], *, stamp: datetime) -> str:
    """The whole file, to be written as UTF-8; `stamp` (aware) is when it was made."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{_PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for event in events:
        lines += _entry(event, stamp)
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _entry(event: Event, stamp: datetime) -> list[str]:
    described = [f"DESCRIPTION:{_escaped(event.description)}"] if event.description else []
    return [
        "BEGIN:VEVENT",
        f"UID:{_escaped(event.uid)}",
        f"SEQUENCE:{event.sequence}",
        f"DTSTAMP:{_utc(stamp)}",
        f"DTSTART:{_utc(event.starts)}",
        f"DTEND:{_utc(event.ends)}",
        f"SUMMARY:{_escaped(event.summary)}",
        *described,
        f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}",
        "END:VEVENT",
    ]


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    lines = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r"([\\;,])", r"\\\1", lines).replace("\n", "\\n")


def _folded(line: str) -> str:
    """The line in pieces of at most 75 octets, the space that begins each further one counted; characters stay whole."""
    pieces, room = [""], _MOST_OCTETS
    for sign in line:
        octets = len(sign.encode())
        if octets > room:
            pieces.append("")
            room = _MOST_OCTETS - 1
        pieces[-1] += sign
        room -= octets
    return "\r\n ".join(pieces)
