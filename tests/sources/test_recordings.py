"""Recordings: what is read, and the one sentence for whatever is wrong, with line and column."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import FileRefused
from bot.sources.recordings import Recorded, check_recording, read_recording

ZONE = ZoneInfo("Asia/Shanghai")
NAMES = {"online_now", "watch_uv", "paid_share"}
T = "2026-05-11T19:00:10+08:00"


def read(path: Path, data: str | bytes) -> list[Recorded]:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return list(read_recording(path, NAMES, ZONE))


def refusal(path: Path, data: str | bytes) -> tuple[str, str]:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    with pytest.raises(FileRefused) as error:
        check_recording(path, NAMES, ZONE)
    assert "\n" not in str(error.value) and path.name in str(error.value) and path.name in error.value.english
    return str(error.value), error.value.english


def test_csv_and_json_lines_say_the_same(tmp_path: Path) -> None:
    csv = read(tmp_path / "a.csv", f"ts,online_now,watch_uv\n{T},32,\n")
    lines = read(tmp_path / "a.jsonl", f'{{"ts": "{T}", "online_now": 32, "watch_uv": null}}\n\n')
    assert csv == lines and dict(csv[0].values) == {"online_now": 32.0}
    assert csv[0].moment.isoformat() == T


@pytest.mark.parametrize("moment", ["2026-05-11T19:00:10", "2026-05-11 19:00:10", "2026-05-11T11:00:10Z"])
def test_a_time_without_a_zone_is_the_teams(tmp_path: Path, moment: str) -> None:
    (row,) = read(tmp_path / "a.csv", f"ts,online_now\n{moment},1\n")
    assert row.moment.astimezone(ZONE).isoformat() == T


@pytest.mark.parametrize(
    "data", [f"\ufeffts,online_now\r\n{T},5\r\n", f'ts,"online_now"\n"{T}", 5 \n\n', f"online_now,ts\n5,{T}"]
)
def test_what_spreadsheets_write_is_read(tmp_path: Path, data: str) -> None:
    assert [dict(row.values) for row in read(tmp_path / "a.csv", data)] == [{"online_now": 5.0}]


@pytest.mark.parametrize(
    ("data", "chinese", "english"),
    [
        ("", "空文件", "empty"),
        ("ts,online_now\n", "没有数据行", "no rows"),
        ("time,online_now\n", "第 1 行：表头里没有 ts", "line 1: the header has no ts"),
        ("ts\n" + T, "只有 ts", "only ts"),
        ("ts,online\n", "没有 online 这个指标。是不是 online_now", "Did you mean online_now"),
        ("ts,online_now,online_now\n", "写了两次", "twice"),
        (f"ts,online_now\n{T},32\n{T},abc\n", "第 3 行 online_now 列：「abc」不是数", "line 3, column online_now"),
        (f"ts,online_now\n{T},NaN\n", "第 2 行 online_now 列", "is no number"),
        (f"ts,online_now\n{T},inf\n", "第 2 行 online_now 列", "is no number"),
        (f"ts,online_now\n{T},1e13\n", "第 2 行 online_now 列：「1e13」太大", "“1e13” is more than 1e12"),
        (f'{{"ts": "{T}", "online_now": 1{"0" * 400}}}\n', "太大", "is more than 1e12"),
        (f"ts,online_now\n{T},1_000\n", "不是数", "is no number"),
        (f'ts,online_now\n{T},"1,234"\n', "千分位", "thousands"),
        (f"ts,paid_share\n{T},12%\n", "0.12", "0.12"),
        (f"ts,online_now\n{T}\n", "有 1 格，表头是 2 格", "1 cells"),
        (f"ts,online_now\n{T},1,2\n", "有 3 格，表头是 2 格", "3 cells"),
        ("ts,online_now\nyesterday,1\n", "第 2 行 ts 列：时间「yesterday」", "line 2, column ts"),
        ("ts,online_now\n,1\n", "第 2 行 ts 列", "line 2, column ts"),
        ("ts,online_now\n0001-01-01T00:00:00,1\n", "看不懂", "is no time"),
        (f"ts,online_now\n{T},{'9' * 70_000}\n", "第 2 行：这一行太长", "line 2: this line is too long"),
        ("{oops}\n", "第 1 行：这一行不是合法的 JSON", "line 1: this is no JSON"),
        ('{"online_now": 1}\n', "没有 ts", "there is no ts"),
        (f'{{"ts": "{T}", "online_now": "32"}}\n', "online_now 列", "column online_now"),
        (f'{{"ts": "{T}", "online_now": true}}\n', "online_now 列", "column online_now"),
        (f'{{"ts": "{T}", "online_now": NaN}}\n', "online_now 列", "column online_now"),
        (f'{{"ts": "{T}", "online_now": 1{"0" * 400}}}\n', "online_now 列", "column online_now"),
        (f'{{"ts": "{T}", "gmw": 1}}\n', "没有 gmw", "no metric gmw"),
        (f'{{"ts": "{T}", "online_now": 1, "online_now": 2}}\n', "写了两次", "twice"),
        ('{"ts": 5}\n', "ts 列", "column ts"),
        (b"\x00\x01\x02binary\xff", "不是文本文件", "no text file"),
        ("PK\x03\x04\x00\x00", "不是文本文件", "not a text file"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_sentence(tmp_path: Path, data: str | bytes, chinese: str, english: str) -> None:
    said, told = refusal(tmp_path / "a.csv", data)
    assert chinese in said and (english in told or isinstance(data, bytes))


def test_a_file_that_is_not_there_or_a_folder(tmp_path: Path) -> None:
    for path, word in ((tmp_path / "gone.csv", "没有找到"), (tmp_path, "文件夹")):
        with pytest.raises(FileRefused, match=word):
            check_recording(path, NAMES, ZONE)


def test_a_long_recording_takes_no_more_memory_than_a_line(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("ts,online_now\n" + f"{T},32\n" * 20_000)
    rows = read_recording(path, NAMES, ZONE)
    assert next(rows).values["online_now"] == 32
    rows.close()
    assert check_recording(path, NAMES, ZONE) == 20_000


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200), st.text(max_size=100).map(lambda text: f"ts,online_now\n{text}".encode("utf-8", "replace"))
    )
)
def test_whatever_a_file_holds_it_is_read_or_refused_in_one_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(data)
    try:
        check_recording(path, NAMES, ZONE)
    except FileRefused as error:
        assert "\n" not in error.english
