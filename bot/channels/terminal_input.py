"""The prompt of the terminal chat: history that only its owner can read, completion, a line of progress below."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncGenerator, Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from bot.channels.terminal_reference import SLASHED, completions
from bot.channels.terminal_render import clean
from bot.domain.access import Viewer
from bot.errors import CopilotError
from bot.flows.reference import Reference

if TYPE_CHECKING:
    from bot.flows.answers import Answers

COMMANDS = ("/cases", *SLASHED, "/help", "/quit")
_SUGGESTED = 8


class PromptReader:
    """Reads what a person types. `status` is shown below the prompt while it is not empty."""

    person = True

    def __init__(
        self,
        answers: Answers,
        viewer: Viewer,
        *,
        history: Path,
        status: Callable[[], str],
        reference: Callable[[], Reference] = Reference,
    ) -> None:
        self._session: PromptSession[str] = PromptSession(
            "› ",
            history=private_history(history),
            completer=Headings(answers, viewer, reference),
            complete_while_typing=False,
            bottom_toolbar=lambda: status() or None,
            refresh_interval=1.0,  # seconds; the status moves on its own
        )

    async def __call__(self) -> str:
        """One line as typed; EOFError on Ctrl-D, KeyboardInterrupt on Ctrl-C."""
        return await self._session.prompt_async()


class Headings(Completer):
    """Completes commands and what can be looked up with them, and section headings near what was typed."""

    def __init__(self, answers: Answers, viewer: Viewer, reference: Callable[[], Reference] = Reference) -> None:
        self._answers = answers
        self._viewer = viewer
        self._reference = reference

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """The commands that start like this, or the names that go on from one."""
        text = document.text_before_cursor
        named = [Completion(clean(line), -len(text), display_meta=clean(of)) for line, of in completions(self._reference(), text)]
        return named or [Completion(c, -len(text)) for c in COMMANDS if text.startswith("/") and c.startswith(text)]

    async def get_completions_async(self, document: Document, complete_event: CompleteEvent) -> AsyncGenerator[Completion, None]:
        """Commands after a slash, headings otherwise; none when the search fails."""
        text = document.text_before_cursor
        if text.startswith("/"):
            for command in self.get_completions(document, complete_event):
                yield command
            return
        try:
            passages = await self._answers.suggest(self._viewer, text, limit=_SUGGESTED)
        except CopilotError:
            return
        for passage in passages:
            yield Completion(clean(passage.heading), -len(text), display_meta=clean(passage.title))


class _PrivateHistory(FileHistory):
    def store_string(self, string: str) -> None:
        with contextlib.suppress(OSError, UnicodeError):  # a full disk costs the memory of one question, not the chat
            super().store_string(string)


def private_history(path: Path) -> History:
    """What was typed before, in a file of mode 0600; in memory where no file can be written."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        path.chmod(0o600)
    except OSError:
        return InMemoryHistory()
    return _PrivateHistory(str(path))
