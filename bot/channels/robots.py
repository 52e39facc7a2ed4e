"""Group robots as a Channel that only sends: plain text, no edits. Knows nothing about who may read what there.

No address stands in an error or a log: it is the key to somebody's group. Redirects are not followed, and where requests
go is one of three known places, or the relay that the settings name.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from hashlib import blake2b
from urllib.parse import urlsplit

import httpx

from bot.domain.messages import Message
from bot.domain.outgoing import ROBOT
from bot.domain.robots import MINUTE, Address, Fate, fate, pieces, post
from bot.errors import ChannelError, PermanentChannelError, TemporaryChannelError, UnknownOutcome
from bot.flows.ports import Sent

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
"""Failures from before the request left."""
NOT_TAKEN = (429, 503)
SECONDS = 10.0
REMEMBERED = 200
"""Half-sent messages that are remembered at most."""


class RobotsChannel:
    """The Channel port; a chat is a robot's number. `find` gives a robot's address, None when it was removed."""

    name = ROBOT

    def __init__(self, find: Callable[[int], Awaitable[Address | None]], now: Callable[[], datetime], relay: str = "") -> None:
        """With a `relay` everything goes to that address, each service below its name."""
        self._find = find
        self._now = now
        self._relay = relay
        self._client = httpx.AsyncClient(timeout=SECONDS, follow_redirects=False)
        self._half_sent: OrderedDict[str, int] = OrderedDict()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def send(self, chat: str, message: Message, *, topic: int | None = None, reply_to: int | None = None) -> Sent:
        """Post a message as one text or several. Raises the ChannelError family.

        Called again with the same message after an error it leaves out what the service has confirmed before.
        """
        to = await self._find(int(chat))
        if to is None:
            raise PermanentChannelError("robot removed", chat_gone=True)
        task = blake2b(f"{chat}:{message!r}".encode("utf-8", "replace"), digest_size=16).hexdigest()
        texts, done = pieces(to.kind, message), self._half_sent.pop(task, 0)
        try:
            for text in texts[done:]:
                await self._post(to, text)
                done += 1
        except ChannelError:
            if done:
                self._half_sent[task] = done
                while len(self._half_sent) > REMEMBERED:
                    self._half_sent.popitem(last=False)
            raise
        return Sent(())

    async def edit(self, chat: str, message_id: int, message: Message) -> None:
        """Robots cannot edit. Raises PermanentChannelError."""
        raise PermanentChannelError("robots cannot edit")

    async def _post(self, to: Address, text: str) -> None:
        url, body = post(to, text, self._now())
        if self._relay:
            parts = urlsplit(url)
            url = f"{self._relay}/{to.kind}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        try:
            answer = await self._client.post(url, json=body)
        except NOT_SENT as error:
            raise TemporaryChannelError(f"{to.kind}: {type(error).__name__}") from None  # not chained: the URL is in it
        except httpx.HTTPError as error:
            raise UnknownOutcome(f"{to.kind}: {type(error).__name__}") from None
        _check(to, answer)


def _check(to: Address, answer: httpx.Response) -> None:
    """Raises the ChannelError that the answer means; returns when the text was taken."""
    status = answer.status_code
    if status in NOT_TAKEN:
        raise TemporaryChannelError(f"{to.kind}: HTTP {status}", _wait(answer.headers))
    if status >= 500:
        raise UnknownOutcome(f"{to.kind}: HTTP {status}")
    if status != 200:
        raise PermanentChannelError(f"{to.kind}: HTTP {status}")
    try:
        said = answer.json()
    except ValueError:
        said = None
    found = fate(to.kind, said) if isinstance(said, dict) else None
    if found is None:
        raise UnknownOutcome(f"{to.kind}: no answer of a robot")
    what, code = found
    if what is Fate.BUSY:
        raise TemporaryChannelError(f"{to.kind}: {code}", _wait(answer.headers))
    if what is not Fate.TAKEN:
        raise PermanentChannelError(f"{to.kind}: {code}", chat_gone=what is Fate.GONE)


def _wait(headers: Mapping[str, str]) -> float:
    """Seconds that the service asks for; all three count by the minute."""
    asked = headers.get("retry-after", "")
    return float(asked) if asked.isascii() and asked.isdigit() else MINUTE
