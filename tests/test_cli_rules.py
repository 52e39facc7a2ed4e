"""`copilot rules` from the command line: listed, tried, applied, brought back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.build_office import open_sessions
from bot.config import load_settings
from bot.domain.audit import Deed, Entry
from bot.domain.sessions import Status
from bot.domain.simulation import simulated
from tests.cli_office import Terminal, founded, now, team, terminal

__all__ = ["founded", "team", "terminal"]
NEXT_YEAR = f"{now() + timedelta(days=300):%Y-%m-%d}"
RULE = """- id: T01
  name: 进人慢了
  group: 流量
  severity: low
  when: enter_5m < slow
  limits:
    slow: {of: enter_5m, default: 9000人/5min, source: 本队自定}
  who: 投手
  steps:
    60s:
      - {who: 投手, do: 看计划是不是停了}
"""


@pytest.fixture
def file(terminal: Terminal, team: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A team with a merchant, and a file with a rule."""
    monkeypatch.setenv("COPILOT_HANDBOOK", str(Path(__file__).parent.parent / "handbook"))
    terminal.does("merchants", "add", "好物")
    terminal.does("merchants", "authorise", "好物", "--until", NEXT_YEAR, "--by", "张三")
    path = terminal.folder / "own.yaml"
    path.write_text(RULE, "utf-8")
    return path


def _hour_ago(session: str) -> None:
    """Let the session have run for an hour, with samples."""

    async def write() -> None:
        async with open_sessions(load_settings()) as (_, floor):
            found = await floor.ground.sessions.known(session)
            assert found is not None
            begin = now() - timedelta(hours=2)
            ended = replace(
                found, starts_at=begin, began_at=begin, ended_at=begin + timedelta(hours=1), status=Status.ENDED, revision=2
            )
            assert await floor.ground.sessions.save(ended, None, Entry(begin, "x", Deed.SESSION_ENDED))
            rows = [one for n, one in enumerate(simulated(begin, 60, 1)) if n % 12 == 0]
            await floor.samples.add(session, rows, begin, statuses=(Status.ENDED,))

    asyncio.run(write())


def test_rules_are_tried_on_past_sessions_applied_and_brought_back(terminal: Terminal, file: Path) -> None:
    _hour_ago(terminal.does("sessions", "plan", "好物", "明晚8点", "3小时", "主播小雨"))
    code, out, err = terminal.run("rules", "try", str(file))
    assert code == 0 and out.startswith("🧪 试跑：加 T01 进人慢了\n条件：5分钟进人流速")
    assert "拿最近 1 场、1.0 小时的数据试了。" in out and "会提 1 次" in out and "好物" in out
    draft = err.split("copilot rules apply ")[1][:8]
    assert [one["state"] for one in terminal.lists("rules")] == ["handbook"] * 45
    assert "第 1 版已生效：加 T01 进人慢了" in terminal.run("rules", "apply", draft)[2]
    assert terminal.lists("rules")[-1]["state"] == "own"
    assert terminal.fails("rules", "apply", draft) == "这份改动已经处理过，或者放得太久了。"
    file.write_text("", "utf-8")
    draft = terminal.run("rules", "try", str(file))[2].split("apply ")[1][:8]
    terminal.run("rules", "apply", draft)
    draft = terminal.run("rules", "try", "--version", "1")[2].split("apply ")[1][:8]
    terminal.run("rules", "apply", draft)
    versions = terminal.lists("rules", "history")
    assert [one["number"] for one in versions] == [3, 2, 1]
    assert versions[0]["rules"] == versions[2]["rules"] == RULE and versions[1]["rules"] == ""
    assert "加 T01" in terminal.does("rules", "history")
    assert [one["deed"] for one in terminal.lists("audit")[:3]] == ["rules_changed"] * 3


def test_what_is_wrong_is_named_and_nothing_changes(terminal: Terminal, file: Path) -> None:
    file.write_text(RULE.replace("severity: low", "severity: loud"), "utf-8")
    assert terminal.fails("rules", "try", str(file)).startswith("没有改，现在的规则照旧：第 4 行：severity：只能写")
    assert terminal.fails("rules", "try", "nowhere.yaml").startswith("打不开 nowhere.yaml")
    assert terminal.fails("rules", "try", "--version", "7") == "没有找到这一版。"
    assert "写一个" in terminal.fails("rules", "try", code=2)
    file.write_bytes(b"\xff\xfe\x00")
    assert terminal.fails("rules", "try", str(file)).endswith("不是 UTF-8 的文字。")
    assert terminal.lists("rules", "history") == []


def test_a_merchants_rules_are_named_with_m(terminal: Terminal, file: Path) -> None:
    refused = terminal.fails("rules", "try", str(file), "--merchant", "好物")
    assert "单个商家的规则，编号用 M01 到 M99" in refused
    file.write_text(RULE.replace("T01", "M01"), "utf-8")
    draft = terminal.run("rules", "try", str(file), "--merchant", "好物")[2].split("apply ")[1][:8]
    terminal.run("rules", "apply", draft)
    assert terminal.lists("rules", "list", "--merchant", "好物")[-1]["id"] == "M01"
    assert len(terminal.lists("rules")) == 45


def test_comparable_rooms_are_given_tried_applied_and_listed(terminal: Terminal, file: Path) -> None:
    _hour_ago(terminal.does("sessions", "plan", "好物", "明晚8点", "3小时", "主播小雨"))
    code, out, err = terminal.run("rules", "peers", "GPM=6200元", "商品点击率=6%", "--merchant", "好物")
    assert code == 0 and "同类直播间 千次观看成交金额 ¥6,200" in out and "用到它的规则：" in out and "N30" in out
    assert terminal.lists("rules", "peers", "--merchant", "好物") == []
    applied = terminal.run("rules", "apply", err.split("copilot rules apply ")[1][:8])[2]
    assert "第 1 版已生效：" in applied and "¥6,200" in applied
    found = terminal.lists("rules", "peers", "--merchant", "好物")
    assert [(one["metric"], one["value"], one["counts"]) for one in found] == [("gpm", 6200, True), ("item_ctr", 0.06, True)]
    assert terminal.lists("rules", "peers") == [], "the team's own are others"
    assert "千次观看成交金额" in terminal.does("rules", "peers", "--merchant", "好物")
    refused = terminal.fails("rules", "peers", "GPM=6200", "在线=9", "--merchant", "好物")
    assert refused.startswith("没有改，现在的规则照旧：第 2 行：没有规则拿")
    (version,) = terminal.lists("rules", "history", "--merchant", "好物")
    assert set(version["peers"]) == {"gpm", "item_ctr"}
