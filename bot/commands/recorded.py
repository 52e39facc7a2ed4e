"""Writing a recording: to a new file, which is whole at any moment, or to stdout; as CSV or as Parquet."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.commands.common import put
from bot.domain.samples import EPOCH, Sample


def write_lines(lines: Iterable[str], out: Path | None) -> None:
    """Put the lines where `out` says, stdout for None; a file that is there is replaced. OSError is the caller's."""
    if out is None:
        for line in lines:
            put(line)
        return

    def write(path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(f"{line}\n" for line in lines)

    _whole(out, write)


def write_parquet(samples: Sequence[Sample], names: Sequence[str], zone: ZoneInfo, out: Path) -> None:
    """Put samples into a Parquet file: `ts` in milliseconds with its zone, then a float64 column a name, null where none is.

    A file that is there is replaced. OSError is the caller's.
    """
    from arro3.core import Array, DataType, Table
    from arro3.io import write_parquet as write_table

    moments = Array([(one.at - EPOCH) // timedelta(milliseconds=1) for one in samples], type=DataType.int64())
    arrays = [moments.cast(DataType.timestamp("ms", tz=zone.key))]
    arrays += [Array([one.values.get(name) for one in samples], type=DataType.float64()) for name in names]
    table = Table.from_arrays(arrays, names=["ts", *names])
    _whole(out, lambda path: write_table(table, path, compression="zstd(3)"))


def _whole(out: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a file beside `out`, and put it in its place once it is whole."""
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    os.close(handle)
    try:
        write(Path(name))
        os.replace(name, out)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
