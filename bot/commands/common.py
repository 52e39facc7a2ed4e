"""What every command shares: options, settings with logging, sentences on stderr, a yes or no.

stdout belongs to a command's data; everything said to the person goes to stderr.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.words import say

if TYPE_CHECKING:
    from bot.build import App
    from bot.config import Settings
    from bot.domain.access import Viewer

Handbook = Annotated[
    Path | None, typer.Option("--handbook", metavar="DIR", help="手册文件夹 · The folder to use as handbook.", show_default=False)
]
Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="数据文件夹（索引、数据库） · Where index and database live.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON · Print JSON.")]


def prepare(*, handbook: Path | None = None, data: Path | None = None, service: bool = False, **changes: object) -> Settings:
    """Settings with logging switched on; remarks about `.env` go to stderr.

    A `service` logs at the configured level. Any other command logs only from WARNING up, and what the index had to mend
    is said in the person's language instead. Raises SettingsError.
    """
    from bot.commands.notices import Notices
    from bot.config import env_file_remarks, load_settings
    from bot.logs import configure

    settings = load_settings(handbook=handbook, data=data, **changes)
    quiet = not service and settings.log_level == "INFO"
    configure("WARNING" if quiet else settings.log_level, secrets=settings.secrets)
    if not service:
        for handler in logging.getLogger().handlers:
            handler.addFilter(Notices(settings.language))
    for remark in env_file_remarks():
        note(remark)
    return settings


@asynccontextmanager
async def ready(settings: Settings) -> AsyncIterator[App]:
    """The app with its index up to date; the bars are gone when the block begins."""
    from bot.build import open_app
    from bot.commands.progress import progress_on_stderr

    async with AsyncExitStack() as stack:
        with progress_on_stderr(settings.language) as progress, handbook_faults(settings):
            app = await stack.enter_async_context(open_app(settings, wait_for_index=True, progress=progress))
        yield app


@contextmanager
def handbook_faults(settings: Settings) -> Iterator[None]:
    """What goes wrong in the block because of the folders of handbook and index, said in the person's language."""
    from bot.errors import HandbookError, StorageError

    try:
        yield
    except StorageError as error:
        raise StorageError(error.to(settings.language)) from error
    except (HandbookError, OSError) as error:
        if key := _folder_fault(settings.handbook):
            raise HandbookError(say(settings.language, key, path=settings.handbook)) from error
        raise


def _folder_fault(folder: Path) -> str:
    """What keeps a folder from being listed, as the key of a sentence; empty when nothing does."""
    try:
        os.listdir(folder)
    except FileNotFoundError:
        return "handbook_gone"
    except NotADirectoryError:
        return "handbook_file" if os.path.isfile(folder) else "handbook_gone"
    except PermissionError:
        return "handbook_closed"
    except (OSError, ValueError):
        return "handbook_unread"
    return ""


def viewer_of(settings: Settings) -> Viewer:
    """The person at this terminal, who reads the handbook and no merchant's cases."""
    from bot.domain.access import Scope, Viewer

    return Viewer("terminal:local", "terminal:local", Scope(), language=settings.language)


def note(sentence: str) -> None:
    """Say one line on stderr; a closed stderr is nobody's problem."""
    try:
        print(clean_line(sentence), file=sys.stderr, flush=True)  # noqa: T201
    except (OSError, ValueError):
        return


def put(data: str) -> None:
    """Write one line of data to stdout at once, as UTF-8 whatever the locale says.

    A lone surrogate is written as its escape, which inside a JSON string is the same character again.
    """
    out = getattr(sys.stdout, "buffer", None)
    line = data.encode("utf-8", "backslashreplace") + b"\n"
    if out is None:
        sys.stdout.write(line.decode("utf-8"))
    else:
        sys.stdout.flush()
        out.write(line)
    sys.stdout.flush()


def clean_line(sentence: str) -> str:
    """One printable line: file names and model output may hold anything."""
    return "".join(c if c.isprintable() else " " for c in sentence).strip()


def terminal() -> bool:
    """Whether a person sits at this terminal: questions can be asked and are seen."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask_line(prompt: str) -> str:
    """One line from the person, prompted on stderr. Raises EOFError when there is none."""
    print(prompt, end="", file=sys.stderr, flush=True)  # noqa: T201
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.strip()


def ask_secret() -> str:
    """One line from stdin, not shown at a terminal. Raises EOFError when there is none."""
    if terminal():
        from getpass import getpass

        return getpass("").strip()
    return ask_line("")


def confirm(question: str) -> bool:
    """Yes or no; anything but a yes is a no."""
    return ask_line(f"{question} [y/N] ").lower() in ("y", "yes", "是", "好")
