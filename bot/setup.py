"""What `copilot setup` does: check a bot token with Telegram, write it into `.env`.

Knows nothing about the terminal that asks. No exception here carries the token.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bot.errors import ChannelError, CopilotError, SettingsError

TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
WRONG_TOKEN = "Telegram 不认这个 token。请到 @BotFather 用 /mybots 重新复制整串，再试一次。"
_NEEDS_QUOTES = re.compile(r"[^\w@:./+-]")


@dataclass(frozen=True, slots=True)
class BotName:
    """How Telegram knows the bot; `username` comes without the @."""

    name: str
    username: str


def check_token(token: str, *, api_url: str, transport: httpx.BaseTransport | None = None) -> BotName:
    """Ask Telegram whose token this is.

    Raises SettingsError when Telegram does not know it, ChannelError when Telegram cannot be asked.
    """
    if not TOKEN.fullmatch(token):
        raise SettingsError("这不像机器人 token：它形如 123456789:ABC-def…，请从 @BotFather 那里整串复制。")
    try:
        with httpx.Client(transport=transport, timeout=15) as client:
            reply = client.get(f"{api_url}/bot{token}/getMe")
    except httpx.HTTPError:
        raise ChannelError(f"连不上 {api_url}。请检查网络或代理（HTTPS_PROXY），或改 TELEGRAM_API_URL。") from None
    except (ImportError, ValueError, httpx.InvalidURL):
        raise ChannelError("代理设置用不了：请用 http:// 开头的代理地址（HTTPS_PROXY）。") from None
    return _bot_name(reply, api_url)


def _bot_name(reply: httpx.Response, api_url: str) -> BotName:
    if reply.status_code in (401, 404):
        raise SettingsError(WRONG_TOKEN)
    try:
        body: Any = reply.json()
        if reply.status_code == 200 and body["ok"]:
            return BotName(str(body["result"]["first_name"]), str(body["result"]["username"]))
    except (ValueError, KeyError, TypeError):
        pass  # not the Bot API's form: said below
    raise ChannelError(f"{api_url} 没有给出 Telegram 的回答（状态 {reply.status_code}）。请稍后再试，或改 TELEGRAM_API_URL。")


def write_env(path: Path, changes: Mapping[str, str]) -> None:
    """Set `changes` in the file and keep every other line; readable by its owner only, whole at any moment.

    Raises SettingsError when the file or its folder cannot be read or written.
    """
    path = Path(os.path.realpath(path))  # a link stays a link: what it points at is replaced
    try:
        old = path.read_text(encoding="utf-8-sig") if path.exists() else ""
        _replace(path, set_lines(old, changes))
    except UnicodeDecodeError:
        raise SettingsError(f"读不了 {path}：它不是 UTF-8 编码。请另存为 UTF-8 后再试。") from None
    except OSError as error:
        raise SettingsError(f"写不了 {path}（{error.strerror}）。请换一个能写的文件夹，或改它的权限。") from None


def set_lines(text: str, changes: Mapping[str, str]) -> str:
    """`text` with each name set once, where it stood; a commented-out line of the same name gives its place."""
    lines = text.splitlines()
    for name, value in changes.items():
        line = f"{name}={_quoted(value)}"
        live = [n for n, old in enumerate(lines) if re.match(rf"\s*(export\s+)?{name}\s*=", old)]
        placeholder = [n for n, old in enumerate(lines) if re.match(rf"\s*#\s*{name}\s*=", old)]
        if live or placeholder:
            lines[(live or placeholder)[0]] = line
        else:
            lines.append(line)
        for extra in reversed(live[1:]):
            del lines[extra]
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    if "\n" in value or "'" in value:
        raise CopilotError("设置里不能有换行或单引号。")
    return f"'{value}'" if _NEEDS_QUOTES.search(value) else value


def _replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".env-")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
