"""Which figure a limit has for a session: from its own earlier sessions, else from comparable rooms, else the handbook's, else
from this session itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.domain.baselines import Low
from bot.domain.decisions import Source, Threshold
from bot.domain.nudges import Limit
from bot.domain.seats import Median

_LEAST = 0.5


def threshold(
    limit: Limit, own: Median, peers: Sequence[Median], itself: Callable[[str, float], Low | None]
) -> Threshold | None:  # fmt: skip
    """The threshold in force; None while none is known.

    `own` and each of `peers`, of which the first that has the metric counts, are medians by metric with whose they are; `itself`
    says for a metric and a factor what is low for this session.
    """
    found = _known(limit, own, peers)
    here = None if limit.session is None else itself(limit.of, limit.session)
    if found is None or here is None or here.below >= found.value:
        return found or (None if here is None else Threshold(here.below, Source.SESSION, here.usual))
    # Some products sell less well; a session's own spread may lower the bar, but not so far that nothing would be seen.
    return Threshold(max(here.below, _LEAST * found.value), Source.SESSION, here.usual)


def _known(limit: Limit, own: Median, peers: Sequence[Median]) -> Threshold | None:
    for factor, (medians, source) in ((limit.own, own), *((limit.peers, one) for one in peers)):
        if factor is not None and limit.of in medians:
            return Threshold(factor * medians[limit.of], source, medians[limit.of])
    return None if limit.default is None else Threshold(limit.default, Source.DEFAULT)
