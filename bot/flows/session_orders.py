"""The running order of a live session: held until somebody confirms it, checked, stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.access import Right, Scope
from bot.domain.audit import Deed
from bot.domain.order_checks import Remark, check
from bot.domain.order_rows import mark_of, order_of, rows_of
from bot.domain.running_order import RunningOrder
from bot.domain.sessions import LiveSession
from bot.domain.wording import Wording
from bot.errors import NotFound, Refused
from bot.flows.access import Actor
from bot.flows.session_ground import Ground
from bot.flows.sessions import require_open


@dataclass(frozen=True, slots=True)
class OrderDesk:
    """Running orders. `wordings` gives the handbook's list of what must not be said."""

    ground: Ground
    wordings: Callable[[], Iterable[Wording]]

    async def hold(self, actor: Actor, id: str, order: RunningOrder, *, scope: Scope) -> LiveSession:
        """Hold an order until `keep`; the one before counts as long. Raises NotFound, Refused."""
        session = await self.ground.one(actor, id, Right.RUN, scope=scope)
        require_open(session)
        await self.ground.sessions.draft_order(id, rows_of(order))
        return session

    async def keep(self, actor: Actor, id: str, *, seen: str, scope: Scope) -> tuple[LiveSession, RunningOrder]:
        """Store the order that is held, if it is the one that was `seen` (its `mark_of`). Raises NotFound, Refused."""
        session = await self.ground.one(actor, id, Right.RUN, scope=scope)
        require_open(session)
        held = await self.ground.sessions.order_draft(id, scope=scope)
        if held is None:
            raise NotFound("no_order_held")
        order = order_of(held)
        if mark_of(order) != seen:
            raise Refused("order_replaced")
        entry = self.ground.entry(actor, Deed.ORDER_KEPT, session, lines=str(len(held)))
        await self.ground.sessions.keep_running_order(id, held, entry)
        return session, order

    async def of(self, session: LiveSession, *, scope: Scope) -> RunningOrder:
        """The stored order, without lines when there is none."""
        return order_of(await self.ground.sessions.running_order(session.id, scope=scope))

    def remarks(self, session: LiveSession, order: RunningOrder) -> tuple[Remark, ...]:
        """What has to be put right in an order of this session."""
        goal = None if session.goal is None else Decimal(session.goal)
        return check(order, length=session.length, wordings=self.wordings(), goal=goal, go_live=session.go_live)
