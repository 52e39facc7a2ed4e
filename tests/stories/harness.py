"""A copilot in a process of its own, people who ask it, and the count of what they were answered.

Knows the command line, the settings and the Bot API double; nothing of the product's inside.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.double import ChatView, MessageView, Person, Sent, TelegramDouble

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(sys.executable).with_name("copilot")
CHAPTER = "05-theme.md"
START_SECONDS = 60.0
"""How long a start may take on a busy machine."""
BREAK_SECONDS = 1.0
"""Between an answer and a break that may have kept its reply from being read."""

QUESTIONS = (
    "停留时长怎么算？", "在线人数突然掉了怎么办？", "开播前半小时要核对什么？", "直播断流了先做什么？", "千川怎么提前配？",
    "那场观呢？", "复盘要看哪些数？", "违规警告弹出来怎么处理？", "主播嗓子哑了怎么办？", "库存挂错了怎么救？",
    "GMV", "福利款什么时候放？", "流量起不来是什么原因？", "How is average watch time calculated?", "明天股市会涨吗？",
    "上链接的节奏怎么定？", "评论区有人带节奏怎么办？", "点击率低怎么改？", "What do I check before going live?", "😀😀",
)  # fmt: skip


@dataclass
class Copilot:
    """`copilot run` with its own data folder; `folder` holds the data, the log and no `.env`.

    The log goes on over restarts. Whatever is set in the environment about a bot or a handbook is left out.
    """

    folder: Path
    environment: dict[str, str]
    arguments: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @classmethod
    def for_double(cls, folder: Path, double: TelegramDouble, **more: str) -> Copilot:
        """One that talks to this double."""
        # A storm asks faster than people do.
        unhurried = {"COPILOT_PERSON_PER_MINUTE": "10000", "COPILOT_CHAT_PER_MINUTE": "10000"}
        return cls(folder, double.environment | unhurried | more)

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    @property
    def log(self) -> str:
        """Everything that it wrote to stderr so far, over all restarts."""
        path = self.folder / "log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def start(self) -> None:
        """Start the process; returns at once."""
        assert not self.alive, "it runs already"
        self.folder.mkdir(parents=True, exist_ok=True)
        ours = ("COPILOT_", "TELEGRAM_")
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(ours) or k == "COPILOT_MODELS"}
        environment = inherited | {"COPILOT_DATA": str(self.folder / "data")} | self.environment
        with (self.folder / "log").open("ab") as log:
            command = [str(COMMAND), "run", *self.arguments]
            self.process = subprocess.Popen(command, cwd=self.folder, env=environment, stdout=log, stderr=log)

    async def polls(self, double: TelegramDouble) -> None:
        """Start unless it runs, and wait until it asks for updates."""
        if not self.alive:
            self.start()
        assert await double.world.until(lambda: double.updates.polled or not self.alive, START_SECONDS), self.log
        assert self.alive, self.log

    def kill(self) -> None:
        """kill -9, and wait for the end."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)

    async def ends(self, seconds: float = 30.0) -> int:
        """Wait for the process to end by itself; returns its exit code."""
        assert self.process is not None
        return await asyncio.to_thread(self.process.wait, seconds)

    async def stop(self) -> int:
        """SIGTERM, and wait for the end; returns the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return await self.ends()

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Rows of its database, read only."""
        with closing(sqlite3.connect(f"file:{self.folder / 'data' / 'copilot.db'}?mode=ro", uri=True)) as db:
            return db.execute(query).fetchall()


def small_handbook(folder: Path) -> Path:
    """The shortest chapter of the built-in handbook, so that a start costs little."""
    chapters = folder / "handbook" / "chapters"
    chapters.mkdir(parents=True)
    shutil.copy(ROOT / "handbook" / "chapters" / CHAPTER, chapters)
    return folder / "handbook"


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


