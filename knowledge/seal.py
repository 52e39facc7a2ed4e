"""Tells a damaged vector folder from a sound one before Chroma opens it. Knows the folder's layout, not its contents.

Chroma reads its graphs into memory unchecked: a wrong number in them ends the process (SIGSEGV), and no `except` helps,
at every start anew. So the graphs are guarded from outside:

* After a fill and when the store is closed, the digests of all graph files are written down: the seal. It is broken off
  before the next write. A seal that stands but does not fit therefore means damage, and comparing costs some 25 ms at
  10,000 chunks.
* Without a seal (the process was killed while it wrote, or the index is older than the seals) the digests say nothing. Only
  then a child process opens the folder and searches it, which takes one or two seconds; what it dies of is the damage.

Always trying in a child would cost every start those seconds; digests alone would throw a sound index away after each kill.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

SEAL = "seal.json"
PERSISTED = "index_metadata.pickle"
"""A graph without this file has not been written down yet: Chroma makes it anew from its database and never reads the rest."""
DAMAGED = 3
"""Exit code of a trial that found damage and lived."""
_PATIENCE = 60.0
"""Seconds for a trial, and one more for each `_BYTES_A_SECOND`: a damaged graph can also send Chroma round in circles."""
_BYTES_A_SECOND = 4_000_000
_TRIAL = "import sys; from knowledge.index import trial; sys.exit(trial(sys.argv[1]))"


def is_damaged(folder: Path) -> bool:
    """Whether opening the folder would be unsafe or give wrong neighbours; False for one without graphs or not there."""
    sealed = _sealed(folder)
    if sealed is not None:
        return sealed != _digests(folder)
    graphs = _graphs(folder)
    return bool(graphs) and _dies_of_it(folder, sum(path.stat().st_size for path in graphs))


def is_sealed(folder: Path) -> bool:
    """Whether a seal stands."""
    return _sealed(folder) is not None


def seal(folder: Path) -> None:
    """Write down the digests of the graphs as they are now. A disk that refuses only means a trial at the next start."""
    fresh = folder / f"{SEAL}.new"
    with suppress(OSError):
        fresh.write_text(json.dumps(_digests(folder)), encoding="utf-8")
        fresh.replace(folder / SEAL)


def break_seal(folder: Path) -> None:
    """Take the seal off, before anything is written. Raises OSError: writing under a seal would look like damage later."""
    (folder / SEAL).unlink(missing_ok=True)


def _sealed(folder: Path) -> dict[str, str] | None:
    try:
        found = json.loads((folder / SEAL).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _graphs(folder: Path) -> list[Path]:
    """Every file of the graphs that were written down."""
    return sorted(path for mark in folder.glob(f"*/{PERSISTED}") for path in mark.parent.iterdir() if path.is_file())


def _digests(folder: Path) -> dict[str, str]:
    found = {}
    for path in _graphs(folder):
        with path.open("rb") as file:
            found[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "blake2b").hexdigest()[:32]
    return found


def _dies_of_it(folder: Path, size: int) -> bool:
    """Whether a child process comes to grief over the folder. Errors that it survives are met, and told, by the parent."""
    root = str(Path(__file__).resolve().parent.parent)
    known = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))}
    command = [sys.executable, "-P", "-c", _TRIAL, str(folder)]
    try:
        # A session of its own: Ctrl-C is meant for us, and must not look like a death of the damage.
        done = subprocess.run(
            command, env=known, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            timeout=_PATIENCE + size / _BYTES_A_SECOND, check=False, start_new_session=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return True
    return done.returncode not in (0, 1, -signal.SIGTERM)
