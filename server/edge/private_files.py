"""Files that some people may have: pictures that we wrote ourselves are shown, all else is a download."""

from __future__ import annotations

from contextlib import aclosing
from urllib.parse import quote

from aiohttp import web

from server.edge.file_names import PICTURE_ENDINGS
from server.infra.errors import NotFound
from server.infra.storage import Missing, Storage

LOCKED_DOWN = "default-src 'none'; sandbox"  # whatever is in the file, it is nothing of our page


async def send_private_file(
    request: web.Request, storage: Storage, key: str, size: int, name: str, media_type: str
) -> web.StreamResponse:
    """The whole file, to somebody who may have it. Raises NotFound, StorageDown before it is sent."""
    shown = media_type in PICTURE_ENDINGS
    response = web.StreamResponse(
        headers={
            "Content-Type": media_type,
            "Content-Disposition": disposition(name, inline=shown),
            "Content-Security-Policy": LOCKED_DOWN,
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, max-age=3600" if shown else "private, no-store",
        }
    )
    response.content_length = size
    async with aclosing(storage.read(key, 0, size)) as pieces:
        try:
            first = await anext(pieces, b"")
        except Missing as gone:
            raise NotFound from gone
        await response.prepare(request)
        if request.method != "HEAD":
            await response.write(first)
            async for piece in pieces:
                await response.write(piece)
    await response.write_eof()
    return response


def disposition(name: str, *, inline: bool) -> str:
    """RFC 6266: the name as it is for those who read it so, in ASCII for all others."""
    plain = name.encode("ascii", "ignore").decode().replace('"', "") or "file"
    how = "inline" if inline else "attachment"
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
