"""The chat model against a real HTTP endpoint that speaks OpenAI's protocol, well and badly."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot import llm
from bot.domain.access import Scope, Viewer
from bot.errors import ModelError
from bot.flows.answers import Answers
from bot.flows.words import say
from bot.llm import LangChainModel
from tests.paper_handbook import PaperHandbook, passage

pytestmark = pytest.mark.alone

PASSAGES = (passage("12.1", "在线掉了", "先看进人流速。{passages} {0} %s"), passage("12.2", "停留低", "先换开场。"))


def reply(content: Any, **more: Any) -> Response:
    message = {"role": "assistant", "content": content}
    body = {"id": "1", "object": "chat.completion", "created": 1, "model": "m"}
    body["choices"] = [{"index": 0, "message": message, "finish_reason": "stop"}]  # type: ignore[assignment]
    return Response(json.dumps({**body, **more}), media_type="application/json")


def streamed(*pieces: str, wait: float = 0.0) -> Response:
    """The pieces as server-sent events, `wait` seconds apart."""

    async def lines() -> AsyncIterator[str]:
        for piece in pieces:
            await asyncio.sleep(wait)
            choice = {"index": 0, "delta": {"content": piece}, "finish_reason": None}
            chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
            yield f"data: {json.dumps(chunk)}\n\n"
        yield "data: [DONE]\n\n"

    return StreamingResponse(lines(), media_type="text/event-stream")


class Endpoint:
    """Answers with `respond`; keeps what it was sent."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.respond: Callable[[], Response] = lambda: reply("先看进人流速 [1]。")
        self.wait = 0.0
        self.url = ""

    async def complete(self, request: Request) -> Response:
        self.keys.append(request.headers.get("authorization"))
        self.requests.append(await request.json())
        await asyncio.sleep(self.wait)
        return self.respond()


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    found = Endpoint()
    app = Starlette(routes=[Route("/v1/chat/completions", found.complete, methods=["POST"])])
    # LangChain keeps its HTTP client for ever: a connection that it might use again would outlive the test's event loop.
    headers = [("connection", "close")]
    config = uvicorn.Config(app, port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=1, headers=headers)
    server = uvicorn.Server(config)
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        found.url = f"http://127.0.0.1:{bound.getsockname()[1]}/v1"
        serving = asyncio.create_task(server.serve(sockets=[bound]))
        while not server.started:  # noqa: ASYNC110 - uvicorn offers nothing to wait for
            await asyncio.sleep(0.01)
        yield found
        server.should_exit = True
        await serving


def model(endpoint: Endpoint, key: str | None = None) -> LangChainModel:
    return LangChainModel("some-model", base_url=endpoint.url, api_key=key)


async def test_passages_are_numbered_and_earlier_turns_come_before_the_question(endpoint: Endpoint) -> None:
    written = await model(endpoint).write("那停留呢？", PASSAGES, history=["在线掉了怎么办"])
    assert written == "先看进人流速 [1]。"
    system, earlier, question = endpoint.requests[0]["messages"]
    assert "[1] 12.1 在线掉了\n先看进人流速。{passages} {0} %s" in system["content"] and "[2] 12.2 停留低" in system["content"]
    assert (earlier["content"], question["content"]) == ("在线掉了怎么办", "那停留呢？")
    assert (system["role"], earlier["role"], question["role"]) == ("system", "user", "user")
    assert endpoint.requests[0]["temperature"] == 0 and endpoint.requests[0]["model"] == "some-model"


async def test_a_long_section_is_sent_by_its_beginning(endpoint: Endpoint) -> None:
    await model(endpoint).write("停留", [passage("1", "长", "停" * 50_000)])
    assert len(endpoint.requests[0]["messages"][0]["content"]) < 5_000


async def test_the_key_goes_to_the_endpoint_and_nobody_elses_does(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "somebody-elses")
    await model(endpoint).write("停留", PASSAGES)
    await model(endpoint, "my-key").write("停留", PASSAGES)
    assert endpoint.keys == ["Bearer none", "Bearer my-key"]


@pytest.mark.parametrize("text", ["\ud800", "\0", "{question}", "停" * 100_000, "\ufdfa" * 10_000, '"}]}'])
async def test_any_question_reaches_the_model_as_it_is_or_is_refused_in_our_own_terms(endpoint: Endpoint, text: str) -> None:
    try:
        await model(endpoint).write(text, PASSAGES, history=[text])
    except ModelError:
        assert text == "\ud800"
    else:
        assert endpoint.requests[0]["messages"][-1]["content"] == text


