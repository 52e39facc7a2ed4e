"""Session plans for `copilot replay --plan`: YAML or JSON, one plan, or several by the recording's name. docs/live.md says how.

Everything beyond phases and events is a figure that rules may read: budget, break_even_roi and other inputs of the handbook.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from bot.content.problem import Problem
from bot.content.yamlfile import YamlFile, read_yaml
from bot.domain.deciding import BUDGET
from bot.domain.nudges import Phase, Planned
from bot.domain.plans import Plan, later, read_plan
from bot.errors import FileRefused, Refused

LARGEST = 1_000_000
"""Bytes of a plan file; five hundred events take a tenth of it."""
_MOMENTS = ("start", "end", "settle_end")
_LENGTH = re.compile(r"([1-9][0-9]{0,5})(s|min|h)")
_UNITS = {"s": 1, "min": 60, "h": 3600}
_OWN_KEYS = frozenset({"start", "end", "length", "goal", "phases", "events", "own", "peers", "tips_per_hour", "files"})
_MISSPELT = 0.8
_MOST_TIPS = 60


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """A plan with the figures that it sets, the 7-day medians that it knows, and how many tips an hour are wanted."""

    plan: Plan
    figures: Mapping[str, float] = field(default_factory=dict)
    own: Mapping[str, float] = field(default_factory=dict)
    peers: Mapping[str, float] = field(default_factory=dict)
    tips_per_hour: int = BUDGET


@dataclass(frozen=True, slots=True)
class Plans:
    """The plans of one file: one for every recording, or each recording's own."""

    path: Path
    every: SessionPlan | None
    by_name: Mapping[str, SessionPlan]

    def of(self, recording: str) -> SessionPlan | None:
        """The plan of a recording, by the name of its file."""
        return self.every or self.by_name.get(recording) or self.by_name.get(recording.rpartition(".")[0])


def read_plans(path: Path, *, zone: tzinfo, figures: Collection[str], metrics: Collection[str]) -> Plans:
    """Read a plan file. `zone` is that of times without one, `figures` the inputs that a plan may set, `metrics` the ids of
    medians.

    Raises FileRefused with the line for what is wrong.
    """
    file = _file(path)
    reading = _Reading(path, file, zone, figures, metrics)
    if not isinstance(file.data, dict):
        raise reading.wrong((), "要写成「名字: 值」，例如 start: 2026-05-11T19:00:00+08:00", "write it as name: value pairs")
    if "files" not in file.data:
        return Plans(path, reading.plan(file.data, ()), {})
    found = file.data["files"]
    if not isinstance(found, dict) or not all(isinstance(one, dict) for one in found.values()):
        raise reading.wrong(("files",), "files 里一个录制文件名对一份计划", "files maps each recording's name to its plan")
    return Plans(path, None, {str(name): reading.plan(one, ("files", name)) for name, one in found.items()})


def _file(path: Path) -> YamlFile:
    try:
        if path.stat().st_size > LARGEST:
            raise FileRefused(f"{path.name}：计划文件太大，不超过 1 MB。", f"{path.name}: the plan is too large; at most 1 MB.")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused(
            f"{path.name}：不是文本文件，请存成 UTF-8。", f"{path.name}: no text file; please save it as UTF-8."
        ) from error
    except OSError as error:
        said = f"读不了计划 {path}（{error.strerror}），请检查路径。"
        raise FileRefused(said, f"The plan {path} cannot be read ({error.strerror}). Please check the path.") from error
    found = read_yaml(path.name, text)
    if isinstance(found, Problem):
        raise FileRefused(
            f"{path.name} 第 {found.line} 行：{found.text}。", f"{path.name}, line {found.line}: this is no YAML or JSON."
        )
    return found


