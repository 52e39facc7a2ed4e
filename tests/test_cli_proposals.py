"""`copilot rules proposals`, `adopt` and `decline`: the same figures as in the chat, settled once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.build_office import open_sessions
from bot.config import load_settings
from bot.storage.database import Database
from tests.cli_office import Terminal, founded, now, team, terminal
from tests.flows.proposal_room import held, monday, planned

__all__ = ["founded", "team", "terminal"]
NEXT_YEAR = f"{now() + timedelta(days=300):%Y-%m-%d}"


@pytest.fixture
def proposed(terminal: Terminal, team: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A team with a merchant and four sessions behind it, on whose Monday a proposal was made; the merchant's id."""
    monkeypatch.setenv("COPILOT_HANDBOOK", str(Path(__file__).parent.parent / "handbook"))
    merchant = terminal.does("merchants", "add", "好物")
    terminal.does("merchants", "authorise", "好物", "--until", NEXT_YEAR, "--by", "张三")
    start = monday(now())

    async def past() -> None:
        settings = load_settings()
        async with open_sessions(settings) as (_, floor):
            database = await Database.open(settings.database)
            for days in range(2, 6):
                begin = start - timedelta(days=3 * days)
                await held(database, planned(f"5e5510{days:02}", begin, team, merchant))
            await database.close()
            assert await floor.suggesting.propose_due(start) == 1

    asyncio.run(past())
    return merchant


def test_a_proposal_is_listed_with_its_figures_and_taken(terminal: Terminal, proposed: str) -> None:
    (found,) = terminal.lists("rules", "proposals")
    wanted = {
        "merchant": None, "rule": "N10", "name": "评论率低", "way": "stricter", "limit": "quiet", "becomes": "0.45%",
        "judged_right": 4, "judged_wrong": 12, "sessions": 4, "tips_before": 16, "tips_after": 4, "useful": 4, "useful_kept": 4,
        "useless": 12, "useless_gone": 12, "state": "open", "settled_by": None,
    }  # fmt: skip
    assert {name: found[name] for name in wanted} == wanted
    head, line = terminal.does("rules", "proposals").split("\n")
    assert head.split("\t")[2:5] == ["规则", "改什么", "重放"]
    assert line.split("\t")[2:] == [
        "N10 评论率低", "限值 评论率：自己近 7 天同时段中位数 × 0.6（没有就用 0.5%） → 0.45%", "4 场 10.6 小时", "16 → 4", "4/4",
        "12/12", "等您定",
    ]  # fmt: skip
    assert "第 1 版已生效：N10 评论率低 限值 评论率" in terminal.run("rules", "adopt", found["id"])[2]
    listed = next(one for one in terminal.lists("rules") if one["id"] == "N10")
    assert (listed["state"], listed["sign"]) == ("changed", "评论率 < 0.45%，并且累计观看人数（场观）≥ 200 人")
    (found,) = terminal.lists("rules", "proposals")
    assert (found["state"], found["settled_by"]) == ("adopted", "terminal:local")
    assert terminal.fails("rules", "decline", found["id"]) == "这条建议已经采用了。"
    assert [one["deed"] for one in terminal.lists("audit")[:1]] == ["rules_changed"]


def test_a_proposal_is_declined_and_what_is_not_there_is_said(terminal: Terminal, proposed: str) -> None:
    (found,) = terminal.lists("rules", "proposals")
    assert "照旧：N10 评论率低 不改，4 周内不再提。" in terminal.run("rules", "decline", found["id"])[2]
    assert terminal.fails("rules", "adopt", found["id"]).startswith("这条建议已经定了不采用。")
    assert terminal.fails("rules", "adopt", "00000000") == "没有这条建议，或者它说的商家已经不在了。"
    assert terminal.lists("rules", "history") == []
    terminal.does("merchants", "delete", "好物", "--confirm", "好物")
    assert terminal.lists("rules", "proposals") == []
    assert terminal.run("rules", "proposals")[2].startswith("近 4 周没有规则建议。")


def test_the_list_of_rules_says_how_severe_they_are_in_words_and_in_one_line(terminal: Terminal, proposed: str) -> None:
    lines = [line.split("\t") for line in terminal.does("rules").split("\n")[1:]]
    assert {line[2] for line in lines} == {"⚪ 提示", "🔵 低", "🟡 中", "🟠 高", "🔴 严重"}
    assert not [line[4] for line in lines if "； " in line[4] or "。 " in line[4] or "， " in line[4] or "  " in line[4]]
    assert {one["severity"] for one in terminal.lists("rules")} == {"info", "low", "medium", "high", "critical"}
