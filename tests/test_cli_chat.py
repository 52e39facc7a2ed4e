"""`copilot chat`, `run` and `setup` from outside: at a terminal, over a pipe, with signals."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import __main__ as cli
from bot.errors import SettingsError
from bot.setup import BotName

ROOT = Path(__file__).parent.parent
TOKEN = "123456789:AAEhBOweik9ai12RgsQ4Vx3kZ0-_abcdefG"
ON_PAPER = (
    "import bot.build; from tests.paper_handbook import open_paper_app; bot.build.open_app = open_paper_app; "
    "from bot.__main__ import main; main()"
)


def _environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COPILOT_", "TELEGRAM_"))}
    return {**kept, "PYTHONPATH": str(ROOT), "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1", **more}


class Terminal:
    """A program on a terminal of its own, as a person sees it."""

    def __init__(self, folder: Path, *words: str, **environment: str) -> None:
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", ON_PAPER, *words],
            stdin=slave, stdout=slave, stderr=slave, cwd=folder, env=_environment(**environment), start_new_session=True,
            preexec_fn=lambda: _take_terminal(slave),
        )  # fmt: skip
        os.close(slave)
        self.seen = ""

    def types(self, text: str) -> None:
        os.write(self._master, text.encode())

    def shows(self, text: str, *, within: float = 20) -> str:
        """Wait until `text` is on the screen after what was waited for before; returns what came up to it."""
        until = time.monotonic() + within
        while text not in self._plain():
            left = until - time.monotonic()
            ready = left > 0 and select.select([self._master], [], [], left)[0]
            if not ready:
                raise AssertionError(f"{text!r} never came; there is {self._plain()!r}")
            self.seen += os.read(self._master, 65536).decode("utf-8", "replace")
        before, _, after = self._plain().partition(text)
        self.seen = after
        return before

    def waits_for(self, flag: int, *, on: bool) -> None:
        """Wait until the program has set the terminal so: ISIG for Ctrl-C as a signal, ECHO for what is typed to be seen."""
        until = time.monotonic() + 20
        while bool(termios.tcgetattr(self._master)[3] & flag) is not on:
            assert time.monotonic() < until, "the terminal never changed"
            time.sleep(0.02)

    def _plain(self) -> str:
        """The text without colours and cursor moves."""
        return re.sub(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[()][A-Z0-9]|\r", "", self.seen)

    def ends(self) -> int:
        try:
            return self.process.wait(timeout=20)
        finally:
            self.process.kill()
            os.close(self._master)


def _take_terminal(slave: int) -> None:
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Terminal]:
    (tmp_path / "data").mkdir()
    terminal = Terminal(tmp_path, "chat")
    yield terminal
    if terminal.process.poll() is None:
        terminal.process.kill()
        terminal.process.wait()


def test_person_asks_opens_cancels_and_leaves(chat: Terminal, tmp_path: Path) -> None:
    chat.shows("Ctrl-D 离开")
    chat.shows("›")
    chat.types("在线掉了怎么办\r")
    chat.shows("〔1〕12.1 在线掉了")
    chat.types("1\r")
    chat.shows("12 盯盘 · chapters/12-monitoring.md · 第 3 页")
    chat.types("慢问题\r")
    chat.waits_for(termios.ISIG, on=True)
    time.sleep(0.3)  # from the end of the prompt to the question being asked
    chat.types("\x03")
    chat.shows("已取消。")
    chat.types("停留低\r")
    chat.shows("输入编号看原文。")
    chat.waits_for(termios.ISIG, on=False)
    chat.types("\x04")
    assert chat.ends() == 0
    history = tmp_path / "data" / "chat_history"
    assert history.stat().st_mode & 0o777 == 0o600
    assert "停留低" in history.read_text(encoding="utf-8")


def test_setup_at_a_terminal_hides_the_token_and_asks_again(tmp_path: Path) -> None:
    server = "http://127.0.0.1:1"  # nobody listens there
    terminal = Terminal(tmp_path, "setup", TELEGRAM_API_URL=server)
    terminal.shows("机器人 token:")
    terminal.waits_for(termios.ECHO, on=False)
    terminal.types("not a token\n")
    first = terminal.shows("这不像机器人 token")
    terminal.shows("机器人 token:")
    terminal.waits_for(termios.ECHO, on=False)
    terminal.types(TOKEN + "\n")
    second = terminal.shows(f"连不上 {server}")
    assert terminal.ends() == 1
    assert "not a token" not in first and TOKEN[10:] not in second + terminal.seen
    assert not (tmp_path / ".env").exists()


def _piped(folder: Path, *words: str, typed: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", ON_PAPER, *words]
    return subprocess.run(
        command, cwd=folder, env=_environment(**environment), input=typed, capture_output=True, text=True, timeout=60, check=False
    )


def test_run_without_token_says_so_and_chats(tmp_path: Path) -> None:
    done = _piped(tmp_path, "run", typed="\ufeff在线掉了\n\n1\n")
    assert done.returncode == 0
    assert done.stdout.startswith("› 在线掉了\n先看进人流速。")
    assert "12 盯盘 · chapters/12-monitoring.md" in done.stdout
    assert done.stderr == "没有设置 TELEGRAM_BOT_TOKEN，先在终端里聊。要接到 Telegram：运行 copilot setup（五分钟）。\n"


def test_run_without_token_and_without_input_ends(tmp_path: Path) -> None:
    done = _piped(tmp_path, "run", typed="")
    assert (done.returncode, done.stdout) == (0, "")


def test_misspelt_setting_is_remarked_and_the_chat_goes_on(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("COPILOT_LANGUGE=en\n", encoding="utf-8")
    done = _piped(tmp_path, "chat", typed="在线\n")
    assert done.stderr == ".env 第 1 行：没有 COPILOT_LANGUGE 这个设置，已跳过。是不是 COPILOT_LANGUAGE？\n"
    assert "先看进人流速" in done.stdout


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_signal_stops_the_service_in_order(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    stopped: list[bool] = []

    async def serve(settings: Any, *, stop: asyncio.Event, progress: Any, standby: Any) -> None:
        assert standby is None
        asyncio.get_running_loop().call_later(0.05, os.kill, os.getpid(), number)
        await stop.wait()
        stopped.append(True)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setattr("bot.serving.serve", serve)
    monkeypatch.setattr(sys, "argv", ["copilot", "run"])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert (stopped, caught.value.code) == ([True], code)


@pytest.fixture
def known_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def check(token: str, *, api_url: str) -> BotName:
        if token != TOKEN:
            raise SettingsError("不认。")
        return BotName("副驾", "copilot_bot")

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN", raising=False)
    monkeypatch.setattr("bot.setup.check_token", check)


def _setup(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["copilot", "setup", *words])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    return int(caught.value.code or 0)


@pytest.mark.usefixtures("known_token")
def test_setup_from_a_file_writes_env(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n", encoding="utf-8")
    (tmp_path / ".env").write_text("TELEGRAM_BOT_TOKEN=wrong\n", encoding="utf-8")
    assert _setup(monkeypatch, "--token-file", "token", "--lead-chat", "-100123") == 0
    assert (tmp_path / ".env").read_text(encoding="utf-8") == f"TELEGRAM_BOT_TOKEN={TOKEN}\nCOPILOT_LEAD_CHAT=-100123\n"
    out, err = capsys.readouterr()
    assert TOKEN not in out and "连上了：副驾（@copilot_bot）" in err and TOKEN not in err


@pytest.mark.usefixtures("known_token")
def test_setup_from_stdin(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    monkeypatch.setattr(sys.stdin, "read", lambda: f" {TOKEN}\n", raising=False)
    assert _setup(monkeypatch) == 0
    assert TOKEN in (tmp_path / ".env").read_text(encoding="utf-8")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:other")
    assert _setup(monkeypatch, "--token-file", "-") == 0
    assert "比 .env 优先" in capsys.readouterr().err


@pytest.mark.usefixtures("known_token")
@pytest.mark.parametrize(
    ("content", "words", "said"),
    [
        (b"1:wrong", ("--token-file", "token"), "不认。"),
        (b"", ("--token-file", "token"), "没有读到 token"),
        (b"\xff\xfe\x00", ("--token-file", "token"), "读不了 token 文件 token（不是文本）"),
        (b"x", ("--token-file", "gone"), "读不了 token 文件 gone（No such file or directory）"),
        (TOKEN.encode(), ("--token-file", "token", "--lead-chat", "the lead"), "COPILOT_LEAD_CHAT 要写会话编号"),
    ],
)
def test_setup_that_fails_says_why_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    content: bytes,
    words: tuple[str, ...],
    said: str,
) -> None:
    (tmp_path / "token").write_bytes(content)
    assert _setup(monkeypatch, *words) == 1
    err = capsys.readouterr().err
    assert said in err and err.count("\n") == 1
    assert not (tmp_path / ".env").exists()
