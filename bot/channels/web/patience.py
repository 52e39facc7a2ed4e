"""Connections that send nothing, or ever so slowly, and very many from one address: closed before they cost anything.

uvicorn waits for a request's headers as long as somebody keeps the connection open. A body is waited for by whoever reads it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

HEADERS_WITHIN = 10.0
"""Seconds between two looks at a connection; one without a new request in between is closed, so it lasts twice that at most."""
MOST_CONNECTIONS = 500
"""At once; more would use up the files that a process may open, and with them the database's."""
MOST_OF_ADDRESS = 100
"""At once from one address; a proxy in front needs as many as there are requests under way, which take milliseconds."""


def patient() -> type[asyncio.Protocol]:
    """The protocol for one server."""
    there: Counter[str] = Counter()
    seconds, most = HEADERS_WITHIN, MOST_OF_ADDRESS

    class Patient(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
        """uvicorn's, with an eye on the clock."""

        _address = ""
        _look: asyncio.TimerHandle | None = None
        _idle: Any = None

        def connection_made(self, transport: asyncio.Transport) -> None:
            peer = transport.get_extra_info("peername")
            self._address = str(peer[0]) if isinstance(peer, tuple) and peer else ""
            super().connection_made(transport)
            there[self._address] += 1
            if there[self._address] > most:
                transport.abort()
                return
            self._idle = self.cycle
            self._look = self.loop.call_later(seconds, self._looked)

        def connection_lost(self, exc: Exception | None) -> None:
            there[self._address] -= 1
            if not there[self._address]:
                del there[self._address]
            if self._look is not None:
                self._look.cancel()
            super().connection_lost(exc)

        def _looked(self) -> None:
            busy = self.cycle is not None and not self.cycle.response_complete
            if not busy and self._idle is self.cycle:
                self.transport.abort()
                return
            self._idle = None if busy else self.cycle
            self._look = self.loop.call_later(seconds, self._looked)

    return Patient
