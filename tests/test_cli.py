"""The `copilot` command: how it starts, what it says to wrong usage, how it ends."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot import __main__ as cli
from bot.commands import common, office_words
from bot.errors import StorageError

ROOT = Path(__file__).parent.parent
HEAVY = ("rich", "httpx", "structlog", "pydantic", "numpy", "prompt_toolkit", "knowledge", "bot.config")


def _ends(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["copilot", *words])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    return int(caught.value.code or 0)


def test_help_lists_the_commands_and_imports_nothing_heavy() -> None:
    left = f"print([m for m in {HEAVY!r} if m in sys.modules])"
    code = f"import sys; from bot.__main__ import main\ntry: main()\nexcept SystemExit: {left}"
    done = subprocess.run([sys.executable, "-c", code, "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    administration = ("team", "invite", "merchants", "roles", "bind", "audit", "export")
    for command in ("run", "chat", "ask", "index", "check", "setup", "version", *administration):
        assert re.search(rf"^  {command} +\S", done.stdout, re.MULTILINE)
    assert done.stdout.endswith("[]\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ask",), "问题和 --batch 二选一。用法：copilot ask --help"),
        (("ask", "a", "--batch", "b"), "问题和 --batch 二选一。用法：copilot ask --help"),
        (("ask", "  "), "问题是空的。用法：copilot ask --help"),
        (("ask", "a", "b"), "多出来的内容：b（问题里有空格请加引号）。用法：copilot ask --help"),
        (("ask", "--batch", "/does/not/exist"), "打不开 /does/not/exist（No such file or directory）。用法：copilot ask --help"),
        (("ask", "--batch"), "--batch 后面要跟一个值。用法：copilot --help"),
        (("chat", "--foo"), "没有选项 --foo。用法：copilot chat --help"),
        (("asc",), "没有命令 asc。用法：copilot --help"),
    ],
)
def test_wrong_usage_is_one_line_and_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    assert _ends(monkeypatch, *words) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", said + "\n")


def test_no_command_shows_the_help(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert _ends(monkeypatch) == 2
    assert "Commands:" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (StorageError("磁盘\n满了\x1b[2J。"), 1, "磁盘 满了 [2J。\n"),
        (KeyboardInterrupt(), 130, ""),
        (EOFError(), 1, "\n已取消。\n"),
    ],
)
def test_failures_end_in_one_line_without_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], raised: BaseException, code: int, said: str
) -> None:
    def fail(**_: object) -> None:
        raise raised

    monkeypatch.setattr("bot.commands.check.prepare", fail)
    assert _ends(monkeypatch, "check") == code
    assert capsys.readouterr() == ("", said)


def test_reader_that_leaves_early_is_no_error_to_talk_about() -> None:
    command = f"{sys.executable} -c \"from bot.commands.common import put\nfrom bot.__main__ import app, main\n@app.command()\ndef talk() -> None:\n for n in range(100000): put('x' * 50)\nmain()\" talk | head -1"  # noqa: E501
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, "x" * 50 + "\n", "")


def test_version_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert _ends(monkeypatch, "version") == 0
    first = capsys.readouterr().out
    assert _ends(monkeypatch, "--version") == 0
    assert capsys.readouterr().out == first
    assert first.startswith("copilot")


def test_wrong_setting_stops_every_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COPILOT_HTTP_PORT", "many")
    for words in (("ask", "a"), ("chat",), ("index",), ("check",), ("run",), ("setup",), ("team",), ("audit",)):
        assert _ends(monkeypatch, *words) == 1
        assert capsys.readouterr() == ("", "设置不对：COPILOT_HTTP_PORT 要写整数。请改 .env 或环境变量后再启动。\n")


def test_unknown_complaints_of_the_parser_are_passed_on() -> None:
    assert cli.usage_sentence("Something new") == "Something new"


def test_locale_without_chinese_does_not_crash() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, "-m", "bot", "ask"], cwd=ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode == 2
    assert b"--batch" in done.stderr and b"Traceback" not in done.stderr


def test_put_writes_lone_surrogates_as_json_escapes(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    common.put('"\ud800停留"')
    assert capfdbinary.readouterr().out == '"\\ud800停留"\n'.encode()


def test_what_is_said_of_wrong_usage_leaves_the_full_stop_to_the_command() -> None:
    files = (file.read_text("utf-8") for file in (ROOT / "bot").rglob("*.py"))
    keys = {key for text in files for key in re.findall(r'wrong_usage\(\s*"(\w+)"', text)}
    values = dict.fromkeys(("name", "given", "known", "least", "most", "states", "one", "other"), "x")
    assert "minutes_range" in keys
    assert not [key for key in keys if office_words.say("zh", key, **values).endswith("。")]
    assert not [key for key in keys if office_words.say("en", key, **values).endswith(".")]