@dataclass(frozen=True, slots=True)
class _Reading:
    path: Path
    file: YamlFile
    zone: tzinfo
    figures: Collection[str]
    metrics: Collection[str]

    def wrong(self, place: tuple[str | int, ...], chinese: str, english: str) -> FileRefused:
        line = self.file.line(*place)
        return FileRefused(f"{self.path.name} 第 {line} 行：{chinese}。", f"{self.path.name}, line {line}: {english}.")

    def plan(self, data: Mapping[str, Any], place: tuple[str | int, ...]) -> SessionPlan:
        self._check_keys(data, place)
        moments = self._with_moments(data)
        if "length" in moments and "end" not in moments:
            moments["end"] = self._end(moments, place)
        try:
            plan = read_plan(moments)
        except Refused as error:
            raise self._refused(str(error.values.get("place", "")), place) from error
        figures = {name: self._number(data[name], (*place, name)) for name in data if name in self.figures}
        own, peers = (self._medians(data, key, place) for key in ("own", "peers"))
        goal = {} if plan.goal is None else {"goal": float(plan.goal)}
        return SessionPlan(plan, figures | goal, own, peers, self._tips(data, place))

    def _check_keys(self, data: Mapping[str, Any], place: tuple[str | int, ...]) -> None:
        """A key that looks like a known one is a slip; others are somebody's notes."""
        known = _OWN_KEYS | set(self.figures)
        for key in data:
            near = [] if key in known else difflib.get_close_matches(str(key), known, n=1, cutoff=_MISSPELT)
            if near:
                raise self.wrong(
                    (*place, key), f"没有 {key} 这一项，是不是 {near[0]}", f"there is no {key}; did you mean {near[0]}"
                )

    def _with_moments(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Moments as text with an offset, also those that YAML took for times or that have no zone."""
        found: dict[str, Any] = {}
        for key, value in data.items():
            if key in _MOMENTS:
                found[key] = self._moment(value)
            elif key in ("phases", "events") and isinstance(value, list):
                found[key] = [self._with_moments(row) if isinstance(row, dict) else row for row in value]
            else:
                found[key] = value
        return found

    def _moment(self, value: object) -> object:
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            return value
        if not isinstance(moment, datetime):
            return value
        return (moment if moment.utcoffset() is not None else moment.replace(tzinfo=self.zone)).isoformat()

    def _end(self, data: Mapping[str, Any], place: tuple[str | int, ...]) -> object:
        match = _LENGTH.fullmatch(str(data["length"]))
        if not match:
            raise self.wrong((*place, "length"), "length 写成时长，例如 3h、150min", "length is a duration such as 3h or 150min")
        try:
            return later(datetime.fromisoformat(data["start"]), timedelta(seconds=int(match[1]) * _UNITS[match[2]])).isoformat()
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise self._refused("start", place) from error

    def _refused(self, name: str, place: tuple[str | int, ...]) -> FileRefused:
        parts = tuple(int(part) if part.isdigit() else part for part in re.findall(r"[a-z_]+|[0-9]+", name))
        last = str(parts[-1]) if parts else ""
        if last in _MOMENTS:
            said, english = (
                "要写时间，例如 2026-05-11T19:00:00+08:00，先后不能反",
                "a time such as 2026-05-11T19:00:00+08:00, in order",
            )
        elif last == "kind":
            kinds = "、".join(Planned)
            said, english = f"只能写 {kinds}、opening、closing", f"one of {', '.join(Planned)}, opening, closing"
        elif last == "phase":
            said, english = f"只能写 {'、'.join(Phase)}", f"one of {', '.join(Phase)}"
        else:
            said, english = "写法不对", "not right"
            if last == "goal":
                said, english = "要写大于 0 的数，单位元", "a number above 0, in yuan"
        return self.wrong((*place, *parts), f"{name}：{said}", f"{name}: {english}")

    def _number(self, value: object, place: tuple[str | int, ...]) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15:
            raise self.wrong(place, f"{place[-1]} 要写成数", f"{place[-1]} has to be a number")
        return float(value)

    def _medians(self, data: Mapping[str, Any], key: str, place: tuple[str | int, ...]) -> dict[str, float]:
        medians = data.get(key, {})
        if not isinstance(medians, dict):
            raise self.wrong((*place, key), f"{key} 里一个指标对一个中位数", f"{key} maps metrics to medians")
        for name in medians:
            if name not in self.metrics:
                raise self.wrong((*place, key, name), f"没有 {name} 这个指标", f"there is no metric {name}")
        return {name: self._number(value, (*place, key, name)) for name, value in medians.items()}

    def _tips(self, data: Mapping[str, Any], place: tuple[str | int, ...]) -> int:
        tips = data.get("tips_per_hour", BUDGET)
        if isinstance(tips, bool) or not isinstance(tips, int) or not 0 <= tips <= _MOST_TIPS:
            said = f"tips_per_hour 写 0 到 {_MOST_TIPS} 的整数"
            raise self.wrong((*place, "tips_per_hour"), said, f"tips_per_hour is a whole number from 0 to {_MOST_TIPS}")
        return tips
