"""The `copilot` command. Knows which commands there are and how they end; nothing heavy is imported here."""

from __future__ import annotations

import os
import re
import sys
from typing import Annotated

import typer

from bot.commands.ask import ask
from bot.commands.audit import audit
from bot.commands.bind import bind
from bot.commands.chat import chat
from bot.commands.check import check
from bot.commands.common import note, put
from bot.commands.detect import detect
from bot.commands.export import export
from bot.commands.feeds import feeds
from bot.commands.heard import heard
from bot.commands.index import index
from bot.commands.invite import invite
from bot.commands.library import library
from bot.commands.merchants import merchants
from bot.commands.metrics import metrics
from bot.commands.outbox import outbox
from bot.commands.replay import replay
from bot.commands.roles import roles
from bot.commands.rules import rules
from bot.commands.run import run
from bot.commands.sessions import sessions
from bot.commands.setup import setup
from bot.commands.simulate import simulate
from bot.commands.team import team
from bot.errors import CopilotError

app = typer.Typer(
    help="直播操盘手的副驾驶 · The operator copilot: cited answers from your handbook.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for command in (run, chat, ask, index, check, replay, detect, heard, simulate, setup, audit, export):
    app.command(short_help=(command.__doc__ or "").partition("\n")[0])(command)
_GROUPS = {
    "team": team, "invite": invite, "merchants": merchants, "roles": roles, "bind": bind, "sessions": sessions,
    "feeds": feeds, "rules": rules, "metrics": metrics, "outbox": outbox,
}  # fmt: skip
for name, group in _GROUPS.items():
    about = group.registered_callback.callback.__doc__ if group.registered_callback else ""
    app.add_typer(group, name=name, short_help=about)
app.add_typer(library, name="library", short_help="团队和商家的文件 · Documents of teams and merchants.")


@app.command()
def version() -> None:
    """版本 · The version."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        put(f"copilot {installed('operator-copilot')}")
    except PackageNotFoundError:
        put("copilot（源码，未安装 · from source, not installed）")


def _show_version(wanted: bool) -> None:
    if wanted:
        version()
        raise typer.Exit


@app.callback()
def _options(
    show: Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True, help="版本 · The version.")] = False,
) -> None:
    pass


# Typer words its complaints in English only.
_USAGE = (
    (r"Missing argument '(.+?)'.*", r"缺少 \1"),
    (r"Missing option '(.+?)'.*", r"缺少 \1"),
    (r"No such option: (\S+)(.*)", r"没有选项 \1"),
    (r"No such command '(.+?)'.*", r"没有命令 \1"),
    (r"Got unexpected extra argument\S* \((.*)\)", r"多出来的内容：\1（问题里有空格请加引号）"),
    (r"Option '(.+?)' requires an argument.*", r"\1 后面要跟一个值"),
    (r"Invalid value for '([^':]+)': Input should be greater than or equal to (\S+)", r"\1 至少是 \2"),
    (r"Invalid value for '([^':]+)': Input should be a valid integer.*", r"\1 要写整数"),
    (r"Invalid value for (\S+): (.*)", r"\2"),
)


def usage_sentence(message: str) -> str:
    """Typer's complaint in Chinese, or as it is when it is a new one."""
    for pattern, chinese in _USAGE:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            return found.expand(chinese)
    return message


def main() -> None:
    """Run a command and end with its exit code: 0 done, 1 its own failure in one line, 2 wrong usage, 130 Ctrl-C."""
    # Python starts with None for a stream that was closed (`<&-`): reading then ends at once, writing goes nowhere.
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115 - for as long as the process lives
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - for as long as the process lives
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - for as long as the process lives
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without Chinese shows ?, it does not crash
    sys.exit(_exit_code())


def _exit_code() -> int:
    try:
        code = app(prog_name="copilot", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except CopilotError as error:
        note(str(error))
        return 1
    except typer.TyperException as error:
        if error.exit_code != 2:
            note(error.format_message())
            return error.exit_code
        return _wrong_usage(error)
    except typer.Abort:
        note("已取消。")
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads on: the flush at exit must not complain
        return 1
    except OSError as error:
        note(f"读写出错（{error.strerror or type(error).__name__}）。请检查路径、权限和磁盘空间后再试。")
        return 1
    except KeyboardInterrupt:
        return 130


def _wrong_usage(error: typer.TyperException) -> int:
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        put(error.format_message())
        return 2
    place = context.command_path if context else "copilot"
    note(f"{usage_sentence(error.format_message())}。用法：{place} --help")
    return 2


if __name__ == "__main__":
    main()
