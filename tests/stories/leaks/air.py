"""What goes on while sessions are live: feeds bring figures that give their merchant away, and tips are told, pressed, explained.

And all of it is exported. A token may be anybody's, a press comes from whoever likes, as often as they like, in any chat.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from sqlalchemy import select

from bot.build_metrics import samples_over
from bot.channels.export_pages import export_pages
from bot.channels.tip_view import MUTE_MINUTES
from bot.channels.tip_view import why as told_why
from bot.channels.why_view import why_list
from bot.domain.access import Policy, Viewer
from bot.domain.messages import Message
from bot.domain.outgoing import Kind
from bot.errors import NotFound, Refused
from bot.flows.tip_facts import withheld_of
from bot.flows.tips import Pressed
from bot.storage.tables import outbox
from tests.office_desk import LEAD, ONE, OPERATOR, OWNER, PEOPLE, RIVAL, RIVAL_OPERATOR, TEAM_OF, TWO, A, B, C
from tests.stories.leaks.figures import FIGURE, WATCHED, figure_of
from tests.stories.leaks.floor import RUNNERS, TICKERS, involved, may
from tests.stories.leaks.memory import shown
from tests.stories.leaks.office import somebody_to
from tests.stories.leaks.oracle import Feed
from tests.stories.leaks.tokens import TOKENS, found_in, named_in
from tests.stories.leaks.world import ACTIONS, EVERYTHING, Pick, World, entitled

READERS = (*TICKERS, "viewer")
PAGES = export_pages(UTC)
FORGED = ("0" * 12, "")


async def opening(world: World) -> None:
    """Every merchant has a group or a topic and a session on the air in it, and every team a feed."""
    world.happened.append("opening")
    first, second = world.groups
    for by, operator, merchant, place in (
        (OWNER, OPERATOR, A, (first, None)),
        (OWNER, LEAD, B, (first, 7)),
        (RIVAL, RIVAL_OPERATOR, C, (second, None)),
    ):
        actor, team = await world.gate.actor(by, by), TEAM_OF[merchant]
        await world.office.merchants.bind(actor, place[0], place[1] or 0, team, merchant, Policy.MERCHANT)
        world.oracle.bound[place[0], place[1] or 0] = (team, merchant, 2)
        await _goes_live(world, by, merchant, operator, place)
    for by, team in ((LEAD, ONE), (RIVAL, TWO)):
        await _add(world, by, team)


async def go_live(world: World, pick: Pick) -> None:
    """Start a session at once, mostly where its merchant's messages go."""
    merchant = pick(tuple(TEAM_OF))
    runners = [one for one in PEOPLE if may(world, one, merchant, RUNNERS)]
    bound = [(chat, topic or None) for (chat, topic), (_, of, _) in world.oracle.bound.items() if of == merchant]
    if runners:
        await _goes_live(world, pick(runners), merchant, pick(runners), pick((("", None), *bound)))


async def _goes_live(world: World, by: str, merchant: str, operator: str, place: tuple[str, int | None]) -> None:
    actor, desk, secret = await world.gate.actor(by, by), world.floor, TOKENS[merchant][0]
    planning = desk.desk.plan(
        actor, merchant, world.now() + timedelta(minutes=5), confirmed=True, host=f"{secret}小雨", length=timedelta(hours=6),
        operator=operator, place=place,
    )  # fmt: skip
    made = await world.tries(actor, planning)
    if made is None:
        return
    world.live.append((made.id, merchant))
    scope = actor.access.scope(world.now())
    if await world.tries(actor, desk.running.begin(actor, made.id, scope=scope, override_reason=f"{secret}到了")) is not None:
        world.aired.append((made.id, merchant))
    world.say("live", by, merchant, place)


async def feed(world: World, pick: Pick) -> None:
    """Make a feed for a team or a session, or revoke one."""
    person = somebody_to(world, pick)
    if world.oracle.feeds and pick((True, False, False)):
        token, told = pick(list(world.oracle.feeds.items())[-6:])
        actor = await world.gate.actor(person, person)
        doing = world.floor.feeds.revoke(actor, told.id, scope=actor.access.scope(world.now()))
        if await world.tries(actor, doing) is not None:
            world.say("revoke", person, told.team, told.session)
            world.oracle.require(world.oracle.manages(person, told.team, told.merchant), "revoked a feed without a say")
            told.revoked = True
        return
    session, merchant = pick((("", ""), *world.live[-8:]))
    await _add(world, person, TEAM_OF[merchant] if merchant else pick((ONE, TWO)), session, merchant)


