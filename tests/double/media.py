"""Files: uploads, downloads, photos and documents."""

from __future__ import annotations

import io
import mimetypes
import struct
import zlib
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError

from tests.double.calls import Call
from tests.double.errors import bad_request
from tests.double.registry import method
from tests.double.state import Json, World

if TYPE_CHECKING:
    from tests.double.core import TelegramDouble

MAX_PHOTO_BYTES = 10 * 1024 * 1024
MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024


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
    data = {"file_id": f"AgACAgUAAx-{number:06d}", "file_unique_id": f"AQAD-{number:06d}", "file_size": len(content)}
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
    return store(world, content, f"documents/{name}") | {"file_name": name, "mime_type": kind}


def _given(double: TelegramDouble, call: Call, field: str) -> tuple[bytes, str]:
    """The bytes and name of an uploaded file, or of one that the double already has."""
    reference = call.text(field)
    upload = call.uploads.get(reference.removeprefix("attach://") if reference.startswith("attach://") else field)
    if upload is not None:
        if not upload.content:
            raise bad_request("file must be non-empty")
        return upload.content, upload.name
    if reference in double.world.files:
        data, content = double.world.files[reference]
        return content, str(data["file_path"]).rpartition("/")[2].partition("_")[2]
    if not reference:
        raise bad_request(f"there is no {field} in the request")
    raise bad_request("wrong file identifier/HTTP URL specified")


@method("sendPhoto")
async def send_photo(double: TelegramDouble, call: Call) -> Json:
    from tests.double.messages import read_caption, send

    caption = read_caption(call)
    return await send(double, call, photo=photo(double.world, *_given(double, call, "photo")), **caption)


@method("sendDocument")
async def send_document(double: TelegramDouble, call: Call) -> Json:
    from tests.double.messages import read_caption, send

    caption = read_caption(call)
    return await send(double, call, document=document(double.world, *_given(double, call, "document")), **caption)


@method("getFile")
async def get_file(double: TelegramDouble, call: Call) -> Json:
    data, content = double.world.files.get(call.required("file_id"), ({}, b""))
    if not data:
        raise bad_request("invalid file_id")
    if len(content) > MAX_DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return data
