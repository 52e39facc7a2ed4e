"""What the index had to mend, said to the person at the terminal in one line instead of a log's."""

from __future__ import annotations

import logging

from bot.commands.common import note
from bot.commands.words import say

_EVENTS = frozenset({"vectors_set_aside", "catalogue_set_aside", "handbook.model_changed"})


class Notices(logging.Filter):
    """On a log handler: says the notices that it knows and keeps them out of the log; everything else passes."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is for the log."""
        event = record.msg.get("event") if isinstance(record.msg, dict) else getattr(record, "notice", None)
        if event not in _EVENTS:
            return True
        note(say(self._language, event))
        return False