async def _add(world: World, person: str, team: str, session: str = "", merchant: str = "") -> None:
    actor, oracle, owner = await world.gate.actor(person, person), world.oracle, merchant or team
    name, scope = f"{TOKENS[owner][0]}大屏", actor.access.scope(world.now())
    made = await world.tries(actor, world.floor.feeds.add(actor, name, scope=scope, team=team, session=session))
    if made is not None:
        world.say("feed", person, team, merchant)
        allowed = oracle.manages(person, team, merchant) and oracle.reads(person, owner, world.now())
        oracle.require(allowed, "made a feed without a say")
        of, token = made
        oracle.feeds[token] = Feed(of.id, team, session, merchant)
        world.secrets.append(token)


async def bring(world: World, pick: Pick) -> None:
    """Somebody who holds a token, or none that is any, brings a figure to a session: mostly to one of the feed's own."""
    if not world.live:
        return
    oracle, intake = world.oracle, samples_over(world.database, world.gate, lambda: WATCHED, world.floor.tips.desk.observe)  # type: ignore[arg-type]
    id, merchant = pick(pick((world.aired or world.live, world.aired or world.live, world.live))[-6:])
    fitting = [token for token, one in oracle.feeds.items() if one.team == TEAM_OF[merchant] and one.session in ("", id)]
    token = pick(pick((fitting, fitting, fitting, list(oracle.feeds)))[-6:] or ("ocf_forged",))
    told, opened = oracle.feeds.get(token), await intake.feed(token)
    if opened is None:
        return
    oracle.require(told is not None and not told.revoked, "a token opened that is none, or none any more")
    assert told is not None
    try:
        session = await intake.session(opened, id)
        oracle.require(
            told.team == TEAM_OF[merchant] and told.session in ("", id), "a feed writes to a session that is not its own"
        )
        oracle.require(oracle.open(merchant, world.now()), "a feed writes to a merchant that is closed, or gone")
        row = {"ts": world.now().isoformat(), FIGURE: pick((figure_of(merchant), figure_of(merchant), 0.0))}
        await intake.take(session, intake.read(session, [row]), feed=opened.id)
    except (NotFound, Refused) as error:
        world.nothing_in(f"{error!r} {getattr(error, 'values', '')}", "what a feed is told")
        return
    world.say("bring", merchant, row[FIGURE])
    known = {tip for tip, _ in world.tips}
    found = await world.floor.tips.news.nudges.of(id, scope=EVERYTHING)
    world.tips += [(one.id, merchant) for one in found if one.id not in known]
    await _look_at_what_is_written(world)
    world.clock.advance(minutes=1)


async def watch(world: World, pick: Pick) -> None:
    """The clock looks for silence, for what nobody took, and for tips that stand there as they were."""
    world.clock.advance(minutes=pick((1, 3, 3, 12)))
    await world.floor.tips.desk.tick(world.now())
    await world.floor.tips.news.redraw(world.now())
    await _look_at_what_is_written(world)


async def _look_at_what_is_written(world: World) -> None:
    """What nobody asked for is not even written down for a chat that may not read it at that moment."""
    async with world.database.read() as db:
        rows = (await db.execute(select(outbox).where(outbox.c.id > world.written).order_by(outbox.c.id))).all()
    for row in rows:
        world.written = row.id
        if row.kind == Kind.TIP.value and row.message:
            content, private = shown(Message.from_json(row.message)), not row.chat.startswith("telegram:-")
            world.oracle.check(content, row.chat, row.topic, world.now(), private=private)


async def press_tip(world: World, pick: Pick) -> None:
    """Press a button of any tip, in any chat, for the first time or again; or of one that never was."""
    id, merchant = pick((*world.tips[-12:], FORGED))
    viewer = await world.somewhere(pick, involved(world, pick, merchant or A))
    actor, desk, scope = await world.gate.actor(viewer.person, viewer.chat), world.floor.tips, viewer.scope
    what = pick(("done", "mute", "useless", "why"))
    doings = {
        "done": lambda: desk.acknowledge(actor, scope, id),
        "mute": lambda: desk.mute(actor, scope, id, MUTE_MINUTES),
        "useless": lambda: desk.useless(actor, scope, id),
        "why": lambda: desk.tip(actor, scope, id),
    }
    done = await world.tries(actor, doings[what]())  # type: ignore[operator]
    if done is None:
        return
    world.say(what, viewer.person, viewer.chat, viewer.topic, merchant)
    world.shows(viewer, repr(done))
    roles = READERS if what == "why" else TICKERS
    world.oracle.require(bool(merchant) and may(world, viewer.person, merchant, roles), f"{what} of a tip without a say")
    if not isinstance(done, Pressed):
        await world.send(viewer, told_why(done, world.now(), "zh"), frozenset(done.session.collections))


