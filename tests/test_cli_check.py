"""`copilot check`: problems with file and line from every source, published ids, coverage."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import __main__ as cli
from bot.config import BUILT_IN_HANDBOOK

Run = Callable[..., tuple[int, list[str], str]]

CHAPTER = """---
title: 12 盯盘
---
# 12 盯盘
## 12.1 在线掉了
少了 15% 就查。
## 12.2 憋单，不能做
到点就上。
"""
ITEM = """- id: B01
  text: 上行测过
  role: 中控
  why: 卡了观众就走
  section: "12.1"
  evidence: none
  blocking: true
  due: {daily: T-1h}
"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)

    def _run(*words: str) -> tuple[int, list[str], str]:
        monkeypatch.setattr(sys, "argv", ["copilot", "check", "--handbook", "hb", *words])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        out, err = capsys.readouterr()
        return int(caught.value.code or 0), out.splitlines(), err

    return _run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    hb = tmp_path / "hb"
    for name, text in {"chapters/12-a.md": CHAPTER, "checklists/before.yaml": ITEM}.items():
        (hb / name).parent.mkdir(parents=True, exist_ok=True)
        (hb / name).write_text(text, encoding="utf-8")
    return hb


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def test_folder_is_checked_for_what_it_has(run: Run, folder: Path) -> None:
    assert run() == (0, [], "检查通过：1 个文件。\n")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("checklists/before.yaml", ITEM.replace("12.1", "12.9"), "checklists/before.yaml:5：手册里没有 12.9 这一节"),
        ("checklists/before.yaml", ITEM.replace("中控", "老板"), "checklists/before.yaml:3：role：只能写"),
        ("rules/traffic.yaml", "- id: N01\n", "rules/traffic.yaml:1：规则要读指标：先写好 metrics.yaml"),
        ("metrics.yaml", "metrics: []\n", "metrics.yaml:1：metrics：至少要有 1 个"),
        ("asked.yaml", '"99.1":\n  - 人跑了\n', "asked.yaml:1：手册里没有 99.1 这一节"),
        ("glossary.yaml", "- term: 在线\n", "glossary.yaml:1：also：缺这一项"),
        ("wording.yaml", "- id: W01\n", "wording.yaml:1：article：缺这一项"),
        ("ids.lock", "section 12.7\nsection 12.1\nsection 12.2\nitem B01\n", "ids.lock:1：小节 12.7 已经发布过，不能删除或改号"),
        ("ids.lock", "section 12.1\nitem B01\n", "chapters/12-a.md:7：小节 12.2 还没登记：先运行 copilot check --publish 登记"),
    ],
)
def test_every_kind_of_mistake_is_named_with_file_and_line(run: Run, folder: Path, name: str, text: str, said: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    _write(folder / name, text)
    code, out, err = run()
    assert code == 1 and any(line.startswith(said) for line in out) and "处要改" in err


def test_bad_advice_planted_in_the_built_in_handbook_is_found(run: Run, tmp_path: Path) -> None:
    shutil.copytree(BUILT_IN_HANDBOOK, tmp_path / "hb")
    page = tmp_path / "hb" / "chapters" / "12-monitoring.md"
    lines = page.read_text("utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("## 12.2 "))
    lines.insert(at, "库存只写三件，卖完再补。")
    _write(page, "\n".join(lines))
    rules = tmp_path / "hb" / "rules" / "traffic.yaml"
    text = rules.read_text("utf-8")
    first, mark, rest = text.partition("- id: N02")
    _write(rules, first.replace("15%", "16%") + mark + rest)
    assert rules.read_text("utf-8") != text
    code, out, _ = run()
    assert code == 1
    assert any(line.startswith(f"chapters/12-monitoring.md:{at + 1}：「库存只写」不能这么写") for line in out)
    assert any("N01 的 drop 写 16%，chapters/12-monitoring.md:" in line for line in out)


def test_publishing_lists_new_ids_once_and_check_holds_them(run: Run, folder: Path) -> None:
    assert run("--publish") == (0, [], "登记了 3 个新编号，hb/ids.lock 里现在有 3 个。\n")
    assert (folder / "ids.lock").read_text("utf-8").splitlines()[1:] == ["section 12.1", "section 12.2", "item B01"]
    assert run()[0] == 0
    assert run("--publish")[2] == "登记了 0 个新编号，hb/ids.lock 里现在有 3 个。\n"
    _write(folder / "chapters" / "12-a.md", CHAPTER.replace("## 12.2 ", "## 12.3 "))
    code, out, _ = run()
    assert code == 1 and [line.partition("：")[0] for line in out] == ["chapters/12-a.md:7", "ids.lock:3"]
    code, out, err = run("--publish")
    assert code == 1 and [line.partition("：")[0] for line in out] == ["ids.lock:3"] and err.startswith("没有登记：先改好这 1 处")
    assert "12.3" not in (folder / "ids.lock").read_text("utf-8")


def test_problems_and_coverage_as_json(run: Run, folder: Path) -> None:
    _write(folder / "checklists" / "before.yaml", ITEM.replace("12.1", "12.9"))
    code, out, _ = run("--json")
    found = json.loads(out[0])
    assert code == 1 and found["files"] == 1 and found["problems"][0]["line"] == 5
    _write(folder / "checklists" / "before.yaml", ITEM)
    code, out, _ = run("--stats", "--json")
    stats = json.loads(out[0])
    assert code == 0 and stats["chapters"][0] == {"file": "chapters/12-a.md", "title": "12 盯盘", "sections": 2, "characters": 40}
    assert stats["checklists"] == [{"stage": "before", "variant": "daily", "items": 1, "blocking": 1}]
    assert [row["section"] for row in stats["unreferenced"]] == ["12.2"]
    assert (stats["metrics"], stats["cases"], stats["glossary"]) == ([], [], [])


def test_coverage_off_a_terminal_is_tab_separated(run: Run, folder: Path) -> None:
    _, out, _ = run("--stats")
    assert out[:3] == ["# 章 1", "文件\t标题\t小节\t字数", "chapters/12-a.md\t12 盯盘\t2\t40"]


def test_coverage_at_a_terminal_is_drawn(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr("bot.commands.coverage.on_screen", lambda: True)
    _, out, _ = run("--stats")
    assert out[0].strip() == "章 1" and any("12 盯盘" in line and "│" in line for line in out)


def test_coverage_of_the_built_in_handbook_tells_what_it_holds(run: Run, tmp_path: Path) -> None:
    shutil.copytree(BUILT_IN_HANDBOOK, tmp_path / "hb")
    _, out, _ = run("--stats", "--json")
    stats = json.loads(out[0])
    read = next(row for row in stats["metrics"] if row["id"] == "online_now")
    assert len(stats["metrics"]) == 42 and "N01" in read["rules"].split()
    assert sum(row["count"] for row in stats["rules"]) == len(stats["rule_list"])
    assert stats["glossary"][0]["with_stance"] > 20 and stats["cases"]


def test_publish_goes_alone(run: Run, folder: Path) -> None:
    code, out, err = run("--publish", "--json")
    assert (code, out) == (2, []) and "--publish 单独用" in err
