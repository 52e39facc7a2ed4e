"""What a file holds, found out in a process of its own, which may die of it or never end.

Parsers of other people's formats have bugs; a file that brings one of them down must not bring the copilot down. What was
read there once can be read here as well: the same parser reads the same bytes.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from knowledge.errors import Unfit

PATIENCE = 60.0
"""Seconds for one file; the longest PDF that we know takes 12."""
MEMORY = 2 << 30
"""Bytes of address space."""
HEADINGS = 8
LONGEST_HEADING = 60
_CHILD = "import sys; from knowledge.preview import main; sys.exit(main(sys.argv[1], sys.argv[2]))"


@dataclass(frozen=True, slots=True)
class Outline:
    """A document at a glance: `pages` is None where the format has none, `headings` are the first few."""

    title: str
    sections: int
    headings: tuple[str, ...]
    pages: int | None
    characters: int


async def outline(path: Path, name: str) -> Outline:
    """The outline of the file at `path`, read as what `name` says. Raises Unfit."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-c", _CHILD, str(path), name, env=_environment(), stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE):
            said, _ = await process.communicate()
    except TimeoutError:
        raise Unfit("file_too_complex") from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        raise Unfit("file_too_complex")
    found = json.loads(said)
    if problem := found.get("problem"):
        raise Unfit("file_unreadable", why=problem)
    return Outline(**{**found, "headings": tuple(found["headings"])})


def _environment() -> dict[str, str]:
    """What a parser may know: no secrets."""
    root = str(Path(__file__).resolve().parent.parent)
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG", "LC_ALL") if name in os.environ}
    return kept | {"PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}


def main(path: str, name: str) -> int:
    """The child: write the outline, or the problem, to stdout as JSON."""
    _limit()
    out = os.dup(1)
    os.dup2(2, 1)  # what a library prints must not stand between
    with os.fdopen(out, "w", encoding="utf-8") as stream:
        json.dump(_read(Path(path), name), stream)
    return 0


def _read(path: Path, name: str) -> dict[str, object]:
    from knowledge.load import FileStamp, load
    from knowledge.types import Unreadable

    found = load(path.parent, FileStamp(name, path.stat().st_size, 0, path.name))
    if isinstance(found, Unreadable):
        return {"problem": found.reason}
    headings = tuple(section.heading[:LONGEST_HEADING] for section in found.sections[:HEADINGS])
    pages = [section.page + len(section.breaks) for section in found.sections if section.page is not None]
    characters = sum(len(section.text) for section in found.sections)
    return asdict(Outline(found.title, len(found.sections), headings, max(pages, default=None), characters))


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, int(PATIENCE)),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, most))
