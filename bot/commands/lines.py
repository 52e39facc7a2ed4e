"""Lines from a file or pipe, as they come, without holding up the event loop or Ctrl-C."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

_BLOCK = 1 << 16


@contextmanager
def opened(file: str, *, hint: str) -> Iterator[int]:
    """The descriptor of a file to read, `-` being stdin. What cannot be opened is a wrong usage of the parameter `hint`."""
    if file == "-":
        yield sys.stdin.fileno()
        return
    path = Path(file).expanduser()
    try:
        if path.is_dir():
            raise typer.BadParameter(f"{file} 是文件夹，请给一个文件", param_hint=hint)
        descriptor = os.open(path, os.O_RDONLY)
    except OSError as error:
        raise typer.BadParameter(f"打不开 {file}（{error.strerror}）", param_hint=hint) from None
    except ValueError:
        raise typer.BadParameter(f"{file!r} 不是文件名", param_hint=hint) from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)


async def read_lines(descriptor: int) -> AsyncIterator[bytes]:
    """Every line without its line end, the last one also when nothing ends it. Raises OSError when reading fails."""
    pieces: list[bytes] = []
    while block := await _read(descriptor):
        head, *rest = block.split(b"\n")
        pieces.append(head)
        for following in rest:
            yield b"".join(pieces).removesuffix(b"\r")
            pieces = [following]
    if last := b"".join(pieces):
        yield last


async def _read(descriptor: int) -> bytes:
    """The next block, empty at the end; waits in the event loop where the system can say that there is something."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    try:
        loop.add_reader(descriptor, ready.set)
    except (PermissionError, NotImplementedError):
        return os.read(descriptor, _BLOCK)  # an ordinary file: it never makes us wait
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)
    return os.read(descriptor, _BLOCK)
