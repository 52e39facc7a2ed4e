"""A proposal as a week brings it, for whoever tests what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.domain.candidates import Way
from bot.domain.suggestions import Outcome, Suggestion
from tests.domain.live import at

OUTCOME = Outcome(16, 4, 4, 4, 12, 12, examples={"gone": ("t1",), "lost": (), "kept": ("t2",)})


def suggestion(id: str = "5a5a0001", **changes: object) -> Suggestion:
    """N10 a little stricter, for a whole team with one merchant."""
    made = Suggestion(
        id, "0000aaaa", "", ("000000a1",), date(2026, 3, 2), "N10", Way.STRICTER, "quiet", "0.5%", "0.45%", "0.45%", "f" * 16, 4,
        12, 4, 10.6, OUTCOME, at(10, day=2),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]
