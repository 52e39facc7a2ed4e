"""What is measured, as rows: the number, its target, the stock recipe's number beside it, and how both are printed."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. `target` is the most (`less_is_better`) or the least it may be; None where there is only a comparison.

    `stock` is the same number of the stock LangChain recipe in the same run, None where it has no such thing.
    """

    section: str
    name: str
    value: float
    unit: str
    target: float | None = None
    less_is_better: bool = True
    stock: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without one."""
        if self.target is None:
            return None
        return self.value <= self.target if self.less_is_better else self.value >= self.target

    @property
    def ratio(self) -> float | None:
        """How many times better than the stock recipe, below 1 where it is worse; None without a comparison."""
        if self.stock is None or min(self.stock, self.value) <= 0:
            return None
        return self.stock / self.value if self.less_is_better else self.value / self.stock

    def cells(self) -> tuple[str, ...]:
        """The row as printed."""
        sign = "≤" if self.less_is_better else "≥"
        target = "" if self.target is None else f"{sign} {number(self.target)}"
        verdict = {None: "", True: "yes", False: "NO"}[self.met]
        stock = "" if self.stock is None else number(self.stock)
        ratio = "" if self.ratio is None else f"{self.ratio:.3g}×"
        return (self.section, self.name, number(self.value), self.unit, target, verdict, stock, ratio, self.note)


HEADINGS = ("section", "figure", "ours", "unit", "target", "met", "stock", "better by", "remark")


def number(value: float) -> str:
    """Three significant digits, and never fewer than the whole part."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0..1) of the values lie, interpolated."""
    return float(np.quantile(np.asarray(values, float), share))


def machine() -> dict[str, object]:
    """Where the figures were taken."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"python": platform.python_version(), "system": platform.system(), "processor": _processor(), "cores": cores}


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text(encoding="utf-8").splitlines() if described.is_file() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def show(figures: Iterable[Figure], *, width: int = 170) -> None:
    """Print the table."""
    table = Table(*HEADINGS)
    for column in table.columns[2:3] + table.columns[6:8]:
        column.justify = "right"
    last = ""
    for figure in figures:
        if last and figure.section != last:
            table.add_section()
        table.add_row(*figure.cells(), style="red" if figure.met is False else None)
        last = figure.section
    Console(width=width).print(table)


def keep(figures: Sequence[Figure], folder: Path) -> None:
    """Write `figures.json` and, for the docs, `figures.md`."""
    rows = [{**asdict(f), "met": f.met, "ratio": f.ratio} for f in figures]
    report = json.dumps({"machine": machine(), "figures": rows}, ensure_ascii=False, indent=1)
    (folder / "figures.json").write_text(report + "\n", encoding="utf-8")
    lines = [HEADINGS, ("---",) * len(HEADINGS), *(f.cells() for f in figures)]
    (folder / "figures.md").write_text("".join(f"| {' | '.join(cells)} |\n" for cells in lines), encoding="utf-8")
