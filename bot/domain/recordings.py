"""Samples as lines of a recording: CSV with the header ``ts`` and metric ids, a blank cell for what is missing. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo

from bot.domain.samples import Sample


def recording_lines(samples: Iterable[Sample], names: Sequence[str], zone: tzinfo) -> Iterator[str]:
    """The header and a line for each sample, without line ends; moments in `zone`, to the millisecond where they have one."""
    yield ",".join(("ts", *names))
    for one in samples:
        precision = "milliseconds" if one.at.microsecond else "seconds"
        yield ",".join((one.at.astimezone(zone).isoformat(timespec=precision), *(shown(one.values.get(name)) for name in names)))


def shown(value: float | None) -> str:
    """A figure as a recording holds it: whole ones without a point, empty where there is none."""
    if value is None:
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
