"""A handbook with its data folder, opened with the product's own parts and kept between runs.

The index is brought in step as `copilot index` does it, so a second run of the benchmarks only embeds what changed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np

from bot.config import BUILT_IN_HANDBOOK, Settings, load_settings
from bot.flows.answers import Answers
from bot.following import FollowedWordings
from bot.handbook import Handbook
from bot.instance import own
from knowledge.dictionary import VERSION, Dictionary
from knowledge.embed import BUILT_IN, Encoder, Vectors, ensure_model
from knowledge.find import Finder
from knowledge.library import Library, Report
from tests.benchmarks.corpus import documents, write_handbook

SPREAD = 0.5
"""Length of the noise on a borrowed vector of length 1: the cosine to where it was borrowed is about .9."""


@dataclass(frozen=True, slots=True)
class Home:
    """A handbook folder and where its index lies."""

    handbook: Path
    data: Path


@dataclass(frozen=True, slots=True)
class Parts:
    """What `copilot ask` works with, without the database; `scope` is the handbook's collection as stored."""

    library: Library
    finder: Finder
    answers: Answers
    scope: frozenset[str]
    report: Report


class Bar:
    """Says on stderr how far a long stage is, at every tenth."""

    def __init__(self, what: str) -> None:
        self._what, self._said = what, ""

    def update(self, stage: str, done: int, total: int) -> None:
        """See knowledge.library.Progress."""
        now = f"{self._what}: {stage} {10 * done // max(total, 1) * 10}%"
        if now != self._said and total > 500:
            print(now, file=sys.stderr, flush=True)
            self._said = now


class BorrowedVectors(Encoder):
    """Embeds questions really and passages not at all: they get the vector of some real chunk, with noise.

    Enough to measure how fast a large index is searched; what it finds means nothing.
    """

    def __init__(self, folder: Path, pool: Vectors) -> None:
        super().__init__(folder)
        self._pool = pool
        self.model_id = f"borrowed/{len(pool)}"

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors that depend on the texts' bytes alone."""
        return borrowed(self._pool, texts)


def borrowed(pool: Vectors, texts: Sequence[str]) -> Vectors:
    """A vector of the pool for each text, moved by noise of length `SPREAD`."""
    rows = [crc32(text.encode()) for text in texts]
    noise = np.stack([np.random.default_rng(row).standard_normal(pool.shape[1]) for row in rows])
    moved = pool[[row % len(pool) for row in rows]] + SPREAD * noise / np.linalg.norm(noise, axis=1, keepdims=True)
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), np.float32)


def real_vectors(out: Path) -> Path:
    """A file with the vectors of the built-in handbook's sections, one row each."""
    path = out / "pool.npy"
    if not path.is_file():
        texts = [section.text[:400] for document in documents() for section in document.sections]
        np.save(path, Encoder(model()).passages(texts))
    return path


def settings_for(home: Home) -> Settings:
    """The product's settings for this home."""
    return load_settings(handbook=home.handbook, data=home.data)


def model() -> Path:
    """The prepared embedding model's folder, prepared now if need be."""
    return ensure_model(load_settings().models, BUILT_IN)


def built_in(out: Path) -> Home:
    """The home of the handbook that comes with the copilot."""
    return Home(BUILT_IN_HANDBOOK, out / "built-in")


def made(out: Path, size: int) -> Home:
    """A home over a made handbook of about `size` chunks; nothing is indexed yet."""
    home = Home(out / f"made-{size}" / "handbook", out / f"made-{size}" / "data")
    write_handbook(home.handbook, size)
    return home


@contextmanager
def opened(home: Home, encoder: Encoder | None = None) -> Iterator[Parts]:
    """The home's parts with its index in step; by default with the built-in model, really embedded."""
    settings = settings_for(home)
    with own(settings.data, command="benchmarks"):
        library = Library(settings.data / "index", encoder or Encoder(model(), threads=settings.threads))
        dictionary = Dictionary(settings.models / f"dictionary-v{VERSION}.db")
        try:
            finder = Finder(library, dictionary)
            handbook = Handbook(library, finder, settings.handbook, FollowedWordings(settings.handbook))
            bar = Bar("/".join(home.handbook.parts[-2:]))
            report = library.read(handbook.collection, handbook.folder, bar)
            library.fill(handbook.collection, bar)
            yield Parts(library, finder, Answers(handbook), frozenset({handbook.collection}), report)
        finally:
            library.close()
            dictionary.close()
