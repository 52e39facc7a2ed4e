"""The three services that group robots post to, on loopback: their answers, error codes, signatures and limits."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.domain.robots import RobotKind

FEISHU_KEY, DINGTALK_KEY, WECOM_KEY = "0a1b2c3d-4e5f-6789-abcd-ef0123456789", "d" * 64, "693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa"
URLS = {
    RobotKind.FEISHU: f"https://open.feishu.cn/open-apis/bot/v2/hook/{FEISHU_KEY}",
    RobotKind.DINGTALK: f"https://oapi.dingtalk.com/robot/send?access_token={DINGTALK_KEY}",
    RobotKind.WECOM: f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={WECOM_KEY}",
}
UNKNOWN_KEY = {RobotKind.FEISHU: 19001, RobotKind.DINGTALK: 300005, RobotKind.WECOM: 93000}
TOO_FAST = {RobotKind.FEISHU: 11232, RobotKind.DINGTALK: 130101, RobotKind.WECOM: 45009}
BAD_SIGNATURE = {RobotKind.FEISHU: 19021, RobotKind.DINGTALK: 310000}
LONGEST = {RobotKind.FEISHU: 20_000, RobotKind.DINGTALK: 20_000, RobotKind.WECOM: 2_048}
Answer = Callable[[RobotKind], web.StreamResponse]


@dataclass
class RobotsDouble:
    """What was posted, by service; `next_answers` are given instead, in their order; `most` posts of each are taken."""

    posted: dict[RobotKind, list[str]] = field(default_factory=lambda: defaultdict(list))
    next_answers: list[Answer | int] = field(default_factory=list)
    keys: set[str] = field(default_factory=lambda: {FEISHU_KEY, DINGTALK_KEY, WECOM_KEY})
    signing: str = ""
    most: int = 1000
    url: str = ""

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/feishu/open-apis/bot/v2/hook/{key}", self._feishu)
        app.router.add_post("/dingtalk/robot/send", self._dingtalk)
        app.router.add_post("/wecom/cgi-bin/webhook/send", self._wecom)
        return app

    async def _feishu(self, request: web.Request) -> web.StreamResponse:
        said = await request.json()
        signed = not self.signing or said.get("sign") == _sign(f"{said.get('timestamp')}\n{self.signing}", "")
        text = said["content"]["text"] if said.get("msg_type") == "text" else ""
        return self._take(RobotKind.FEISHU, request.match_info["key"], text, signed)

    async def _dingtalk(self, request: web.Request) -> web.StreamResponse:
        asked, said = request.query, await request.json()
        about = f"{asked.get('timestamp')}\n{self.signing}"
        signed = not self.signing or asked.get("sign") == _sign(self.signing, about)
        return self._take(RobotKind.DINGTALK, asked["access_token"], _content(said), signed)

    async def _wecom(self, request: web.Request) -> web.StreamResponse:
        return self._take(RobotKind.WECOM, request.query["key"], _content(await request.json()), True)

    def _take(self, kind: RobotKind, key: str, text: str, signed: bool) -> web.StreamResponse:
        if self.next_answers:
            answer = self.next_answers.pop(0)
            return coded(kind, answer) if isinstance(answer, int) else answer(kind)
        if key not in self.keys:
            return coded(kind, UNKNOWN_KEY[kind])
        if not signed:
            return coded(kind, BAD_SIGNATURE[kind])
        if len(self.posted[kind]) >= self.most:
            return coded(kind, TOO_FAST[kind])
        if not text or len(text.encode()) > LONGEST[kind]:
            return coded(kind, 40058)
        self.posted[kind].append(text)
        return coded(kind, 0)


def coded(kind: RobotKind, code: int) -> web.StreamResponse:
    """The service's JSON answer with this code; the HTTP status is 200 all the same."""
    name, words = ("code", "msg") if kind is RobotKind.FEISHU else ("errcode", "errmsg")
    return web.json_response({name: code, words: "ok" if code == 0 else "refused"})


def status(number: int, **headers: str) -> Answer:
    """An answer with this HTTP status and no JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: web.Response(status=number, text="<html>gateway</html>", headers=named)


def _content(said: dict[str, dict[str, str]]) -> str:
    return said["text"]["content"] if said.get("msgtype") == "text" else ""


def _sign(key: str, about: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), about.encode(), hashlib.sha256).digest()).decode()


@asynccontextmanager
async def robots_double() -> AsyncIterator[RobotsDouble]:
    """The double, listening; `url` is what COPILOT_ROBOT_RELAY has to be."""
    double = RobotsDouble()
    async with TestServer(double.app()) as server:
        double.url = str(server.make_url("")).rstrip("/")
        yield double
