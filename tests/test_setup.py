"""Setting the bot up: the token is checked, never shown, and `.env` keeps what stood in it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from bot.errors import ChannelError, CopilotError, SettingsError
from bot.setup import BotName, check_token, set_lines, write_env

TOKEN = "123456789:AAEhBOweik9ai12RgsQ4Vx3kZ0-_abcdefG"
API = "https://api.example"


def _api(handler: Callable[[httpx.Request], httpx.Response]) -> httpx.MockTransport:
    return httpx.MockTransport(handler)


def _says(status: int, body: object) -> httpx.MockTransport:
    return _api(lambda _: httpx.Response(status, json=body))


def test_known_token_gives_the_bots_name() -> None:
    asked: list[str] = []

    def telegram(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, json={"ok": True, "result": {"id": 1, "first_name": "副驾", "username": "copilot_bot"}})

    assert check_token(TOKEN, api_url=API, transport=_api(telegram)) == BotName("副驾", "copilot_bot")
    assert asked == [f"{API}/bot{TOKEN}/getMe"]


def _refuse(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError(f"no route to {request.url}", request=request)


@pytest.mark.parametrize(
    ("transport", "kind", "said"),
    [
        (_says(401, {"ok": False, "description": "Unauthorized"}), SettingsError, "不认这个 token"),
        (_says(404, {"ok": False, "description": "Not Found"}), SettingsError, "不认这个 token"),
        (_says(502, {}), ChannelError, "状态 502"),
        (_says(200, {"ok": True, "result": []}), ChannelError, "没有给出 Telegram 的回答"),
        (_api(lambda _: httpx.Response(200, text="<html>登录</html>")), ChannelError, "没有给出 Telegram 的回答"),
        (_api(_refuse), ChannelError, f"连不上 {API}"),
    ],
)
def test_anything_else_is_one_sentence_without_the_token(
    transport: httpx.MockTransport, kind: type[CopilotError], said: str
) -> None:
    with pytest.raises(kind, match=said) as caught:
        check_token(TOKEN, api_url=API, transport=transport)
    assert TOKEN[10:] not in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__suppress_context__ | (caught.value.__context__ is None)


@pytest.mark.parametrize("token", ["", "hello", "123:abc def", "123:a/../b", f"{TOKEN}\n{TOKEN}"])
def test_text_that_is_no_token_is_not_sent_anywhere(token: str) -> None:
    with pytest.raises(SettingsError, match="不像机器人 token"):
        check_token(token, api_url=API, transport=_api(_refuse))


def test_proxy_that_cannot_be_used_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "gopher://127.0.0.1:1")
    with pytest.raises(ChannelError, match="代理设置用不了"):
        check_token(TOKEN, api_url=API)


def test_env_keeps_other_lines_and_takes_the_place_of_the_old_value(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("# 我的注释\nCOPILOT_DATA=d\nexport TELEGRAM_BOT_TOKEN=old\nX=1\nTELEGRAM_BOT_TOKEN=older\n", encoding="utf-8")
    env.chmod(0o644)
    write_env(env, {"TELEGRAM_BOT_TOKEN": TOKEN, "COPILOT_LEAD_CHAT": "@lead"})
    expected = f"# 我的注释\nCOPILOT_DATA=d\nTELEGRAM_BOT_TOKEN={TOKEN}\nX=1\nCOPILOT_LEAD_CHAT=@lead\n"
    assert env.read_text(encoding="utf-8") == expected
    assert env.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == [".env"]


def test_commented_out_line_gives_the_place() -> None:
    assert set_lines("# A=1\n#A=\nB=2\n", {"A": "3"}) == "A=3\n#A=\nB=2\n"
    assert set_lines("", {"A": "a b"}) == "A='a b'\n"


def test_value_that_would_add_a_line_is_refused() -> None:
    with pytest.raises(CopilotError):
        set_lines("", {"A": "1\nB=2"})


def test_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("A=1\n", encoding="utf-8")
    (tmp_path / ".env").symlink_to("real")
    write_env(tmp_path / ".env", {"A": "2"})
    assert (tmp_path / ".env").is_symlink()
    assert (tmp_path / "real").read_text(encoding="utf-8") == "A=2\n"


def test_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="写不了"):
        write_env(tmp_path / "gone" / ".env", {"A": "1"})


def test_failed_write_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env = tmp_path / ".env"
    env.write_text("A=1\n", encoding="utf-8")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingsError, match="No space left"):
        write_env(env, {"A": "2"})
    assert env.read_text(encoding="utf-8") == "A=1\n"
    assert os.listdir(tmp_path) == [".env"]