async def why(world: World, pick: Pick) -> None:
    """Ask what was decided in the session that runs here."""
    viewer = await world.somewhere(pick, pick(PEOPLE))
    actor, desk = await world.gate.actor(viewer.person, viewer.chat), world.floor.tips
    asking = desk.decided(actor, viewer.scope, viewer.chat, viewer.topic, private=viewer.private)
    found = await world.tries(actor, asking)
    if found is None:
        return
    session, decided = found
    world.say("why", viewer.person, viewer.chat, viewer.topic, session.merchant, len(decided))
    _require(world, viewer, session.merchant, "was told why")
    world.shows(viewer, repr(found))
    names = dict(WATCHED.names) | {one.id: one.name for one in WATCHED.rules}
    listed = [one for stored in decided if (one := withheld_of(stored, session, WATCHED)) is not None]
    told = await desk.told(session, viewer.scope, min((one.at for one in decided), default=world.now()))
    await world.send(viewer, why_list(listed, names, world.now(), "zh", told=told), frozenset(session.collections))


def _require(world: World, viewer: Viewer, merchant: str, what: str) -> None:
    """The place may be shown the merchant, and the person is one of its own."""
    allowed = entitled(world, viewer, merchant) and may(world, viewer.person, merchant, READERS)
    world.oracle.require(allowed, f"{what}, and is none of the merchant's")


async def read(world: World, pick: Pick) -> None:
    """Read what is stored of a session, whosever it is, and the list of feeds."""
    viewer = await world.somewhere(pick, pick(PEOPLE))
    actor, scope, now = await world.gate.actor(viewer.person, viewer.chat), viewer.scope, world.now()
    if world.live:
        id, merchant = pick(world.live[-12:])
        samples, nudges = world.floor.samples, world.floor.tips.news.nudges
        seen: list[object] = [
            await samples.all(id, scope=scope), await samples.latest(id, scope=scope),
            await samples.between(id, now - timedelta(hours=1), now, scope=scope),
            await nudges.of(id, scope=scope), await nudges.decided(id, scope=scope, limit=8),
        ]  # fmt: skip
        tips = [tip for tip, of in world.tips if of == merchant]
        seen += [await nudges.one(pick(tips), scope=scope)] if tips else []
        world.shows(viewer, repr(seen))
        world.oracle.require(not any(seen) or entitled(world, viewer, merchant), "read another merchant's session")
    listed = await world.floor.feeds.all(actor, scope=scope)
    world.shows(viewer, repr(listed))
    for one in listed:
        of = next((told.merchant for told in world.oracle.feeds.values() if told.id == one.id), "")
        world.oracle.require(world.oracle.manages(viewer.person, one.team, of), "saw somebody else's feeds")


async def export(world: World, pick: Pick) -> None:
    """Have a merchant's data written into a file, mostly as its owner, and read all of it."""
    merchant = pick(tuple(TEAM_OF))
    team, oracle = TEAM_OF[merchant], world.oracle
    owners = [one for one in PEOPLE if oracle.manages(one, team, owns=True)]
    person = pick((*owners, involved(world, pick, merchant)))
    actor = await world.gate.actor(person, person)
    exporting = replace(world.office.exports, pages=PAGES)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "all.zip"
        if await world.tries(actor, exporting.write(actor, merchant, path)) is None:
            return
        with ZipFile(path) as file:
            content = "\n".join(file.read(name).decode() for name in file.namelist())
    world.say("export", person, merchant)
    oracle.require(oracle.manages(person, team, merchant, owns=True), "had a merchant exported without a say")
    others = (found_in(content) - {merchant, team}) | (named_in(content) - {merchant})
    oracle.require(not others, f"an export of {merchant} holds something of {others}")


ACTIONS.update({
    "go_live": go_live, "feed": feed, "bring": bring, "watch": watch, "press_tip": press_tip, "why": why, "read": read,
    "export": export,
})  # fmt: skip
