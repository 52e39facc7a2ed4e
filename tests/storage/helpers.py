"""What several storage tests share."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.storage.database import Database
from bot.storage.inbox import Inbox

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]


def inbox_of(database: Database) -> Inbox:
    return Inbox(database)
