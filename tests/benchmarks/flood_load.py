"""A load generator, in a process of its own: as many requests as it can from one token, or from one new token after the other.

`python -m tests.benchmarks.flood_load PORT SESSION TOKEN CONNECTIONS SECONDS`; the token ``?`` is a wrong one, new each time.
Prints what was answered, by status, as a line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter

BODY = b'{"ts":"2026-03-06T20:05:00+08:00","online_now":160}'


async def worker(port: int, session: str, token: str, until: float, counts: Counter[str], name: int) -> None:
    """One connection after the other, requests on each until it is closed."""
    sent = 0
    while time.monotonic() < until:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            counts["refused"] += 1
            await asyncio.sleep(0.01)
            continue
        try:
            while time.monotonic() < until:
                sent += 1
                bearer = token if token != "?" else f"ocf_{name:08}{sent:024}"
                head = f"POST /v1/sessions/{session}/samples HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {bearer}\r\n"
                writer.write(f"{head}Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n".encode() + BODY)
                answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
                counts[answer[9:12].decode()] += 1
                if b"retry-after:" in answer.lower():
                    counts["retry-after"] += 1
                length = int(answer.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
                await reader.readexactly(length)
                if b"connection: close" in answer.lower():
                    break
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            counts["broken"] += 1
        finally:
            writer.close()


async def main() -> None:
    """Load until the time is up."""
    port, session, token, connections, seconds = sys.argv[1:6]
    counts: Counter[str] = Counter()
    until = time.monotonic() + float(seconds)
    await asyncio.gather(*(worker(int(port), session, token, until, counts, n) for n in range(int(connections))))
    print(json.dumps(counts), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
