"""`copilot board`: a session's figures in words, as JSON and as a picture."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from bot.build_office import open_sessions
from bot.config import load_settings
from bot.domain.access import Scope
from bot.domain.samples import Sample
from bot.errors import PictureFailed
from tests.cli_office import Terminal, founded, team, terminal
from tests.test_cli_feeds import session

__all__ = ["founded", "session", "team", "terminal"]


@pytest.fixture
def fed(session: str) -> str:
    """The session with ten minutes of figures of just now: its feed is being tried out."""

    async def bring() -> None:
        async with open_sessions(load_settings()) as (office, floor):
            now, merchants = office.gate.now(), await office.gate.merchants.open_ids(office.gate.now())
            assert await floor.ground.sessions.one(session, scope=Scope(merchants))
            rows = [
                Sample(now - timedelta(minutes=10 - n), {"gmv": 100.0 * n, "online_now": 160.0, "watch_pv": 50.0 * n})
                for n in range(11)
            ]
            assert await floor.samples.add(session, rows, now)

    asyncio.run(bring())
    return session


def size(name: str) -> tuple[int, int]:
    with Image.open(name) as picture:
        return picture.size


def test_the_board_is_words_and_a_picture(terminal: Terminal, fed: str) -> None:
    said = terminal.does("board", fed, "--out", "b.png")
    assert said.startswith("📊 看板｜好物 · 小雨｜") and "个指标里" in said
    assert size("b.png")[0] == 1080
    rows = [json.loads(line) for line in terminal.does("board", fed, "--json").splitlines()]
    assert len(rows) == 42
    gmv = next(row for row in rows if row["metric"] == "gmv")
    assert (gmv["value"], gmv["ten_minutes_ago"], gmv["expected"], gmv["unwelcome"]) == (1000.0, 0.0, None, False)
    assert next(row for row in rows if row["metric"] == "refund_rate")["value"] is None


def test_words_alone_need_no_drawing(terminal: Terminal, fed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise PictureFailed("图没画出来，多半是服务器内存不够。请稍后再试一次。", "The picture could not be drawn.")

    for what in ("board", "chart"):
        monkeypatch.setattr(f"bot.channels.pictures.artist.Artist.{what}", broken)
    assert terminal.does("board", fed).splitlines()[0].startswith("📊 看板｜好物 · 小雨｜")
    assert "图没画出来" not in terminal.does("board", fed, "gpm")
    assert "图没画出来" in terminal.fails("board", fed, "--out", "b.png") and not Path("b.png").exists()


def test_one_metric_by_name(terminal: Terminal, fed: str) -> None:
    said = terminal.does("board", fed, "千次观看成交金额", "--out", "m.png")
    assert said.startswith("📈 千次观看成交金额｜好物 · 小雨") and "¥2,000" in said
    assert size("m.png") == (900, 540)
    (row,) = [json.loads(line) for line in terminal.does("board", fed, "gpm", "--json").splitlines()]
    assert row["metric"] == "gpm" and row["value"] == 2000.0


def test_what_cannot_be_is_said_in_one_line(terminal: Terminal, session: str) -> None:
    assert terminal.fails("board", session).startswith("这一场还没有实时数据。")
    assert terminal.fails("board", "ffffffff") == "没有找到这一场。"
    assert terminal.fails("board", session, "成交").startswith("没有“成交”这个指标。最像的是：")
    assert terminal.fails("board", session, "zzzzzz") == "没有“zzzzzz”这个指标。"
    assert "PNG" in terminal.fails("board", session, "--out", "b.jpg", code=2)


def test_a_place_that_cannot_be_written_to_is_said(terminal: Terminal, fed: str) -> None:
    assert terminal.fails("board", fed, "--out", "no/such/folder/b.png").startswith("图写不进 no/such/folder/b.png")
    assert not Path("no").exists()
