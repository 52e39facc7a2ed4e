"""Long walks through the world: which way, a seeded generator says, so that any step can be walked again."""

from __future__ import annotations

import asyncio
import random

from tests.stories.leaks import air, floor, office  # noqa: F401 - their actions are among those below
from tests.stories.leaks.world import ACTIONS, World

WEIGHTS = {"ask": 10, "deliver": 8, "press": 6, "open": 4, "bind": 8, "join": 10, "invite": 10, "authorise": 4, "delete": 1}
WEIGHTS |= {"plan": 5, "run": 4, "item": 4, "look": 4, "time": 6}
WEIGHTS |= {"go_live": 2, "feed": 4, "bring": 14, "watch": 5, "press_tip": 8, "why": 4, "read": 4, "export": 2}
ON_AIR = WEIGHTS | {"plan": 2, "run": 2, "item": 2, "look": 2, "time": 2}
"""The same where sessions are on the air: planning them takes the most time, and other worlds do it."""
"""How often what happens; deletions are few, or there would soon be nothing left to leak."""
LIFE = 250
"""Steps of one world."""
SESSIONS = frozenset({"plan", "run", "item", "look", "time"})
AIR = frozenset({"go_live", "feed", "bring", "watch", "press_tip", "why", "read", "export"})
JUMPS = frozenset({"tick", "set_back"})
"""After which no session is on the air any more."""
WITHOUT = (SESSIONS | AIR, AIR, JUMPS)
"""What one world after the other goes without: the more there is to do, the less often what takes several steps comes about."""


def walk(seed: int, steps: int) -> int:
    """Take so many steps, in one world after the other; returns the number taken. Raises Leak."""
    taken = 0
    loop = asyncio.new_event_loop()
    try:
        while taken < steps:
            loop.run_until_complete(_life(seed, min(LIFE, steps - taken)))
            taken += min(LIFE, steps - taken)
            seed += 1
    finally:
        loop.close()
    return taken


async def _life(seed: int, steps: int) -> None:
    world, choice = World(), random.Random(seed)
    await world.start()
    without = WITHOUT[seed % len(WITHOUT)]
    names = [name for name in ACTIONS if name not in without]
    weights = [(ON_AIR if "bring" in names else WEIGHTS).get(name, 2) for name in names]
    if "bring" in names:
        await air.opening(world)
    for name in choice.choices(names, weights, k=steps):
        await world.step(name, choice.choice)
    world.close()
