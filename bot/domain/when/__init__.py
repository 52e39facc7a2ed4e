"""When a live session is to start: read from chat, and said in messages. `now` and the zone are arguments."""

from bot.domain.when.kinds import FURTHEST, Reading, Slot, When, WhenWrong
from bot.domain.when.reading import read_slot, read_when
from bot.domain.when.spoken import spoken_when

__all__ = ["FURTHEST", "Reading", "Slot", "When", "WhenWrong", "read_slot", "read_when", "spoken_when"]
