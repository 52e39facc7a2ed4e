"""`copilot detect`: a score beside every row, as the rows come; wrong input is named by line."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import PIPE

import pytest

from bot.commands.series import LONGEST, moment_of, read_row
from tests.cli_office import Terminal

HEAD = "timestamp,value\n"
ROOT = Path(__file__).parent.parent


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(tmp_path, monkeypatch, capsys)


def _file(folder: Path, text: str | bytes, name: str = "a.csv") -> str:
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return name


def _at(n: int) -> str:
    return f"{datetime(2026, 3, 2, tzinfo=UTC) + n * timedelta(minutes=5):%Y-%m-%d %H:%M:%S}"


def _series(count: int = 400, spike: int = 350) -> str:
    values = [500.0 if n == spike else 10 + (n * 7919 % 13) / 10 for n in range(count)]
    return HEAD + "".join(f"{_at(n)},{value}\n" for n, value in enumerate(values))


def test_every_row_comes_back_with_its_score_and_the_spike_stands_out(terminal: Terminal, tmp_path: Path) -> None:
    text = _series()
    head, *rows = terminal.does("detect", _file(tmp_path, text)).split("\n")
    assert head == "timestamp,value,anomaly_score"
    assert [row.rpartition(",")[0] for row in rows] == text.splitlines()[1:]
    scores = [float(row.rpartition(",")[2]) for row in rows]
    assert scores[350] == max(scores) >= 0.5


def test_json_has_the_same_rows_as_objects(terminal: Terminal, tmp_path: Path) -> None:
    name = _file(tmp_path, _series(60) + "2026-03-03 00:00:00,\n")
    rows = [json.loads(line) for line in terminal.does("detect", name, "--json").split("\n")]
    plain = terminal.does("detect", name).split("\n")[1:]
    assert list(rows[0]) == ["timestamp", "value", "anomaly_score"]
    assert rows[0] == {"timestamp": "2026-03-02 00:00:00", "value": 10.0, "anomaly_score": 0.0}
    assert rows[-1]["value"] is None and rows[-1]["anomaly_score"] is None
    assert [row["anomaly_score"] for row in rows[:-1]] == [float(row.rpartition(",")[2]) for row in plain[:-1]]


def test_out_writes_the_same_to_a_file_also_over_its_own_input(terminal: Terminal, tmp_path: Path) -> None:
    name = _file(tmp_path, _series())
    shown = terminal.does("detect", name)
    assert terminal.does("detect", name, "--out", name) == ""
    assert (tmp_path / name).read_text() == shown + "\n"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_missing_value_keeps_its_row_without_a_score(terminal: Terminal, tmp_path: Path) -> None:
    code, out, err = terminal.run("detect", _file(tmp_path, HEAD + "2026-03-02,1\n2026-03-03,\n2026-03-04,2\n"))
    assert (code, err) == (0, "")
    assert out.split("\n")[2] == "2026-03-03,,"


@pytest.mark.parametrize(
    ("row", "line", "said"),
    [
        ("2026-03-04,twelve", "2026-03-04,twelve,", "第 4 行：value 要写数字，现在是“twelve”"),
        ("2026-03-04,1_000", "2026-03-04,1_000,", "第 4 行：value 要写数字"),
        ("2026-03-04,inf", "2026-03-04,inf,", "第 4 行：value“inf”太大或是无穷大"),
        ("2026-03-04,-1e999", "2026-03-04,-1e999,", "第 4 行：value“-1e999”太大或是无穷大"),
        ("soon,5", "soon,5,", "第 4 行：看不懂时间“soon”"),
        ("2026-02-31,5", "2026-02-31,5,", "第 4 行：看不懂时间“2026-02-31”"),
        ("2026-03-04", "2026-03-04,,", "第 4 行：要有时间和数值两列"),
        ("2026-03-04,5,6", "2026-03-04,5,", "第 4 行：要有时间和数值两列"),
        ('"2026-03-04,5', None, "第 4 行：要有时间和数值两列"),
        (b"2026-03-04,\xff5", "2026-03-04,\ufffd5,", "第 4 行：有不是 UTF-8 的字符"),
        ("2026-03-04," + "5" * LONGEST, None, "第 4 行：有不是 UTF-8 的字符"),
    ],
)
def test_a_bad_row_is_named_and_kept_without_a_score_while_the_rest_goes_on(
    terminal: Terminal, tmp_path: Path, row: str | bytes, line: str | None, said: str
) -> None:
    raw = row.encode() if isinstance(row, str) else row
    name = _file(tmp_path, HEAD.encode() + b"2026-03-02,1\n2026-03-03,2\n" + raw + b"\n2026-03-05,3\n")
    code, out, err = terminal.run("detect", name)
    rows = out.rstrip("\n").split("\n")
    assert (code, err.count("\n")) == (1, 1) and err.startswith(said)
    assert len(rows) == 5 and rows[4] == "2026-03-05,3,0.000000"
    assert rows[3].endswith(",") and line in (rows[3], None)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2026-03-02,5", "第 4 行：时间比上一行早"),
        ("2026-03-03,5", "第 4 行：时间和上一行相同"),
        ("2026-03-04,NaN", "第 4 行：value 是“NaN”，当作缺数"),
        ("2026-03-02T23:00:00+08:00,5", "第 4 行：时间比上一行早"),
    ],
)
def test_what_is_odd_and_not_wrong_is_said_and_is_no_failure(terminal: Terminal, tmp_path: Path, row: str, said: str) -> None:
    code, out, err = terminal.run("detect", _file(tmp_path, HEAD + f"2026-03-02,1\n2026-03-03,2\n{row}\n"))
    assert (code, err.count("\n")) == (0, 1) and err.startswith(said)
    assert out.count("\n") == 4


def test_of_each_kind_the_first_is_named_and_the_rest_counted(terminal: Terminal, tmp_path: Path) -> None:
    rows = "".join(f"2026-03-02 00:00:{n:02},x\n" for n in range(50)) + "never,1\n"
    code, out, err = terminal.run("detect", _file(tmp_path, HEAD + rows))
    assert code == 1 and out.count("\n") == 52
    assert err.splitlines() == [
        "第 2 行：value 要写数字，现在是“x”，这一行没有打分。",
        "第 52 行：看不懂时间“never”，这一行没有打分。请写成 2026-03-31 20:05:00。",
        "共 51 行有问题，没有打分（每种只说了第一处）。",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "a.csv 是空的"),
        (b"2026-03-02 10:00:00,5\n", "第 1 行：没有表头"),
        (b"ts,online\n2026-03-02,5\n", "第 1 行：表头要写 timestamp,value（两列，逗号隔开），现在是“ts,online”"),
        (b"timestamp;value\n2026-03-02;5\n", "第 1 行：表头要写"),
        (b"timestamp,value,city\n", "第 1 行：表头要写"),
        (b"\n\n", "第 1 行：表头要写"),
        (b"\x7fELF\x02\x01\x00\x00\xff\xfe" * 900, "第 1 行：不是 UTF-8 文本"),
        ((HEAD + "2026-03-02,5\n").encode("utf-16"), "第 1 行：不是 UTF-8 文本"),
    ],
)
def test_what_is_no_series_is_refused_in_one_sentence(terminal: Terminal, tmp_path: Path, content: bytes, said: str) -> None:
    assert terminal.fails("detect", _file(tmp_path, content)).startswith(said)


def test_a_heading_alone_is_no_failure(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal.run("detect", _file(tmp_path, HEAD)) == (0, "timestamp,value,anomaly_score\n", "a.csv 只有表头，没有数据。\n")


def test_a_file_that_is_not_there_or_cannot_be_written_is_wrong_usage(terminal: Terminal, tmp_path: Path) -> None:
    assert "打不开 none.csv" in terminal.fails("detect", "none.csv", code=2)
    assert "是文件夹" in terminal.fails("detect", ".", code=2)
    assert "缺少 FILE" in terminal.fails("detect", code=2)
    assert "写不了" in terminal.fails("detect", _file(tmp_path, HEAD), "--out", "no/where.csv", code=2)
    assert "写不了" in terminal.fails("detect", _file(tmp_path, HEAD), "--out", ".", code=2)


def test_english_speakers_hear_it_in_english(terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPILOT_LANGUAGE", "en")
    code, _, err = terminal.run("detect", _file(tmp_path, HEAD + "2026-03-02,x\n"))
    assert (code, err) == (1, "line 2: value has to be a number, not “x”; this row has no score.\n")


@pytest.mark.parametrize("heading", ["\ufefftimestamp,value", ' Timestamp , "VALUE"', "timestamp,value\r"])
def test_headings_as_spreadsheets_write_them_are_taken(terminal: Terminal, tmp_path: Path, heading: str) -> None:
    out = terminal.does("detect", _file(tmp_path, f"{heading}\n2026-03-02 10:00,5\r\n\r\n"))
    assert out.split("\n")[1:] == ["2026-03-02 10:00,5,0.000000"]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-31 20:05:00", "2026-03-31T20:05:00"),
        ("2026/3/31 20:05", "2026-03-31T20:05:00"),
        ("2026-03-31T20:05:00+08:00", "2026-03-31T20:05:00+08:00"),
        ("1774958700", "2026-03-31T12:05:00+00:00"),
        ("1774958700000", "2026-03-31T12:05:00+00:00"),
    ],
)
def test_times_are_read_in_the_forms_that_exports_have(text: str, moment: str) -> None:
    found = moment_of(text)
    assert found and found.isoformat() == moment


@pytest.mark.parametrize("text", ["", "nan", "inf", "1e300", "-1e30", "20:05", "2026-13-01", "tomorrow"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert moment_of(text) is None


def test_a_quoted_cell_stays_one_cell() -> None:
    row = read_row(b'"2026-03-31 20:05","12.5"\n')
    assert row and (row.timestamp, row.value, row.fault) == ("2026-03-31 20:05", 12.5, "")


def test_rows_of_a_pipe_come_out_before_the_next_one_is_written() -> None:
    command = [sys.executable, "-m", "bot", "detect", "-"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True, env=environment, cwd=ROOT) as process:
        assert process.stdin and process.stdout
        process.stdin.write(HEAD)
        for day in (2, 3):
            process.stdin.write(f"2026-03-0{day},{day}\n")
            process.stdin.flush()
            if day == 2:
                assert process.stdout.readline() == "timestamp,value,anomaly_score\n"
            assert process.stdout.readline() == f"2026-03-0{day},{day},0.000000\n"
        process.stdin.close()
        assert process.wait() == 0


def test_no_more_than_a_row_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.commands.detect import Remarks, _score

    taken = 0

    class Endless(io.RawIOBase):
        def readline(self, size: int | None = -1) -> bytes:  # type: ignore[override]
            nonlocal taken
            taken += 1
            return b"" if taken > 5000 else f"{_at(taken)},{taken % 7}\n".encode()

    ahead = []
    _score(Endless(), Remarks("zh"), lambda line: ahead.append(taken - len(ahead)), as_json=True)  # type: ignore[arg-type]
    assert len(ahead) == 5000 and set(ahead) == {1}
