"""Run a month: start the process, kill it, start it again, until the month is over; then say what came of it."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

import structlog

from bot.config import Settings
from bot.domain.checklists import Item
from bot.following import read_reference
from tests.stories.months.inline import inline
from tests.stories.months.judge import Death, judge
from tests.stories.months.life import Watch, found, live
from tests.stories.months.plan import Kill, Month, month


def main() -> None:
    """From arguments to JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    for name, usual in (("seed", 1), ("days", 30), ("sessions", 30), ("kills", 500), ("every", 8)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    asked = parser.parse_args()
    # Refusals and repeats are what this is about, and that the clock is set; what else the process calls an error is not.
    structlog.configure(
        processors=[_unasked, structlog.processors.KeyValueRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    planned = month(asked.seed, days=asked.days, sessions=asked.sessions, kills=asked.kills)
    # One item in eight: all stages, posts and rhythms are among them, and a month takes no night.
    handbook = items()[:: asked.every]
    inline()
    asyncio.run(found(asked.folder))
    deaths = lives(asked.folder, planned, handbook)
    verdict = asyncio.run(judge(asked.folder, planned, handbook, deaths))
    sys.stdout.write(json.dumps(verdict.to_json(), ensure_ascii=False) + "\n")


def _unasked(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    if event["event"] == "machine_clock_behind":
        raise structlog.DropEvent
    return event


def items() -> tuple[Item, ...]:
    """The checklists of the handbook."""
    read, problems = read_reference(Settings(_env_file=None).handbook)
    assert not problems
    return read.items


def lives(folder: Path, planned: Month, handbook: Sequence[Item]) -> list[Death]:
    """Let the process live and die; returns its deaths."""
    watch, deaths, kills = Watch(folder / "watch"), [], list(planned.kills)
    while watch() < planned.end:
        child = _born(folder, planned, len(deaths), handbook)
        kill = kills.pop(0) if kills else None
        if kill is None or not _killed(child, kill, watch):
            _, status = os.waitpid(child, 0)
            if status:
                raise SystemExit(f"life {len(deaths)} ended by itself with {status}")
            continue
        os.waitpid(child, 0)
        at = watch()
        watch.to(at + kill.down)
        deaths.append(Death(at, at + kill.down))
    return deaths


def _born(folder: Path, planned: Month, number: int, handbook: Sequence[Item]) -> int:
    child = os.fork()  # everything is imported already, and no thread runs: a life begins in a moment
    if child:
        return child
    try:
        asyncio.run(live(folder, planned, number, handbook))
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _killed(child: int, kill: Kill, watch: Watch) -> bool:
    """Wait for the moment and kill; False when the process ended before."""
    while watch() < kill.at:
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return False
        time.sleep(0.0005)
    time.sleep(kill.milliseconds / 1000)
    os.kill(child, signal.SIGKILL)
    return True


if __name__ == "__main__":
    main()
