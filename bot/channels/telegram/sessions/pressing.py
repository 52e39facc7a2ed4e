"""What the buttons of a session do. A button proves nothing: every press goes through the flow with what its presser is now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.channels import plan_words
from bot.channels.people_words import worded
from bot.channels.plan_actions import made
from bot.channels.plan_view import edit_page, gate_lines
from bot.channels.telegram.channel import qualified
from bot.channels.telegram.context import Context
from bot.channels.telegram.presses import Deal, Press
from bot.channels.telegram.sessions import choices, words
from bot.channels.telegram.sessions.prompts import ask, ask_when
from bot.channels.telegram.sessions.spot import Spot
from bot.channels.words import Phrase
from bot.domain.access import Right
from bot.domain.checklists import Variant
from bot.domain.messages import Button, Message, text
from bot.domain.sessions import POSTS, LiveSession, Post, Status
from bot.errors import NotFound, Refused
from bot.flows.session_ground import with_post
from bot.flows.sessions import Change


@dataclass(frozen=True, slots=True)
class Pressed:
    """One press about one session."""

    spot: Spot
    press: Press

    @property
    def id(self) -> str:
        """The session's."""
        return self.press.action.fields["session"]

    async def session(self) -> LiveSession:
        """The session, for somebody who may change it. Raises NotFound, Refused."""
        return await self.spot.floor.desk.one(self.spot.actor, self.id, scope=self.spot.scope, right=Right.RUN)

    async def change(self, **what: object) -> str:
        """Change the session and show it."""
        wanted: Change = {**what}  # type: ignore[typeddict-item]
        changed = await self.spot.floor.desk.change(self.spot.actor, self.id, scope=self.spot.scope, confirmed=True, **wanted)
        return await self.show(await self.spot.card(changed), words.CHANGED)

    async def show(self, message: Message, toast: Phrase | None = None) -> str:
        """Show something in place, and return the toast."""
        await self.spot.context.parts.channel.edit(self.press.chat, self.press.message_id, message)
        return self.spot.say(toast) if toast else ""


Do = Callable[[Pressed], Awaitable[str]]


async def _card(one: Pressed) -> str:
    found = await one.spot.floor.desk.one(one.spot.actor, one.id, scope=one.spot.scope)
    return await one.show(await one.spot.card(found))


async def _edit(one: Pressed) -> str:
    session = await one.session()
    names = await one.spot.floor.ground.news.names(session)
    return await one.show(edit_page(session, names, one.spot.now, one.spot.language))


async def _ask(one: Pressed) -> str:
    return await ask(one.spot, one.press.action.fields["field"], await one.session(), one.press.update_id)


async def _confirm(one: Pressed) -> str:
    fields, before = one.press.action.fields, await one.session()
    if before.status is Status.DRAFT and str(before.revision) != fields["revision"]:
        # A reply is answered by a card of its own: what stands on the one before is not what would be planned.
        return await one.show(await one.spot.card(before), words.LOOK_AGAIN)
    sure = fields["sure"] == "1"
    try:
        session = await one.spot.floor.desk.confirm(one.spot.actor, one.id, scope=one.spot.scope, confirmed=sure)
    except Refused as error:
        if error.reason != "session_overlaps":
            raise
        warning = worded(error, one.spot.language) + one.spot.say(words.SURE_OVERLAP)
        yes = (plan_words.B_CONFIRM_ANYWAY, made("plan_confirm", one.id, 1, before.revision))
        return await one.show(_sure(one, warning, yes))
    shown = await one.show(await one.spot.card(session), words.PLANNED)
    await one.spot.follow(one.press.message_id, session)
    return shown


async def _last(one: Pressed) -> str:
    copied = await one.spot.floor.desk.as_last_time(one.spot.actor, one.id, scope=one.spot.scope)
    return await one.show(await one.spot.card(copied), words.COPIED)


async def _length(one: Pressed) -> str:
    return await one.change(length=timedelta(minutes=int(one.press.action.fields["minutes"])))


async def _variant(one: Pressed) -> str:
    return await one.change(variant=Variant(one.press.action.fields["variant"]))


async def _operator(one: Pressed) -> str:
    return await one.change(operator=qualified(one.press.action.fields["person"]))


async def _holder(one: Pressed) -> str:
    fields = one.press.action.fields
    person = qualified(fields["person"]) if fields["person"] else ""
    return await one.change(posts=with_post((await one.session()).posts, Post(POSTS[int(fields["post"])], person)))


async def _name(one: Pressed) -> str:
    place = int(one.press.action.fields["post"])
    role = plan_words.post(POSTS[place], one.spot.language)
    return await ask(one.spot, f"post{place}", await one.session(), one.press.update_id, role=role)


async def _group(one: Pressed) -> str:
    fields = one.press.action.fields
    chat, topic = fields["chat"], int(fields["topic"]) or None
    return await one.change(place=(qualified(chat), topic) if chat else ("", None))


async def _cancel(one: Pressed) -> str:
    session = await one.session()
    if one.press.action.fields["sure"] == "0" and session.status is Status.PLANNED:
        return await one.show(_sure(one, one.spot.say(words.SURE_CANCEL), (words.YES_CANCEL, made("plan_cancel", one.id, 1))))
    gone = await one.spot.floor.desk.cancel(one.spot.actor, one.id, scope=one.spot.scope)
    if session.status is Status.DRAFT:
        return await one.show(text(one.spot.say(words.DROPPED)))
    return await one.show(await one.spot.card(gone), words.CANCELLED)


