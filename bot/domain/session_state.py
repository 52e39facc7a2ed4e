"""What has to be kept of a watched session so that it can go on in another process: plain values, as JSON has them.

Samples are not in it: they are stored by themselves, and `Watch.remember` takes those of the last hour in again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class SessionState:
    """`said` is when each rule was last told, `standing` those whose tip is not over, `calm` for how many samples it has been,
    `held` for how many a condition has held; `told` are (moment, rule) of the last hour, `muted` until when rules are."""

    began: float | None = None
    said: Mapping[str, float] = field(default_factory=dict)
    standing: tuple[str, ...] = ()
    calm: Mapping[str, int] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)
    told: tuple[tuple[float, str], ...] = ()
    muted: Mapping[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The same as what `json.dumps` takes."""
        return asdict(self)


def read_state(data: Mapping[str, Any]) -> SessionState:
    """What `as_json` gave, also after it has been through JSON."""
    told = tuple((float(at), str(rule)) for at, rule in data["told"])
    return SessionState(**{**data, "standing": tuple(data["standing"]), "told": told})
