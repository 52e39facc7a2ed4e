"""What scoping costs: a search with a merchant's collection beside the handbook, and one in an index full of other merchants'."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from bot.config import BUILT_IN_HANDBOOK
from tests.benchmarks.corpus import questions, write_handbook
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.homes import BorrowedVectors, Home, Parts, model, opened, real_vectors
from tests.benchmarks.plan import ASKED, WARM, Bench

OTHERS = 50
"""Other merchants in the index."""
CHUNKS = 200
"""Chunks of one merchant's documents."""
MOST_PERCENT = 5.0
"""What others' collections may add for somebody who may not see them."""


def scope(bench: Bench) -> list[Figure]:
    """The same questions to an index of the handbook alone and to one with the collections of many merchants, taking turns."""
    encoder = BorrowedVectors(model(), np.load(real_vectors(bench.out)))
    documents = bench.out / "scope-documents"
    write_handbook(documents, CHUNKS)
    alone, full = Home(BUILT_IN_HANDBOOK, bench.out / "scope-alone"), Home(BUILT_IN_HANDBOOK, bench.out / "scope-full")
    with opened(alone, encoder) as one, opened(full, encoder) as many:
        names = [f"merchant-{n:08x}" for n in range(OTHERS + 1)]
        for name in names:
            many.library.read(name, documents)
            many.library.fill(name)
        mine = many.scope | {names[0]}
        asked: list[Callable[[str], object]] = [_search(one, one.scope), _search(many, many.scope), _search(many, mine)]
        ms = _in_turns(asked, questions(WARM + ASKED))
    baseline, beside, both = (percentile(times, 0.5) for times in ms)
    more, merchants = (beside / baseline - 1) * 100, (both / baseline - 1) * 100
    note = "vectors borrowed from real chunks, with noise"
    return [
        Figure("scope", "handbook alone, p50", baseline, "ms", note=note),
        Figure("scope", f"the same beside {OTHERS} others' collections, p50", beside, "ms", note=note),
        Figure("scope", "what the others' collections add", max(more, 0.0), "%", MOST_PERCENT, note=f"{more:+.1f} %"),
        Figure("scope", f"handbook and one's own merchant of {CHUNKS} chunks, p50", both, "ms", note=f"{merchants:+.1f} %"),
    ]


def _search(parts: Parts, scope: frozenset[str]) -> Callable[[str], object]:
    return lambda text: parts.finder.find(text, scope=scope)


def _in_turns(asked: list[Callable[[str], object]], texts: list[str]) -> list[list[float]]:
    """Milliseconds of each search after the first `WARM`.

    Who begins changes with every question, or the last would find everything warm.
    """
    ms: list[list[float]] = [[] for _ in asked]
    for number, text in enumerate(texts):
        for step in range(len(asked)):
            place = (number + step) % len(asked)
            began = time.perf_counter()
            asked[place](text)
            ms[place].append((time.perf_counter() - began) * 1000)
    return [times[WARM:] for times in ms]