async def _begin(one: Pressed) -> str:
    begun = await one.spot.floor.running.begin(one.spot.actor, one.id, scope=one.spot.scope)
    return await one.show(await one.spot.card(begun), words.BEGUN)


async def _reason(one: Pressed) -> str:
    session = await one.session()
    missing, numbers = await one.spot.floor.running.missing(session, scope=one.spot.scope)
    if not missing or session.status is not Status.PLANNED:
        return await _begin(one)
    names = await one.spot.floor.ground.news.names(session, [item.person for item in missing])
    listed = "\n".join(gate_lines(missing, numbers, names, one.spot.language))
    return await ask(one.spot, "reason", session, one.press.update_id, count=len(missing), items=listed)


async def _end(one: Pressed) -> str:
    await one.session()
    if one.press.action.fields["sure"] == "0":
        return await one.show(_sure(one, one.spot.say(words.SURE_END), (words.YES_END, made("plan_end", one.id, 1))))
    ended = await one.spot.floor.running.end(one.spot.actor, one.id, scope=one.spot.scope)
    return await one.show(await one.spot.card(ended), words.ENDED)


async def _goes_on(one: Pressed) -> str:
    session = await one.spot.floor.running.goes_on(one.spot.actor, one.id, scope=one.spot.scope)
    return await one.show(await one.spot.card(session), words.GOES_ON)


async def _weekly(one: Pressed) -> str:
    """Ask whether it is to come back, or to stop coming back; then do that."""
    session, series = await one.session(), one.spot.floor.series
    repeats, sure = await series.goes_on(session, scope=one.spot.scope), one.press.action.fields["sure"] == "1"
    yes = (words.YES_NOT_WEEKLY if repeats else words.YES_WEEKLY, made("plan_weekly", one.id, 1))
    if not sure:
        start = session.go_live
        weekday = one.spot.say(words.WEEKDAYS[start.weekday()])
        question = words.SURE_NOT_WEEKLY if repeats else words.SURE_WEEKLY
        return await one.show(_sure(one, one.spot.say(question, weekday=weekday, time=f"{start:%H:%M}"), yes))
    act = series.stop if repeats else series.repeat
    changed = await act(one.spot.actor, one.id, scope=one.spot.scope)
    return await one.show(await one.spot.card(changed), words.NOT_WEEKLY if repeats else words.WEEKLY)


async def _checklist(one: Pressed) -> str:
    """Send the list that the session is at, as a card of its own."""
    context, viewer = one.spot.context, one.spot.context.viewer
    lists = context.parts.office.checklists.lists
    sent = await lists.send(
        one.spot.actor, one.spot.scope, f"press:{one.press.update_id}", one.id, viewer.chat, viewer.topic, mine=False
    )
    context.parts.notify()
    return one.spot.say(words.LIST_BELOW if sent else words.NO_LIST)


def _choice(page: Callable[[Spot, LiveSession], Awaitable[Message]]) -> Do:
    async def choose(one: Pressed) -> str:
        return await one.show(await page(one.spot, await one.session()))

    return choose


async def _holders(one: Pressed) -> str:
    place = int(one.press.action.fields["post"])
    return await one.show(await choices.holders(one.spot, await one.session(), place))


def _sure(one: Pressed, question: str, yes: tuple[Phrase, str]) -> Message:
    back = Button(one.spot.say(words.NO), made("plan_card", one.id))
    return text(question, (Button(one.spot.say(yes[0]), yes[1]),), (back,))


async def new_for(press: Press, context: Context) -> str:
    """Ask when a session of the merchant is to start."""
    spot, merchant = Spot(context), press.action.fields["merchant"]
    if merchant not in {one.id for one in spot.merchants()}:
        raise NotFound("no_merchant")
    await ask_when(spot, merchant, str(press.update_id))
    return spot.say(words.REPLY_BELOW)


_DOES: Mapping[str, Do] = {
    "plan_card": _card,
    "plan_edit": _edit,
    "plan_ask": _ask,
    "plan_confirm": _confirm,
    "plan_last": _last,
    "plan_lengths": _choice(choices.lengths),
    "plan_length": _length,
    "plan_variants": _choice(choices.variants),
    "plan_variant": _variant,
    "plan_operators": _choice(choices.operators),
    "plan_operator": _operator,
    "plan_posts": _choice(choices.posts),
    "plan_holders": _holders,
    "plan_holder": _holder,
    "plan_name": _name,
    "plan_groups": _choice(choices.groups),
    "plan_group": _group,
    "plan_weekly": _weekly,
    "plan_checklist": _checklist,
    "plan_cancel": _cancel,
    "plan_begin": _begin,
    "plan_reason": _reason,
    "plan_end": _end,
    "plan_goes_on": _goes_on,
}


def _deal(do: Do) -> Deal:
    async def deal(press: Press, context: Context) -> str:
        return await do(Pressed(Spot(context), press))

    return deal


DEALS: Mapping[str, Deal] = {"plan_new": new_for, **{name: _deal(do) for name, do in _DOES.items()}}
"""All but the running order's, which are in ordering."""
