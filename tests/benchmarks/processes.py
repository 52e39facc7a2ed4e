"""Figures of whole `copilot` processes: cold question, index, and what the running bot holds in memory."""

from __future__ import annotations

import asyncio
import json
import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import psutil

from tests.benchmarks import stock
from tests.benchmarks.corpus import questions
from tests.benchmarks.figures import Figure
from tests.benchmarks.homes import Home, built_in, opened
from tests.benchmarks.plan import Bench, fresh

QUESTION = "开播后在线人数往下掉，先看什么？"
RUNS = 5
SAMPLE = 1000
"""Chunks that indexing speed is measured on."""
HEAVY = ("torch", "transformers", "sentence_transformers", "langchain", "markitdown", "pandas", "matplotlib")
"""What a question has no business importing."""
READY_SECONDS = 180.0
_IMPORT = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \| (\s*)(\S+)")


def cold(bench: Bench) -> list[Figure]:
    """`copilot ask` as a fresh process on a built index, and what it imports."""
    homes = {"built-in handbook": built_in(bench.out), f"{bench.small:,} chunks": bench.home(bench.small)}
    beside = _stock_cold(bench) if bench.stock_asked(bench.small) else None
    figures = []
    for name, home in homes.items():
        with opened(home):
            pass
        worked = _processor_seconds()
        seconds = median(_seconds("ask", QUESTION, "--json", home=home) for _ in range(RUNS))
        note = f"{(_processor_seconds() - worked) / RUNS:.2f} s of processor time"
        figures.append(Figure("cold", f"copilot ask, {name}, median of {RUNS}", seconds, "s", 3.0, stock=beside, note=note))
    modules = imported(homes["built-in handbook"])
    heavy = [name for name in HEAVY if name in modules]
    figures.append(Figure("cold", "torch and its kin imported", len(heavy), "modules", 0, note=" ".join(heavy)))
    slowest = sorted(((ms, name) for name, ms in modules.items() if "." not in name), reverse=True)[:6]
    note = ", ".join(f"{name} {ms:.0f} ms" for ms, name in slowest)
    figures.append(Figure("cold", "modules imported", len(modules), "modules", note=note))
    return figures


def _stock_cold(bench: Bench) -> float:
    store = bench.home(bench.small).data.with_name("stock")
    runs = [stock.run("ask", store=store, model=bench.stock_weights(), questions=[QUESTION]) for _ in range(3)]
    return median(float(run["wall"]) for run in runs)


def imported(home: Home) -> dict[str, float]:
    """Every module that one `copilot ask` imports, with its own and its children's milliseconds."""
    done = _copilot("ask", QUESTION, "--json", home=home, python=("-X", "importtime"))
    return {found[4]: int(found[2]) / 1000 for line in done.stderr.splitlines() if (found := _IMPORT.match(line))}


def index(bench: Bench) -> list[Figure]:
    """`copilot index`: from nothing, and once more when nothing changed."""
    home = bench.home(SAMPLE)
    fresh(home.data)
    report = json.loads(_copilot("index", "--json", home=home).stdout)
    rate = report["embedded"] / report["seconds"]
    small, characters = bench.home(bench.small), _characters(home.handbook)
    with opened(small):
        pass
    again = median(_seconds("index", home=small) for _ in range(3))
    alike, tutorial = _stock_indexed(bench, home, stock.SMALL), _stock_indexed(bench, home, stock.TUTORIAL)
    beside = alike["pieces"] / alike["seconds"] if alike else None
    folder = tutorial["seconds"] if tutorial else None
    all_again = _characters(small.handbook) * folder / characters if folder else None
    return [
        Figure("index", f"{report['embedded']:,} chunks from nothing", rate, "chunks/s", 25, False, beside,
               "stock with chunk_size=200, chunk_overlap=40: pieces like ours"),
        Figure("index", f"the same folder, {characters:,} characters", report["seconds"], "s", None, True, folder,
               "stock with chunk_size=1000, chunk_overlap=200"),
        Figure("index", f"nothing changed, {bench.small:,} chunks", again, "s", 3.0, True, all_again,
               "whole process; stock embeds all again, extrapolated from the row above"),
    ]  # fmt: skip


def _stock_indexed(bench: Bench, home: Home, size: tuple[int, int]) -> dict[str, float] | None:
    if not bench.with_stock:
        return None
    store = fresh(home.data.with_name(f"stock-{size[0]}"))
    return stock.run("index", handbook=home.handbook, store=store, model=bench.stock_weights(), size=size)


def _characters(folder: Path) -> int:
    return sum(len(path.read_text(encoding="utf-8")) for path in folder.rglob("*.md"))


def _copilot(*arguments: str, home: Home, python: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *python, "-m", "bot", *arguments, *_where(home)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=home.data.parent, check=False)
    if done.returncode:
        raise RuntimeError(f"copilot {arguments[0]} failed: {done.stderr[-1000:]}")
    return done


def _seconds(*arguments: str, home: Home) -> float:
    began = time.perf_counter()
    _copilot(*arguments, home=home)
    return time.perf_counter() - began


def _processor_seconds() -> float:
    """What all ended child processes have used together: less shaken by a busy machine than the clock."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _where(home: Home) -> tuple[str, ...]:
    return ("--handbook", str(home.handbook.resolve()), "--data", str(home.data.resolve()))


def memory(bench: Bench) -> list[Figure]:
    """Resident memory of `copilot run` over the small handbook, after it has answered questions in Telegram's double."""
    home = bench.home(bench.small)
    with opened(home):
        pass
    held = asyncio.run(_running(home, questions(20, seed=19)))
    stock_held = bench.stock_asked(bench.small)
    note = "stock: the recipe alone, without any channel"
    name = f"the running bot, {bench.small:,} chunks"
    return [Figure("memory", name, held, "MB", 900, stock=stock_held["mb"] if stock_held else None, note=note)]


async def _running(home: Home, texts: list[str]) -> float:
    from tests.double import TelegramDouble  # brings aiogram, whose models take seconds to build

    for rows in home.data.glob("copilot.db*"):  # another run's updates would be taken for these
        rows.unlink()
    async with await TelegramDouble.start(validate=False) as double:
        environment = {**os.environ, "TELEGRAM_BOT_TOKEN": double.token, "TELEGRAM_API_URL": double.url}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", *_where(home), cwd=home.data.parent, env=environment,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            for number, text in enumerate(texts):
                person = double.user(f"Bench {number}", started=True)  # one person alone would ask too fast
                asked = await person.say(person.private(), text)
                await person.private().answer_to(asked, timeout=READY_SECONDS)
            return float(psutil.Process(process.pid).memory_info().rss / 1e6)
        finally:
            process.terminate()
            await process.wait()
