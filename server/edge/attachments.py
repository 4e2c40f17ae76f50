"""Stored files as downloads: never shown by a browser in our name, whatever is in them."""

from __future__ import annotations

import re
import unicodedata
from contextlib import aclosing
from urllib.parse import quote

from aiohttp import web

from server.infra.storage import Storage

UNSAFE_IN_NAMES = re.compile(r'[\x00-\x1f\x7f"\\/:*?<>|]+')
MAX_NAME = 120  # characters
ALONE = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


def disposition(name: str, otherwise: str) -> str:
    """An attachment called `name` (RFC 6266): plain ASCII for old clients, the real one for others;
    `otherwise` where nothing of it can be used."""
    safe = UNSAFE_IN_NAMES.sub("_", name).strip(" .") or otherwise
    plain = unicodedata.normalize("NFKD", safe).encode("ascii", "ignore").decode().strip()
    return f"attachment; filename=\"{plain or otherwise}\"; filename*=UTF-8''{quote(safe, safe='')}"


async def send_attachment(
    request: web.Request, storage: Storage, key: str, media_type: str, name: str
) -> web.StreamResponse:
    """The whole file. Raises Missing, StorageDown before anything is sent."""
    size = await storage.size(key)
    ending = "." + key.rpartition(".")[2]
    headers = {**ALONE, "Content-Type": media_type}
    headers["Content-Disposition"] = disposition(name[:MAX_NAME] + ending, "file" + ending)
    response = web.StreamResponse(headers=headers)
    response.content_length = size
    await response.prepare(request)
    if request.method != "HEAD":
        async with aclosing(storage.read(key, 0, size)) as pieces:
            async for piece in pieces:
                await response.write(piece)
    await response.write_eof()
    return response
