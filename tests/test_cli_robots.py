"""`copilot bind robots`: a group's robots from the command line; the address is written, never read back."""

from __future__ import annotations

import asyncio
import io
import sys

import pytest

from bot.storage.chats import Chats
from bot.storage.database import Database
from tests.cli_office import Terminal, founded, now, team, terminal
from tests.robots_double import DINGTALK_KEY, FEISHU_KEY, URLS

__all__ = ["founded", "team", "terminal"]
FEISHU, DINGTALK, _ = URLS.values()


@pytest.fixture
def bound(terminal: Terminal, team: str) -> Terminal:
    """The group 直播一组, bound to the team."""

    async def seen() -> None:
        database = await Database.open(f"sqlite+aiosqlite:///{terminal.folder}/data/copilot.db")
        await Chats(database).seen("telegram:-100", "直播一组", "group", now())
        await database.close()

    asyncio.run(seen())
    terminal.does("bind", "set", "直播一组")
    return terminal


def test_robots_are_added_listed_and_removed_without_showing_an_address(bound: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, err = bound.run("bind", "robots", "直播一组", "--robot", FEISHU)
    assert (code, out) == (0, "") and "已添加飞书群机器人" in err
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{DINGTALK} SECabcdef0123456789\n"))
    said = bound.run("bind", "robots", "-100", "--robot", "-")[2]
    assert "已添加钉钉群机器人" in said
    listed = bound.lists("bind", "robots", "直播一组")
    assert [(one["id"], one["kind"], one["chat"], one["added_by"]) for one in listed] == [
        (1, "feishu", "telegram:-100", "terminal:local"), (2, "dingtalk", "telegram:-100", "terminal:local"),
    ]  # fmt: skip
    lines = bound.does("bind", "robots", "直播一组")
    assert lines.splitlines()[0].split("\t")[:3] == ["编号", "种类", "指纹"]
    shown = f"{err}{said}{listed}{lines}{bound.does('audit', '--json')}{bound.does('bind', '--json')}"
    assert not [key for key in (FEISHU_KEY, DINGTALK_KEY, "SECabcdef") if key in shown]
    assert "已移除飞书群机器人" in bound.run("bind", "robots", "直播一组", "--remove", "1")[2]
    assert [one["id"] for one in bound.lists("bind", "robots", "直播一组")] == [2]


def test_wrong_addresses_and_groups_are_said(bound: Terminal) -> None:
    assert "Webhook 地址" in bound.fails("bind", "robots", "直播一组", "--robot", FEISHU.replace("https", "http"))
    assert "没有绑定" in bound.fails("bind", "robots", "telegram:-7", "--robot", FEISHU)
    assert "没有这个群机器人" in bound.fails("bind", "robots", "直播一组", "--remove", "9")
    assert "只能写一个" in bound.fails("bind", "robots", "直播一组", "--robot", FEISHU, "--remove", "1", code=2)
    assert "没有群机器人" in bound.run("bind", "robots", "直播一组")[2]


def test_a_robot_of_another_group_is_not_removed(bound: Terminal) -> None:
    bound.does("bind", "robots", "直播一组", "--robot", FEISHU)
    bound.does("bind", "set", "telegram:-200")
    assert "没有这个群机器人" in bound.fails("bind", "robots", "telegram:-200", "--remove", "1")
