"""`copilot export`: all that is stored of one merchant in one readable zip."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.common import Data, note, put
from bot.commands.office import Desk, at_desk


def export(
    merchant: Annotated[
        str, typer.Option("--merchant", metavar="MERCHANT", help="商家的编号或名字 · Its id or name.", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="写到哪个 zip 文件 · The zip to write.", show_default=False)],
    force: Annotated[bool, typer.Option("--force", help="覆盖已有的文件 · Replace the file.")] = False,
    data: Data = None,
) -> None:
    """导出一个商家的全部资料：提问、文件、成员、记录 · Export all that is stored of a merchant."""

    async def work(desk: Desk) -> None:
        found = await desk.merchant(merchant)
        done = await desk.office.exports.write(desk.actor, found.id, out.expanduser(), replace=force, language=desk.language)
        put(str(done.path))
        counts = {"questions": done.questions, "files": done.files, "size": done.size}
        note(desk.say("exported", name=done.merchant.name, **counts))
        if done.missing:
            note(desk.say("export_missing", names=", ".join(done.missing)))

    at_desk(data, work)
