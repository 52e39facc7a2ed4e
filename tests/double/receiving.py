"""getMe, getUpdates and the webhook methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.double.calls import Call
from tests.double.registry import method
from tests.double.state import Json

if TYPE_CHECKING:
    from tests.double.core import TelegramDouble

MAX_POLL_SECONDS = 50


@method("getMe")
async def get_me(double: TelegramDouble, call: Call) -> Json:
    abilities = {
        "can_join_groups": True, "can_read_all_group_messages": not double.privacy, "supports_inline_queries": True,
        "can_connect_to_business": False, "has_main_web_app": False, "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
    }  # fmt: skip
    return double.world.bot.to_json() | abilities


@method("getUpdates")
async def get_updates(double: TelegramDouble, call: Call) -> list[Json]:
    double.updates.allow(call.json("allowed_updates"))
    return await double.updates.poll(
        offset=call.number("offset"), limit=call.number("limit", 100), wait=min(call.number("timeout"), MAX_POLL_SECONDS)
    )


@method("setWebhook")
async def set_webhook(double: TelegramDouble, call: Call) -> bool:
    double.updates.allow(call.json("allowed_updates"))
    await double.webhook.set(
        call.text("url"),
        secret=call.text("secret_token"),
        max_connections=call.number("max_connections"),
        drop=call.flag("drop_pending_updates"),
    )
    return True


@method("deleteWebhook")
async def delete_webhook(double: TelegramDouble, call: Call) -> bool:
    await double.webhook.set("", secret="", max_connections=0, drop=call.flag("drop_pending_updates"))
    return True


@method("getWebhookInfo")
async def get_webhook_info(double: TelegramDouble, call: Call) -> Json:
    return double.webhook.info()


@method("logOut", "close")
async def log_out(double: TelegramDouble, call: Call) -> bool:
    return True
