"""`copilot simulate --post` from the command line: wrong usage, the token's ways, and where nothing answers."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.cli_office import Terminal, terminal

__all__ = ["terminal"]


@pytest.fixture
def closed() -> str:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{one.getsockname()[1]}/v1/sessions/5e551011"


def test_wrong_usage_says_what_to_write(terminal: Terminal, closed: str) -> None:
    assert "/v1/sessions/场次编号" in terminal.fails("simulate", "--post", "http://x", "--token", "t", code=2)
    assert "COPILOT_FEED_TOKEN" in terminal.fails("simulate", "--post", closed, code=2)
    assert "--post" in terminal.fails("simulate", "--speed", "3", code=2)
    assert "--post" in terminal.fails("simulate", "--token", "t", code=2)
    assert "1 到 60" in terminal.fails("simulate", "--post", closed, "--token", "t", "--speed", "0.1", code=2)
    assert "--out" in terminal.fails("simulate", "--post", closed, "--token", "t", "--out", "m.csv", code=2)


def test_where_nothing_answers_one_sentence_says_what_to_look_at(terminal: Terminal, closed: str) -> None:
    said = terminal.fails("simulate", "--post", closed, "--token", "ocf_secret")
    assert said.startswith("连不上这个网址。") and "COPILOT_HTTP_PORT" in said and "ocf_secret" not in said


def test_the_token_comes_from_the_environment_and_a_wrong_one_is_said(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    class Refuses(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(f"{self.path} {self.headers['authorization']}")
            body = b'{"error":"no_such_token","message":""}'
            self.send_response(401)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Refuses)
    threading.Thread(target=server.handle_request, daemon=True).start()
    monkeypatch.setenv("COPILOT_FEED_TOKEN", "ocf_environment")
    said = terminal.fails("simulate", "--post", f"http://127.0.0.1:{server.server_port}/v1/sessions/5e551011/samples")
    server.server_close()
    assert said == "令牌不对，或者已经停用。copilot feeds 列出在用的，copilot feeds add 新建一个。"
    assert seen == ["/v1/sessions/5e551011/samples Bearer ocf_environment"]
