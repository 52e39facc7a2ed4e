"""`copilot chat`: the terminal chat, at a prompt or over a pipe."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from bot.commands.common import Data, Handbook, handbook_faults, note, prepare, viewer_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.build import App
    from bot.channels.terminal import Reader
    from bot.commands.progress import BarProgress, LineProgress
    from bot.config import Settings

HISTORY = "chat_history"


def chat(handbook: Handbook = None, data: Data = None) -> None:
    """在终端里问答（也可以从管道一行一个问题） · Chat in the terminal, or answer questions from a pipe."""
    asyncio.run(chat_here(prepare(handbook=handbook, data=data)))


async def chat_here(settings: Settings) -> None:
    """Chat on stdin and stdout until the person leaves; the vectors fill in meanwhile."""
    from bot.build import open_app
    from bot.channels.terminal import TerminalChat
    from bot.channels.terminal_render import Screen
    from bot.channels.terminal_words import say
    from bot.commands.progress import LineProgress, progress_on_stderr

    typed = sys.stdin.isatty() and sys.stdout.isatty()
    below = LineProgress(settings.language, line=_nowhere if typed else note)
    async with AsyncExitStack() as stack:
        with progress_on_stderr(settings.language) as above, handbook_faults(settings):
            handover = Handover(above)
            app = await stack.enter_async_context(open_app(settings, wait_for_index=False, progress=handover))
            handover.to = below
        screen = Screen.on_stdout(settings.language)
        if typed:
            screen.line(say(settings.language, "welcome"), style="dim")
        reader = _prompt(app, settings, below) if typed else PipeReader(sys.stdin.fileno())
        await TerminalChat(app.answers, viewer_of(settings), screen, reader, app.reference).run()


class Handover:
    """Progress that goes to a bar while the chat opens, and below the prompt once there is one."""

    def __init__(self, to: BarProgress | LineProgress) -> None:
        self.to = to

    def update(self, stage: str, done: int, total: int) -> None:
        """Pass it on to whoever shows it now."""
        self.to.update(stage, done, total)


class PipeReader:
    """One question a line from a file or pipe. A line that is no UTF-8 is read as far as it goes."""

    person = False

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lines: AsyncIterator[bytes] | None = None

    async def __call__(self) -> str:
        """The next line that is not empty; EOFError at the end."""
        from bot.commands.lines import read_lines

        self._lines = self._lines or read_lines(self._descriptor)
        async for raw in self._lines:
            if line := raw.decode("utf-8-sig", "replace").strip():
                return line
        raise EOFError


def _prompt(app: App, settings: Settings, below: LineProgress) -> Reader:
    from bot.channels.terminal_input import PromptReader

    return PromptReader(
        app.answers,
        viewer_of(settings),
        history=settings.data / HISTORY,
        status=lambda: below.current,
        reference=app.reference,
    )


def _nowhere(_: str) -> None:
    return
