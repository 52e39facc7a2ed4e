"""Addresses that live metrics are fetched from: which may be, how often, and what an answer means for the next time. Pure.

Whoever sets an address must not be able to make the copilot look around in the network that it stands in: see `forbidden`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit

SHORTEST, LONGEST, USUAL = 5, 60, 15
"""Seconds between two fetches."""
LONGEST_URL, MOST_HEADERS, LONGEST_HEADER = 2_000, 5, 2_000
SLOWEST = timedelta(minutes=5)
"""How long is waited at most after failures, unless the server asks for more."""
PATIENCE = timedelta(hours=1)
"""How long a server may ask to be left alone."""
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
_OURS = frozenset({"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "if-none-match"})
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Fault(StrEnum):
    """Why nothing came."""

    REFUSED = "refused"
    """401 or 403: the secret is wrong or has expired."""
    GONE = "gone"
    """404 or 410."""
    FORBIDDEN = "forbidden"
    """It leads to an address that may not be called."""
    STATUS = "status"
    UNREACHABLE = "unreachable"
    SLOW = "slow"
    TOO_LARGE = "too_large"
    COMPRESSED = "compressed"
    REDIRECTS = "redirects"
    NOT_UNDERSTOOD = "not_understood"
    NO_FIGURES = "no_figures"
    AMBIGUOUS = "ambiguous"
    """Several live sessions, and nothing says of which the figures are."""
    NO_SOURCE = "no_source"


PERMANENT = frozenset({Fault.REFUSED, Fault.GONE, Fault.FORBIDDEN})
"""What does not mend itself: whoever set the address is told."""


class UrlWrong(StrEnum):
    """Why an address was refused; `Refused.reason`."""

    URL = "poll_url"
    USER = "poll_url_user"
    FORBIDDEN = "poll_url_forbidden"
    EVERY = "poll_every"
    HEADER = "poll_header"


@dataclass(frozen=True, slots=True)
class Poll:
    """What is fetched for a feed: every so many seconds while its session is live. `url` and `headers` are secrets."""

    feed: str
    url: str
    headers: Mapping[str, str]
    every: int
    merchant: str = ""

    @property
    def host(self) -> str:
        """What may be shown of the address."""
        return host_of(self.url)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: a body, or that nothing changed since (`body` is None), or why nothing came. `wait` are seconds asked for."""

    fault: Fault | None = None
    body: bytes | None = None
    kind: str = ""
    etag: str = ""
    modified: str = ""
    status: int = 0
    wait: float | None = None


def host_of(url: str) -> str:
    """The host in an address, in lower case; empty where there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def wrong_in(url: str, allowed: Collection[str] = ()) -> UrlWrong | None:
    """What is wrong with an address; hosts in `allowed` may be anywhere."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return UrlWrong.URL
    fine = parts.scheme in ("http", "https") and parts.hostname and port != 0 and len(url) <= LONGEST_URL
    if not fine or not url.isascii() or re.search(r"[\s\x00-\x20\x7f\\]", url):
        return UrlWrong.URL
    if "@" in parts.netloc:
        return UrlWrong.USER
    host = (parts.hostname or "").lower()
    literal = _literal(host)
    near = host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
    if host not in allowed and (near or (literal is not None and forbidden(literal))):
        return UrlWrong.FORBIDDEN
    return None


def wrong_headers(headers: Mapping[str, str]) -> bool:
    """Whether these cannot be sent along."""
    return len(headers) > MOST_HEADERS or any(
        not _HEADER.fullmatch(name)
        or name.lower() in _OURS
        or not value.isascii()
        or not value.isprintable()
        or len(value) > LONGEST_HEADER
        for name, value in headers.items()
    )


def forbidden(address: str) -> bool:
    """Whether an IP address is none of the open internet: private, loopback, link-local, metadata, multicast, reserved.

    Addresses that carry an IPv4 address inside (mapped, 6to4, Teredo, NAT64) are as that one is.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return forbidden(str(inner))
    return not found.is_global or found.is_multicast


def wait(every: int, failures: int, asked: float | None = None) -> timedelta:
    """How long until the next fetch after so many failures in a row; `asked` are seconds that the server asked for."""
    usual = timedelta(seconds=every)
    backed = min(usual * (1 << min(failures, 10)), max(SLOWEST, usual))
    return max(backed, min(timedelta(seconds=asked), PATIENCE)) if asked else backed


def _literal(host: str) -> str | None:
    """A host that is an IP address, in any of the ways that resolvers read one: 2130706433 and 0x7f.1 are 127.0.0.1."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    parts = host.split(".")
    if not parts or len(parts) > 4 or not all(re.fullmatch(r"0x[0-9a-f]+|[0-9]+", part) for part in parts):
        return None
    numbers = [int(part, 16) if part.startswith("0x") else int(part, 8 if part.startswith("0") and part.isdigit() else 10)
               for part in parts if not re.fullmatch(r"0[0-9]*[89][0-9]*", part)]  # fmt: skip
    if len(numbers) != len(parts):
        return None
    value = numbers[-1]
    for place, number in enumerate(numbers[:-1]):
        value += number << (24 - 8 * place)
    return str(ipaddress.IPv4Address(value)) if 0 <= value < 2**32 else None
