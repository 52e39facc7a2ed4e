"""`python -m tests.double`: a Telegram of one's own to try the bot in, without an account.

Prints the settings for the bot, then reads what a person types. Another process can drive it over HTTP (see control).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Any

from tests.double import ChatView, MessageView, Person, TelegramDouble
from tests.double.errors import ApiError

HELP = """\
直接输入文字：像用户一样发给机器人（/start 这样的命令也可以）
:press 按钮文字   按最近一条带按钮的消息     :inline 关键词   试行内查询
:edit 新文字      改自己刚发的那条           :as 名字         换一个人
:group            和机器人进一个群           :private         回到私聊
:photo :voice :sticker :file                 :all             看整段聊天
:help             再看一遍                   :quit            退出
"""


class Desk:
    """One person at the keyboard, in one chat at a time."""

    def __init__(self, double: TelegramDouble) -> None:
        self._double = double
        self._people: dict[str, Person] = {}
        self._shown: dict[tuple[int, int], str] = {}
        self.person = self._someone("小林")
        self.chat: ChatView = self.person.private()
        self._mine: MessageView | None = None

    def _someone(self, name: str) -> Person:
        return self._people.setdefault(name, self._people.get(name) or self._double.user(name))

    def news(self) -> list[str]:
        """What the bot wrote or changed in this chat since the last call."""
        fresh = []
        for message in self.chat.from_bot:
            seen = message.as_seen()
            if self._shown.get((self.chat.id, message.id)) != seen:
                self._shown[self.chat.id, message.id] = seen
                fresh.append(f"{seen}\n  #{message.id}")
        return fresh

    async def do(self, line: str) -> str:
        """Do what a line says; returns what to show for it."""
        if not line.startswith(":"):
            self._mine = await self.person.say(self.chat, line)
            return ""
        word, _, rest = line[1:].partition(" ")
        doing = self._doings().get(word)
        return await doing(rest.strip()) if doing else HELP

    def _doings(self) -> dict[str, Callable[[str], Coroutine[Any, Any, str]]]:
        return {
            "press": self._press,
            "inline": self._inline,
            "edit": self._edit,
            "as": self._as,
            "group": self._group,
            "private": self._private,
            "photo": lambda _: self._sent(self.person.sends_photo(self.chat)),
            "voice": lambda _: self._sent(self.person.sends_voice(self.chat)),
            "sticker": lambda _: self._sent(self.person.sends_sticker(self.chat)),
            "file": lambda _: self._sent(self.person.sends_document(self.chat)),
            "all": self._all,
        }

    async def _press(self, label: str) -> str:
        with_buttons = [message for message in self.chat.messages if message.buttons]
        if not with_buttons:
            return "这里还没有带按钮的消息"
        toast = await self.person.presses(with_buttons[-1], label)
        return f"（弹出）{toast}{toast.url}" if toast or toast.url else ""

    async def _inline(self, query: str) -> str:
        results = await self.person.inline(query, chat=self.chat)
        return "\n".join(f"· {result.title} — {result.description}" for result in results) or "（没有结果）"

    async def _edit(self, text: str) -> str:
        if self._mine is None:
            return "还没有发过消息"
        await self.person.edits(self._mine, text)
        return ""

    async def _as(self, name: str) -> str:
        self.person = self._someone(name or "小林")
        return await self._private("")

    async def _group(self, _: str) -> str:
        self.chat = self._double.group("直播间 3 号", self.person, kind="supergroup")
        return f"进了群「直播间 3 号」，@{self._double.world.bot.username} 也在"

    async def _private(self, _: str) -> str:
        self.chat = self.person.private()
        return f"{self.person.name} 的私聊"

    async def _sent(self, sending: Coroutine[Any, Any, MessageView]) -> str:
        await sending
        return ""

    async def _all(self, _: str) -> str:
        return self.chat.transcript()


def _typed() -> asyncio.Queue[str | None]:
    """Lines of the keyboard, None at its end; read in a thread that does not hold up leaving."""
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, line.strip())
        loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, daemon=True).start()
    return lines


def _show(text: str) -> None:
    if text:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


async def _watch(double: TelegramDouble, desk: Desk) -> None:
    while True:
        news = desk.news()
        _show("\n".join(news))
        await double.world.change()


async def serve(port: int, token: str) -> None:
    """Run until the person leaves; without a keyboard, until the process is stopped."""
    double = await TelegramDouble.start(token, port=port)
    _show("\n".join(f"{name}={value}" for name, value in double.environment.items()) + f"\n\n{HELP}")
    desk = Desk(double)
    watching = asyncio.create_task(_watch(double, desk))
    lines = _typed()
    try:
        while (line := await lines.get()) != ":quit":
            if line is None:
                await asyncio.Event().wait()
            elif line:
                try:
                    _show(await desk.do(line))
                except (AssertionError, ApiError) as error:
                    _show(str(error))
    finally:
        watching.cancel()
        await double.stop()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.double", description=__doc__)
    parser.add_argument("--port", type=int, default=8081, help="0: any free port")
    parser.add_argument("--token", default="4200000042:TEST-TOKEN-of-the-double")
    arguments = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(arguments.port, arguments.token))


if __name__ == "__main__":
    main()
