"""`copilot feeds`: who may bring live metrics: listed, made, revoked, fetched from; also beside a running copilot."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.channels.feed_words import FAULTS
from bot.commands.common import Data, Json, note, put
from bot.commands.listing import show
from bot.commands.office import Desk, MerchantOption, TeamOption, command, require_bare, wrong_usage
from bot.commands.sessions import at_floor, scope_of
from bot.domain.polling import USUAL

if TYPE_CHECKING:
    from bot.flows.floor import Floor
    from bot.storage.feeds import MetricFeed
    from bot.storage.polls import StoredPoll

feeds = typer.Typer(invoke_without_command=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(metavar="NAME", help="叫什么，例如 数据中台 · What it is called.", show_default=False)]
Id = Annotated[str, typer.Argument(metavar="FEED", help="接入的编号 · The feed's id.", show_default=False)]
SessionOption = Annotated[
    str | None, typer.Option("--session", metavar="SESSION", help="只给这一场 · For this session only.", show_default=False)
]
SourceOption = Annotated[
    str | None,
    typer.Option("--source", metavar="NAME", help="列名按手册 sources/ 里的哪个读 · Whose columns it has.", show_default=False),
]

Url = Annotated[str | None, typer.Argument(metavar="URL", help="给 JSON 或 CSV 的网址 · Gives JSON or CSV.", show_default=False)]
Every = Annotated[int, typer.Option("--every", metavar="SECONDS", help="几秒取一次，5–60 · Seconds between two fetches.")]
Header = Annotated[
    list[str] | None,
    typer.Option(
        "--header", metavar="'NAME: VALUE'", show_default=False,
        help="请求头；只写名字时另外输入值，不显示 · With the name alone the value is asked for unseen.",
    ),
]  # fmt: skip
Stop = Annotated[bool, typer.Option("--stop", help="不再取 · Fetch no more.")]


@feeds.callback()
def _bare(context: typer.Context, as_json: Json = False, data: Data = None) -> None:
    """实时数据的接入；后面不写就是列出来 · Metric feeds; alone it lists them."""
    if context.invoked_subcommand is None:
        list_feeds(as_json, data)
    else:
        require_bare(context, as_json, data)


@command(feeds, "list")
def list_feeds(as_json: Json = False, data: Data = None) -> None:
    """列出接入 · List the feeds."""

    async def work(desk: Desk, floor: Floor) -> None:
        found = await floor.feeds.all(desk.actor, scope=scope_of(desk, floor))
        teams = {one.id: one.name for one in await desk.teams(None)}
        polled = await floor.polls.of(found)
        rows = [(_record(desk, one, polled.get(one.id)), _cells(desk, one, teams, polled.get(one.id))) for one in found]
        show("feeds", desk.language, ("id", "name", "for", "source", "seen", "working", "fetched"), rows, as_json=as_json)

    at_floor(data, work)


@command(feeds, "add")
def add(
    name: Name, team: TeamOption = None, session: SessionOption = None, source: SourceOption = None, data: Data = None
) -> None:
    """新建接入，令牌只显示这一次 · Make a feed; its token is shown this once."""
    if team is not None and session is not None:
        raise wrong_usage("team_or_session", "--session")

    async def work(desk: Desk, floor: Floor) -> None:
        owner = "" if session else (await desk.team(team)).id
        feed, token = await floor.feeds.add(
            desk.actor, name, scope=scope_of(desk, floor), team=owner, session=session or "", source=source or ""
        )
        put(token)
        note(desk.say("feed_added", name=feed.name, id=feed.id))

    at_floor(data, work)


@command(feeds, "revoke")
def revoke(feed: Id, data: Data = None) -> None:
    """停用接入，令牌马上失效 · Revoke a feed; its token opens nothing from now on."""

    async def work(desk: Desk, floor: Floor) -> None:
        gone = await floor.feeds.revoke(desk.actor, feed, scope=scope_of(desk, floor))
        note(desk.say("feed_gone", name=gone.name, id=gone.id))

    at_floor(data, work)


@command(feeds, "poll")
def poll(
    feed: Id, url: Url = None, every: Every = USUAL, header: Header = None, merchant: MerchantOption = None, stop: Stop = False,
    data: Data = None,
) -> None:  # fmt: skip
    """开播时定时到这个网址取数 · Fetch from this address while the session is live."""
    if stop == (url is not None):
        raise wrong_usage("url_or_stop", "URL")
    headers = dict(_header(one) for one in header or ())

    async def work(desk: Desk, floor: Floor) -> None:
        scope = scope_of(desk, floor)
        if url is None:
            gone = await floor.polls.stop(desk.actor, feed, scope=scope)
            note(desk.say("poll_stopped", name=gone.name, id=gone.id))
            return
        of = (await desk.merchant(merchant)).id if merchant else ""
        set_to = await floor.polls.put(desk.actor, feed, url, scope=scope, every=every, headers=headers, merchant=of)
        note(desk.say("poll_set", host=set_to.host, every=every))

    at_floor(data, work)


def _header(said: str) -> tuple[str, str]:
    """``Name: value``; with the name alone the value is asked for and not shown, so that no history keeps it."""
    name, colon, value = said.partition(":")
    if not colon:
        value = typer.prompt(f"{name.strip()}", hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.readline()
    return name.strip(), value.strip()


def _record(desk: Desk, one: MetricFeed, polled: StoredPoll | None) -> dict[str, Any]:
    fetched = None if polled is None else {
        "host": polled.poll.host, "every": polled.poll.every, "merchant": polled.poll.merchant or None,
        "came_at": desk.iso(polled.came_at), "fault": polled.fault.value if polled.fault else None,
        "failed_at": desk.iso(polled.failed_at),
    }  # fmt: skip
    return {
        "id": one.id, "name": one.name, "team": one.team, "session": one.session or None, "source": one.source or None,
        "made_by": one.made_by, "made_at": desk.iso(one.made_at), "revoked_at": desk.iso(one.revoked_at),
        "last_seen_at": desk.iso(one.last_seen_at), "fetched": fetched,
    }  # fmt: skip


def _cells(desk: Desk, one: MetricFeed, teams: dict[str, str], polled: StoredPoll | None) -> tuple[object, ...]:
    seen = desk.when(one.last_seen_at) if one.last_seen_at else ""
    state = desk.say("feed_revoked_state" if one.revoked_at else "feed_on_state")
    fetched = "" if polled is None else desk.say("poll_state", host=polled.poll.host, every=polled.poll.every)
    if polled is not None and polled.fault:
        fetched = desk.say("poll_state_fault", state=fetched, fault=FAULTS[polled.fault].to(desk.language))
    return one.id, one.name, one.session or teams.get(one.team, one.team), one.source, seen, state, fetched
