"""Driving the double from another process: POST /control/{doing} with a JSON object.

    user     {"name", "language"}                    -> {"user"}
    say      {"user", "text", "chat"?, "reply_to"?}  -> {"message"}
    press    {"user", "message", "button", "chat"?}  -> {"text", "alert"}
    inline   {"user", "query"}                       -> {"results"}
    messages {"user", "chat"?}                       -> {"messages", "transcript"}

`user` is the id from the first call, `chat` an id (default: the user's private chat).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.double.people import ChatView, MessageView, Person

if TYPE_CHECKING:
    from tests.double.core import TelegramDouble

Json = dict[str, Any]


def add_routes(app: web.Application, double: TelegramDouble) -> None:
    """Put the endpoint into the application."""

    async def handle(request: web.Request) -> web.Response:
        doing = _DOINGS.get(request.match_info["doing"])
        if doing is None:
            return web.json_response({"error": f"no such doing; there are {', '.join(_DOINGS)}"}, status=404)
        try:
            return web.json_response(await doing(double, await request.json()))
        except (KeyError, ValueError, AssertionError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)

    app.router.add_post("/control/{doing}", handle)


def _who(double: TelegramDouble, body: Json) -> tuple[Person, ChatView]:
    user = double.world.users[int(body["user"])]
    return Person(double, user), ChatView(double, double.world.chats[int(body.get("chat") or user.id)])


def _which(double: TelegramDouble, chat: ChatView, number: int) -> MessageView:
    return MessageView(double, chat.chat, chat.chat.messages[int(number)])


async def _user(double: TelegramDouble, body: Json) -> Json:
    return {"user": double.user(body.get("name", "Alice"), language=body.get("language", "zh")).id}


async def _say(double: TelegramDouble, body: Json) -> Json:
    person, chat = _who(double, body)
    reply_to = _which(double, chat, body["reply_to"]) if body.get("reply_to") else None
    return {"message": (await person.say(chat, body["text"], reply_to=reply_to)).id}


async def _press(double: TelegramDouble, body: Json) -> Json:
    person, chat = _who(double, body)
    toast = await person.presses(_which(double, chat, body["message"]), body["button"])
    return {"text": str(toast), "alert": toast.alert}


async def _inline(double: TelegramDouble, body: Json) -> Json:
    person, _ = _who(double, body)
    results = await person.inline(body["query"])
    return {"results": [{"id": r.id, "title": r.title, "description": r.description, "text": r.text} for r in results]}


async def _messages(double: TelegramDouble, body: Json) -> Json:
    _, chat = _who(double, body)
    return {"messages": [message.data for message in chat.messages], "transcript": chat.transcript()}


_DOINGS: dict[str, Callable[[TelegramDouble, Json], Awaitable[Json]]] = {
    "user": _user,
    "say": _say,
    "press": _press,
    "inline": _inline,
    "messages": _messages,
}