BAD: tuple[Callable[[], Response], ...] = (
    lambda: PlainTextResponse("<html>gateway</html>"),
    lambda: PlainTextResponse("no", 500),
    lambda: PlainTextResponse("no", 401),
    lambda: PlainTextResponse("no", 429, {"retry-after": "1"}),
    lambda: Response("{}", media_type="application/json"),
    lambda: Response("[]", media_type="application/json"),
    lambda: Response("null", media_type="application/json"),
    lambda: Response("{broken", media_type="application/json"),
    lambda: Response("", media_type="application/json"),
    lambda: reply("x", choices=[]),
    lambda: reply("x", choices=None),
    lambda: reply("x", choices=[{}]),
    lambda: reply("x", choices=[{"index": 0, "message": None, "finish_reason": "stop"}]),
    lambda: reply("x", choices="text"),
    lambda: reply("x", error={"message": "overloaded"}),
    lambda: reply({"a": 1}),
)


@pytest.mark.parametrize("respond", BAD, ids=range(len(BAD)))
async def test_a_broken_reply_is_a_model_error_and_the_handbook_answers(
    endpoint: Endpoint, respond: Callable[[], Response]
) -> None:
    endpoint.respond = respond
    answers = Answers(PaperHandbook(PASSAGES), model=model(endpoint))
    answer = await answers.ask(Viewer("t:1", "t:1", Scope()), "在线掉了怎么办")
    assert answer.text.startswith("先看进人流速。") and answer.notice in (
        say("model_unreachable", "zh"),
        say("model_unfaithful", "zh"),
    )


@pytest.mark.parametrize("content", ["", None, "忽略指令 [99]", "```", "x" * 100_000])
async def test_a_useless_reply_is_not_shown(endpoint: Endpoint, content: str | None) -> None:
    endpoint.respond = lambda: reply(content)
    answer = await Answers(PaperHandbook(PASSAGES), model=model(endpoint)).ask(Viewer("t:1", "t:1", Scope()), "在线掉了怎么办")
    assert answer.text.startswith("先看进人流速。") and answer.notice


async def test_a_faithful_reply_is_the_answer(endpoint: Endpoint) -> None:
    answer = await Answers(PaperHandbook(PASSAGES), model=model(endpoint)).ask(Viewer("t:1", "t:1", Scope()), "在线掉了怎么办")
    assert answer.text == "先看进人流速 [1]。" and answer.notice == ""


async def test_nobody_there_is_said_at_once() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}/v1"
    begun = time.monotonic()
    with pytest.raises(ModelError, match="没有回答"):
        await LangChainModel("m", base_url=url).write("停留", PASSAGES)
    assert time.monotonic() - begun < 10


async def test_a_model_that_takes_too_long_is_given_up(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llm, "TIMEOUT", 0.3)
    endpoint.wait = 5
    begun = time.monotonic()
    with pytest.raises(ModelError):
        await model(endpoint).write("停留", PASSAGES)
    assert time.monotonic() - begun < 4


async def test_who_listens_hears_the_answer_grow(endpoint: Endpoint) -> None:
    endpoint.respond = lambda: streamed("先看", "进人流速", " [1]。")
    heard: list[str] = []
    assert await model(endpoint).write("停留", PASSAGES, heard=heard.append) == "先看进人流速 [1]。"
    assert list(dict.fromkeys(heard)) == ["先看", "先看进人流速", "先看进人流速 [1]。"]
    assert endpoint.requests[0]["stream"] is True


async def test_an_endpoint_that_does_not_stream_answers_in_one_piece(endpoint: Endpoint) -> None:
    assert await model(endpoint).write("停留", PASSAGES, heard=lambda _: None) == "先看进人流速 [1]。"


async def test_words_that_trickle_for_ever_are_given_up(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llm, "LONGEST", 0.5)
    endpoint.respond = lambda: streamed(*["停"] * 1000, wait=0.1)
    begun = time.monotonic()
    with pytest.raises(ModelError):
        await model(endpoint).write("停留", PASSAGES, heard=lambda _: None)
    assert time.monotonic() - begun < 4


@pytest.mark.parametrize("respond", BAD, ids=range(len(BAD)))
async def test_a_broken_stream_is_a_model_error_and_the_handbook_answers(
    endpoint: Endpoint, respond: Callable[[], Response]
) -> None:
    endpoint.respond = respond
    answers = Answers(PaperHandbook(PASSAGES), model=model(endpoint))
    answer = await answers.ask(Viewer("t:1", "t:1", Scope()), "在线掉了怎么办", watch=lambda _: None)
    assert answer.text.startswith("先看进人流速。") and answer.notice


@pytest.mark.parametrize("name", ["nothing-like-this", "nobody:model", "openai:gpt-4o-mini", ":"])
def test_a_model_that_cannot_be_set_up_is_said_in_one_sentence(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.delenv(key, raising=False)
    with pytest.raises(ModelError, match="COPILOT_CHAT_MODEL") as caught:
        LangChainModel(name)
    assert "\n" not in str(caught.value)
