"""`copilot replay --lines`: what was said beside the recording, told where it was said; and files that cannot be used."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.domain.rule_room import START, at
from tests.test_cli_replay import DROP, recording, run

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: Patch) -> None:
    monkeypatch.chdir(tmp_path)


def when(minute: float) -> str:
    return datetime.fromtimestamp(START + minute * 60, UTC).isoformat()


def said(path: Path, rows: Sequence[tuple[float, str, str]]) -> Path:
    """Minute, kind and text of each line, as CSV."""
    path.write_text("ts,kind,text\n" + "".join(f"{when(minute)},{kind},{text}\n" for minute, kind, text in rows))
    return path


def tips(out: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.splitlines()]


def test_words_are_told_between_the_tips_about_figures_with_their_times(
    monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    lines = said(
        tmp_path / "l.csv",
        [(30, "transcript", "这就是全网最低价，放心拍。"), (50, "comment", "加我微信便宜卖"), (51, "comment", "多少钱")],
    )
    code, out, err = run(monkeypatch, capsys, recording(tmp_path / "room.csv", DROP), "--lines", lines, "--json")
    found = tips(out)
    assert code == 0 and [(one["rule"], one["ts"]) for one in found] == [("N40", when(30)), ("N01", when(41)), ("N44", when(50))]
    first = found[0]["said"]
    assert isinstance(first, dict) and first["words"] == ["全网最低价"] and first["source"] == "speech"
    assert "广告法" in first["law"] and first["correction"] and not first["unproven"]
    assert "3 条提示" in err and "口播和评论听了 3 句" in err


def test_the_same_words_soon_after_are_silent_and_the_reason_can_be_asked_for(
    monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    lines = said(tmp_path / "l.csv", [(minute, "transcript", "这就是全网最低价，放心拍。") for minute in (10, 12, 25)])
    arguments = (recording(tmp_path / "room.csv", {}), "--lines", lines, "--json")
    _, out, _ = run(monkeypatch, capsys, *arguments)
    assert [one["ts"] for one in tips(out)] == [when(10), when(25)]
    _, out, _ = run(monkeypatch, capsys, *arguments, "--explain")
    silent = [one for one in tips(out) if "silent" in one]
    assert [(one["ts"], one["rule"], one["silent"]) for one in silent] == [(when(12), "N40", "cooldown")]


def test_a_word_that_waits_for_the_next_ones_is_told_when_they_do_not_come(
    monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    lines = said(
        tmp_path / "l.csv",
        [(10, "transcript", "我们全网第一"), (20, "transcript", "我们全网第一"), (20.03, "transcript", "时间补发")],
    )
    _, out, _ = run(monkeypatch, capsys, recording(tmp_path / "room.csv", {}), "--lines", lines, "--json")
    assert [one["ts"] for one in tips(out)] == [datetime.fromtimestamp(START + 605, UTC).isoformat()]


def test_evidence_in_the_recording_makes_a_former_price_lawful(monkeypatch: Patch, capsys: Capture, tmp_path: Path) -> None:
    lines = said(tmp_path / "l.csv", [(10, "transcript", "原价三百九十九，今天一百九十九。")])
    proven = recording(tmp_path / "proven.csv", {"price_evidence": at(1)})
    assert run(monkeypatch, capsys, proven, "--lines", lines, "--json")[1] == ""
    lacking = recording(tmp_path / "lacking.csv", {"price_evidence": at(0)})
    (told,) = tips(run(monkeypatch, capsys, lacking, "--lines", lines, "--json")[1])
    assert told["rule"] == "N42"
    (asked,) = tips(run(monkeypatch, capsys, recording(tmp_path / "room.csv", {}), "--lines", lines, "--json")[1])
    assert isinstance(asked["said"], dict) and asked["said"]["unproven"] is True


def test_people_read_what_was_said_the_law_and_what_to_say(monkeypatch: Patch, capsys: Capture, tmp_path: Path) -> None:
    lines = said(tmp_path / "l.csv", [(-5, "transcript", "这就是全网最低价。"), (30, "transcript", "这就是全网最低价，放心拍。")])
    _, out, err = run(monkeypatch, capsys, recording(tmp_path / "room.csv", {}), "--lines", lines)
    assert out.count("⛔ N40 说了极限词") == 1
    for part in ("主播说了「全网最低价」：这就是全网最低价，放心拍", "依据 《", "主播：“刚才", "手册 14.2"):
        assert part in out
    assert "听了 1 句。有 1 句在开播前，没有听" in err


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("ts,kind,text\n2026-05-11T19:00:00,host,好\n", "第 1 条：kind 只能写 transcript 或 comment"),
        ("ts,kind,text\n,transcript,好\n", "第 1 条：没写时间"),
        ("ts,kind,text\n", "没有口播或评论"),
        ("", "看不懂"),
        ("{not json}", "看不懂"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence_and_nothing_is_played(
    monkeypatch: Patch, capsys: Capture, tmp_path: Path, content: str, sentence: str
) -> None:
    (tmp_path / "bad.csv").write_text(content)
    code, out, err = run(monkeypatch, capsys, recording(tmp_path / "room.csv", DROP), "--lines", tmp_path / "bad.csv")
    assert (code, out) == (1, "") and sentence in err and len(err.splitlines()) == 1


def test_a_file_that_is_not_there_and_two_recordings(monkeypatch: Patch, capsys: Capture, tmp_path: Path) -> None:
    room = recording(tmp_path / "room.csv", DROP)
    code, out, err = run(monkeypatch, capsys, room, "--lines", tmp_path / "gone.csv")
    assert (code, out) == (1, "") and "--lines" in err and len(err.splitlines()) == 1
    assert run(monkeypatch, capsys, room, room, "--lines", said(tmp_path / "l.csv", [(1, "transcript", "好")]))[0] == 2


def test_office_files_and_objects_a_line_are_read_too(monkeypatch: Patch, capsys: Capture, tmp_path: Path) -> None:
    room = recording(tmp_path / "room.csv", {})
    text = f"ts,kind,text\n{when(30)},transcript,这就是全网最低价。\n"
    (tmp_path / "office.csv").write_bytes(text.encode("gb18030"))
    row = {"ts": when(30), "kind": "transcript", "text": "这就是全网最低价。"}
    (tmp_path / "l.jsonl").write_text("\n".join(json.dumps(row | {"id": number}, ensure_ascii=False) for number in (1, 1)))
    for name in ("office.csv", "l.jsonl"):
        (told,) = tips(run(monkeypatch, capsys, room, "--lines", tmp_path / name, "--json")[1])
        assert told["rule"] == "N40"
