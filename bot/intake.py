"""A file that somebody sent, judged and outlined by the knowledge library, with its refusals as the product's."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.domain.documents import Seen
from bot.errors import Refused
from knowledge.errors import Unfit
from knowledge.intake import clean_name, examine
from knowledge.preview import outline


async def inspect(name: str, path: Path) -> Seen:
    """What the file at `path`, which was sent as `name`, turns out to be. Raises Refused.

    Its bytes are looked at first; only what may come in is read, and that in a process of its own.
    """
    cleaned = clean_name(name)
    try:
        kind = await asyncio.to_thread(lambda: examine(cleaned, path.read_bytes()))
        found = await outline(path, cleaned)
    except Unfit as error:
        raise Refused(error.reason, **error.values) from error
    return Seen(cleaned, kind.value, found.title, found.sections, found.headings, found.pages, found.characters)
