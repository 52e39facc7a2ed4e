"""Group robots of Feishu, DingTalk and WeCom: which addresses are one, what is posted there, what the answers mean.

Only the three services' own addresses are taken, word for word: whoever adds a robot must not be able to make the copilot
call anything else. Sources: the services' pages on custom group robots. No I/O.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any
from urllib.parse import quote_plus

from bot.domain.messages import Message


class RobotKind(StrEnum):
    """Whose robot it is."""

    FEISHU = "feishu"
    DINGTALK = "dingtalk"
    WECOM = "wecom"


_ADDRESSES = {
    RobotKind.FEISHU: re.compile(r"https://open\.feishu\.cn/open-apis/bot/v2/hook/[0-9A-Za-z-]{16,64}"),
    RobotKind.DINGTALK: re.compile(r"https://oapi\.dingtalk\.com/robot/send\?access_token=[0-9A-Za-z]{16,128}"),
    RobotKind.WECOM: re.compile(r"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=[0-9A-Za-z-]{16,64}"),
}
_SIGNING = re.compile(r"[0-9A-Za-z]{8,128}")
# UTF-8 bytes of one text: WeCom takes 2048, DingTalk and Feishu about 20,000 with everything around it.
_LONGEST = {RobotKind.FEISHU: 15_000, RobotKind.DINGTALK: 15_000, RobotKind.WECOM: 2_000}
MINUTE = 60.0
BUTTONS_ELSEWHERE = "（按钮在 Telegram 群里）"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a robot is posted to, and what its posts are signed with if it wants that. A secret as a whole."""

    kind: RobotKind
    url: str
    signing: str = ""

    @property
    def written(self) -> str:
        """As it is stored; `stored` reads it back."""
        return f"{self.url}#{self.signing}" if self.signing else self.url

    @property
    def fingerprint(self) -> str:
        """What may be shown of it: enough to tell two apart."""
        return hashlib.sha256(self.url.encode()).hexdigest()[:6]


def address(said: str) -> Address | None:
    """The address in what somebody wrote: the robot's URL, and behind it the key to sign with if it has one; None otherwise."""
    url, *more = said.split()[:3] or [""]
    kind = next((kind for kind, known in _ADDRESSES.items() if known.fullmatch(url)), None)
    if kind is None or len(more) > 1 or (more and (kind is RobotKind.WECOM or not _SIGNING.fullmatch(more[0]))):
        return None
    return Address(kind, url, more[0] if more else "")


def stored(written: str) -> Address | None:
    """The address that `Address.written` wrote down."""
    return address(written.replace("#", " ", 1))


def pieces(kind: RobotKind, message: Message) -> tuple[str, ...]:
    """The message as plain texts that the service takes, cut at ends of lines.

    Links become a line at its end; of buttons that cannot be pressed there it says where they are.
    """
    buttons = [button for row in message.buttons for button in row]
    links = [f"[{button.label} {button.url}]" for button in buttons if button.url]
    below = [" ".join(links)] if links else []
    below += [BUTTONS_ELSEWHERE] if len(links) < len(buttons) else []
    whole = "\n".join((message.plain.strip(), *below))
    sane = whole.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is no JSON in UTF-8
    return tuple(_cut(sane, _LONGEST[kind])) or (sane,)


def _cut(text: str, most: int) -> Iterator[str]:
    piece = ""
    for line in text.splitlines(keepends=True):
        while len((piece + line).encode()) > most:
            if not piece:
                piece, line = _first_bytes(line, most)
            yield piece.rstrip("\n")
            piece = ""
        piece += line
    if piece.strip():
        yield piece.rstrip("\n")


def _first_bytes(line: str, most: int) -> tuple[str, str]:
    """A line that is too long by itself, parted between two characters."""
    end = len(line.encode()[:most].decode("utf-8", "ignore"))
    return line[:end], line[end:]


def post(to: Address, text: str, now: datetime) -> tuple[str, dict[str, Any]]:
    """The URL to post to and the JSON to post, signed where the robot wants it."""
    if to.kind is RobotKind.FEISHU:
        signed: dict[str, Any] = {}
        if to.signing:
            at = str(int(now.timestamp()))
            signed = {"timestamp": at, "sign": _signature(f"{at}\n{to.signing}", "")}
        return to.url, {**signed, "msg_type": "text", "content": {"text": text}}
    url = to.url
    if to.signing:
        at = str(int(now.timestamp() * 1000))
        url += f"&timestamp={at}&sign={quote_plus(_signature(to.signing, f'{at}{chr(10)}{to.signing}'))}"
    return url, {"msgtype": "text", "text": {"content": text}}


def _signature(key: str, about: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), about.encode(), hashlib.sha256).digest()).decode()


class Fate(Enum):
    """What became of a post."""

    TAKEN = "taken"
    BUSY = "busy"
    """Not taken; later it will be."""
    REFUSED = "refused"
    """This text will never be taken, or not as the robot is set up."""
    GONE = "gone"
    """There is no such robot any more."""


_BUSY = {RobotKind.FEISHU: {9499, 11232}, RobotKind.DINGTALK: {-1, 130101, 410100}, RobotKind.WECOM: {-1, 45009, 45033}}
_GONE = {RobotKind.FEISHU: {19001}, RobotKind.DINGTALK: {300005, 400013, 400101, 400102, 400106}, RobotKind.WECOM: {93000}}


def fate(kind: RobotKind, answer: Mapping[str, Any]) -> tuple[Fate, int] | None:
    """What the service's JSON answer means, with its code; None when it says nothing that can be understood.

    All three answer a refusal with the HTTP status 200.
    """
    code = answer.get("code", answer.get("StatusCode")) if kind is RobotKind.FEISHU else answer.get("errcode")
    if not isinstance(code, int) or isinstance(code, bool):
        return None
    if code == 0:
        return Fate.TAKEN, code
    return (Fate.BUSY if code in _BUSY[kind] else Fate.GONE if code in _GONE[kind] else Fate.REFUSED), code
