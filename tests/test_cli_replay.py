"""`copilot replay` from the command line: tips as JSON and for people, plans, reasons, wrong input."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import __main__ as cli
from tests.domain.rule_room import START, Figure, at, rows

DROP = {"online_now": at(300, start=40, end=60, name="online_now")}
STARTS = datetime.fromtimestamp(START, UTC)


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def recording(path: Path, figures: Mapping[str, Figure], *, gone: tuple[int, int] = (0, 0)) -> Path:
    """75 minutes of a room, one row a minute, without those from one minute to another."""
    kept = [(moment, values) for moment, values in rows(figures, 75) if not gone[0] <= (moment - START) / 60 < gone[1]]
    names = list(kept[0][1])
    lines = [
        ",".join([datetime.fromtimestamp(moment, UTC).isoformat(), *(f"{values[name]:g}" for name in names)])
        for moment, values in kept
    ]
    path.write_text("\n".join([",".join(["ts", *names]), *lines]) + "\n")
    return path


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["copilot", "replay", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return int(ended.value.code or 0), out, err


def test_each_tip_is_one_line_of_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = recording(tmp_path / "room.csv", DROP)
    code, out, err = run(monkeypatch, capsys, file, "--json")
    (tip,) = [json.loads(line) for line in out.splitlines()]
    assert code == 0 and tip.keys() >= {"file", "ts", "rule", "severity", "title", "advice", "sections", "values"}
    assert (tip["file"], tip["rule"], tip["severity"], tip["sections"]) == (str(file), "N01", "high", ["12.1"])
    assert datetime.fromisoformat(tip["ts"]).timestamp() == START + 41 * 60
    assert tip["values"]["online_now"] == 300 and tip["limits"]["drop"] == {"value": 0.15, "source": "default"}
    assert "75 行，1 条提示" in err


def test_a_gap_is_a_line_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = recording(tmp_path / "room.csv", {}, gone=(30, 40))
    _, out, _ = run(monkeypatch, capsys, file, "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert [(one["rule"], one["severity"]) for one in lines] == [("data_gap", "high"), ("data_gap", "info")]


def test_people_get_lines_to_act_on(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    _, out, _ = run(monkeypatch, capsys, recording(tmp_path / "room.csv", DROP))
    assert "N01 在线掉得快" in out and "60 秒内\t场控：" in out and "手册 12.1" in out


def test_a_plan_explains_what_was_announced(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file, plan = recording(tmp_path / "room.csv", DROP), tmp_path / "plan.json"
    span = {"start": STARTS.isoformat(), "end": STARTS.replace(hour=(STARTS.hour + 3) % 24).isoformat()}
    span["end"] = datetime.fromtimestamp(START + 10800, UTC).isoformat()
    event = {"kind": "giveaway", "start": span["start"], "end": datetime.fromtimestamp(START + 3600, UTC).isoformat()}
    plan.write_text(json.dumps({**span, "events": [event]}))
    code, out, _ = run(monkeypatch, capsys, file, "--plan", plan, "--json")
    assert (code, out) == (0, "")
    _, out, _ = run(monkeypatch, capsys, file, "--plan", plan, "--explain")
    assert "正在福袋抽奖，是计划里的" in out


def test_a_recording_that_the_plans_do_not_know_is_played_without(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "plans.yaml").write_text("files: {}")
    code, out, err = run(monkeypatch, capsys, recording(tmp_path / "room.csv", DROP), "--plan", tmp_path / "plans.yaml", "--json")
    assert code == 0 and out.count("\n") == 1 and "没有" in err and "按没有计划回放" in err


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("ts,gmw\n", "没有 gmw 这个指标"), ("", "空文件"), ("ts,gmv\n2026-05-11T19:00:00,x\n", "第 2 行 gmv 列：「x」不是数")],
)
def test_wrong_input_is_one_sentence_and_nothing_is_played(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str, sentence: str
) -> None:
    (tmp_path / "bad.csv").write_text(content)
    code, out, err = run(monkeypatch, capsys, recording(tmp_path / "room.csv", DROP), tmp_path / "bad.csv", "--json")
    assert (code, out) == (1, "") and sentence in err and len(err.splitlines()) == 1


def test_english_speakers_are_told_in_english(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("COPILOT_LANGUAGE", "en")
    code, _, err = run(monkeypatch, capsys, tmp_path / "gone.csv")
    assert code == 1 and err.startswith("There is no ")


@pytest.mark.parametrize(
    "arguments", [(), ("room.csv", "--speed", "fast"), ("room.csv", "--speed", "-1"), ("room.csv", "--speed", "nan")]
)
def test_wrong_usage_ends_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert run(monkeypatch, capsys, *arguments)[0] == 2


def test_a_handbook_without_rules_cannot_be_played(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "notes").mkdir()
    file = recording(tmp_path / "room.csv", {})
    code, _, err = run(monkeypatch, capsys, file, "--handbook", tmp_path / "notes")
    assert code == 1 and "没有可以盯的规则" in err
