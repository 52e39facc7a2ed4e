"""What is done to live sessions by anybody: planned with words that give their merchant away, run, ticked, looked at."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import timedelta
from decimal import Decimal

from bot.domain.order_rows import mark_of
from bot.domain.running_order import OrderLine, RunningOrder
from bot.domain.sessions import Post
from bot.flows.checklists import ItemName
from tests.office_desk import PEOPLE, TEAM_OF
from tests.stories.leaks.office import somebody_to
from tests.stories.leaks.tokens import TOKENS
from tests.stories.leaks.world import ACTIONS, Pick, World

AHEAD = tuple(timedelta(hours=hours) for hours in (0.7, 2, 30, 24 * 9))
RUNNERS, TICKERS = ("owner", "lead", "operator"), ("owner", "lead", "operator", "trainee")
ROLES = ("中控", "场控", "操盘手")


def may(world: World, person: str, merchant: str, roles: tuple[str, ...]) -> bool:
    """Whether one of these roles is the person's, for the merchant or, from lead upwards, for its team."""
    oracle, team = world.oracle, TEAM_OF[merchant]
    own, all_ = oracle.roles.get((person, team, merchant)), oracle.roles.get((person, team, ""))
    return oracle.knows(person, merchant) and (own in roles or all_ in ("owner", "lead"))


def involved(world: World, pick: Pick, merchant: str) -> str:
    """Somebody of the merchant's, mostly."""
    return pick([one for one in PEOPLE if world.oracle.knows(one, merchant)] * 2 + [somebody_to(world, pick)])


async def plan(world: World, pick: Pick) -> None:
    """Plan a session of a merchant: mostly as those do who may, sometimes for any group, with anybody in it."""
    merchant, sensible = pick(tuple(TEAM_OF)), pick((True, True, True, False))
    runners = [one for one in PEOPLE if may(world, one, merchant, RUNNERS)] if sensible else []
    bound = [where for where, (_, of, _) in world.oracle.bound.items() if of == merchant] if sensible else []
    person = pick(runners or PEOPLE)
    place = pick((("", None), *((chat, topic or None) for chat, topic in bound)) if sensible else [(pick(world.groups), 7)])
    actor = await world.gate.actor(person, person)
    posts = (Post(pick(ROLES), pick(runners or PEOPLE)), Post("主播", "", f"{TOKENS[merchant][0]}小雨"))
    doing = world.floor.desk.plan(
        actor, merchant, world.now() + pick(AHEAD), confirmed=True, host=f"{TOKENS[merchant][0]}小雨", posts=posts,
        length=timedelta(hours=2), operator=pick(runners or PEOPLE), place=place,
    )  # fmt: skip
    made = await world.tries(actor, doing)
    if made is not None:
        world.say("plan", person, merchant, place)
        world.oracle.require(may(world, person, merchant, RUNNERS), "planned a session without a say")
        world.live.append((made.id, merchant))


async def run(world: World, pick: Pick) -> None:
    """Change, start, end, repeat or cancel a session, or give it a running order."""
    if not world.live:
        return
    id, merchant = pick(world.live[-12:])
    viewer = await world.somewhere(pick, involved(world, pick, merchant))
    actor, desk, scope = await world.gate.actor(viewer.person, viewer.chat), world.floor.desk, viewer.scope
    order = RunningOrder((OrderLine(1, f"{TOKENS[merchant][0]}外套", Decimal(99)),))
    doings: dict[str, Awaitable[object]] = {
        "move": desk.change(actor, id, scope=scope, confirmed=True, starts_at=world.now() + pick(AHEAD)),
        "place": desk.change(actor, id, scope=scope, confirmed=True, place=(pick(("", *world.groups)), pick(world.topics))),
        "cancel": desk.cancel(actor, id, scope=scope),
        "begin": world.floor.running.begin(actor, id, scope=scope, override_reason=f"{TOKENS[merchant][0]}到了"),
        "end": world.floor.running.end(actor, id, scope=scope),
        "repeat": world.floor.series.repeat(actor, id, scope=scope),
        "order": world.floor.orders.hold(actor, id, order, scope=scope),
        "keep": world.floor.orders.keep(actor, id, seen=mark_of(order), scope=scope),
        "again": desk.as_last_time(actor, id, scope=scope),
    }
    what = pick(tuple(doings))
    doing = doings.pop(what)
    for other in doings.values():
        other.close()  # type: ignore[attr-defined]
    done = await world.tries(actor, doing)
    if done is not None:
        world.say(what, viewer.person, viewer.chat, merchant)
        world.shows(viewer, repr(done))
        world.oracle.require(may(world, viewer.person, merchant, RUNNERS), f"{what} of a session without a say")


