"""Who is asking, and what they may read."""

from __future__ import annotations

from dataclasses import dataclass

HANDBOOK = "handbook"


@dataclass(frozen=True, slots=True)
class Scope:
    """The merchants a viewer may read; the handbook is always part of it."""

    merchants: frozenset[str] = frozenset()

    @property
    def collections(self) -> frozenset[str]:
        """Names of the knowledge collections that this scope opens."""
        return frozenset({HANDBOOK, *(f"merchant-{merchant}" for merchant in self.merchants)})


@dataclass(frozen=True, slots=True)
class Viewer:
    """One person in one chat. `person` and `chat` are channel-qualified, e.g. ``telegram:42``.

    `topic` is the forum topic within the chat, if any; `private` says that nobody else reads along.
    `language` is ``zh`` or ``en``: the language of buttons and notices.
    """

    person: str
    chat: str
    scope: Scope
    topic: int | None = None
    private: bool = True
    language: str = "zh"
