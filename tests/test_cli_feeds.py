"""`copilot feeds`, `metrics export` and `simulate` from the command line."""

from __future__ import annotations

import asyncio
import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.build_office import open_sessions
from bot.config import load_settings
from bot.domain.samples import Sample
from tests.cli_office import Terminal, founded, now, team, terminal

__all__ = ["founded", "team", "terminal"]
NEXT_YEAR = f"{now() + timedelta(days=300):%Y-%m-%d}"


@pytest.fixture
def session(terminal: Terminal, team: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COPILOT_HANDBOOK", str(Path(__file__).parent.parent / "handbook"))
    terminal.does("merchants", "add", "好物")
    terminal.does("merchants", "authorise", "好物", "--until", NEXT_YEAR, "--by", "张三")
    return terminal.does("sessions", "plan", "好物", "明晚8点", "3小时", "主播小雨")


def test_a_token_is_shown_once_and_a_revoked_feed_says_so(terminal: Terminal, session: str, team: str) -> None:
    token = terminal.does("feeds", "add", "数据中台", "--source", "kuaishou-board")
    assert token.startswith("ocf_")
    terminal.does("feeds", "add", "只写一场", "--session", session)
    whole, one = terminal.lists("feeds")
    assert (whole["name"], whole["team"], whole["session"], whole["source"]) == ("数据中台", team, None, "kuaishou-board")
    assert (one["session"], one["last_seen_at"], one["revoked_at"]) == (session, None, None)
    listed = terminal.does("feeds", "list")
    assert token not in listed and "数据中台" in listed and listed.count("在用") == 2
    terminal.does("feeds", "revoke", whole["id"])
    assert terminal.lists("feeds")[0]["revoked_at"] is not None
    assert terminal.fails("feeds", "revoke", whole["id"]) == "这个接入已经停用了。"
    trail = terminal.lists("audit")
    assert [entry["deed"] for entry in trail[:3]] == ["feed_revoked", "feed_added", "feed_added"]


def test_what_cannot_be_says_so(terminal: Terminal, session: str) -> None:
    assert "kuaishou-board" in terminal.fails("feeds", "add", "x", "--source", "nothing")
    assert terminal.fails("feeds", "add", " ") == "请给接入起个名字，例如：数据中台。"
    assert terminal.fails("feeds", "add", "x", "--session", "ffffffff") == "没有找到这一场。"
    assert terminal.fails("feeds", "revoke", "ffffffff") == "没有找到这个接入。"
    assert "只写一个" in terminal.fails("feeds", "add", "x", "--session", session, "--team", "y", code=2)
    assert (
        terminal.fails("metrics", "export", session, "--out", "x.csv") == "这一场还没有实时数据。请数据员看推数的程序在不在跑。"
    )
    assert ".parquet" in terminal.fails("metrics", "export", session, "--out", "x.xlsx", code=2)
    assert terminal.fails("metrics", "export", "ffffffff", "--out", "x.csv") == "没有找到这一场。"
    assert "traffic_drop" in terminal.fails("simulate", "--incident", "fire", code=2)
    assert terminal.fails("simulate", "--minutes", "5", code=2).startswith("分钟数写 10 到 1020。用法")


def test_an_address_is_set_shown_by_its_host_alone_and_stopped(terminal: Terminal, session: str) -> None:
    terminal.does("feeds", "add", "大屏", "--session", session)
    (feed,) = terminal.lists("feeds")
    url = "https://board.example.com/live.json?key=s3cret"
    terminal.does("feeds", "poll", feed["id"], url, "--every", "10", "--header", "X-Key: s3cret")
    (after,) = terminal.lists("feeds")
    assert (after["fetched"]["host"], after["fetched"]["every"], after["fetched"]["fault"]) == ("board.example.com", 10, None)
    assert "s3cret" not in terminal.does("feeds", "list") + terminal.does("audit", "--json")
    assert "内网" in terminal.fails("feeds", "poll", feed["id"], "http://127.0.0.1/x")
    assert "5 到 60 秒" in terminal.fails("feeds", "poll", feed["id"], url, "--every", "1")
    assert "--stop" in terminal.fails("feeds", "poll", feed["id"], code=2)
    terminal.does("feeds", "poll", feed["id"], "--stop")
    assert terminal.fails("feeds", "poll", feed["id"], "--stop") == "这个接入没有设定时取数。"


def test_what_was_brought_is_written_as_a_recording(terminal: Terminal, session: str) -> None:
    at = datetime(2026, 3, 6, 12, tzinfo=UTC)

    async def bring() -> None:
        async with open_sessions(load_settings()) as (_, floor):
            rows = [Sample(at, {"gmv": 19.5}), Sample(at + timedelta(seconds=5), {"gmv": 30.0, "online_now": 160.0})]
            assert await floor.samples.add(session, rows, at)

    asyncio.run(bring())
    terminal.does("metrics", "export", session, "--out", "x.csv")
    assert Path("x.csv").read_text(encoding="utf-8").splitlines() == [
        "ts,gmv,online_now",
        "2026-03-06T20:00:00+08:00,19.5,",
        "2026-03-06T20:00:05+08:00,30,160",
    ]


def test_a_parquet_file_has_moments_with_their_zone_and_nothing_where_nothing_was(terminal: Terminal, session: str) -> None:
    from arro3.core import DataType
    from arro3.io import read_parquet

    at = datetime(2026, 3, 6, 12, tzinfo=UTC)

    async def bring() -> None:
        async with open_sessions(load_settings()) as (_, floor):
            rows = [Sample(at, {"gmv": 19.5}), Sample(at + timedelta(milliseconds=5250), {"gmv": 0.0, "online_now": 160.0})]
            assert await floor.samples.add(session, rows, at)

    asyncio.run(bring())
    terminal.does("metrics", "export", session, "--out", "x.parquet")
    table = read_parquet("x.parquet").read_all()
    zoned = DataType.timestamp("ms", tz="Asia/Shanghai")
    assert [(one.name, one.type) for one in table.schema] == [
        ("ts", zoned), ("gmv", DataType.float64()), ("online_now", DataType.float64())
    ]  # fmt: skip
    assert [one.as_py() for one in table["ts"]] == [at, at + timedelta(milliseconds=5250)]
    assert [one.as_py() for one in table["gmv"]] == [19.5, 0.0]
    assert [one.as_py() for one in table["online_now"]] == [None, 160.0]
    assert [path.name for path in Path().glob(".x.parquet*")] == []


def test_a_made_up_session_is_the_same_for_the_same_seed(terminal: Terminal) -> None:
    first = terminal.does("simulate", "--minutes", "10", "--seed", "3")
    terminal.does("simulate", "--minutes", "10", "--seed", "3", "--out", "s.csv")
    assert Path("s.csv").read_text(encoding="utf-8") == f"{first}\n"
    rows = list(csv.DictReader(first.splitlines()))
    assert len(rows) == 121 and first != terminal.does("simulate", "--minutes", "10", "--seed", "4")
    assert rows[0]["ts"].endswith("T20:00:00+08:00") and float(rows[-1]["watch_uv"]) > 50
