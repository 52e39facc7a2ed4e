"""The ways in: commands, buttons, replies and links, each to its page. In a group they lead to the private chat."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping

from telegram import Chat, Message, Update

from bot.channels.people_words import STRANGER, worded
from bot.channels.telegram import texts
from bot.channels.telegram.channel import qualified
from bot.channels.telegram.context import Context
from bot.channels.telegram.people import audit, bind, blocked, feeds, invite, members, merchants, prompts, robots, team, words
from bot.channels.telegram.people.grammar import NAMES
from bot.channels.telegram.people.join import join
from bot.channels.telegram.people.view import Desk, Page
from bot.channels.telegram.presses import Deal, Press
from bot.channels.words import Phrase
from bot.domain.access import Right
from bot.domain.messages import Button, text
from bot.domain.messages import Message as Outgoing
from bot.domain.outgoing import own_id
from bot.errors import NotFound, Refused

Show = Callable[[Desk, Mapping[str, str]], Awaitable[Page | str]]
"""The page that a button leads to, or the toast alone where a message follows."""

PAGES: Mapping[str, Show] = {
    "teams": team.teams,
    "team": team.team,
    "rename_team": team.rename,
    "leave": team.leave,
    "members": members.members,
    "member": members.one,
    "roles": members.roles,
    "give_role": members.give_role,
    "remove": members.remove,
    "hand_over": members.hand_over,
    "block": members.block,
    "blocked": blocked.blocked,
    "unblock": blocked.unblock,
    "invite": invite.where,
    "invite_role": invite.role,
    "invite_uses": invite.uses,
    "invite_days": invite.days,
    "invite_make": invite.make,
    "invitations": invite.invitations,
    "revoke": invite.revoke,
    "merchants": merchants.merchants,
    "merchant": merchants.merchant,
    "add_merchant": merchants.add,
    "authorise": merchants.authorise,
    "end_authorisation": merchants.end,
    "rename_merchant": merchants.rename,
    "delete_merchant": merchants.delete,
    "groups": bind.groups,
    "group": bind.group,
    "bind_what": bind.what,
    "bind_policy": bind.policy,
    "bind": bind.bind,
    "unbind": bind.unbind,
    "robot_groups": robots.groups,
    "robots": robots.robots,
    "robot_add": robots.add,
    "robot": robots.robot,
    "robot_test": robots.test,
    "robot_remove": robots.remove,
    "feeds": feeds.feeds,
    "feed": feeds.feed,
    "feed_new": feeds.new,
    "feed_columns": feeds.columns,
    "feed_name": feeds.ask_name,
    "feed_poll": feeds.ask_poll,
    "feed_stop": feeds.stop,
    "feed_revoke": feeds.revoke,
    "audit": audit.audit,
    "audits": audit.audits,
}
TAKES: Mapping[str, prompts.Take] = {
    "rename-team": team.renamed,
    "add-merchant": merchants.added,
    "authorise": merchants.authorised,
    "rename-merchant": merchants.renamed,
    "delete-merchant": merchants.deleted,
    "robot": robots.added,
    "feed-name": feeds.named,
    "feed-poll": feeds.polled,
}
COMMANDS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "team": ("team", {}),
    "roles": ("members", {"page": "0"}),
    "invite": ("invite", {}),
    "merchants": ("merchants", {}),
    "bind": ("groups", {}),
    "robot": ("robot_groups", {}),
    "feed": ("feeds", {}),
    "audit": ("audit", {"merchant": "", "at": "0"}),
}
"""Each command's page, of the team that it is about."""
_INVITATION = re.compile(r"i_([A-Za-z0-9_-]{22})")
_GROUP = re.compile(r"b_(-[1-9][0-9]{0,15})_(0|[1-9][0-9]{0,9})")


async def on_press(press: Press, context: Context) -> str:
    """Show what a button leads to, in place."""
    if not context.viewer.private:  # a page in a group would be read by everybody; only a forged press asks for it
        return texts.GARBLED.to(context.viewer.language)
    shown = await PAGES[press.action.name](Desk(context, press.update_id), press.action.fields)
    if isinstance(shown, str):
        return shown
    await context.parts.channel.edit(press.chat, press.message_id, shown.message)
    return shown.toast


DEALS: Mapping[str, Deal] = dict.fromkeys(NAMES, on_press)


async def on_command(update: Update, context: Context) -> None:
    """Answer one of the commands."""
    message = update.message
    if message is None or not message.text:
        return
    name = message.text.split(maxsplit=1)[0][1:].partition("@")[0].lower()
    if message.chat.type == Chat.PRIVATE:
        await _say(message, context, await opened(name, update.update_id, context))
    elif name in ("bind", "unbind"):
        await _in_group(name, message, update.update_id, context)
    else:
        await _say(message, context, Page(to_private(words.IN_PRIVATE, name, context)))


