"""`copilot index` and `copilot check`: what they report, and what they ask before."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot import __main__ as cli
from bot.commands.progress import BarProgress, LineProgress
from bot.config import BUILT_IN_HANDBOOK
from knowledge.library import Report
from knowledge.types import Unreadable

REPORT = Report(("a.md",), ("b.md",), ("c\n.md",), 7, (Unreadable("d.pdf", "有密码。"),), 40, 90, 12, 1.234)


def _run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["copilot", *words])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    return int(caught.value.code or 0)


@pytest.fixture
def indexed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[bool]:
    """An index whose model has changed; notes what was agreed."""
    agreed: list[bool] = []

    async def index_handbook(settings: Any, *, agree: Callable[[], bool], progress: Any) -> Report | None:
        progress.update("read", 1, 1)
        agreed.append(agree())
        return REPORT if agreed[-1] else None

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.build.index_handbook", index_handbook)
    return agreed


def test_table_names_every_file_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], indexed: list[bool]
) -> None:
    assert _run(monkeypatch, "index", "--yes", "--handbook", "hb") == 0
    assert capsys.readouterr().out.splitlines() == [
        "新增  a.md",
        "有改动  b.md",
        "已删除  c .md",
        "读不了  d.pdf  有密码。",
        "hb：40 节，90 段；重新计算 12 段，用时 1.2 秒。",
    ]


def test_json_report_has_every_field(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], indexed: list[bool]
) -> None:
    assert _run(monkeypatch, "index", "--yes", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "added": ["a.md"],
        "changed": ["b.md"],
        "removed": ["c\n.md"],
        "unchanged": 7,
        "unreadable": [{"path": "d.pdf", "reason": "有密码。"}],
        "sections": 40,
        "chunks": 90,
        "embedded": 12,
        "seconds": 1.23,
    }


def test_changed_model_is_not_embedded_again_without_a_yes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], indexed: list[bool]
) -> None:
    assert _run(monkeypatch, "index") == 1
    assert indexed == [False]
    assert capsys.readouterr() == ("", "向量模型换了，整本手册要重新计算。要继续请加 --yes。\n")


@pytest.mark.parametrize(("typed", "code"), [("y", 0), ("是", 0), ("", 1), ("n", 1)])
def test_person_at_a_terminal_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], indexed: list[bool], typed: str, code: int
) -> None:
    monkeypatch.setattr("bot.commands.index.terminal", lambda: True)
    monkeypatch.setattr(sys.stdin, "readline", lambda: typed + "\n", raising=False)
    assert _run(monkeypatch, "index") == code
    err = capsys.readouterr().err
    assert "继续吗？ [y/N]" in err
    assert ("索引没有动" in err) is (code == 1)


def test_progress_off_a_terminal_is_a_line_every_few_seconds() -> None:
    now, lines = [100.0], list[str]()
    progress = LineProgress("zh", line=lines.append, clock=lambda: now[0])
    for done in range(0, 101):
        now[0] = 100 + done / 10
        progress.update("embed", done, 100)
    assert lines == [
        "计算向量 30/100 · 10.0/s · 还剩 0:07",
        "计算向量 60/100 · 10.0/s · 还剩 0:04",
        "计算向量 90/100 · 10.0/s · 还剩 0:01",
    ]
    assert progress.current == ""


def test_progress_below_the_prompt_says_where_it_is() -> None:
    now = [0.0]
    progress = LineProgress("en", line=lambda _: None, clock=lambda: now[0])
    assert progress.current == ""
    progress.update("read", 5, 5)
    progress.update("embed", 40, 400)
    now[0] = 10.0
    progress.update("embed", 140, 400)
    assert progress.current == "Computing vectors 140/400 · 10.0/s · left 0:26"


def test_steps_of_unlike_length_have_no_rate() -> None:
    now = [0.0]
    progress = LineProgress("zh", line=lambda _: None, clock=lambda: now[0])
    progress.update("model", 0, 4)
    now[0] = 10.0
    progress.update("model", 2, 4)
    assert progress.current == "准备模型 2/4"


def test_bars_show_every_stage_and_can_be_closed_unopened(capsys: pytest.CaptureFixture[str]) -> None:
    BarProgress("zh").close()
    bars = BarProgress("zh")
    for stage in ("read", "embed"):
        bars.update(stage, 3, 10)
    bars.close()
    assert capsys.readouterr().out == ""


def test_built_in_handbook_is_in_order(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    code = _run(monkeypatch, "check", "--handbook", str(BUILT_IN_HANDBOOK))
    assert (code, capsys.readouterr().out) == (0, "")


def test_check_names_file_and_line_and_counts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hb" / "chapters").mkdir(parents=True)
    (tmp_path / "hb" / "chapters" / "12-a.md").write_text("---\ntitle: 甲\n---\n## 12.1 甲\n正文见 12.9。\n", encoding="utf-8")
    (tmp_path / "hb" / "空.md").write_text("")
    (tmp_path / "hb" / "国标.md").write_bytes(
        "# 甲\n[乙](#没有) 这是一段用国标编码保存的中文文字，检查时也要读得出来。\n".encode("gb18030")
    )
    assert _run(monkeypatch, "check", "--handbook", "hb") == 1
    out, err = capsys.readouterr()
    assert [line.partition("：")[0] for line in out.splitlines()] == ["chapters/12-a.md:5", "国标.md:2", "空.md:1"]
    assert err == "3 处要改（共 3 个文件）。\n"


@pytest.mark.parametrize(("folder", "said"), [("gone", "没有找到手册文件夹"), (".", "没有能读的文件")])
def test_folder_without_a_handbook_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, folder: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _run(monkeypatch, "check", "--handbook", folder) == 1
    assert said in capsys.readouterr().err


FOLDERS = {
    "gone": ("没有找到手册文件夹 gone，", "There is no handbook folder gone."),
    "a.md/in": ("没有找到手册文件夹 a.md/in，", "There is no handbook folder a.md/in."),
    "a.md": ("a.md 是一个文件，不是文件夹。", "a.md is a file, not a folder."),
    "closed": ("手册文件夹 closed 打不开：当前账号没有读取权限。", "The handbook folder closed cannot be opened:"),
    "bad": ("手册文件夹 bad 读不了，", "The handbook folder bad cannot be read;"),
}


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("words", [("index",), ("check",), ("ask", "停留低怎么办"), ("chat",)], ids=lambda words: words[0])
def test_folder_that_cannot_be_the_handbook_is_said_in_one_sentence_that_helps(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    words: tuple[str, ...],
    language: str,
    folder: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COPILOT_LANGUAGE", language)
    (tmp_path / "a.md").write_text("# 盯盘", encoding="utf-8")
    (tmp_path / "closed").mkdir()
    (tmp_path / "bad").mkdir()
    listed = os.listdir

    def guarded(path: Any = ".") -> list[str]:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        if str(path).endswith("bad"):
            raise OSError(5, "Input/output error")
        return listed(path)

    monkeypatch.setattr(os, "listdir", guarded)
    assert _run(monkeypatch, *words, "--handbook", folder) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.startswith(FOLDERS[folder][language == "en"]) and err.count("\n") == 1 and "--handbook" in err


def _say_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is: only what is said about the index itself."""
    monkeypatch.setattr("bot.commands.progress._LINE_EVERY", float("inf"))


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", ["索引目录坏了", "向量索引坏了"]), ("en", ["The index was damaged.", "The vectors were damaged."])],
)
def test_repairs_are_said_in_the_persons_language_and_not_as_log_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, language: str, said: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COPILOT_LANGUAGE", language)
    _say_no_progress(monkeypatch)
    (tmp_path / "hb").mkdir()
    (tmp_path / "hb" / "a.md").write_text("# 盯盘\n\n停留低于 30 秒时，先换开场话术。", encoding="utf-8")
    assert _run(monkeypatch, "index", "--handbook", "hb") == 0
    for name in ("catalog.db", "chroma/chroma.sqlite3"):
        (tmp_path / "data" / "index" / name).write_bytes(b"broken" * 1000)
    capsys.readouterr()
    assert _run(monkeypatch, "index", "--handbook", "hb") == 0
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2 and all(line.startswith(start) for line, start in zip(lines, said, strict=True))


def test_a_lost_vector_folder_is_filled_again_without_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    _say_no_progress(monkeypatch)
    (tmp_path / "hb").mkdir()
    (tmp_path / "hb" / "a.md").write_text("# 盯盘\n\n停留低于 30 秒时，先换开场话术。", encoding="utf-8")
    assert _run(monkeypatch, "index", "--handbook", "hb") == 0
    shutil.rmtree(tmp_path / "data" / "index" / "chroma")
    capsys.readouterr()
    assert _run(monkeypatch, "index", "--handbook", "hb") == 0
    assert capsys.readouterr().err == ""
