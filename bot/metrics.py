"""Figures for Prometheus: what goes out and how fast, what waits, the process itself.

No chat, no name, no merchant stands in a label: whoever may look at a machine's figures need not know whom it serves.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bot.domain.outgoing import Kind
from bot.storage.outbox import State

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """All figures of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._sends = Counter(
            "copilot_sends", "Sends by channel, kind of message and outcome.", ("channel", "kind", "outcome"),
            registry=self.registry,
        )  # fmt: skip
        self._repeats = Counter(
            "copilot_repeated_sends", "Sends of what may have arrived before.", ("kind",), registry=self.registry
        )
        self._seconds = Histogram(
            "copilot_send_seconds", "How long the platform took.", ("channel",), buckets=SECONDS, registry=self.registry
        )
        self._outbox = Gauge("copilot_outbox_messages", "Stored messages by state.", ("state",), registry=self.registry)
        self._oldest = self._gauge("copilot_outbox_oldest_due_seconds", "How long the oldest message that is due waits; 0: none.")
        self._inbox = self._gauge("copilot_inbox_waiting", "Updates that are stored and not handled yet.")
        self._lag = self._gauge("copilot_scheduler_lag_seconds", "How late the scheduler's tick is.")
        self._gauge("copilot_owner", "1: this process owns the data; one that stands by has no figures.").set(1)

    def observe(self, channel: str, kind: Kind, outcome: str, seconds: float, repeated: bool) -> None:
        """One send: ``sent``, ``refused`` (tried again), ``unknown`` or ``failed``; `repeated`: it may have arrived before."""
        self._sends.labels(channel, kind.value, outcome).inc()
        self._seconds.labels(channel).observe(seconds)
        if repeated:
            self._repeats.labels(kind.value).inc()

    def stored(self, states: dict[str, int], oldest_due: float, inbox_waiting: int) -> None:
        """What the database holds; `oldest_due` in seconds."""
        for state in State:
            self._outbox.labels(state.value).set(states.get(state, 0))
        self._oldest.set(oldest_due)
        self._inbox.set(inbox_waiting)

    def late(self, seconds: float) -> None:
        """How late the scheduler's tick is."""
        self._lag.set(seconds)

    def page(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self.registry)

    def _gauge(self, name: str, about: str) -> Gauge:
        return Gauge(name, about, registry=self.registry)
