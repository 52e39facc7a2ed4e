"""Which links Telegram takes in entities and buttons."""

from __future__ import annotations

import re

_LINK = re.compile(r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?P<host>[^\s/?#:@]+)(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)
_USER = re.compile(r"tg://user\?id=(\d+)$", re.IGNORECASE)


def checked_link(url: str) -> str:
    """The link in its stored form, or an empty string where Telegram sees no link at all."""
    url = url.strip()
    match = _LINK.fullmatch(url)
    if match is None:
        return ""
    scheme, host = (match["scheme"] or "").lower(), match["host"].lower()
    if scheme in ("tg", "ton"):
        return url
    if scheme not in ("", "http", "https") or ("." not in host and host != "localhost"):
        return ""
    bare = not re.search(r"[/?#]", url.split("://")[-1])
    return (url if scheme else f"http://{url}") + ("/" if bare else "")


def linked_user(url: str) -> int:
    """The user that a `tg://user?id=` link mentions, or 0."""
    match = _USER.match(url.strip())
    return int(match[1]) if match else 0
