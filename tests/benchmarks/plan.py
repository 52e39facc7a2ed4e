"""What a run was asked for, and what its sections share: sizes, folders, the stock recipe's store and weights."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from knowledge.prepare import sentence_transformers_folder
from tests.benchmarks import stock
from tests.benchmarks.corpus import questions
from tests.benchmarks.homes import Home, made, real_vectors

OUT = Path(__file__).parent / "out"
"""Where indexes and results are kept unless another folder is named."""
ASKED = 500
"""Questions a latency is taken from; a p99 needs some hundreds."""
WARM = 20
"""Questions asked before the clock counts."""
STOCK_ASKED = 100


@dataclass(frozen=True, slots=True)
class Bench:
    """`out` keeps indexes and results, `data` holds the development sets; sizes are in chunks."""

    out: Path
    data: Path | None = None
    small: int = 10_000
    large: int = 100_000
    with_stock: bool = True

    def home(self, size: int) -> Home:
        """The made handbook of that size."""
        return made(self.out, size)

    def stock_weights(self) -> Path:
        """Our model's weights as the stock recipe loads them."""
        return sentence_transformers_folder(self.out / "st")

    def stock_asked(self, size: int) -> dict[str, Any] | None:
        """The stock recipe asked over the same text; see `stock.ask`. None when it was not wanted."""
        return _stock_asked(self, size) if self.with_stock else None


@lru_cache
def _stock_asked(bench: Bench, size: int) -> dict[str, Any]:
    home = bench.home(size)
    store = home.data.with_name("stock")
    if not store.is_dir():
        half = fresh(store.with_name("stock.half"))
        stock.run("borrow", handbook=home.handbook, store=half, pool=real_vectors(bench.out))
        half.replace(store)
    asked = stock.run("ask", store=store, model=bench.stock_weights(), questions=questions(WARM + STOCK_ASKED, seed=17))
    return {**asked, "ms": asked["ms"][WARM:]}


def fresh(folder: Path) -> Path:
    """The path with nothing at it."""
    shutil.rmtree(folder, ignore_errors=True)
    return folder
