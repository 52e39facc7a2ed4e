"""`copilot run`: everything that is configured, in one process; without a token, the terminal chat."""

from __future__ import annotations

import asyncio
import signal
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import Data, Handbook, note, prepare
from bot.commands.words import say
from bot.errors import SettingsError

if TYPE_CHECKING:
    from bot.config import Settings


Standby = Annotated[
    bool,
    typer.Option("--standby", help="已有一个在运行就待命，它一停就接手 · Wait for the one that runs and take over."),
]


def run(handbook: Handbook = None, data: Data = None, standby: Standby = False) -> None:
    """启动：有 token 就是 Telegram 机器人，没有就在终端里聊 · Start the bot, or chat here when there is no token."""
    from bot.commands.chat import chat_here
    from bot.config import load_settings

    served = load_settings(handbook=handbook, data=data).telegram_bot_token is not None
    settings = prepare(handbook=handbook, data=data, service=served)
    if not served:
        if standby:
            raise SettingsError(say(settings.language, "standby_no_token"))
        note(say(settings.language, "no_token"))
        asyncio.run(chat_here(settings))
    elif asyncio.run(_serve(settings, standby)):
        raise typer.Exit(130)


async def _serve(settings: Settings, standby: bool) -> bool:
    """Serve until a signal says stop; True when it was Ctrl-C. A second signal ends the process at once."""
    from bot.commands.progress import LineProgress
    from bot.serving import serve

    stop = asyncio.Event()
    interrupted = False

    def on_signal(number: signal.Signals) -> None:
        nonlocal interrupted
        interrupted = number is signal.SIGINT
        stop.set()
        for known in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(known)

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, on_signal, number)
    say_waiting = partial(_say_waiting, settings.language) if standby else None
    await serve(settings, stop=stop, progress=LineProgress(settings.language), standby=say_waiting)
    return interrupted


def _say_waiting(language: str, who: str) -> None:
    note(say(language, "stands_by", who=who))
