"""Logging: structlog and the standard library's loggers in one stream on stderr, with every secret taken out.

A console form for people when stderr is a terminal, JSON lines otherwise. Scrubbing is the last step before
the line is written, so that it covers messages, fields, exception texts and other people's libraries alike.
What people asked is theirs: the fields in PRIVATE appear at DEBUG only.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterable, MutableMapping
from types import TracebackType
from typing import Any, TextIO
from urllib.parse import quote

import structlog
from pydantic import SecretStr

PRIVATE = frozenset({"question", "text", "answer", "history", "reason_text"})
"""Event fields that hold what a person wrote or was told."""

NOISY = (
    "aiosqlite",
    "alembic",
    "apscheduler",
    "asyncio",
    "chromadb",
    "httpcore",
    "httpx",
    "httpx2",
    "telegram",
    "urllib3",
    "uvicorn",
)
"""Libraries that report every request or job at INFO; below WARNING they are heard at DEBUG only."""

_TELEGRAM_TOKEN = re.compile(r"\d{6,12}(?::|%3[Aa])[A-Za-z0-9_-]{30,}")
_ROBOT = re.compile(r"(/bot/v2/hook/|/robot/send\?access_token=|/webhook/send\?key=)[\w%-]+")
"""A group robot's address is its key; libraries log it at DEBUG."""
_GONE = "***"
_SHORTEST_SECRET = 6  # anything shorter is no secret, and taking it out would garble ordinary words


class Scrubber:
    """Takes Telegram tokens and the configured secrets out of any text."""

    def __init__(self, secrets: Iterable[SecretStr | str | None] = ()) -> None:
        plain = {s.get_secret_value() if isinstance(s, SecretStr) else s for s in secrets if s}
        forms = {form for secret in plain if len(secret) >= _SHORTEST_SECRET for form in _forms(secret)}
        longest_first = sorted(forms, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def __call__(self, text: str) -> str:
        """`text` with `***` in place of every secret."""
        text = _ROBOT.sub(rf"\1{_GONE}", _TELEGRAM_TOKEN.sub(_GONE, text))
        return self._secrets.sub(_GONE, text) if self._secrets else text


def _forms(secret: str) -> set[str]:
    """The ways a secret is written: as it is, in a URL, in JSON, in a Python repr."""
    in_json = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    return {secret, quote(secret, safe=""), quote(secret), repr(secret)[1:-1]} | in_json


class _Formatter(structlog.stdlib.ProcessorFormatter):
    def __init__(self, scrub: Scrubber, *, console: bool) -> None:
        render: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
        if console:
            render.append(structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback))
        else:
            render += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        super().__init__(processors=render, foreign_pre_chain=[_knowledge_fields, *_shared(console=console)])
        self._scrub = scrub

    def format(self, record: logging.LogRecord) -> str:
        return self._scrub(super().format(record)).encode("utf-8", "backslashreplace").decode("utf-8")


def configure(level: str, *, secrets: Iterable[SecretStr | str | None] = (), stream: TextIO | None = None) -> Scrubber:
    """Send every log line at `level` or above to `stream` (stderr), scrubbed; uncaught exceptions too.

    Returns the scrubber, for text that goes elsewhere. May be called again: the last call holds.
    """
    stream = stream or sys.stderr
    scrub = Scrubber(secrets)
    console = stream.isatty()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Formatter(scrub, console=console))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in NOISY:
        logging.getLogger(name).setLevel(level if level == "DEBUG" else max(logging.WARNING, root.level))
    logging.getLogger("pypdf").setLevel(logging.ERROR)  # one warning a page for files that read well
    logging.raiseExceptions = False  # a closed stderr must not stop the copilot
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_shared(console=console), _to_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    _scrub_uncaught(scrub, stream)
    return scrub


_to_formatter = structlog.stdlib.ProcessorFormatter.wrap_for_formatter


_knowledge_fields = structlog.stdlib.ExtraAdder(allow=("notice", "scope", "noted", "stored"))


def _shared(*, console: bool) -> list[Any]:
    stamp = structlog.processors.TimeStamper(fmt="%H:%M:%S" if console else "iso", utc=not console)
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _without_private,
        stamp,
    ]


def _without_private(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if method != "debug":
        for field in PRIVATE & event.keys():
            del event[field]
    return event


def _scrub_uncaught(scrub: Scrubber, stream: TextIO) -> None:
    def show(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        stream.write(scrub("".join(traceback.format_exception(kind, error, trace))))

    def show_thread(args: threading.ExceptHookArgs) -> None:
        show(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = show
    threading.excepthook = show_thread