async def opened(name: str, update_id: int, context: Context) -> Page:
    """A command's page; somebody in several teams chooses one first."""
    desk = Desk(context, update_id)
    action, fields = COMMANDS["bind" if name == "unbind" else name]
    teams = await desk.team.teams(desk.actor)
    if len(teams) != 1:
        return await team.chosen(desk, action, *fields.values())
    return await _page(PAGES[action], desk, {"team": teams[0].id, **fields})


async def started(payload: str, message: Message, update_id: int, context: Context) -> bool:
    """Whether the word after /start is one of ours: an invitation, a command, a group to bind. Then it has been dealt with."""
    desk, private = Desk(context, update_id), message.chat.type == Chat.PRIVATE
    if payload.startswith("i_"):
        await _invited(payload, message, desk)
    elif private and payload in COMMANDS:
        await _say(message, context, await opened(payload, update_id, context))
    elif private and (found := _GROUP.fullmatch(payload)):
        await _say(message, context, await _page(bind.what, desk, {"chat": found[1], "topic": found[2]}))
    else:
        return False
    return True


async def taken(kind: str, id: str, message: Message, context: Context) -> bool:
    """Whether a reply was to one of our prompts; then it has been dealt with."""
    return await prompts.taken(TAKES, kind, id, message, context)


def to_private(phrase: Phrase, payload: str, context: Context) -> Outgoing:
    """A sentence with the way into the private chat."""
    label = words.OPEN_PRIVATE.to(context.viewer.language)
    link = f"https://t.me/{context.bot.username}?start={payload}"
    return text(phrase.to(context.viewer.language), (Button(label, url=link),))


async def _invited(payload: str, message: Message, desk: Desk) -> None:
    if message.chat.type != Chat.PRIVATE:
        await _say(message, desk.context, Page(text(desk.say(words.INVITATION_IN_PRIVATE))))
        return
    found = _INVITATION.fullmatch(payload)
    name = message.from_user.full_name if message.from_user else ""
    await _say(message, desk.context, await join(desk, found[1] if found else payload, name))


async def _in_group(name: str, message: Message, update_id: int, context: Context) -> None:
    """/bind and /unbind in a group: the choice goes to the private chat, the result comes back here."""
    desk = Desk(context, update_id)
    if message.sender_chat is not None:
        await _say(message, context, Page(text(desk.say(words.ANONYMOUS))))
    elif not desk.actor.access.teams:
        await _say(message, context, Page(text(desk.say(STRANGER))))
    elif name == "unbind":
        await _unbind_here(message, desk)
    else:
        await _bind_here(message, desk)


async def _bind_here(message: Message, desk: Desk) -> None:
    context, viewer = desk.context, desk.context.viewer
    access, chats = desk.actor.access, context.parts.chats
    if not any(access.may(Right.MANAGE, one.team, one.merchant) for one in access.memberships):
        await _say(message, context, Page(text(worded(Refused("not_allowed"), desk.language))))
        return
    topic = viewer.topic or 0
    payload = f"b_{message.chat.id}_{topic}"
    if not await chats.is_private(viewer.person) or await chats.is_gone(viewer.person):
        await _say(message, context, Page(to_private(words.BIND_START_FIRST, payload, context)))
        return
    shown = await _page(bind.what, desk, {"chat": own_id(viewer.chat), "topic": str(topic)})
    key = f"bind:{message.chat.id}:{message.message_id}"
    await context.parts.send(key, viewer.person, shown.message, collections=shown.collections)
    await _say(message, context, Page(to_private(words.BIND_CHOSEN_PRIVATE, payload, context)))


async def _unbind_here(message: Message, desk: Desk) -> None:
    context, viewer = desk.context, desk.context.viewer
    try:
        await desk.merchants.unbind(desk.actor, viewer.chat, viewer.topic or 0)
    except (NotFound, Refused) as error:
        follows = isinstance(error, NotFound) and viewer.topic and await context.parts.gate.groups.here(viewer.chat)
        said = desk.say(words.TOPIC_NOT_BOUND) if follows else worded(error, desk.language)
        await _say(message, context, Page(text(said)))
        return
    await bind.post(desk, viewer.chat, viewer.topic or 0, f"unbound:{message.chat.id}:{message.message_id}")


async def _page(show: Show, desk: Desk, fields: Mapping[str, str]) -> Page:
    """A page, or the sentence that says why there is none."""
    try:
        shown = await show(desk, fields)
    except (NotFound, Refused) as error:
        return Page(text(worded(error, desk.language)))
    return shown if isinstance(shown, Page) else Page(text(shown))


async def _say(message: Message, context: Context, shown: Page) -> None:
    key = f"people:{message.chat.id}:{message.message_id}"
    await context.parts.send(
        key, qualified(message.chat.id), shown.message, topic=context.viewer.topic, collections=shown.collections
    )
