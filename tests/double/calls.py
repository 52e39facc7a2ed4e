"""One request of the bot: its parameters, whatever form they came in."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.double.errors import bad_request

if TYPE_CHECKING:
    from tests.double.core import Sent


@dataclass(frozen=True)
class Upload:
    """An uploaded file."""

    name: str
    mime_type: str
    content: bytes


@dataclass
class Call:
    """The parameters of one request as text, its uploads by field name, and what it left in a chat, if anything."""

    method: str
    parameters: dict[str, str] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    sent: Sent | None = None

    def text(self, name: str) -> str:
        """A parameter as text; empty when missing."""
        return self.parameters.get(name, "")

    def required(self, name: str) -> str:
        """A parameter that must be there; ApiError 400 otherwise."""
        if not self.text(name):
            raise bad_request(f'parameter "{name}" is required')
        return self.text(name)

    def number(self, name: str, default: int = 0) -> int:
        """A whole number; what is none reads as 0, like at Telegram."""
        raw = self.text(name).strip()
        if not raw:
            return default
        try:
            return int(raw)
        except ValueError:
            return 0

    def flag(self, name: str) -> bool:
        """Whether a parameter says true, yes or 1."""
        return self.text(name).strip().lower() in ("true", "yes", "1")

    def json(self, name: str, what: str = "") -> Any:
        """A parameter holding JSON, None when missing; ApiError 400 names `what` when it cannot be read."""
        raw = self.text(name)
        if not raw:
            return None
        try:
            return json.loads(raw)
        except ValueError as error:
            raise bad_request(f"can't parse {what or name} JSON object") from error


async def read_call(request: web.Request, method: str) -> Call:
    """Query string, form, multipart form and JSON bodies alike."""
    call = Call(method, dict(request.query))
    if request.content_type == "application/json":
        await _read_json(request, call)
    elif request.method == "POST" and request.can_read_body:
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                call.uploads[name] = Upload(value.filename, value.content_type, value.file.read())
            else:
                call.parameters[name] = value if isinstance(value, str) else value.decode()
    return call


async def _read_json(request: web.Request, call: Call) -> None:
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError as error:
        raise bad_request("can't parse request body as JSON") from error
    for name, value in body.items():
        if value is not None:
            call.parameters[name] = value if isinstance(value, str) else json.dumps(value)
