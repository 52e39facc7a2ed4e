"""The web part of `copilot run` in a process of its own, over a new database with one session and two feeds, to be flooded.

Prints a line of JSON when it is ready: port, session and the tokens of both feeds. Ends when its stdin does.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from bot.build_metrics import samples_over
from bot.channels.web.feed_pace import FeedPace
from bot.channels.web.samples import sample_routes
from bot.channels.web.server import serve_http, web_app
from bot.config import BUILT_IN_HANDBOOK
from bot.following import read_reference
from tests.office_desk import LEAD, ONE
from tests.session_desk import floor

PER_MINUTE = 600
"""What the settings allow a feed by default."""


async def main() -> None:
    """Serve until stdin closes."""
    reference, _ = read_reference(BUILT_IN_HANDBOOK)
    with tempfile.TemporaryDirectory() as folder:
        async with floor(Path(folder)) as desk:
            gate, database = desk.office.office.gate, desk.office.database
            session, tokens = await desk.planned(ahead=timedelta(hours=1)), []
            for name in ("吵的", "安静的"):
                actor, scope = await desk.office.actor(LEAD), await desk.scope(LEAD)
                tokens.append((await desk.floor.feeds.add(actor, name, scope=scope, team=ONE))[1])
            began, start = time.monotonic(), desk.now
            # The desk's clock stands still; a pace needs one that goes.
            samples = samples_over(database, gate, lambda: reference)
            samples = type(samples)(
                samples.feeds, samples.samples, samples.sessions, samples.merchants, samples.figures, samples.sources,
                lambda: start + timedelta(seconds=time.monotonic() - began), samples.observe,
            )  # fmt: skip
            app = web_app(lambda: {"ok": True}, sample_routes(samples, FeedPace(PER_MINUTE)))
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            stop = asyncio.Event()
            asyncio.get_running_loop().add_reader(sys.stdin, stop.set)
            ready = {"port": port, "session": session.id, "tokens": tokens, "at": start.isoformat()}
            print(json.dumps(ready), flush=True)
            await serve_http(app, "127.0.0.1", port, stop)


if __name__ == "__main__":
    asyncio.run(main())
