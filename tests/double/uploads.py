"""sendPhoto, sendDocument, editMessageMedia and getFile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.double.calls import Call
from tests.double.errors import bad_request
from tests.double.media import document, photo
from tests.double.messages import apply, caption_of, edited, read_caption, send
from tests.double.registry import method
from tests.double.state import Json

if TYPE_CHECKING:
    from tests.double.core import TelegramDouble

MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024


def _given(double: TelegramDouble, call: Call, field: str, named: str = "") -> tuple[bytes, str]:
    """The bytes and name of an uploaded file, or of one that the double already has; `named` is what stands in the JSON."""
    reference = named or call.text(field)
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
    caption = read_caption(call)
    return await send(double, call, photo=photo(double.world, *_given(double, call, "photo")), **caption)


@method("sendDocument")
async def send_document(double: TelegramDouble, call: Call) -> Json:
    caption = read_caption(call)
    return await send(double, call, document=document(double.world, *_given(double, call, "document")), **caption)


@method("editMessageMedia")
async def edit_message_media(double: TelegramDouble, call: Call) -> Json | bool:
    """Only photos: nothing else is edited here."""
    media = call.json("media", "input media")
    if not isinstance(media, dict) or media.get("type") != "photo":
        raise bad_request("unknown input media type")
    caption = caption_of(media)
    chat, stored = edited(double, call)
    if "photo" not in stored.data:
        raise bad_request("message can't be edited")
    picture = photo(double.world, *_given(double, call, "media", str(media.get("media", ""))))
    return apply(double, call, chat, stored, {"photo": picture, **caption})


@method("getFile")
async def get_file(double: TelegramDouble, call: Call) -> Json:
    data, content = double.world.files.get(call.required("file_id"), ({}, b""))
    if not data:
        raise bad_request("invalid file_id")
    if len(content) > MAX_DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return data
