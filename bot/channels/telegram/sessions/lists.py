"""Lists of live sessions: a line and a button each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.channels import plan_words
from bot.channels.plan_actions import made
from bot.channels.telegram.render import short
from bot.channels.telegram.sessions import words
from bot.channels.telegram.sessions.spot import Spot
from bot.channels.words import Phrase
from bot.domain.messages import Button, Message, Part, Style
from bot.domain.sessions import LiveSession, Status
from bot.domain.when import spoken_when

MOST = 20
"""Sessions with a button on one list."""
LABEL = 40
MARKS = {Status.PLANNED: "📅", Status.LIVE: "🔴", Status.ENDED: "⏹", Status.CANCELLED: "✖️"}


async def listed(spot: Spot, found: Sequence[LiveSession], title: Phrase) -> Message:
    """The sessions by their start; each button opens one."""
    names = await spot.floor.ground.news.merchants.names(*{one.merchant for one in found})
    said = {Status.LIVE: words.LINE_LIVE}
    lines = [_line(spot, one, names, said.get(one.status, words.LINE)) for one in found[:MOST]]
    # Without its end: a button is narrow, and whose session it is has to be seen.
    rows = [
        (Button(short(_line(spot, one, names, words.OPENS), LABEL), made("plan_card", one.id)),)
        for one in found[:MOST]
        if _opens(one)
    ]
    more = [spot.say(words.MORE, n=len(found) - MOST)] if len(found) > MOST else []
    body = "\n" + "\n".join([*lines, *more])
    return Message((Part(spot.say(title), Style.BOLD), Part(body)), tuple(rows))


def _line(spot: Spot, session: LiveSession, names: Mapping[str, str], phrase: Phrase) -> str:
    when = spoken_when(session.go_live, now=spot.now, zone=session.local_zone, language=spot.language)
    host = spot.say(words.WITH_HOST, host=session.host) if session.host else ""
    end, same = session.ends_at, session.ends_at.date() == session.go_live.date()
    until = f"{end:%H:%M}" if same else plan_words.NEXT_DAY.to(spot.language, time=f"{end:%H:%M}")
    return spot.say(
        phrase, mark=MARKS.get(session.status, ""), when=when, end=until, merchant=names.get(session.merchant, ""), host=host
    )


def _opens(session: LiveSession) -> bool:
    return session.status is not Status.CANCELLED
