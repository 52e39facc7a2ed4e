"""`python -m tests.benchmarks [SECTION …]`: measure, print the table, keep it as JSON and Markdown."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.benchmarks.detection import detect
from tests.benchmarks.figures import Figure, keep, machine, show
from tests.benchmarks.flood import flood
from tests.benchmarks.hearing import hearing
from tests.benchmarks.live import live
from tests.benchmarks.plan import OUT, Bench
from tests.benchmarks.processes import cold, index, memory
from tests.benchmarks.quality import compared, quality
from tests.benchmarks.scope import scope
from tests.benchmarks.speed import answer, retrieval
from tests.benchmarks.ticks import ticks
from tests.benchmarks.traces import traces
from tests.benchmarks.watch_speed import watch

SECTIONS: Mapping[str, Callable[[Bench], list[Figure]]] = {
    "index": index,
    "retrieval": retrieval,
    "answer": answer,
    "scope": scope,
    "cold": cold,
    "memory": memory,
    "ticks": ticks,
    "detect": detect,
    "flood": flood,
    "watch": watch,
    "live": live,
    "traces": traces,
    "heard": hearing,
    "stock": compared,
    "quality": quality,
}


def main() -> int:
    """Run the sections that were asked for; 1 when a target is missed."""
    wanted = _arguments()
    bench = Bench(wanted.out.resolve(), wanted.data and wanted.data.resolve(), wanted.small, wanted.large, not wanted.no_stock)
    bench.out.mkdir(parents=True, exist_ok=True)
    # Without a network Hugging Face's libraries would wait for their time-outs; nothing here is fetched.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    figures: list[Figure] = []
    for name in wanted.sections or SECTIONS:
        began = time.perf_counter()
        figures += SECTIONS[name](bench)
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
        keep(figures, bench.out)
    print(", ".join(f"{key} {value}" for key, value in machine().items()))
    show(figures)
    if not bench.data and "quality" in (wanted.sections or SECTIONS):
        print("quality: no development sets; name their folder with --data")
    return int(any(figure.met is False for figure in figures))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}; all by default")
    parser.add_argument("--data", type=Path, help="folder with the development sets (cmrc-dev, mixed-dev, nab-dev, …)")
    parser.add_argument("--out", type=Path, default=OUT, help="where indexes and results are kept (default: %(default)s)")
    parser.add_argument("--small", type=int, default=10_000, help="chunks of the small handbook (default: %(default)s)")
    parser.add_argument("--large", type=int, default=100_000, help="chunks of the large handbook (default: %(default)s)")
    parser.add_argument("--no-stock", action="store_true", help="leave the stock recipe out")
    wanted = parser.parse_args()
    if unknown := set(wanted.sections) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    return wanted


if __name__ == "__main__":
    sys.exit(main())
