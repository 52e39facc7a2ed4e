"""The handbook's metrics, rules and checklists as the flows see them: read at the start, again when the folder changes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import structlog

from bot.content.checklists import read_items
from bot.content.metrics import Metrics, read_metrics
from bot.content.problem import Problem
from bot.content.rules import read_rules
from bot.content.wording import read_wording
from bot.content.yamlfile import YamlFile, read_yaml
from bot.domain.wording import Wording
from bot.flows.reference import Reference, synonyms
from knowledge.decode import decode
from knowledge.glossary import read_glossary

log = structlog.get_logger(__name__)

WATCH_SECONDS = 30.0
"""How soon an edited rule is followed; a look at an unchanged folder costs less than a millisecond."""
LOGGED = 20
"""Problems that are logged one by one; `copilot check` lists them all."""

WORDING = "wording.yaml"
_PATTERNS = ("metrics.yaml", "glossary.yaml", "rules/*.yaml", "checklists/*.yaml")
Stamp = tuple[tuple[Path, int, int], ...]


class Following:
    """One handbook folder's content. What is found wrong is logged with file and line, and the last good version stays."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._looking = threading.Lock()
        self._looked = False
        self._stamp: Stamp | None = None
        self._good = False
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
        problems: list[Problem] = []
        wordings: tuple[Wording, ...] = ()
        for file in _files(self._folder, WORDING, problems):
            wordings, wrong = read_wording(file)
            problems += wrong
        for problem in problems[:LOGGED]:
            log.warning("content.problem", where=f"{problem.path}:{problem.line}", what=problem.text)
        # Of a list with errors the rest still warns, where there is no better one.
        self._good = self._good if problems and self._good else wordings


def read_reference(folder: Path) -> tuple[Reference, Sequence[Problem]]:
    """What the folder's files say, with the glossary's words for it, and what is wrong with them."""
    problems: list[Problem] = []
    metrics = Metrics()
    for file in _files(folder, "metrics.yaml", problems):
        metrics, found = read_metrics(file)
        problems += found
    rules, wrong_rules = read_rules(_files(folder, "rules/*.yaml", problems), metrics)
    items, wrong_items = read_items(_files(folder, "checklists/*.yaml", problems))
    problems += [*wrong_rules, *wrong_items]
    words = synonyms(metrics.metrics, read_glossary(folder).terms)
    reference = Reference(metrics.metrics, metrics.inputs, rules, items, words, damaged=bool(problems))
    return reference, problems


def _files(folder: Path, pattern: str, problems: list[Problem]) -> list[YamlFile]:
    """The files that can be read; the others become problems."""
    read = []
    for path in sorted(folder.glob(pattern)):
        name = path.relative_to(folder).as_posix()
        try:
            text = decode(path.read_bytes())
        except OSError as error:
            problems.append(Problem(name, 1, f"打不开（{error.strerror}）"))
            continue
        found = Problem(name, 1, "不是文本文件，请存成 UTF-8") if text is None else read_yaml(name, text)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            read.append(found)
    return read
