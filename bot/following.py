"""The handbook's metrics, rules and checklists as the flows see them: read at the start, again when the folder changes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path

import structlog

from bot.content.heard import Hearing, read_heard
from bot.content.problem import Problem
from bot.content.read import CHECKLISTS, GLOSSARY, HEARD, METRICS, RULES, SOURCES, WORDING, read_content, read_file
from bot.content.wording import read_wording
from bot.domain.heard import Lexicon
from bot.domain.wording import Wording
from bot.flows.broken import Broken
from bot.flows.reference import Reference, synonyms

log = structlog.get_logger(__name__)

WATCH_SECONDS = 30.0
"""How soon an edited rule is followed; a look at an unchanged folder costs less than a millisecond."""
LOGGED = 20
"""Problems that are logged one by one; `copilot check` lists them all."""

_PATTERNS = (METRICS, GLOSSARY, RULES, CHECKLISTS, SOURCES)
Stamp = tuple[tuple[Path, int, int], ...]


class Following:
    """One handbook folder's content. What is found wrong is logged with file and line, and the last good version stays."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._looking = threading.Lock()
        self._looked = False
        self._stamp: Stamp | None = None
        self._good = False
        self._broken: Broken | None = None
        self._reference = Reference()

    def reference(self) -> Reference:
        """The version that counts now; read here and now by whoever asks before the first look is done."""
        if not self._looked:
            self.look()
        return self._reference

    def look(self) -> None:
        """Read the folder if it is there and not as it was at the last look. Blocks for about a second when it is not."""
        with self._looking:
            self._look()
            self._looked = True

    def broken(self) -> Broken | None:
        """What is wrong with the files as they were at the last look, None when nothing is."""
        return self._broken

    async def watch(self) -> None:
        """Look now and then every `WATCH_SECONDS` until cancelled."""
        while True:
            await asyncio.to_thread(self.look)
            await asyncio.sleep(WATCH_SECONDS)

    def _look(self) -> None:
        stamp = tuple(self._stamps())
        if stamp == self._stamp or not self._folder.is_dir():
            return
        self._stamp = stamp
        reference, problems = read_reference(self._folder)
        for problem in problems[:LOGGED]:
            log.warning("content.problem", where=f"{problem.path}:{problem.line}", what=problem.text)
        self._broken = Broken(_version(stamp), tuple(map(str, problems)), self._good) if problems else None
        # At the start there is nothing better than what could be read.
        if problems and self._good:
            log.warning("content.kept", what="指标、规则或清单改出了错，继续用改之前的，请运行 copilot check")
            return
        self._good = not problems
        self._reference = reference

    def _stamps(self) -> Iterator[tuple[Path, int, int]]:
        """Name, size and time of every file that is read; one that vanishes meanwhile is found gone at the next look."""
        for path in (path for pattern in _PATTERNS for path in sorted(self._folder.glob(pattern))):
            try:
                found = path.stat()
            except OSError:
                continue
            yield path, found.st_size, found.st_mtime_ns


def _version(stamp: Stamp) -> str:
    return blake2b(repr([(path.name, size, time) for path, size, time in stamp]).encode(), digest_size=8).hexdigest()


class FollowedWordings:
    """The handbook's list of what must not be said, read when it is first asked for and again when the file changes.

    Apart from the rest: every question looks here, and one asked from the command line must not wait for rules and checklists.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp: tuple[int, int] | None = None
        self._good: tuple[Wording, ...] = ()

    def __call__(self) -> tuple[Wording, ...]:
        """The list as it is now; the last good one while the file has errors, which are logged once."""
        try:
            found = (self._folder / WORDING).stat()
        except OSError:
            return ()
        if self._stamp != (stamp := (found.st_size, found.st_mtime_ns)):
            self._stamp = stamp
            self._read()
        return self._good

    def _read(self) -> None:
        file = read_file(self._folder / WORDING, WORDING)
        wordings, problems = ((), [file]) if isinstance(file, Problem) else read_wording(file)
        for problem in problems[:LOGGED]:
            log.warning("content.problem", where=f"{problem.path}:{problem.line}", what=problem.text)
        # Of a list with errors the rest still warns, where there is no better one.
        self._good = self._good if problems and self._good else wordings


class FollowedHearing:
    """The words to listen for in the room, made ready at each look for which the file has changed.

    Making them ready takes a second or more, so look beside the event loop, and before the first words come.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._looking = threading.Lock()
        self._looked = False
        self._stamp: tuple[int, int] | None = None
        self._good: Lexicon | None = None

    def __call__(self) -> Lexicon | None:
        """The list as of the last look, the last good one while the file has errors. None without any.

        Whoever asks before the first look is done waits for it, so that nothing goes unheard.
        """
        if not self._looked:
            self.look()
        return self._good

    def look(self) -> None:
        """Read the file if it is there and not as it was at the last look; what is wrong with it is logged once."""
        with self._looking:
            self._look()
            self._looked = True

    def _look(self) -> None:
        try:
            found = (self._folder / HEARD).stat()
        except OSError:
            return
        if self._stamp != (stamp := (found.st_size, found.st_mtime_ns)):
            self._stamp = stamp
            self._read()

    def _read(self) -> None:
        file = read_file(self._folder / HEARD, HEARD)
        hearing, problems = (Hearing(), [file]) if isinstance(file, Problem) else read_heard(file)
        for problem in problems[:LOGGED]:
            log.warning("content.problem", where=f"{problem.path}:{problem.line}", what=problem.text)
        if hearing.speech:
            self._good = hearing.lexicon()


def read_reference(folder: Path) -> tuple[Reference, Sequence[Problem]]:
    """What the folder's files say, with the glossary's words for it, and what is wrong with the files that it comes from."""
    content = read_content(folder)
    problems = [
        problem for problem in content.problems if problem.path.startswith((METRICS, "rules/", "checklists/", "sources/"))
    ]
    metrics = content.metrics
    words = synonyms(metrics.metrics, content.glossary.terms)
    reference = Reference(
        metrics.metrics, metrics.inputs, content.rules, content.items, words, damaged=bool(problems), sources=content.sources
    )
    return reference, problems
