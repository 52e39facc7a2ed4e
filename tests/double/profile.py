"""Commands, names and descriptions of the bot; facts about chats and members."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.double.calls import Call
from tests.double.errors import bad_request
from tests.double.events import member_json
from tests.double.reach import find_chat, open_chat
from tests.double.registry import method
from tests.double.state import HERE, Chat, Json

if TYPE_CHECKING:
    from tests.double.core import TelegramDouble

MAX_COMMANDS = 100
SCOPES = {
    "default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat", "chat_administrators", "chat_member",
}  # fmt: skip
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_PROFILE = {"name": (64, "name"), "description": (512, "description"), "shortdescription": (120, "short_description")}
"""Length limit and parameter of each text about the bot."""


def _key(double: TelegramDouble, call: Call) -> tuple[str, str]:
    """Scope and language that a list of commands belongs to."""
    scope: dict[str, Any] = call.json("scope", "BotCommandScope") or {"type": "default"}
    if scope.get("type") not in SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    language = call.text("language_code")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad_request("invalid language code specified")
    place = str(find_chat(double.world, str(scope.get("chat_id", ""))).id) if scope["type"].startswith("chat") else ""
    return ":".join(filter(None, [scope["type"], place, str(scope.get("user_id", ""))])), language


@method("setMyCommands")
async def set_my_commands(double: TelegramDouble, call: Call) -> bool:
    key = _key(double, call)
    commands = call.json("commands", "commands") or []
    if not isinstance(commands, list):
        raise bad_request("expected an Array of BotCommand")
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    double.commands[key] = [_command(command) for command in commands]
    return True


def _command(raw: Any) -> Json:
    if not isinstance(raw, dict) or not isinstance(raw.get("command"), str) or not isinstance(raw.get("description"), str):
        raise bad_request("can't parse BotCommand: expected an Object with command and description")
    name = raw["command"].removeprefix("/").lower()
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(raw["description"].strip()) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": raw["description"].strip()}


@method("getMyCommands")
async def get_my_commands(double: TelegramDouble, call: Call) -> list[Json]:
    return double.commands.get(_key(double, call), [])


@method("deleteMyCommands")
async def delete_my_commands(double: TelegramDouble, call: Call) -> bool:
    double.commands.pop(_key(double, call), None)
    return True


def menu(double: TelegramDouble, user_id: int, language: str, chat: Chat) -> dict[str, str]:
    """Commands and descriptions that a client shows: the narrowest scope, the person's language before none."""
    admin = chat.members.get(user_id) in ("administrator", "creator")
    scopes = [f"chat_member:{chat.id}:{user_id}"]
    scopes += [f"chat_administrators:{chat.id}"] * admin + [f"chat:{chat.id}"] + ["all_chat_administrators"] * admin
    scopes += ["all_private_chats" if chat.type == "private" else "all_group_chats", "default"]
    for scope in scopes:
        for code in (language[:2], ""):
            if commands := double.commands.get((scope, code)):
                return {command["command"]: command["description"] for command in commands}
    return {}


def _profile(call: Call) -> tuple[str, str]:
    return call.method.lower()[len("setmy") :], call.text("language_code")


@method("setMyName", "setMyDescription", "setMyShortDescription")
async def set_my_profile(double: TelegramDouble, call: Call) -> bool:
    field, language = _profile(call)
    limit, parameter = _PROFILE[field]
    if len(call.text(parameter)) > limit:
        raise bad_request(f"{parameter} is too long")
    double.profile[field, language] = call.text(parameter)
    return True


@method("getMyName", "getMyDescription", "getMyShortDescription")
async def get_my_profile(double: TelegramDouble, call: Call) -> Json:
    field, language = _profile(call)
    default = double.world.bot.first_name if field == "name" else ""
    value = double.profile.get((field, language)) or double.profile.get((field, "")) or default
    return {_PROFILE[field][1]: value}


@method("setChatMenuButton")
async def set_chat_menu_button(double: TelegramDouble, call: Call) -> bool:
    button = call.json("menu_button", "menu button") or {"type": "default"}
    if button.get("type") not in ("commands", "web_app", "default"):
        raise bad_request("can't parse menu button: unsupported type specified")
    return True


@method("getChat")
async def get_chat(double: TelegramDouble, call: Call) -> Json:
    chat = find_chat(double.world, call.text("chat_id"))
    if chat.type != "private":
        chat = open_chat(double.world, str(chat.id))
    gifts = dict.fromkeys(_GIFTS, False)
    return double.world.chat_json(chat) | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}


_GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


@method("getChatMember")
async def get_chat_member(double: TelegramDouble, call: Call) -> Json:
    chat = open_chat(double.world, call.text("chat_id"))
    user = double.world.users.get(call.number("user_id"))
    if user is None:
        raise bad_request("PARTICIPANT_ID_INVALID" if call.number("user_id") else "invalid user_id specified")
    return member_json(user, _status(chat, user.id))


def _status(chat: Chat, user_id: int) -> str:
    return "member" if chat.type == "private" else chat.members.get(user_id, "left")


@method("getChatAdministrators")
async def get_chat_administrators(double: TelegramDouble, call: Call) -> list[Json]:
    chat = open_chat(double.world, call.text("chat_id"))
    if chat.type == "private":
        raise bad_request("there are no administrators in the private chat")
    admins = [user for user, status in chat.members.items() if status in ("creator", "administrator")]
    return [member_json(double.world.users[user], chat.members[user]) for user in admins if not double.world.users[user].is_bot]


@method("getChatMemberCount")
async def get_chat_member_count(double: TelegramDouble, call: Call) -> int:
    chat = open_chat(double.world, call.text("chat_id"))
    return 2 if chat.type == "private" else sum(1 for status in chat.members.values() if status in HERE)
