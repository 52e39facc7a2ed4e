"""A person at the terminal who runs `copilot` commands over a data folder, and people who come in by what they print."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from bot import __main__ as cli
from bot.build_office import open_office
from bot.config import Settings
from bot.flows.access import Actor


def settled_day(zone: tzinfo, room: float = 30.0) -> datetime:
    """Now in the zone, after waiting for the next day where fewer than `room` seconds are left: "today" has to last a while."""
    now = datetime.now(zone)
    left = (datetime.combine(now.date() + timedelta(days=1), time(), zone) - now).total_seconds()
    if left < room:
        sleep(left)
    return datetime.now(zone)


@dataclass
class Terminal:
    """Runs commands in a folder of its own."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def __post_init__(self) -> None:
        for name in list(os.environ):
            if name.startswith(("COPILOT_", "TELEGRAM_")) and name != "COPILOT_MODELS":
                self.monkeypatch.delenv(name)
        self.monkeypatch.chdir(self.folder)

    def run(self, *words: str) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of one command."""
        self.monkeypatch.setattr(sys, "argv", ["copilot", *words])
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as caught:
            cli.main()
        out, err = self.capsys.readouterr()
        assert "Traceback" not in err
        return int(caught.value.code or 0), out, err

    def does(self, *words: str) -> str:
        """What a command that has to succeed puts on stdout, without the line's end."""
        code, out, err = self.run(*words)
        assert code == 0, err
        return out.rstrip("\n")

    def fails(self, *words: str, code: int = 1) -> str:
        """The one line that a command says which has to fail."""
        ended, out, err = self.run(*words)
        assert (ended, out, err.count("\n")) == (code, "", 1), (ended, out, err)
        return err.rstrip("\n")

    def lists(self, *words: str) -> list[dict[str, Any]]:
        """A list as JSON."""
        found = json.loads(self.does(*words, "--json"))
        assert isinstance(found, list)
        return found

    def comes_in(self, person: str, name: str, link: str) -> str:
        """Somebody opens a link in Telegram; returns the team's id."""
        return asyncio.run(self._join(person, name, link.partition("i_")[2]))

    def founded(self, person: str = "telegram:1", name: str = "王芳") -> str:
        """A team with its owner; returns its id."""
        return self.comes_in(person, name, self.does("invite", "--owner"))

    async def _join(self, person: str, name: str, code: str) -> str:
        return await join(self.folder / "data", person, name, code)


async def join(data: Path, person: str, name: str, code: str = "") -> str:
    """Somebody comes in by a code, or with none as the owner of a new team; returns the team's id."""
    async with open_office(Settings(_env_file=None, data=data)) as office:
        if not code:
            code = await office.team.found_code(Actor(await office.gate.people.everything("terminal:local"), "terminal:local"))
        await office.gate.people.seen(person, name, "zh", office.team.now())
        return (await office.team.join(await office.gate.actor(person, person), code)).team.id


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A data folder with one team, whose owner is 王芳, for copying: making one takes longer than most tests."""
    data = tmp_path_factory.mktemp("founded") / "data"
    return data, asyncio.run(join(data, "telegram:1", "王芳"))


@pytest.fixture
def team(terminal: Terminal, founded: tuple[Path, str]) -> str:
    """The team of 王芳, in the terminal's folder."""
    shutil.copytree(founded[0], terminal.folder / "data")
    return founded[1]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Terminal:
    return Terminal(tmp_path, monkeypatch, capsys)
