"""`copilot heard`: what has to be corrected in a transcript, one line or one row at a time."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import __main__ as cli
from bot.config import BUILT_IN_HANDBOOK

Run = Callable[..., tuple[int, list[str], list[str]]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hb").mkdir()
    shutil.copy(BUILT_IN_HANDBOOK / "heard.yaml", tmp_path / "hb")

    def _run(text: str | bytes, *words: str, file: str = "said.txt") -> tuple[int, list[str], list[str]]:
        Path("said.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
        monkeypatch.setattr(sys, "argv", ["copilot", "heard", file, "--handbook", "hb", *words])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return int(caught.value.code or 0), out.splitlines(), err.splitlines()

    return _run


def test_plain_lines_are_heard_one_by_one_with_law_and_correction(run: Run) -> None:
    code, out, err = run("全.网.最.低 拍\n\n第一次来的家人\n喝了降血糖\n")
    assert code == 0 and err == ["听了 3 行，2 处要处理。"]
    assert out[0] == "1 N40 极限词·马上更正：「全.网.最.低」（全网最低，中间隔开，把握 95%）"
    assert "主播说：“刚才的比价说得不准" in out[1] and "依据（P）：《明码标价和禁止价格欺诈规定》" in out[2]
    assert out[3].startswith("4 N41 疗效词")


def test_plain_lines_are_not_joined(run: Run) -> None:
    assert run("全网\n最低\n")[1] == []


def test_rows_with_times_are_one_feed(run: Run) -> None:
    rows = [
        {"ts": 1, "speaker": "小雨", "text": "今天全网"},
        {"ts": 2.5, "speaker": "小雨", "text": "最低，冲"},
        {"ts": 3, "speaker": "观众", "text": "国家级骗子"},
        {"ts": "2026-03-01T20:00:00", "speaker": "小雨", "text": "加我微信"},
    ]
    code, out, _ = run("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "--json")
    found = [json.loads(line) for line in out]
    assert code == 0 and [(one["line"], one["rule"], one["words"]) for one in found] == [
        (2, "N40", "全网最低"),
        (4, "N44", "加我微信"),
    ]
    assert found[0]["start"] == -2 and found[0]["correction"] and found[0]["article"] and found[0]["mark"] == "P"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "第 1 行：不是合法的 JSON 对象。"),
        ('{"ts": 1}', "第 1 行：没有 text，或它不是文字。"),
        ('{"text": "好", "ts": "昨天"}', "第 1 行：ts 要写成秒数，或 2026-03-01T20:00:00 这样的时间。"),
        ('{"text": "好", "ts": 1e999}', "第 1 行：ts 要写成秒数，或 2026-03-01T20:00:00 这样的时间。"),
        ('{"text": "好", "speaker": 3}', "第 1 行：speaker 要写成文字。"),
        ("全网最低" * 500_000, "第 1 行：这一行有 2000000 个字，最多 20000 个。请一句话写一行。"),
        (b"\xff\xfe", "第 1 行：不是 UTF-8 编码，请另存为 UTF-8。"),
    ],
)
def test_row_that_is_none_is_named_and_the_rest_goes_on(run: Run, text: str | bytes, said: str) -> None:
    code, out, err = run((text if isinstance(text, bytes) else text.encode()) + "\n降血糖\n".encode())
    assert code == 1 and err[0] == said and len(out) == 3 and err[-1] == "1 行没有听（见上）。"


def test_nothing_to_correct_is_said(run: Run) -> None:
    assert run("看一下尺码\n") == (0, [], ["听了 1 行，没有要更正的。"])


def test_missing_file_and_missing_list_are_one_sentence(run: Run) -> None:
    code, out, err = run("", file="nowhere.txt")
    assert code == 2 and out == [] and "打不开 nowhere.txt" in err[0]
    Path("hb/heard.yaml").write_text("groups: []\n", encoding="utf-8")
    code, _, err = run("降血糖\n")
    assert code == 1 and len(err) == 1 and "heard.yaml" in err[0] and "copilot check" in err[0]
    Path("hb/heard.yaml").unlink()
    assert run("降血糖\n")[0] == 1


def test_control_characters_of_a_feed_do_not_reach_the_terminal(run: Run) -> None:
    _, out, _ = run("全\x1b[31m网最低\n全\x1b网最低\n")
    assert out and not any("\x1b" in line for line in out)


def test_standard_input_is_a_file_too(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "in").write_text("降血糖\n", encoding="utf-8")
    with (tmp_path / "in").open("rb") as stdin:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stdin))
        assert run("", file="-")[1][0].startswith("1 N41")
