"""The terminal chat: questions, citations that open, sections to leaf through.

The same flow as every channel. Where a line comes from (a prompt or a pipe) is the reader's affair, how things look
the screen's.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from bot.channels.reference.show import asked, shown
from bot.channels.reference.view import Goal, Link, View
from bot.channels.terminal_reference import links_of, numbered, split
from bot.channels.terminal_render import Screen, citation_line, clean
from bot.channels.terminal_words import say
from bot.domain.access import Viewer
from bot.domain.answers import Answer
from bot.errors import CopilotError, StorageError
from bot.flows.reference import Reference

if TYPE_CHECKING:
    from bot.flows.answers import Answers

_WHOLE = 10_000  # items of a checklist at once: the screen has its own pages
_TURNS = 3  # earlier questions that a follow-up is understood from


class Reader(Protocol):
    """Gives the next line; raises EOFError at the end, KeyboardInterrupt when the person broke the line off.

    `person` says that somebody types: what they typed is on the screen already, and Ctrl-C ends a question only.
    """

    person: bool

    async def __call__(self) -> str:
        """One line as typed."""
        ...


@dataclass(slots=True)
class TerminalChat:
    """One person's chat. `answer` is the last one given, `place` the section that is open, `links` what numbers lead to.

    `reference` gives the handbook's metrics, rules and checklists as they are now.
    """

    answers: Answers
    viewer: Viewer
    screen: Screen
    read: Reader
    reference: Callable[[], Reference] = Reference
    answer: Answer | None = None
    place: str | None = None
    links: tuple[Link, ...] = ()
    turns: deque[str] = field(default_factory=lambda: deque(maxlen=_TURNS))

    async def run(self) -> None:
        """Chat until the person leaves or the input ends."""
        while True:
            try:
                line = (await self.read()).encode("utf-8", "replace").decode("utf-8").strip()
            except EOFError:
                return
            except KeyboardInterrupt:
                self._say("leave_hint")
                continue
            if line in ("/quit", "/exit", "/q"):
                return
            if line and not self.read.person:
                self.screen.line(f"› {clean(line)}")
            await self._handle(line)

    async def _handle(self, line: str) -> None:
        """Do what one line asks for; a CopilotError is said, and the chat goes on."""
        try:
            done = await (_cancellable(self._do(line)) if self.read.person else self._do(line))
        except CopilotError as error:
            said = error.to(self.viewer.language) if isinstance(error, StorageError) else str(error)
            self.screen.line(clean(said))
            return
        if not done:
            self._say("cancelled")

    async def _do(self, line: str) -> bool:
        steps: dict[str, Callable[[], Awaitable[None]]] = {
            "": self._turn,
            "n": self._next,
            "p": self._previous,
            "/help": self._help,
            "/cases": self._cases,
        }
        if line in steps:
            await steps[line]()
        elif looked_up := split(line):
            self._view(asked(self.reference(), *looked_up, self.viewer.language, page=_WHOLE))
        elif line.startswith("/"):
            self._say("no_command", command=clean(line.split()[0]))
        elif line.isascii() and line.isdigit() and len(line) < 4:
            await self._open_number(int(line))
        else:
            await self._ask(line)
        return True

    async def _ask(self, question: str) -> None:
        answer = await self.answers.ask(self.viewer, question, history=tuple(self.turns))
        self.turns.append(question)
        self.answer, self.place, self.links = answer, None, ()
        self.screen.close()
        self.screen.answer(answer)
        if answer.citations:
            self._say("open_hint")

    def _view(self, view: View) -> None:
        self.links, self.place = links_of(view), None
        self.screen.view(view.parts, numbered(view))

    async def _open_number(self, number: int) -> None:
        if not self.links:
            await self._open_citation(number)
        elif not 1 <= number <= len(self.links):
            self._say("no_such_number", number=number, last=len(self.links))
        else:
            await self._follow(self.links[number - 1])

    async def _follow(self, link: Link) -> None:
        target = link.target
        assert target is not None  # only links that lead somewhere have a number
        if target.goal is Goal.SECTION:
            await self._open(await self.answers.locate(self.viewer, target.key))
        else:
            self._view(shown(self.reference(), target, self.viewer.language, page=_WHOLE))

    async def _open_citation(self, number: int) -> None:
        if self.answer is None:
            self._say("nothing_asked")
            return
        listed = (*self.answer.citations, *self.answer.cases)
        if not listed:
            self._say("no_sources")
        elif not 1 <= number <= len(listed):
            self._say("no_such_number", number=number, last=len(listed))
        else:
            await self._open(listed[number - 1].key)

    async def _open(self, key: str) -> None:
        passage = await self.answers.open(self.viewer, key)
        self.place = key
        self.screen.section(passage)

    async def _next(self) -> None:
        await self._step(1, "no_next")

    async def _previous(self) -> None:
        await self._step(0, "no_previous")

    async def _step(self, side: int, at_the_end: str) -> None:
        if self.place is None:
            self._say("nothing_open")
            return
        key = (await self.answers.neighbours(self.viewer, self.place))[side]
        if key is None:
            self._say(at_the_end)
        else:
            await self._open(key)

    async def _turn(self) -> None:
        self.screen.turn()

    async def _help(self) -> None:
        self._say("help")

    async def _cases(self) -> None:
        listed = (*self.answer.citations, *self.answer.cases) if self.answer else ()
        cases = [(number, citation) for number, citation in enumerate(listed, 1) if citation.case]
        if not cases:
            self._say("no_cases")
            return
        for number, case in cases:
            self.screen.line(citation_line(number, case, self.viewer.language))
        self._say("open_hint")

    def _say(self, key: str, **values: object) -> None:
        self.screen.line(say(self.viewer.language, key, **values), style="dim")


async def _cancellable(work: Coroutine[Any, Any, bool]) -> bool:
    """Run `work`; Ctrl-C cancels it alone, and then the answer is False."""
    loop = asyncio.get_running_loop()
    task = loop.create_task(work)
    interrupted = False

    def stop(*_: object) -> None:
        nonlocal interrupted
        interrupted = True
        loop.call_soon_threadsafe(task.cancel)

    with _on_interrupt(stop):
        try:
            return await task
        except asyncio.CancelledError:
            if not interrupted:
                raise
            return False


@contextlib.contextmanager
def _on_interrupt(stop: Callable[..., None]) -> Iterator[None]:
    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
