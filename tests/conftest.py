"""What all tests share: how Hypothesis searches, one process that draws, and that no test leaves a connection behind."""

from __future__ import annotations

from asyncio.selector_events import _SelectorTransport  # type: ignore[attr-defined]
from collections.abc import Callable, Generator
from concurrent.futures import Executor, Future
from functools import cache
from typing import Any
from weakref import WeakSet

import pytest
from hypothesis import HealthCheck, settings

from bot.channels.pictures import artist

# How long an example takes says more about what else the machine does than about the code.
settings.register_profile("any machine", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

_started = artist.started


class _Drawing(Executor):
    """One process that draws for all tests here: one of its own for each would read matplotlib anew, a second or two of work, and
    give way to everything else that runs."""

    @staticmethod
    @cache
    def _process() -> Executor:
        return _started(nice=0)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return self._process().submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """The next test draws with it too."""


artist.started = _Drawing  # type: ignore[assignment]


@pytest.fixture
def own_process() -> Callable[[], Executor]:
    """How the product starts the process that draws."""
    return _started


_transports: WeakSet[Any] = WeakSet()
_made = _SelectorTransport.__init__


def _noted(self: Any, *arguments: Any, **options: Any) -> None:
    _made(self, *arguments, **options)
    _transports.add(self)


_SelectorTransport.__init__ = _noted


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """Fail the test whose event loop ended with a connection open: the collector would charge it to whichever test runs next.

    A connection that a double's server took in the moment of its stop is nobody's fault, and only closed.
    """
    yield
    left = [one for one in _transports if one._sock is not None and one._loop.is_closed()]
    shown = [str(one._sock) for one in left if one._server is None]
    for one in left:
        one._sock.close()
        one._sock = None
    if shown:
        pytest.fail(f"{item.nodeid} left open: {shown}", pytrace=False)
