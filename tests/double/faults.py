"""Faults on demand: what goes wrong on the way between the bot and Telegram, scripted or by chance with a seed."""

from __future__ import annotations

import random
from collections import Counter, deque
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong. `kind` is one of the functions below."""

    kind: str
    seconds: float = 0
    text: str = ""
    code: int = 0


def too_many(retry_after: int = 1) -> Fault:
    """429 with retry_after in seconds; nothing is accepted."""
    return Fault("too_many", retry_after)


def bad_gateway() -> Fault:
    """502 with an HTML body; nothing is accepted."""
    return Fault("bad_gateway")


def drop_before() -> Fault:
    """The connection breaks before the request is handled."""
    return Fault("drop_before")


def drop_after() -> Fault:
    """The request is handled, the connection breaks instead of the reply."""
    return Fault("drop_after")


def slow(seconds: float) -> Fault:
    """The request is handled at once, the reply comes late."""
    return Fault("slow", seconds)


def forbidden(text: str = "bot was blocked by the user") -> Fault:
    """403; nothing is accepted."""
    return Fault("forbidden", text=text)


def refused(code: int, description: str) -> Fault:
    """Any other error of the Bot API, in its own words."""
    return Fault("refused", code=code, text=description)


def migrate() -> Fault:
    """The basic group that is written to becomes a supergroup just before; in other chats nothing happens."""
    return Fault("migrate")


@dataclass
class Chance:
    """A fault that happens to a share of the calls until it is stopped."""

    fault: Fault
    method: str
    probability: float
    stopped: bool = False

    def stop(self) -> None:
        """No more of it."""
        self.stopped = True


class Faults:
    """Which fault the next call meets; scripts go before chance. `happened` counts (method, kind)."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self._scripts: dict[str, deque[Fault | None]] = {}
        self._chances: list[Chance] = []
        self.happened: Counter[tuple[str, str]] = Counter()

    def script(self, method: str, *faults: Fault | None) -> None:
        """The next calls of `method` meet these faults in turn; None lets one pass."""
        self._scripts.setdefault(method.lower(), deque()).extend(faults)

    def often(self, fault: Fault, *, probability: float, method: str = "*") -> Chance:
        """Every call of `method` (`*`: every method) meets the fault with this probability."""
        chance = Chance(fault, method.lower(), probability)
        self._chances.append(chance)
        return chance

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._scripts.clear()
        self._chances.clear()

    def draw(self, method: str) -> Fault | None:
        """The fault for one call of `method`, if any."""
        fault = self._draw(method.lower())
        if fault is not None:
            self.happened[method, fault.kind] += 1
        return fault

    def _draw(self, method: str) -> Fault | None:
        script = self._scripts.get(method)
        if script:
            return script.popleft()
        for chance in self._chances:
            if not chance.stopped and chance.method in ("*", method) and self._random.random() < chance.probability:
                return chance.fault
        return None
