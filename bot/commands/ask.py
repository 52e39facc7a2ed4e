"""`copilot ask`: one question, or one a line, answered from the handbook."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import Data, Handbook, Json, note, prepare, put, ready, viewer_of
from bot.commands.words import say
from bot.errors import CopilotError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.config import Settings


def ask(
    question: Annotated[str | None, typer.Argument(help="问题 · The question.", show_default=False)] = None,
    as_json: Json = False,
    handbook: Handbook = None,
    data: Data = None,
    batch: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="一行一个问题的文件，- 是标准输入 · One question a line; - is stdin.", show_default=False
        ),
    ] = None,
) -> None:
    """提一个问题，或逐行回答一个文件 · Answer one question, or one a line."""
    if (question is None) == (batch is None):
        raise typer.BadParameter("问题和 --batch 二选一", param_hint="QUESTION")
    if question is not None and not question.strip():
        raise typer.BadParameter("问题是空的", param_hint="QUESTION")
    settings = prepare(handbook=handbook, data=data)
    if batch is None:
        asyncio.run(_one(settings, question or "", as_json=as_json))
        return
    with opened(batch, "--batch") as descriptor:
        asyncio.run(_many(settings, descriptor))


@contextmanager
def opened(batch: str, option: str) -> Iterator[int]:
    """The descriptor of a file, or of stdin for ``-``; `option` is what named it, for complaints."""
    if batch == "-":
        yield sys.stdin.fileno()
        return
    if Path(batch).expanduser().is_dir():
        raise typer.BadParameter(f"{batch} 是文件夹，请给一个文件", param_hint=option)
    try:
        descriptor = os.open(Path(batch).expanduser(), os.O_RDONLY)
    except OSError as error:
        raise typer.BadParameter(f"打不开 {batch}（{error.strerror}）", param_hint=option) from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)


async def _one(settings: Settings, text: str, *, as_json: bool) -> None:
    from bot.channels.terminal_render import Screen
    from bot.commands.batch import Question, answer_row

    async with ready(settings) as app:
        if as_json:
            put(await answer_row(app.answers, viewer_of(settings), Question(1, text)))
            return
        answer = await app.answers.ask(viewer_of(settings), text, history=())
        Screen.on_stdout(settings.language).answer(answer)


async def _many(settings: Settings, descriptor: int) -> None:
    from bot.commands.batch import BadRow, answer_row, read_row
    from bot.commands.lines import read_lines

    number = bad = 0
    async with ready(settings) as app:
        async for raw in read_lines(descriptor):
            number += 1
            try:
                question = read_row(raw, number, settings.language)
                if question is not None:
                    put(await answer_row(app.answers, viewer_of(settings), question))
            except (BadRow, CopilotError) as fault:
                bad += 1
                note(say(settings.language, "line_bad", line=number, why=fault))
    if bad:
        note(say(settings.language, "lines_bad", count=bad))
        raise typer.Exit(1)
