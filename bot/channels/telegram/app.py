"""The Telegram bot: put together, started and stopped inside one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit

import structlog
from starlette.routing import Route
from telegram.error import InvalidToken, TelegramError
from telegram.ext import ApplicationBuilder, ContextTypes, ExtBot

from bot.channels.telegram.channel import TelegramChannel, account
from bot.channels.telegram.context import App, Context, Parts
from bot.channels.telegram.errors import Scrub
from bot.channels.telegram.handlers import ALLOWED_UPDATES, ErrorHandler, add_handlers, say_sorry
from bot.channels.telegram.menu import register
from bot.channels.telegram.pace import Paces
from bot.channels.telegram.people.endings import Said, tell_endings
from bot.channels.telegram.polling import Polling, PollingTrouble, insist
from bot.channels.telegram.reading import STUMBLES, read
from bot.channels.telegram.requests import PollingRequest, polling_request, quiet_libraries, sending_request
from bot.channels.telegram.updates import UpdateWorker, store
from bot.channels.telegram.webhook import webhook_route
from bot.config import Settings
from bot.domain.limits import Limit
from bot.errors import SettingsError, TemporaryChannelError
from bot.flows.answers import Answers
from bot.flows.floor import Floor
from bot.flows.office import Office
from bot.flows.reference import Reference
from bot.storage.answers import Exchanges
from bot.storage.chats import Chats
from bot.storage.inbox import Inbox, InboxItem
from bot.storage.outbox import Outbox

log = structlog.get_logger(__name__)


class TelegramBot:
    """One bot. Its `channel` can send before it is started; what came in while it was down is handled first."""

    def __init__(
        self,
        settings: Settings,
        *,
        answers: Answers,
        reference: Callable[[], Reference],
        inbox: Inbox,
        outbox: Outbox,
        exchanges: Exchanges,
        chats: Chats,
        office: Office,
        floor: Floor,
        notify: Callable[[], None],
        now: Callable[[], datetime],
    ) -> None:
        """`notify` wakes the delivery of the outbox. Raises SettingsError when no token is set."""
        if settings.telegram_bot_token is None:
            raise SettingsError("没有设 TELEGRAM_BOT_TOKEN。请运行 copilot setup，或写进 .env。")
        token = settings.telegram_bot_token.get_secret_value()
        quiet_libraries()
        self._settings = settings
        self._scrub = Scrub(token)
        self._account = account(token)
        self._inbox = inbox
        self._now = now
        self._failed = ErrorHandler(self._scrub)
        self._worker = UpdateWorker(inbox, self._account, self._handle, self._give_up, now)
        self._trouble = PollingTrouble(self._scrub)
        request = polling_request()
        self._app = _application(settings, token, request)
        self._polling = Polling(request, self._app.bot.base_url, ALLOWED_UPDATES, self._keep, self._trouble)
        self._app.add_error_handler(self._failed)
        add_handlers(self._app)
        self.channel = TelegramChannel(self._app.bot, self._scrub)
        self._parts = Parts(
            answers=answers,
            reference=reference,
            exchanges=exchanges,
            outbox=outbox,
            chats=chats,
            office=office,
            floor=floor,
            paces=Paces(
                Limit(settings.person_per_minute, max(5, settings.person_per_minute // 2)),
                Limit(settings.chat_per_minute, max(10, settings.chat_per_minute // 2)),
            ),
            channel=self.channel,
            account=self._account,
            notify=notify,
            now=now,
            lead_chat=settings.lead_chat,
            language=settings.language,
            zone=settings.zone,
            web_address=settings.web_address,
        )
        self._said = Said()
        self._tasks: list[asyncio.Task[None]] = []
        self._poller: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect, then take updates until `stop`.

        Waits for the network as long as it takes; cancel it to give up. Raises SettingsError for a wrong token.
        """
        await self._connect()
        self._app.bot_data["parts"] = replace(self._parts, lead_chat=await self._lead_chat())
        await self._app.start()
        self._tasks = [
            asyncio.create_task(self._worker.run(), name="telegram worker"),
            asyncio.create_task(register(self._app.bot, self._settings.language, self._scrub), name="telegram menu"),
        ]
        if self._settings.webhook_url:
            await self._set_webhook()
        else:
            self._poller = asyncio.create_task(self._polling.run(), name="telegram polling")
        log.info("telegram.started", bot=self._app.bot.username, webhook=bool(self._settings.webhook_url))

    async def stop(self) -> None:
        """Take no more updates, finish what is in hand, close the connections. Harmless when not started."""
        if self._poller is not None:
            self._poller.cancel()
            await asyncio.gather(self._poller, return_exceptions=True)
            await self._polling.acknowledge()
            self._poller = None
        await self._worker.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._app.running:
            await self._app.stop()
        await self._app.shutdown()
        await self._app.bot.shutdown()  # the application leaves it open when connecting has failed

    async def run(self, stop: asyncio.Event) -> None:
        """Start, work until `stop` is set, stop; also while it is still connecting. Raises SettingsError as `start`."""
        stopping = asyncio.create_task(stop.wait())
        starting = asyncio.create_task(self.start())
        try:
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                working = [self._tasks[0], self._poller] if self._poller else [self._tasks[0]]
                await asyncio.wait({*working, stopping}, return_when=asyncio.FIRST_COMPLETED)
                for ended in (task for task in working if task.done()):
                    ended.result()
        finally:
            for task in (starting, stopping):
                task.cancel()
            await asyncio.gather(starting, stopping, return_exceptions=True)
            await self.stop()

    async def tell_endings(self) -> None:
        """Say what has ended since the last time; to be called now and then, also before it is started."""
        await tell_endings(self._parts, self._said)

    def notify(self) -> None:
        """Say that there is something new in the inbox."""
        self._worker.notify()

    def webhook_route(self) -> Route | None:
        """The route for the HTTP server, None when polling."""
        if not self._settings.webhook_url or self._settings.webhook_secret is None:
            return None
        path = urlsplit(self._settings.webhook_url).path or "/"
        secret = self._settings.webhook_secret.get_secret_value()
        return webhook_route(path, secret, self._inbox, self._account, self.notify, self._now)

    async def _keep(self, payload: Any) -> int | None:
        """Store what polling brought, and wake the worker."""
        number = await store(self._inbox, self._account, payload, now=self._now())
        self.notify()
        return number

    async def _connect(self) -> None:
        try:
            await insist(self._app.initialize, self._trouble)
            if not self._settings.webhook_url:  # Telegram takes one way or the other
                await insist(self._app.bot.delete_webhook, self._trouble)
        except InvalidToken:
            # Not chained: the library writes the token into its own sentence.
            raise SettingsError(
                "Telegram 不认 TELEGRAM_BOT_TOKEN。请向 @BotFather 核对后改 .env；设过 TELEGRAM_API_URL 的话也核对一下。"
            ) from None

    async def _lead_chat(self) -> str:
        """The lead chat's id; a line in the log when the bot cannot reach it."""
        named = self._settings.lead_chat
        if not named:
            return ""
        try:
            return str((await self._app.bot.get_chat(named if named.startswith("@") else int(named))).id)
        except TelegramError as error:
            log.warning("组长群 COPILOT_LEAD_CHAT 进不去。请把机器人拉进那个群，再核对编号。", error=self._scrub(error.message))
            return named

    async def _set_webhook(self) -> None:
        secret = self._settings.webhook_secret
        try:
            await self._app.bot.set_webhook(
                self._settings.webhook_url,
                secret_token=secret.get_secret_value() if secret else None,
                allowed_updates=ALLOWED_UPDATES,
                drop_pending_updates=False,
            )
        except TelegramError as error:
            raise SettingsError(f"Telegram 不接受 COPILOT_WEBHOOK_URL：{self._scrub(error.message)}") from None

    async def _handle(self, item: InboxItem) -> str:
        """Run the handlers on one stored update."""
        update = read(item.payload, self._app.bot)
        await self._app.process_update(update)
        failed = self._failed.take(update.update_id)
        if isinstance(failed, TemporaryChannelError):
            raise failed
        return "" if failed is None else self._scrub(repr(failed))

    async def _give_up(self, item: InboxItem) -> None:
        # What the handlers stumbled over, this may stumble over as well; there is nobody left to tell.
        with suppress(*STUMBLES):
            await say_sorry(read(item.payload, self._app.bot), self._app, self._app.bot_data["parts"])


def _application(settings: Settings, token: str, polling: PollingRequest) -> App:
    """The library's application. It takes no updates by itself: our polling stores them, our worker hands them in."""
    bot: ExtBot[None] = ExtBot(
        token,
        base_url=f"{settings.telegram_api_url}/bot",
        base_file_url=f"{settings.telegram_api_url}/file/bot",
        request=sending_request(),
        get_updates_request=polling,
    )
    builder: Any = ApplicationBuilder()
    builder = builder.bot(bot).updater(None).job_queue(None).context_types(ContextTypes(context=Context))
    return cast(App, builder.build())
