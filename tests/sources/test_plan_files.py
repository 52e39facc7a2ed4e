"""Plan files: what they may say, and what is said when it is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.domain.nudges import Phase, Planned
from bot.errors import FileRefused
from bot.sources.plan_files import Plans, read_plans

ZONE = ZoneInfo("Asia/Shanghai")
PLAN = """
start: 2026-05-11T19:00:00
length: 150min
goal: 80000
budget: 6000
break_even_roi: 2.3
own: {clk_pay_rate: 0.21}
tips_per_hour: 4
phases:
  - {phase: welfare, start: 2026-05-11T19:10:00, end: 2026-05-11T19:40:00}
events:
  - {kind: giveaway, start: "2026-05-11T19:42:00+08:00", end: 2026-05-11T19:48:00+08:00, note: 福袋}
"""


def read(path: Path, text: str) -> Plans:
    path.write_text(text, encoding="utf-8")
    return read_plans(path, zone=ZONE, figures={"budget", "break_even_roi"}, metrics={"clk_pay_rate", "gmv"})


def test_a_plan_as_people_write_it(tmp_path: Path) -> None:
    found = read(tmp_path / "plan.yaml", PLAN).of("anything.csv")
    assert found is not None
    assert (found.plan.start.isoformat(), found.plan.end.isoformat()) == (
        "2026-05-11T19:00:00+08:00",
        "2026-05-11T21:30:00+08:00",
    )
    assert found.figures == {"goal": 80000, "budget": 6000, "break_even_roi": 2.3}
    assert (found.own, found.tips_per_hour) == ({"clk_pay_rate": 0.21}, 4)
    assert [one.phase for one in found.plan.phases] == [Phase.WELFARE]
    assert [(one.kind, one.text) for one in found.plan.events] == [(Planned.GIVEAWAY, "福袋")]


def test_a_file_may_hold_a_plan_for_each_recording(tmp_path: Path) -> None:
    one = {"start": "2026-05-11T19:00:00+08:00", "end": "2026-05-11T20:00:00+08:00", "rows": 360, "columns": ["ts"], "hours": 1}
    plans = read(tmp_path / "plans.json", json.dumps({"version": 1, "files": {"a.csv": one, "b": one}}))
    assert plans.of("a.csv") is not None and plans.of("b.jsonl") is not None and plans.of("c.csv") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- start", "要写成「名字: 值」"),
        ("start: [", "不是合法的 YAML"),
        ("goal: 5", "第 1 行：start：要写时间"),
        ("start: tomorrow\nend: 2026-05-11T19:00:00", "第 1 行：start：要写时间"),
        ("start: 2026-05-11T19:00:00\nend: 2026-05-11T18:00:00", "第 2 行：end：要写时间"),
        ("start: 2026-05-11T19:00:00\nlength: long", "第 2 行：length 写成时长"),
        (PLAN.replace("80000", "-5"), "第 4 行：goal：要写大于 0 的数"),
        (PLAN.replace("6000", "lots"), "第 5 行：budget 要写成数"),
        (PLAN.replace("budget", "bugdet"), "第 5 行：没有 bugdet 这一项，是不是 budget"),
        (PLAN.replace("clk_pay_rate", "clicks"), "第 7 行：没有 clicks 这个指标"),
        (PLAN.replace("giveaway", "party"), "第 12 行：events[0].kind：只能写 giveaway"),
        (PLAN.replace("welfare", "encore"), "第 10 行：phases[0].phase：只能写 opening"),
        (PLAN.replace("tips_per_hour: 4", "tips_per_hour: many"), "tips_per_hour 写 0 到 60"),
        ("files: {a.csv: 5}", "files 里一个录制文件名对一份计划"),
        ("a: &x 1\nb: *x", "锚点"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(FileRefused) as error:
        read(tmp_path / "plan.yaml", text)
    assert said in str(error.value) and "\n" not in str(error.value) + error.value.english


def test_a_file_that_cannot_be_a_plan(tmp_path: Path) -> None:
    (tmp_path / "large.yaml").write_text("#" * 1_000_001)
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    for name in ("gone.yaml", "large.yaml", "binary.yaml", "."):
        with pytest.raises(FileRefused):
            read_plans(tmp_path / name, zone=ZONE, figures=(), metrics=())
