"""What several pages of an export say alike: people and moments."""

from __future__ import annotations

from datetime import datetime, tzinfo

from bot.channels.words import Phrase
from bot.flows.export import Contents

_LOCAL = Phrase("本机命令行", "the machine's command line")


def who(contents: Contents, id: str) -> str:
    """A person by name and id, the command line in words."""
    if id.startswith("terminal:"):
        return _LOCAL.to(contents.language)
    name = contents.belongings.names.get(id, "")
    return f"{name} ({id})" if name else id


def when(at: datetime | None, zone: tzinfo) -> str:
    """A moment in a zone, to the minute; nothing for none."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else ""
