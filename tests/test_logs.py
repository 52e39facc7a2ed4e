"""Logging: no secret in any line, whoever wrote it; what people asked stays out of INFO."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import Scrubber, configure
from knowledge.library import NOTICES

TOKEN = "123456789:AAEhBOweik9ai12RgsQ4Vx3kZ0-_abcdefG"
KEY = 'chat"key 密钥/1'


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level, sys.excepthook, threading.excepthook, logging.raiseExceptions)
    yield io.StringIO()
    root.handlers[:], root.level = before[0], before[1]
    sys.excepthook, threading.excepthook, logging.raiseExceptions = before[2:]
    structlog.reset_defaults()


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _everyone_logs() -> None:
    log = structlog.get_logger("bot.test")
    log.info("sent", url=f"https://api.telegram.org/bot{TOKEN}/sendMessage", key=KEY)
    logging.getLogger("telegram.ext").error("token %s", TOKEN)
    try:
        raise ValueError(f"/bot{TOKEN}/getMe with {KEY}")
    except ValueError:
        log.exception("failed")
        logging.getLogger("chromadb").exception("failed too")


@pytest.mark.parametrize("terminal", [False, True])
def test_no_line_holds_a_secret(stream: io.StringIO, terminal: bool) -> None:
    out = _Terminal() if terminal else stream
    configure("DEBUG", secrets=[KEY], stream=out)
    _everyone_logs()
    written = out.getvalue()
    assert written.count("***") >= 7
    for piece in (TOKEN, TOKEN[10:], KEY, json.dumps(KEY)[1:-1], json.dumps(KEY, ensure_ascii=False)[1:-1]):
        assert piece not in written


def test_piped_output_is_json_lines(stream: io.StringIO) -> None:
    configure("INFO", stream=stream)
    structlog.get_logger("bot.test").warning("中文", count=3)
    logging.getLogger("elsewhere").warning("plain %d", 1)
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert (first["event"], first["count"], first["level"], first["logger"]) == ("中文", 3, "warning", "bot.test")
    assert second["event"] == "plain 1"


def test_questions_are_logged_at_debug_only(stream: io.StringIO) -> None:
    configure("DEBUG", stream=stream)
    log = structlog.get_logger("bot.test")
    log.info("asked", question="在线掉了怎么办", elapsed=3)
    log.debug("asked", question="停留低怎么办")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert "question" not in first and first["elapsed"] == 3
    assert second["question"] == "停留低怎么办"


def test_request_lines_of_libraries_are_kept_out_of_info(stream: io.StringIO) -> None:
    configure("INFO", stream=stream)
    logging.getLogger("httpx").info("HTTP Request: GET …")
    logging.getLogger("httpx").warning("kept")
    structlog.get_logger("bot.test").debug("not now")
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["kept"]


def test_uncaught_exceptions_are_scrubbed(stream: io.StringIO) -> None:
    configure("INFO", stream=stream)
    try:
        raise ValueError(f"/bot{TOKEN}/getMe")
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    thread = threading.Thread(target=lambda: (_ for _ in ()).throw(ValueError(TOKEN)).__next__())
    thread.start()
    thread.join()
    assert TOKEN not in stream.getvalue()
    assert stream.getvalue().count("ValueError: ") == 2


def test_lone_surrogates_do_not_stop_the_log(stream: io.StringIO) -> None:
    configure("INFO", stream=stream)
    structlog.get_logger("bot.test").warning("broken \ud800 name")
    stream.getvalue().encode("utf-8")
    assert "broken" in stream.getvalue()


def test_scrubber_leaves_ordinary_text_alone() -> None:
    scrub = Scrubber([None, "abc", ""])
    text = "12:30 开播，abc 商品 1234567:短"
    assert scrub(text) == text


def test_scrubber_takes_out_the_token_in_a_quoted_address() -> None:
    assert TOKEN[10:] not in Scrubber()(f"bot{TOKEN.replace(':', '%3A')}/getMe")


def test_a_repair_of_the_index_is_one_structured_line_in_a_services_log(stream: io.StringIO) -> None:
    configure("INFO", stream=stream)
    library = logging.getLogger("knowledge.library")
    library.warning(NOTICES["vectors_set_aside"], extra={"notice": "vectors_set_aside", "scope": "handbook"})
    library.info("vectors.repaired", extra={"scope": "handbook", "noted": 3, "stored": 2})
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert (first["level"], first["notice"], first["scope"]) == ("warning", "vectors_set_aside", "handbook")
    assert (second["event"], second["noted"], second["stored"]) == ("vectors.repaired", 3, 2)
