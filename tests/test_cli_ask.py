"""`copilot ask`: the JSON contract, batches that stream, bad rows that do not stop the rest."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from bot import __main__ as cli
from bot.commands.batch import BadRow, Question, read_row
from bot.commands.lines import read_lines
from bot.domain.answers import Answer
from bot.errors import ModelError
from bot.flows.answers import Answers
from tests.paper_handbook import open_paper_app

FIELDS = ["id", "question", "answer", "grounded", "citations", "elapsed_ms"]
CITED = ["document", "section", "anchor", "score", "quote"]


@pytest.fixture(autouse=True)
def _on_paper(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.build.open_app", open_paper_app)


def _ask(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["copilot", "ask", *words])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    return int(caught.value.code or 0)


def _rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_json_has_the_contracts_fields(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert _ask(monkeypatch, "在线掉了怎么办", "--json") == 0
    out, err = capsys.readouterr()
    (row,) = _rows(out)
    assert list(row) == FIELDS and list(row["citations"][0]) == CITED
    assert (row["question"], row["grounded"]) == ("在线掉了怎么办", True)
    first = row["citations"][0]
    assert (first["document"], first["section"], first["anchor"]) == ("chapters/12-monitoring.md", "12.1 在线掉了", "12.1")
    assert first["quote"] in row["answer"]
    assert row["elapsed_ms"] >= 0 and err == ""


def test_a_case_beside_the_answer_is_cited_last_and_marked_when_made_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _ask(monkeypatch, "停留低", "--json") == 0
    (row,) = _rows(capsys.readouterr().out)
    assert [c["section"] for c in row["citations"]] == ["12.2 停留低", "12 盯盘 · 97.1 停留的案例 · 教学示例"]
    assert "教学示例" not in row["answer"]  # which quotes the section only


def test_plain_answer_goes_to_stdout_with_its_sources(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _ask(monkeypatch, "在线掉了怎么办") == 0
    out, err = capsys.readouterr()
    assert out.startswith("先看进人流速。") and "〔1〕12.1 在线掉了" in out
    assert err == ""


def test_unanswered_question_says_so_and_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _ask(monkeypatch, "火星上几点", "--json") == 0
    (row,) = _rows(capsys.readouterr().out)
    assert row["grounded"] is False and row["answer"]


def test_batch_keeps_order_and_ids_and_says_which_lines_are_bad(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lines = [
        b'\xef\xbb\xbf{"id": "q-1", "question": "\xe5\x9c\xa8\xe7\xba\xbf\xe6\x8e\x89\xe4\xba\x86"}',
        b"",
        b"{broken",
        "停留低\r".encode(),
        b'{"id": {"any": [1]}, "question": "x", "extra": 1}',
        b"\xff\xfe",
        b'{"question": ""}',
        b'{"question": "x", "history": "not a list"}',
        b'{"id": NaN, "question": "x"}',
        '{"id": null, "question": "那停留呢", "history": ["在线"]}'.encode(),
    ]
    (tmp_path / "batch").write_bytes(b"\n".join(lines))
    assert _ask(monkeypatch, "--batch", "batch") == 1
    out, err = capsys.readouterr()
    assert [(row["id"], row["question"]) for row in _rows(out)] == [
        ("q-1", "在线掉了"),
        (4, "停留低"),
        ({"any": [1]}, "x"),
        (10, "那停留呢"),
    ]
    assert err.splitlines() == [
        "第 3 行：不是合法的 JSON 对象。",
        "第 6 行：不是 UTF-8 编码，请另存为 UTF-8。",
        "第 7 行：没有 question，或它是空的。",
        "第 8 行：history 要写成字符串的列表。",
        "第 9 行：不是合法的 JSON 对象。",
        "5 行没有回答（见上）。",
    ]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", '[1, {"a": 1e400}]'])
def test_an_id_that_no_json_can_hold_is_refused_with_its_line(
    number: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "batch").write_text(f'{{"id": 1e300, "question": "x"}}\n{{"id": {number}, "question": "x"}}\n', encoding="utf-8")
    assert _ask(monkeypatch, "--batch", "batch") == 1
    out, err = capsys.readouterr()
    assert [row["id"] for row in _rows(out)] == [1e300]
    assert err.splitlines()[0] == "第 2 行：不是合法的 JSON 对象。"


def test_question_that_fails_does_not_stop_the_batch(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    real = Answers.ask

    async def ask(self: Answers, viewer: Any, text: str, **more: Any) -> Answer:
        if text == "坏":
            raise ModelError("模型坏了。")
        return await real(self, viewer, text, **more)

    monkeypatch.setattr(Answers, "ask", ask)
    (tmp_path / "batch").write_text("在线\n坏\n停留\n", encoding="utf-8")
    assert _ask(monkeypatch, "--batch", "batch") == 1
    out, err = capsys.readouterr()
    assert [row["id"] for row in _rows(out)] == [1, 3]
    assert err == "第 2 行：模型坏了。\n1 行没有回答（见上）。\n"


def test_history_of_a_row_is_its_own(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    seen: list[tuple[str, ...]] = []
    real = Answers.ask

    async def ask(self: Answers, viewer: Any, text: str, *, history: tuple[str, ...]) -> Answer:
        seen.append(history)
        return await real(self, viewer, text, history=history)

    monkeypatch.setattr(Answers, "ask", ask)
    (tmp_path / "batch").write_text('在线\n{"question": "停留", "history": ["甲", "乙"]}\n在线\n', encoding="utf-8")
    assert _ask(monkeypatch, "--batch", "batch") == 0
    assert seen == [(), ("甲", "乙"), ()]


async def test_each_line_is_answered_as_it_comes() -> None:
    reading, writing = os.pipe()
    lines = read_lines(reading)
    for text in (b"one\n", b"tw", b"o\r\nthree"):
        threading.Timer(0.02, os.write, (writing, text)).start()
        await asyncio.sleep(0.05)
        if text.startswith(b"one"):
            assert await asyncio.wait_for(anext(lines), 5) == b"one"
    os.close(writing)
    assert [line async for line in lines] == [b"two", b"three"]
    os.close(reading)


async def test_ordinary_file_of_any_length_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"a" * 300_000 + b"\n\nlast\n")
    descriptor = os.open(path, os.O_RDONLY)
    assert [line async for line in read_lines(descriptor)] == [b"a" * 300_000, b"", b"last"]
    os.close(descriptor)


@pytest.mark.parametrize("raw", [b"{" * 100_000, b'{"id": ' + b"9" * 5000 + b', "question": "x"}', b'{"question": 3}', b"{}"])
def test_row_that_only_looks_like_one_is_refused(raw: bytes) -> None:
    with pytest.raises(BadRow):
        read_row(raw, 1, "zh")


def test_plain_text_row_may_look_like_anything() -> None:
    assert read_row("[1] 是什么？".encode(), 7, "zh") == Question(7, "[1] 是什么？")
    assert read_row(b"  \r", 8, "zh") is None
