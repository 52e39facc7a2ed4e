"""How long a question takes in a running copilot: retrieval (`Finder.find`) and the whole answer (`Answers.ask`)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from bot.domain.access import Scope, Viewer
from knowledge.embed import Encoder
from tests.benchmarks.corpus import questions
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.homes import BorrowedVectors, Parts, model, opened, real_vectors
from tests.benchmarks.plan import ASKED, WARM, Bench

VIEWER = Viewer("bench:1", "bench:1", Scope())


def retrieval(bench: Bench) -> list[Figure]:
    """Warm `Finder.find` over the small and the large handbook, one question after the other."""
    figures = []
    for size, p50, p99 in ((bench.small, 10.0, 40.0), (bench.large, 25.0, None)):
        with opened(bench.home(size), _encoder(bench, size)) as parts:
            ms = asyncio.run(timed(_found(parts), questions(WARM + ASKED)))
            chunks = f"{parts.report.chunks:,} chunks"
        stock = bench.stock_asked(size)
        note = "vectors borrowed from real chunks, with noise" if size == bench.large else ""
        for share, target in ((0.5, p50), (0.99, p99)):
            beside = percentile(stock["ms"], share) if stock else None
            name = f"warm, {chunks}, p{share * 100:.0f}"
            figures.append(Figure("retrieval", name, percentile(ms, share), "ms", target, stock=beside, note=note))
    return figures


def _encoder(bench: Bench, size: int) -> Encoder | None:
    """None for really embedded; the large handbook would take an hour."""
    if size < bench.large:
        return None
    import numpy as np

    return BorrowedVectors(model(), np.load(real_vectors(bench.out)))


def answer(bench: Bench) -> list[Figure]:
    """Warm `Answers.ask` over the small handbook, what happens between a message read and its answer rendered."""
    with opened(bench.home(bench.small)) as parts:
        ms = asyncio.run(timed(lambda text: parts.answers.ask(VIEWER, text, history=()), questions(WARM + ASKED)))
    stock = bench.stock_asked(bench.small)
    beside = {share: percentile(stock["ms"], share) for share in (0.5, 0.99)} if stock else {}
    note = "stock: similarity_search alone, it words no answer"
    return [
        Figure("answer", "whole answer, p50", percentile(ms, 0.5), "ms", 25.0, stock=beside.get(0.5), note=note),
        Figure("answer", "whole answer, p99", percentile(ms, 0.99), "ms", stock=beside.get(0.99), note=note),
    ]


def _found(parts: Parts) -> Callable[[str], Awaitable[object]]:
    async def found(text: str) -> object:
        return parts.finder.find(text, scope=parts.scope)

    return found


async def timed(ask: Callable[[str], Awaitable[object]], texts: Sequence[str]) -> list[float]:
    """Milliseconds of each question after the first `WARM`."""
    ms = []
    for text in texts:
        began = time.perf_counter()
        await ask(text)
        ms.append((time.perf_counter() - began) * 1000)
    return ms[WARM:]
