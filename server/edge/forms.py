"""Posted forms: what every parsed form has in common, and reading them whatever their bytes are."""

from __future__ import annotations

from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage
from multidict import MultiDictProxy
from pydantic import BaseModel, ConfigDict

from server.infra.errors import Malformed, UnsupportedType

FORM_MEDIA_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


class Form(BaseModel):
    """A parsed body. Unknown fields are ignored: clients may be newer than we are."""

    model_config = ConfigDict(extra="ignore", str_max_length=20_000)


async def posted(request: web.Request) -> MultiDictProxy[str | bytes | bytearray | web.FileField]:
    """The fields as they came; may be asked for more than once.

    Raises UnsupportedType, Malformed."""
    if request.content_type not in FORM_MEDIA_TYPES:
        raise UnsupportedType(message="Send a form.")
    try:
        return await request.post()
    except (ValueError, LookupError, BadHttpMessage) as error:  # encoding, charset, torn parts
        raise Malformed(message="The form could not be read.") from error
