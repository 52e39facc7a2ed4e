"""A session and its items in memory, for whoever tests what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.checklists import Due, Evidence, Item, Stage, Variant
from bot.domain.rhythm import Rhythm
from bot.domain.sessions import LiveSession, Post

ZONE = "Asia/Shanghai"
SHANGHAI = ZoneInfo(ZONE)
GO_LIVE = datetime(2026, 3, 6, 20, 0, tzinfo=SHANGHAI)
MINUTE, HOUR, DAY = 60, 3600, 86400
RHYTHM = Rhythm(ZONE)
OPERATOR, HOST = "telegram:3", "telegram:4"


def session(**changes: object) -> LiveSession:
    """A daily session of three hours at eight in the evening."""
    made = LiveSession(
        "5e551011", "0000aaaa", "000000a1", "小雅", GO_LIVE, timedelta(hours=3), ZONE, Variant.DAILY, OPERATOR,
        posts=(Post("主播", HOST),),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def item(id: str, seconds: int, every: int | None = None, **changes: object) -> Item:
    """An item of the daily variant; its letter says the stage."""
    stage = {"B": Stage.BEFORE, "D": Stage.DURING, "A": Stage.AFTER}[id[0]]
    due: Mapping[Variant, Due] = {Variant.DAILY: Due(seconds, stage is Stage.AFTER, every)}
    made = Item(id, stage, f"做 {id}", "中控", "出过事。", Evidence.NONE, "", False, "11.3", due)
    return replace(made, **changes)  # type: ignore[arg-type]


def at(hour: int, minute: int = 0, day: int = 6, second: int = 0) -> datetime:
    """A moment in March 2026, Shanghai."""
    return datetime(2026, 3, day, hour, minute, second, tzinfo=SHANGHAI)
