"""A feed that floods, and tokens tried in mass, against the real server in a process of its own: what others notice of it.

Server, load and probe are separate processes, so on a machine with few cores they take the processor from each other. What does
not depend on that is the processor time that a refusal costs, and what the server's memory does.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from typing import IO

import httpx
import psutil

from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.plan import Bench

SECONDS, CONNECTIONS, LOADERS = 15, 48, 2
PROBE_EVERY = 0.1
MOST_US, MOST_MB = 1_000.0, 40.0
"""Of processor time for a refusal; by which the server may grow under a flood."""


@dataclass(frozen=True, slots=True)
class _Server:
    process: subprocess.Popen[str]
    seen: psutil.Process
    port: int
    session: str
    loud: str
    calm: str
    at: str

    @property
    def spent(self) -> float:
        times = self.seen.cpu_times()
        return float(times.user + times.system)

    @property
    def megabytes(self) -> float:
        return float(self.seen.memory_info().rss) / 1e6


def flood(bench: Bench) -> list[Figure]:
    """Idle, under a flood from one feed, under wrong tokens in mass, and a body of 50 MB."""
    server = _started()
    try:
        idle, _ = _probed(server, 5.0)
        figures = [Figure("flood", "another feed's request, nothing else, p99", percentile(idle, 0.99), "ms")]
        for what, token in (("one feed floods", server.loud), ("wrong tokens in mass", "?")):
            figures += _flooded(server, what, token)
        return [*figures, _huge(server)]
    finally:
        assert server.process.stdin is not None
        server.process.stdin.close()
        server.process.wait(30)


def _started() -> _Server:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.flood_server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    ready = json.loads(_line(process.stdout))
    server = _Server(process, psutil.Process(process.pid), ready["port"], ready["session"], *ready["tokens"], ready["at"])
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{server.port}/healthz", trust_env=False, timeout=60).raise_for_status()
            return server
        except httpx.ConnectError:
            time.sleep(0.1)


def _flooded(server: _Server, what: str, token: str) -> list[Figure]:
    before, grown = server.spent, server.megabytes
    arguments = [str(server.port), server.session, token, str(CONNECTIONS), str(SECONDS)]
    loaders = [
        subprocess.Popen([sys.executable, "-m", "tests.benchmarks.flood_load", *arguments], stdout=subprocess.PIPE, text=True)
        for _ in range(LOADERS)
    ]
    time.sleep(1.0)
    waits, codes = _probed(server, SECONDS - 2.0)
    counts: Counter[str] = Counter()
    for loader in loaders:
        counts.update(json.loads(_line(loader.stdout)))
        loader.wait(60)
    refused = counts["429"] + counts["401"]
    told = "all" if counts["429"] == counts["retry-after"] else "not all"
    note = f"{refused / SECONDS:,.0f} refusals/s, {counts['429']:,} times 429, {told} with Retry-After"
    answered = sum(times for status, times in codes.items() if status == 200) / max(sum(codes.values()), 1)
    return [
        Figure("flood", f"{what}: another feed's request, p50", percentile(waits, 0.5), "ms", note=note),
        Figure("flood", f"{what}: another feed's request, p99", percentile(waits, 0.99), "ms"),
        Figure("flood", f"{what}: another feed's requests taken", answered, "", 1.0, less_is_better=False),
        Figure("flood", f"{what}: processor time of an answer", (server.spent - before) / max(refused, 1) * 1e6, "µs", MOST_US),
        Figure("flood", f"{what}: the server's memory grew by", server.megabytes - grown, "MB", MOST_MB),
    ]


def _probed(server: _Server, seconds: float) -> tuple[list[float], Counter[int]]:
    """How long each request of the calm feed took, in milliseconds, and what was answered."""
    waits, codes, until = list[float](), Counter[int](), time.monotonic() + seconds
    url = f"http://127.0.0.1:{server.port}/v1/sessions/{server.session}/samples"
    with httpx.Client(trust_env=False, timeout=60, headers={"Authorization": f"Bearer {server.calm}"}) as client:
        while time.monotonic() < until:
            began = time.perf_counter()
            codes[client.post(url, json={"ts": server.at, "online_now": len(waits)}).status_code] += 1
            waits.append((time.perf_counter() - began) * 1e3)
            time.sleep(PROBE_EVERY)
    return waits, codes


def _huge(server: _Server) -> Figure:
    """How much of 50 MB is taken before it is refused."""
    sent = 0

    def parts() -> object:
        nonlocal sent
        for _ in range(500):
            sent += 100_000
            yield b" " * 100_000

    url = f"http://127.0.0.1:{server.port}/v1/sessions/{server.session}/samples"
    time.sleep(1.0)
    try:
        status = httpx.post(
            url,
            content=parts(),
            headers={"Authorization": f"Bearer {server.calm}"},
            trust_env=False,
            timeout=60,  # type: ignore[arg-type]
        ).status_code
    except httpx.TransportError:
        status = 0  # it was closed while we were still sending
    return Figure(
        "flood", "of a body of 50 MB sent before it is refused", sent / 1e6, "MB", 12.0, note=f"status {status or 'closed'}"
    )


def _line(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline()
