"""What a session's plan announces: its goal, its phases and the events whose traces are no incidents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

from bot.domain.nudges import Phase, Planned
from bot.errors import Refused

SETTLES = {
    Planned.GIVEAWAY: timedelta(minutes=15),
    Planned.HOST_CHANGE: timedelta(minutes=10),
    Planned.HOT_RELEASE: timedelta(minutes=10),
    Planned.BUDGET_RAISE: timedelta(minutes=10),
    Planned.BREAK: timedelta(minutes=10),
}
"""How long after its end an event still explains what the metrics do: section 12.38; for a break our own, as for a host."""
EDGE = timedelta(minutes=10)
"""The first and the last minutes of a session, in which ratios jump and everything falls: section 12.38."""
MOST_ENTRIES = 500
"""Phases or events of one plan at most."""


@dataclass(frozen=True, slots=True)
class PlannedPhase:
    """One stretch of the session, `start` to `end` (exclusive); `lines` are the positions in the running order, if it has one."""

    phase: Phase
    start: datetime
    end: datetime
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedEvent:
    """Something announced from `start` to `end`; until `settled` its traces are its own.

    `text` is what the plan says of it, `line` its position in the running order, None where it belongs to no product.
    """

    kind: Planned
    start: datetime
    end: datetime
    settled: datetime
    text: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one session: `goal` in yuan, paid; None where none was set."""

    start: datetime
    end: datetime
    goal: Decimal | None
    phases: tuple[PlannedPhase, ...]
    events: tuple[PlannedEvent, ...]


def later(start: datetime, span: timedelta) -> datetime:
    """The moment `span` of passing time after `start`, in its zone. Raises ValueError for a naive datetime."""
    if start.utcoffset() is None:
        raise ValueError(f"a moment needs a time zone: {start.isoformat()}")
    # Adding to a local datetime moves the hands of the clock; only in UTC does it add time that passes.
    return (start.astimezone(UTC) + span).astimezone(start.tzinfo)


def read_plan(data: Mapping[str, object]) -> Plan:
    """The plan that a JSON object holds: `start`, `end`, `goal`, `phases` and `events`. Raises Refused with the place.

    A phase has `phase`, `start`, `end`; an event `kind`, `start`, `end` and may have `settle_end` and `note`. Moments are
    ISO 8601 with their offset. Events of kind ``opening`` and ``closing`` are phases. An event whose `role` is not ``planned``
    is no part of a plan and passed over: a recording's own notes have the same form.
    """
    start, end = _span(data, "")
    phases, events = [], []
    for number, row in enumerate(_rows(data, "phases")):
        phases.append(_phase(row, f"phases[{number}]", "phase"))
    for number, row in enumerate(_rows(data, "events")):
        place = f"events[{number}]"
        if row.get("role", "planned") != "planned":
            continue
        if row.get("kind") in (Phase.OPENING.value, Phase.CLOSING.value):
            phases.append(_phase(row, place, "kind"))
        else:
            events.append(_event(row, place))
    goal = _goal(data.get("goal"))
    by_start = sorted(events, key=lambda one: one.start)
    return Plan(start, end, goal, tuple(sorted(phases, key=lambda one: one.start)), tuple(by_start))


def _rows(data: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    rows = data.get(key, [])
    if not isinstance(rows, list) or len(rows) > MOST_ENTRIES:
        raise Refused("plan_wrong", place=key)
    for number, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise Refused("plan_wrong", place=f"{key}[{number}]")
    return rows


def _phase(row: Mapping[str, object], place: str, key: str) -> PlannedPhase:
    try:
        phase = Phase(str(row.get(key)))
    except ValueError as error:
        raise Refused("plan_wrong", place=f"{place}.{key}") from error
    return PlannedPhase(phase, *_span(row, f"{place}."))


def _event(row: Mapping[str, object], place: str) -> PlannedEvent:
    try:
        kind = Planned(str(row.get("kind")))
    except ValueError as error:
        raise Refused("plan_wrong", place=f"{place}.kind") from error
    start, end = _span(row, f"{place}.")
    settled = _moment(row["settle_end"], f"{place}.settle_end") if "settle_end" in row else later(end, SETTLES[kind])
    if settled < end:
        raise Refused("plan_wrong", place=f"{place}.settle_end")
    return PlannedEvent(kind, start, end, settled, str(row.get("note", "")))


def _span(row: Mapping[str, object], place: str) -> tuple[datetime, datetime]:
    start, end = _moment(row.get("start"), f"{place}start"), _moment(row.get("end"), f"{place}end")
    if end < start:
        raise Refused("plan_wrong", place=f"{place}end")
    return start, end


def _moment(value: object, place: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() is None or not 2000 <= moment.year <= 2200:
        raise Refused("plan_wrong", place=place)
    return moment


def _goal(value: object) -> Decimal | None:
    if value is None:
        return None
    try:
        goal = Decimal(str(value)) if isinstance(value, int | float | str) and not isinstance(value, bool) else Decimal("nan")
    except InvalidOperation:
        goal = Decimal("nan")
    if not goal.is_finite() or goal <= 0:
        raise Refused("plan_wrong", place="goal")
    return goal
