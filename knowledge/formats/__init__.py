"""One small file a family of formats: each turns the bytes of a file into Markdown, an `Extract`."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile

BROKEN = (
    ArithmeticError, AssertionError, AttributeError, BadZipFile, EOFError, ExpatError, LookupError, MemoryError,
    NotImplementedError, OSError, RecursionError, StopIteration, SyntaxError, TypeError, ValueError, struct.error, zlib.error,
)  # fmt: skip
"""What parsers raise on broken files; none of them promises less. Each format adds its library's own errors."""


class CannotRead(Exception):
    """A file that cannot be read; the message is one sentence for the person who owns it."""


@dataclass(frozen=True, slots=True)
class Extract:
    """What a file says, as Markdown. `title` is the one the format keeps apart from the text, if any.

    With `paged` a form feed stands before each page but the first. Without `numbering` only marked headings count.
    """

    text: str
    title: str = ""
    meta: dict[str, str] = field(default_factory=dict)
    paged: bool = False
    numbering: bool = True
