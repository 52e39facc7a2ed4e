"""Which figure a limit has for a session: from its own earlier sessions, else from comparable rooms, else the handbook's, else
from this session itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.domain.decisions import Source, Threshold
from bot.domain.nudges import Limit


def threshold(
    limit: Limit, own: Mapping[str, float], peers: Mapping[str, float], itself: Callable[[str, float], float | None]
) -> Threshold | None:
    """The threshold in force; None while none is known.

    `own` and `peers` are 7-day same-slot medians by metric; `itself` gives this session's own figure for a metric and a factor.
    """
    if limit.own is not None and limit.of in own:
        return Threshold(limit.own * own[limit.of], Source.OWN)
    if limit.peers is not None and limit.of in peers:
        return Threshold(limit.peers * peers[limit.of], Source.PEERS)
    if limit.default is not None:
        return Threshold(limit.default, Source.DEFAULT)
    if limit.session is not None and (found := itself(limit.of, limit.session)) is not None:
        return Threshold(found, Source.SESSION)
    return None
