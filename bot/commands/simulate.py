"""`copilot simulate`: a made-up live session as a recording, or pushed to a bot that runs, to try everything live with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import ask_secret, note, prepare, terminal
from bot.commands.office import wrong_usage
from bot.commands.office_words import say
from bot.errors import CopilotError

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.domain.simulation import Incident
    from bot.sources.pushes import Pushed

Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="写到哪个 CSV 文件，不写就打印 · The CSV to write.", show_default=False),
]
Words = Annotated[
    Path | None,
    typer.Option(
        "--lines", metavar="FILE", help="口播和评论写到哪个 CSV · The CSV for what is said and written.", show_default=False
    ),
]
Minutes = Annotated[int, typer.Option("--minutes", metavar="N", help="播多少分钟 · How long it lasts.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="同一个数得同一场 · The same number, the same session.")]
Kind = Annotated[
    str | None, typer.Option("--incident", metavar="KIND", help="中途出什么事 · What goes wrong.", show_default=False)
]
Post = Annotated[
    str | None,
    typer.Option(
        "--post", metavar="URL", show_default=False,
        help="从现在起推给这一场：…/v1/sessions/场次编号 · Push it to this session, from now on.",
    ),
]  # fmt: skip
Token = Annotated[
    str | None,
    typer.Option(
        "--token", metavar="TOKEN", show_default=False,
        help="接入的令牌；不写就用 COPILOT_FEED_TOKEN · The feed's token; else COPILOT_FEED_TOKEN.",
    ),
]  # fmt: skip
Speed = Annotated[float, typer.Option("--speed", metavar="N", help="推的时候快几倍，1–60 · How many times as fast, with --post.")]
SLOWEST, FASTEST = 1.0, 60.0


def simulate(
    out: Out = None, minutes: Minutes = 180, seed: Seed = 1, incident: Kind = None, lines: Words = None, post: Post = None,
    token: Token = None, speed: Speed = 1.0,
) -> None:  # fmt: skip
    """模拟一场：写成录制文件，或推给开着的机器人 · Make up a session: as a recording, or pushed to a bot that runs."""
    from bot.commands.recorded import write_lines
    from bot.domain.recordings import recording_lines
    from bot.domain.simulated_lines import simulated_lines
    from bot.domain.simulation import FIGURES, LONGEST, SHORTEST, Incident, simulated

    if not SHORTEST <= minutes <= LONGEST:
        raise wrong_usage("minutes_range", "--minutes", least=SHORTEST, most=LONGEST)
    known = [one.value for one in Incident]
    if incident is not None and incident not in known:
        raise wrong_usage("incident_unknown", "--incident", given=incident, known="、".join(known))
    if post is None and (token is not None or speed != 1.0):
        raise wrong_usage("post_missing", "--post")
    if post is not None and (out is not None or lines is not None):
        raise wrong_usage("post_alone", "--post")
    if not SLOWEST <= speed <= FASTEST:
        raise wrong_usage("speed_range", "--speed", least=int(SLOWEST), most=int(FASTEST))
    settings = prepare()
    if post is not None:
        _pushed(settings, post, token, Played(minutes, seed, None if incident is None else Incident(incident), speed))
        return
    start = datetime.now(settings.zone).replace(hour=20, minute=0, second=0, microsecond=0)
    samples = simulated(start, minutes, seed, None if incident is None else Incident(incident))
    write_lines(recording_lines(samples, FIGURES, settings.zone), out)
    if out is not None:
        note(say(settings.language, "simulated", path=out, minutes=minutes))
    if lines is not None:
        rows = (f"{at.isoformat(timespec='seconds')},{kind},{text}" for at, kind, text in simulated_lines(start, minutes, seed))
        write_lines(chain(("ts,kind,text",), rows), lines)
        note(say(settings.language, "simulated_lines", path=lines))


@dataclass(frozen=True, slots=True)
class Played:
    """A session that is pushed."""

    minutes: int
    seed: int
    incident: Incident | None
    speed: float


def _pushed(settings: Settings, post: str, token: str | None, played: Played) -> None:
    """Push a session and say how it went. Raises CopilotError, BadParameter."""
    from bot.sources.pushes import NotTaken, session_url

    language = settings.language
    try:
        url = session_url(post)
        secret = _token(settings, token)
        begun = say(language, "pushing", minutes=round(played.minutes / played.speed))
        done = asyncio.run(_push(url, secret, played, lambda: note(begun)))
    except NotTaken as error:
        if error.why == "url":
            raise wrong_usage("push_url", "--post") from None
        raise CopilotError(say(language, f"push_{error.why}", **error.values)) from error
    note(say(language, "pushed", rows=done.taken["samples"], lines=done.taken["lines"]))


def _token(settings: Settings, given: str | None) -> str:
    """The feed's token: as it was given, from the settings, or asked for unseen. Raises BadParameter."""
    found = given or (settings.feed_token.get_secret_value() if settings.feed_token else "")
    if not found and terminal():
        note(say(settings.language, "push_ask_token"))
        found = ask_secret()
    if not found.strip():
        raise wrong_usage("push_no_token", "--token")
    return found.strip()


async def _push(url: str, token: str, played: Played, began: Callable[[], None]) -> Pushed:
    import httpx

    from bot.domain.simulated_lines import simulated_lines
    from bot.domain.simulation import simulated
    from bot.sources.pushes import SECONDS, Pusher, in_step

    start = datetime.now(UTC)
    samples = [(one.at, dict(one.values)) for one in simulated(start, played.minutes, played.seed, played.incident)]
    said = simulated_lines(start, played.minutes, played.seed)
    lines = [(start + (at - start) / played.speed, {"kind": kind, "text": text}) for at, kind, text in said]
    async with httpx.AsyncClient(timeout=SECONDS, follow_redirects=False) as client:
        pusher = Pusher(url, token, client, lambda: datetime.now(UTC))
        return await pusher.push(in_step(samples, start, played.speed), sorted(lines, key=lambda one: one[0]), began)