async def item(world: World, pick: Pick) -> None:
    """Tick an item of any session, take it back, leave it out, hand it on, or write something beside it."""
    if not world.live:
        return
    id, merchant = pick(world.live[-12:])
    viewer = await world.somewhere(pick, involved(world, pick, merchant))
    found = await world.floor.ground.items.known(id)
    if not found:
        return
    actor, desk, scope = await world.gate.actor(viewer.person, viewer.chat), world.office.checklists.desk, viewer.scope
    one = pick(found)
    name, secret = ItemName(id, one.id, one.slot), TOKENS[merchant][0]
    what = pick(("tick", "undo", "skip", "assign", "note", "able"))
    doings = {
        "tick": lambda: desk.tick(actor, scope, name),
        "undo": lambda: desk.undo(actor, scope, name),
        "skip": lambda: desk.skip(actor, scope, name, f"{secret}没有这一项"),
        "assign": lambda: desk.assign(actor, scope, name, pick(PEOPLE)),
        "note": lambda: desk.note(actor, scope, name, f"{secret}要留意"),
        "able": lambda: desk.able(actor, scope, name),
    }
    done = await world.tries(actor, doings[what]())  # type: ignore[operator]
    if done is not None:
        world.say(what, viewer.person, viewer.chat, merchant)
        world.shows(viewer, repr(done))
        world.oracle.require(may(world, viewer.person, merchant, TICKERS), f"{what} of an item without a say")


async def look(world: World, pick: Pick) -> None:
    """Look at every list of sessions that there is, and at one session whosever it is."""
    viewer = await world.somewhere(pick, pick(PEOPLE))
    actor, desk, lists, scope = (
        await world.gate.actor(viewer.person, viewer.chat), world.floor.desk, world.office.checklists.lists, viewer.scope,
    )  # fmt: skip
    zone = world.now().tzinfo
    assert zone is not None
    seen: list[object] = [
        await desk.today(scope=scope, zone=zone), await desk.week(scope=scope, zone=zone), await desk.open(scope=scope),
        await desk.of_chat(viewer.chat, viewer.topic, scope=scope),
        await lists.sessions(actor, scope, viewer.chat, viewer.topic, private=viewer.private),
        unfolded(await world.floor.calendar.text(scope=scope)),
    ]  # fmt: skip
    if world.live:
        id, _ = pick(world.live[-12:])
        seen.append(await world.tries(actor, desk.one(actor, id, scope=scope)))
        seen.append(await world.tries(actor, lists.listed(actor, scope, id, mine=pick((True, False)))))
        seen.append(await world.tries(actor, lists.handover(actor, scope, id, "zh")))
        seen.append(await world.floor.ground.sessions.running_order(id, scope=scope))
        key = f"list{world.steps}"
        await world.tries(actor, lists.send(actor, scope, key, id, viewer.chat, viewer.topic, mine=False))
    world.shows(viewer, repr(seen))
    link = await world.tries(actor, world.floor.calendar.link(actor))
    world.links += [(link, viewer.person)] if link else []
    if world.links:
        token, person = pick(world.links[-8:])
        told = await world.floor.calendar.behind(token)
        world.oracle.check(unfolded(told or ""), person, None, world.now(), private=True)


def unfolded(calendar: str) -> str:
    """Without the breaks that long lines have in a calendar, or a word with one in it would not be found."""
    return calendar.replace("\r\n ", "")


async def time_passes(world: World, pick: Pick) -> None:
    """The clock does what is due about sessions and their checklists."""
    world.clock.advance(minutes=pick((1, 20, 90, 600)))
    await world.floor.clock.tick()
    live, now = world.office.checklists, world.now()
    await live.pushing.push_due(now)
    await live.reminding.remind_due(now)
    await live.pushing.redraw(now)
    await live.hand_over_due(now)


ACTIONS.update({"plan": plan, "run": run, "item": item, "look": look, "time": time_passes})
