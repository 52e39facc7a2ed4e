"""When to answer, when to say "the handbook does not say", when the question is not about the work."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """What the evidence allows."""

    ANSWER = "answer"
    NOT_FOUND = "not_found"
    OFF_TOPIC = "off_topic"


@dataclass(frozen=True, slots=True)
class Confidence:
    """`probability` (0..1) that the first passage answers the question; `evidence` names what it rests on."""

    level: Level
    probability: float
    evidence: dict[str, float] = field(default_factory=dict)
