"""How a recording's file is given out: by us, or by the storage itself."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from server.edge.attachments import disposition
from server.infra.storage import Storage
from server.recordings.service import StoredFile

LINK_FROM = 8 * 1024 * 1024  # bytes; smaller files are not worth another connection
LINK_LIFETIME = timedelta(minutes=5)  # for the download to begin


async def elsewhere(request: web.Request, file: StoredFile, storage: Storage) -> str | None:
    """Where the storage itself gives the file out; None where we do.

    Only whole files go there: a player asks for ranges, and our pages play nothing from elsewhere."""
    if "Range" in request.headers or file.size < LINK_FROM:
        return None
    return await storage.link(file.storage_key, LINK_LIFETIME)


def headers_of(file: StoredFile) -> dict[str, str]:
    """What says what the file is."""
    return {
        "Content-Type": media_type(file.kind),
        "Content-Disposition": disposition(file.name, "recording.webm"),
    }


def media_type(kind: str) -> str:
    return "audio/webm" if kind == "audio" else "video/webm"
