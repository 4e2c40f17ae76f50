"""How a recording's files are given out: by us, or by the storage itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from aiohttp import web

from server.edge.access import Viewer
from server.edge.attachments import disposition
from server.edge.downloads import Content, Decision, Meter, decide, send
from server.infra.storage import Storage
from server.recordings.files import Companion, StoredFile
from server.recordings.keeping.logbook import note_access, note_sent

LINK_FROM = 8 * 1024 * 1024  # bytes; smaller files are not worth another connection
LINK_OUTLASTS = timedelta(hours=4)  # the lesson: a download that breaks is resumed at the same address


async def give(
    request: web.Request, storage: Storage, file: StoredFile, viewer: Viewer
) -> web.StreamResponse:
    """Whole or a range. It is noted before the first byte, and afterwards how many were taken."""
    await storage.size(file.storage_key)
    decision = decide(request, file.content)
    about, meter = headers_of(file.name, file.media_type), Meter()
    wanted = decision.wanted
    if wanted is None or request.method != "GET":
        return await send(request, storage, file.storage_key, decision, about)
    number = await note_access(file, viewer, wanted.first, wanted.count)
    if link := await elsewhere(request, file, storage):
        return web.Response(status=302, headers={"Location": link})
    try:
        return await send(request, storage, file.storage_key, decision, about, meter)
    finally:
        if meter.sent != wanted.count:
            await note_sent(number, meter.sent)


async def give_companion(request: web.Request, storage: Storage, file: Companion) -> web.StreamResponse:
    """A poster or captions: nothing that anybody fetches for itself."""
    content = Content(await storage.size(file.storage_key), file.tag, changed=file.changed)
    decision: Decision = decide(request, content)
    about = headers_of(file.name, file.media_type)
    return await send(request, storage, file.storage_key, decision, about)


async def elsewhere(request: web.Request, file: StoredFile, storage: Storage) -> str | None:
    """Where the storage itself gives the file out; None where we do.

    Only whole files go there: a player asks for ranges, and our pages play nothing from elsewhere."""
    if "Range" in request.headers or file.content.size < LINK_FROM:
        return None
    return await storage.link(file.storage_key, file.lasts + LINK_OUTLASTS)


def headers_of(name: str, media_type: str) -> Mapping[str, str]:
    """What says what the file is."""
    return {"Content-Type": media_type, "Content-Disposition": disposition(name, "recording")}
