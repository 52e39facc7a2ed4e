"""Text to measure on, made from the built-in handbook: seeded, so that every run and every machine has the same.

A handbook of any size is made by drawing real sentences of one chapter anew into sections of three to six chunks.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.config import BUILT_IN_HANDBOOK
from knowledge.load import load, scan
from knowledge.split import TARGET, chunks, sentences
from knowledge.types import Document, Section

SECTIONS_A_FILE = 10
REPEATED = 1.02
"""Some chunks come out alike and are indexed once: so many more are written."""
_NUMBERED = re.compile(r"^[\d.、\s]+")
_PROSE = re.compile(r"^[^|#`>\-*\d].{9,119}$")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what is known of its answer; `files` is empty where nothing answers it, or nobody wrote down what does.

    `groups` holds wordings: of each group one must be in a good answer. `history` holds earlier turns, oldest first.
    """

    id: str
    text: str
    kind: str = ""
    files: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    history: tuple[str, ...] = ()


def documents(folder: Path = BUILT_IN_HANDBOOK) -> list[Document]:
    """Every readable file of a handbook."""
    return [found for stamp in scan(folder) if isinstance(found := load(folder, stamp), Document)]


def prose(section: Section) -> list[str]:
    """The section's sentences, without rows, items and code."""
    text = section.text
    return [text[a:b] for a, b in sentences(text) if _PROSE.match(text[a:b])]


def heading(section: Section) -> str:
    """The heading without its number."""
    return _NUMBERED.sub("", section.heading)


def write_handbook(folder: Path, size: int, seed: int = 7) -> None:
    """Write Markdown files of about `size` chunks altogether; the folder appears whole or not at all."""
    if folder.is_dir():
        return
    half = folder.with_name(folder.name + ".half")
    half.mkdir(parents=True, exist_ok=True)
    made = _sections(random.Random(seed))
    number = done = 0
    while done < size * REPEATED:
        number += 1
        drawn = [next(made) for _ in range(SECTIONS_A_FILE)]
        done += sum(len(chunks(text)) for _, text in drawn)
        parts = [f"## {number}.{place} {name}\n\n{text}\n" for place, (name, text) in enumerate(drawn, 1)]
        (half / f"{number:05d}.md").write_text(f"# 第 {number} 册\n\n" + "\n".join(parts), encoding="utf-8")
    half.replace(folder)


def _sections(rng: random.Random) -> Iterator[tuple[str, str]]:
    """Headings with texts of three to six chunks, endlessly."""
    chapters = [([heading(s) for s in d.sections], [line for s in d.sections for line in prose(s)]) for d in documents()]
    chapters = [(names, lines) for names, lines in chapters if names and len(lines) >= 20]
    while True:
        names, lines = rng.choice(chapters)
        wanted, text, paragraph = rng.randint(3, 6) * TARGET, "", 0
        while len(text) < wanted:
            text += rng.choice(lines)
            paragraph += 1
            text += "\n\n" if paragraph % 3 == 0 else ""
        yield rng.choice(names), text.strip()


def questions(count: int, seed: int = 11) -> list[str]:
    """Different questions as people type them: a heading asked about, or a scrap of a sentence."""
    rng = random.Random(seed)
    sections = [section for document in documents() for section in document.sections]
    out: dict[str, None] = {}
    while len(out) < count:
        section = rng.choice(sections)
        lines = prose(section) or [heading(section)]
        line = rng.choice(lines).rstrip("。！？；")
        at = rng.randrange(max(1, len(line) - 14))
        forms = (f"{heading(section)}怎么办", f"{heading(section)}，{line[at : at + 10]}？", f"{line[at : at + 14]}是怎么回事")
        out[rng.choice(forms)] = None
    return list(out)


def write_sections(folder: Path, count: int = 300, seed: int = 13) -> list[Asked]:
    """The built-in handbook, one section a file; for `count` of the files, a sentence of it that lost every third character."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    asked: list[Asked] = []
    for document in documents():
        for section in document.sections:
            name = f"{Path(document.path).stem}--{section.anchor}".replace("/", "-")[:100] + ".md"
            text = f"# {document.title}\n\n## {heading(section)}\n\n{section.text}\n"
            (folder / name).write_text(text, encoding="utf-8")
            if lines := prose(section):
                longest = max(lines, key=len)
                scraps = "".join(c for n, c in enumerate(longest) if n % 3 != 2)
                asked.append(Asked(f"made-{len(asked)}", scraps, files=(name,)))
    return random.Random(seed).sample(asked, min(count, len(asked)))