class Network:
    """The way between a bot and its double, which can be down: connections are refused, existing ones break."""

    def __init__(self, double: TelegramDouble) -> None:
        self._port = free_port()
        self._double = double
        self._server: asyncio.Server | None = None
        self._pipes: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """What TELEGRAM_API_URL has to be."""
        return f"http://127.0.0.1:{self._port}"

    async def up(self) -> None:
        """Let everything through."""
        self._server = await asyncio.start_server(self._joined, "127.0.0.1", self._port)

    async def down(self) -> None:
        """Let nothing through."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for pipe in self._pipes:
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port = int(self._double.url.rpartition(":")[2])
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        for source, target in ((reader, inner_writer), (inner_reader, writer)):
            pipe = asyncio.create_task(_pump(source, target))
            self._pipes.add(pipe)
            pipe.add_done_callback(self._pipes.discard)


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    except OSError:
        return
    finally:
        target.transport.abort()


def with_tls_in_front(double: TelegramDouble) -> None:
    """Webhook addresses are https, as a reverse proxy in front of the bot offers them; the bot behind it speaks http."""
    inner = double.webhook.set

    async def outer(url: str, *, secret: str, max_connections: int, drop: bool) -> None:
        behind = url.replace("https://", "http://", 1)
        await inner(behind, secret=secret, max_connections=max_connections, drop=drop)

    double.webhook.set = outer  # type: ignore[method-assign]


@dataclass
class Asked:
    """One question on its way: `at` is the time (as of time.time) when Telegram had it."""

    message: MessageView
    at: float


class Survey:
    """Who asked what, and what came of it.

    `breaks` are the moments (as of time.time) at which the test cut the bot off, by a kill or by taking the network away.
    """

    def __init__(self, double: TelegramDouble) -> None:
        self._double = double
        self.questions: list[Asked] = []
        self.breaks: list[float] = []

    async def ask(self, person: Person, chat: ChatView, text: str, *, topic: int = 0, ago: float = 0) -> Asked:
        """Put a question, in a group with the bot named; returns once Telegram has it."""
        named = text if chat.id == person.id else f"/ask {text}"
        asked = Asked(await person.say(chat, named, topic=topic, ago=ago), time.time())
        self.questions.append(asked)
        return asked

    def answers(self, asked: Asked) -> list[Sent]:
        """What the bot replied to one question, in order."""
        return self._double.answers_to(asked.message)

    @property
    def unanswered(self) -> list[Asked]:
        """Questions without an answer."""
        return [asked for asked in self.questions if not self.answers(asked)]

    @property
    def repeats(self) -> int:
        """Answers beyond the first of their question."""
        return sum(max(0, len(self.answers(asked)) - 1) for asked in self.questions)

    def unheard(self, answer: Sent) -> bool:
        """Whether the bot may not know that this answer arrived: the reply was lost, or a break came right behind it."""
        cut_off = answer.cut_off and any(-0.1 < at - answer.at < BREAK_SECONDS for at in self.breaks)
        return answer.reply_lost or cut_off

    @property
    def needless_repeats(self) -> list[Asked]:
        """Questions that were answered again although the bot had been told that its answer arrived."""
        return [asked for asked in self.questions if not all(self.unheard(answer) for answer in self.answers(asked)[:-1])]

    def seconds(self) -> list[float]:
        """From each question to its first answer, shortest first."""
        return sorted(self.answers(asked)[0].at - asked.at for asked in self.questions if self.answers(asked))

    async def all_answered(self, seconds: float) -> None:
        """Wait until there is an answer to every question; AssertionError with the ones that have none."""
        done = await self._double.world.until(lambda: not self.unanswered, seconds)
        assert done, f"no answer within {seconds} s to {[a.message for a in self.unanswered]}"


async def until(ready: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Wait for something that nobody announces, such as a line in a log; False when so many seconds pass first."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.1)
    return True


def events(log: str) -> list[dict[str, object]]:
    """The structured lines of a log; lines for people, such as progress, are left out."""
    return [json.loads(line) for line in log.splitlines() if line.startswith("{")]


def unfit_for_operators(log: str, secrets: Sequence[str]) -> list[str]:
    """Lines that nobody who runs the copilot should have to see: tracebacks, secrets, half lines, endless ones."""
    marks = ("Traceback", "traceback", "RuntimeError", *secrets, *(secret.replace(":", "%3A") for secret in secrets))
    return [line[:500] for line in log.splitlines() if len(line) > 1000 or any(mark in line for mark in marks)]
