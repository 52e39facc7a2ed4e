"""Writing a recording: to a new file, which is whole at any moment, or to stdout."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from bot.commands.common import put


def write_lines(lines: Iterable[str], out: Path | None) -> None:
    """Put the lines where `out` says, stdout for None; a file that is there is replaced. OSError is the caller's."""
    if out is None:
        for line in lines:
            put(line)
        return
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:
            file.writelines(f"{line}\n" for line in lines)
        os.replace(name, out)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
