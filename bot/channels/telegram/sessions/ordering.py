"""The running order in the chat: pasted or sent as a file, shown with what is wrong, confirmed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from telegram import Message

from bot.channels import plan_words
from bot.channels.people_words import worded
from bot.channels.plan_actions import made
from bot.channels.plan_view import title_of
from bot.channels.running_order_words import PARTS, worded_problem
from bot.channels.running_order_words import worded as remark_worded
from bot.channels.telegram.context import Context
from bot.channels.telegram.presses import Deal, Press
from bot.channels.telegram.render import short
from bot.channels.telegram.sessions import words
from bot.channels.telegram.sessions.spot import Spot
from bot.domain.access import Right
from bot.domain.messages import Button, Part, Style, text
from bot.domain.messages import Message as Outgoing
from bot.domain.order_checks import Remark
from bot.domain.order_rows import mark_of
from bot.domain.running_order import OrderLine, RunningOrder
from bot.domain.sessions import LiveSession
from bot.errors import NotFound, PermanentChannelError, Refused
from bot.flows.library import require_size
from bot.running_order_files import read_file, read_text
from bot.running_order_lines import Reading

PROMPT = "set-order"
SHOWN, SAID = 30, 8
"""Lines, and remarks or problems, that one message lists."""
NAME = 40


async def ask(spot: Spot, session: LiveSession, key: str) -> None:
    """Ask for the order as a reply. Raises NotFound, Refused."""
    await spot.floor.desk.one(spot.actor, session.id, scope=spot.scope, right=Right.RUN)
    prompt = text(spot.say(words.ASK_ORDER, title=await _title(spot, session)))
    viewer = spot.context.viewer
    await spot.context.parts.send(
        f"{PROMPT}:{session.id}:{key}", viewer.chat, Outgoing(prompt.parts, expects_reply=True), topic=viewer.topic,
        collections=session.collections,
    )  # fmt: skip


async def taken(id: str, message: Message, spot: Spot) -> bool:
    """Take what was replied: words, or a file."""
    if message.edit_date is not None:
        await spot.tell(message, "plan-late", words.TOO_LATE)
        return True
    await read(spot, id, message, message.text or "")
    return True


async def read(spot: Spot, id: str, message: Message, said: str) -> None:
    """Read an order out of a message, hold it, and show what was found."""
    try:
        # Before a file is fetched: whoever may not do this is told so at once.
        await spot.floor.desk.one(spot.actor, id, scope=spot.scope, right=Right.RUN)
        found = await _reading(spot, message, said)
        session = await spot.floor.orders.hold(spot.actor, id, found.order, scope=spot.scope)
    except NotFound as error:
        await spot.answer(message, "order", text(worded(error, spot.language)))
    except Refused as error:
        again = Outgoing(text(worded(error, spot.language)).parts, expects_reply=True)
        await spot.answer(message, f"{PROMPT}:{id}", again)
    else:
        await spot.answer(message, "order", await _found(spot, session, found), session)


async def _reading(spot: Spot, message: Message, said: str) -> Reading:
    document = message.document
    if document is None:
        if not said:
            raise Refused("words_or_file")
        return await asyncio.to_thread(read_text, said)
    require_size(document.file_size or 0)
    try:
        content = await spot.context.parts.channel.fetch(document.file_id)
    except PermanentChannelError as error:
        raise Refused("not_fetched") from error
    return await asyncio.to_thread(read_file, content)


async def _found(spot: Spot, session: LiveSession, found: Reading) -> Outgoing:
    order, language = found.order, spot.language
    unread = [worded_problem(one.row, one.about, one.reason, short(one.value, NAME), language) for one in found.problems]
    lines = [spot.say(words.ORDER_READ, n=len(order.lines)) if order.lines else spot.say(words.ORDER_NONE)]
    lines += [*_lines(spot, order), *_listed(spot, words.ORDER_UNREAD.to(language), unread)]
    if found.other_sheets:
        others = plan_words.LIST.to(language).join(short(one, NAME) for one in found.other_sheets)
        lines.append(spot.say(words.ORDER_OTHER_SHEETS, sheet=short(found.sheet, NAME), others=others))
    lines += _remarks(spot, spot.floor.orders.remarks(session, order))
    keep = [Button(spot.say(words.B_KEEP), made("plan_order_keep", session.id, mark_of(order)))] if order.lines else []
    another = Button(spot.say(words.B_ANOTHER), made("plan_order_ask", session.id))
    return _message(await _title(spot, session), lines, ((*keep, another),))


async def _show(press: Press, context: Context) -> str:
    """Show the stored order, or ask for one."""
    spot = Spot(context)
    session = await spot.floor.desk.one(spot.actor, press.action.fields["session"], scope=spot.scope)
    order = await spot.floor.orders.of(session, scope=spot.scope)
    if not order.lines:
        return await _ask(press, context)
    await context.parts.channel.edit(press.chat, press.message_id, await _page(spot, session, order))
    return ""


async def _ask(press: Press, context: Context) -> str:
    spot = Spot(context)
    session = await spot.floor.desk.one(spot.actor, press.action.fields["session"], scope=spot.scope, right=Right.RUN)
    await ask(spot, session, str(press.update_id))
    return spot.say(words.REPLY_BELOW)


async def _keep(press: Press, context: Context) -> str:
    spot = Spot(context)
    fields = press.action.fields
    session, order = await spot.floor.orders.keep(spot.actor, fields["session"], seen=fields["order"], scope=spot.scope)
    await context.parts.channel.edit(press.chat, press.message_id, await _page(spot, session, order))
    return spot.say(words.ORDER_DONE)


DEALS: Mapping[str, Deal] = {"plan_order": _show, "plan_order_ask": _ask, "plan_order_keep": _keep}


async def _page(spot: Spot, session: LiveSession, order: RunningOrder) -> Outgoing:
    remarks = _remarks(spot, spot.floor.orders.remarks(session, order))
    lines = [spot.say(words.ORDER_KEPT, n=len(order.lines)), *_lines(spot, order), *remarks]
    another = Button(spot.say(words.B_ANOTHER), made("plan_order_ask", session.id))
    back = Button(spot.say(plan_words.B_BACK), made("plan_card", session.id))
    return _message(await _title(spot, session), lines, ((another, back),))


def _lines(spot: Spot, order: RunningOrder) -> list[str]:
    lines = _pauses(order, 0)
    for one in order.lines[:SHOWN]:
        lines += [_line(spot, one), *_pauses(order, one.position)]
    rest = len(order.lines) - SHOWN
    return lines + ([spot.say(words.ORDER_MORE, n=rest)] if rest > 0 else [])


def _pauses(order: RunningOrder, after: int) -> list[str]:
    """What stands between two lines: lucky bags, breaks, changes of host."""
    return [f"◦ {short(one.event.text, NAME)}" for one in order.interludes if one.after == after]


def _line(spot: Spot, line: OrderLine) -> str:
    more = spot.say(words.ORDER_STOCK, stock=line.stock) if line.stock is not None else ""
    more += spot.say(words.ORDER_MINUTES, minutes=f"{line.minutes:g}") if line.minutes is not None else ""
    more += spot.say(words.ORDER_PART, part=PARTS[line.part].to(spot.language)) if line.part else ""
    more += spot.say(words.ORDER_EVENT, event=short(line.event.text, NAME)) if line.event else ""
    name = short(line.name, NAME)
    return spot.say(words.ORDER_LINE, position=line.position, name=name, price=f"{line.price:,}", more=more)


def _remarks(spot: Spot, found: Sequence[Remark]) -> list[str]:
    if not found:
        return ["", spot.say(words.ORDER_FINE)]
    return _listed(spot, spot.say(words.ORDER_REMARKS), [remark_worded(one, spot.language) for one in found])


def _listed(spot: Spot, head: str, sentences: Sequence[str]) -> list[str]:
    if not sentences:
        return []
    rest = [spot.say(words.ORDER_REST, n=len(sentences) - SAID)] if len(sentences) > SAID else []
    return ["", head, *(f"• {one}" for one in sentences[:SAID]), *rest]


async def _title(spot: Spot, session: LiveSession) -> str:
    names = await spot.floor.ground.news.names(session)
    return title_of(session, names, spot.now, spot.language)


def _message(title: str, lines: Sequence[str], rows: tuple[tuple[Button, ...], ...]) -> Outgoing:
    return Outgoing((Part(title, Style.BOLD), Part("\n" + "\n".join(lines))), rows)
