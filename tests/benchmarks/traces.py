"""How soon tips come on recordings whose incidents are known: after the incident begins, and after the figures show it."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.config import BUILT_IN_HANDBOOK
from bot.content.read import read_content
from bot.domain.decisions import BEYOND_THRESHOLD, Decision, Stage
from bot.domain.replaying import replay
from bot.domain.rulebook import Rulebook, prepare
from bot.domain.seats import Watched
from bot.sources.recordings import read_recording
from tests.benchmarks.figures import Figure
from tests.benchmarks.plan import Bench

SETS = "traces-dev"
"""The folder of recordings in `--data`, with `traces_truth.json`: each file's incidents, which rules should speak, until when."""
TRUTH = "traces_truth.json"
GAP = "feed_gap"
ZONE = ZoneInfo("Asia/Shanghai")
AFTER_KNOWN = 60.0
"""Seconds at most, at the median, from when an incident can be known to its tip."""
GRACE = timedelta(minutes=5)
"""So long after an incident's end a tip still counts as being about it."""
SURE = BEYOND_THRESHOLD - {Stage.CHANCE}
"""The stages of rules whose condition held and was more than chance."""


@dataclass(frozen=True, slots=True)
class Delay:
    """Seconds up to an incident's tip: from its start, from the first row in it that is beyond the rule's limit, and from the
    first that is also beyond what chance does, whether or not later rows were."""

    incident: str
    rule: str
    on_time: bool
    started: float
    beyond: float
    known: float


def traces(bench: Bench) -> list[Figure]:
    """Nothing without recordings in `--data`."""
    folder = bench.data / SETS if bench.data else None
    if folder is None or not (folder / TRUTH).is_file():
        return []
    content = read_content(BUILT_IN_HANDBOOK)
    book = prepare(content.rules, content.metrics.metrics, content.metrics.inputs)
    truth = json.loads((folder / TRUTH).read_text(encoding="utf-8"))
    incidents = 0
    delays: list[Delay] = []
    for name, held in truth["files"].items():
        expected = [event for event in held["events"] if event.get("expect") and event["kind"] != GAP]
        incidents += len(expected)
        decisions = decided(book, folder / name) if expected else []
        delays += [found for event in expected if (found := delay_of(event, decisions)) is not None]
    if not delays:
        raise SystemExit(f"{folder}: no incident was told of at all")
    return [
        Figure("traces", "incidents told of in time", sum(one.on_time for one in delays), "", incidents, less_is_better=False),
        _median("from an incident's start to its tip", [one.started for one in delays]),
        _median("from the first row beyond the limit", [one.beyond for one in delays]),
        _median("from the first row that is also beyond chance", [one.known for one in delays], AFTER_KNOWN),
    ]


def _median(name: str, seconds: Sequence[float], target: float | None = None) -> Figure:
    return Figure("traces", f"{name}, median", statistics.median(seconds), "s", target, note=f"most {max(seconds):.0f} s")


def decided(book: Rulebook, recording: Path) -> list[Decision]:
    """Each change of what is decided over a recording, without a plan, in the order of time."""
    rows = read_recording(recording, {one.id for one in book.known}, ZONE)
    played = replay(book, Watched(recording.name), ((row.moment.timestamp(), row.values) for row in rows))
    return [event for _, event in played if isinstance(event, Decision)]


def delay_of(event: Mapping[str, Any], decisions: Sequence[Decision]) -> Delay | None:
    """What the first tip of an expected rule in the incident, or just after, took; None without such a tip."""
    start, deadline = (datetime.fromisoformat(event[name]).timestamp() for name in ("start", "deadline"))
    end = (datetime.fromisoformat(event["end"]) + GRACE).timestamp()
    expected = [one for one in decisions if one.rule.id in event["expect"]]
    tip = next((one for one in expected if one.sent and start <= one.at <= end), None)
    if tip is None:
        return None
    # A rule that is back within its limit says nothing; so these are the first moments, not those of the last unbroken run.
    steps = [one for one in expected if one.rule is tip.rule and start <= one.at <= tip.at]
    beyond = min(one.at for one in steps if one.stage in BEYOND_THRESHOLD)
    known = min(one.at for one in steps if one.stage in SURE)
    return Delay(str(event["id"]), tip.rule.id, tip.at <= deadline, tip.at - start, tip.at - beyond, tip.at - known)
