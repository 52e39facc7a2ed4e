"""What each button of a session's cards does."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels.telegram.checklists import menu, pressing
from bot.channels.telegram.presses import Deal

DEALS: Mapping[str, Deal] = {
    "item_tick": pressing.tick,
    "item_sure": pressing.sure,
    "item_cancel": pressing.cancel,
    "items_more": menu.more,
    "items_back": menu.back,
    "item_more": menu.item,
    "item_undo": menu.undo,
    "item_skip": menu.skip,
    "item_note": menu.note,
    "item_why": menu.why,
    "item_section": menu.section,
    "item_photo": menu.photo,
    "item_people": menu.people,
    "item_assign": menu.assign,
}
