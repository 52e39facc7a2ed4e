"""A live session that is watched by the built-in handbook's rules, minute by minute, over a real database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.build_sessions import tips_of
from bot.config import BUILT_IN_HANDBOOK
from bot.domain.access import Scope
from bot.domain.messages import Message
from bot.domain.samples import Sample
from bot.domain.sessions import LiveSession
from bot.flows.tips import TipDesk
from bot.following import read_reference
from bot.storage.samples import Samples
from tests.domain.rule_room import STEADY
from tests.flows.live_desk import GROUP, LiveDesk
from tests.office_desk import A

REFERENCE, _ = read_reference(BUILT_IN_HANDBOOK)
MINE = Scope(frozenset({A}))
MINUTE = timedelta(minutes=1)


@dataclass
class NudgeRoom:
    """The room of `rule_room`, brought by a feed; `tips` are the flows, which `restart` makes anew over the same rows."""

    desk: LiveDesk
    session: LiveSession
    minute: int = 0
    tips: TipDesk = field(init=False)

    def __post_init__(self) -> None:
        self.samples = Samples(self.desk.office.database)
        self.restart()

    def restart(self) -> None:
        """Another process over the same data."""
        office = self.desk.office
        self.tips = tips_of(office.database, office.office.gate, "zh", lambda: REFERENCE, lambda: None)

    def at(self, minute: float) -> datetime:
        """A moment of the session."""
        return self.session.go_live + minute * MINUTE

    async def bring(self, minutes: int, values: Mapping[str, float] | None = None, *, observed: bool = True) -> None:
        """So many minutes' samples, one each, with other figures in place of some; not `observed` when the process was killed."""
        for minute in range(self.minute, self.minute + minutes):
            self.desk.set(self.at(minute))
            figures = {name: float(figure(minute)) for name, figure in STEADY.items()} | (values or {})
            new = await self.samples.add(self.session.id, [Sample(self.at(minute), figures)], self.at(minute))
            if observed and new:
                await self.tips.desk.observe(self.session, new)
        self.minute += minutes

    async def tick(self, minute: float) -> int:
        """The clock looks."""
        return await self.tips.desk.tick(self.desk.set(self.at(minute)))

    async def told(self, chat: str = GROUP) -> list[str]:
        """The first lines of all messages to a chat, sent or not, without edits."""
        rows = [one for one in await self.desk.rows_of_outbox() if one.chat == chat and one.edit_of is None and one.message]
        return [Message.from_json(one.message).plain.splitlines()[0] for one in rows]
