"""How long work takes by the processor, whatever else this process and this machine do meanwhile."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Watch:
    """``seconds``: processor time of this thread between the two ends of the ``with``."""

    seconds = float("nan")


@contextmanager
def stopwatch() -> Iterator[Watch]:
    """Time a piece of work.

    A full run leaves a heap of gigabytes and threads of its own behind; neither belongs to the work, so the heap is put
    out of the collector's sight and other threads are not counted.
    """
    watch = Watch()
    gc.freeze()
    began = time.thread_time()
    try:
        yield watch
    finally:
        watch.seconds = time.thread_time() - began
        gc.unfreeze()
