"""Files as Telegram keeps them: photos, documents, and the fields that each has."""

from __future__ import annotations

import io
import mimetypes
import re
import struct
import zlib

from PIL import Image, UnidentifiedImageError

from tests.double.errors import bad_request
from tests.double.state import Json, World

MAX_PHOTO_BYTES = 10 * 1024 * 1024


def _pixel() -> bytes:
    """The smallest PNG: one black pixel."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


PIXEL = _pixel()


def store(world: World, content: bytes, path: str) -> Json:
    """Keep a file; returns the fields that every kind of file has."""
    number = next(world.numbers)
    folder, _, name = path.rpartition("/")
    data: Json = {"file_id": f"AgACAgUAAx-{number:06d}", "file_unique_id": f"AQAD-{number:06d}", "file_size": len(content)}
    world.files[data["file_id"]] = (data | {"file_path": f"{folder}/{number}_{name}"}, content)
    return data


def photo(world: World, content: bytes, name: str) -> list[Json]:
    """PhotoSize objects of a picture; ApiError 400 for what is none, or has sides that Telegram refuses."""
    if len(content) > MAX_PHOTO_BYTES:
        raise bad_request("file is too big")
    try:
        width, height = Image.open(io.BytesIO(content)).size
    except (UnidentifiedImageError, OSError) as error:
        raise bad_request("IMAGE_PROCESS_FAILED") from error
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return [store(world, content, f"photos/{name}") | {"width": width, "height": height}]


def document(world: World, content: bytes, name: str) -> Json:
    """A Document object."""
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    place = re.sub(r"[^\w.-]", "_", name)  # Telegram names its files itself
    return store(world, content, f"documents/{place}") | {"file_name": name, "mime_type": kind}
