"""REST of messages (`/api/v1`): parse, call one function, answer."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from server.edge.access import require_viewer
from server.edge.api import ok, page_of, paging, read_json, read_query
from server.edge.openapi import described
from server.edge.paths import id_in_path
from server.edge.private_files import send_private_file
from server.edge.uploads import posted_file
from server.messages import files, listing, reading, reports, writing
from server.messages.circles import door_of, of_session, with_person
from server.messages.forms import (
    MessagesQuery,
    ReadUpTo,
    Report,
    SearchQuery,
    WriteMessage,
)
from server.messages.shapes import (
    ConversationShape,
    FileShape,
    FoundShape,
    MessageShape,
    MessagesShape,
    ReadShape,
    ReportShape,
    conversation_shape,
    file_shape,
    message_shape,
)
from server.messages.values import Circle, Door
from server.messages.writing import NewMessage
from server.people.circle import found


async def circle_in(request: web.Request) -> Circle:
    """The conversation that an address names, by `{username}` or by a session's `{id}`.

    Raises NotFound, Conflict (`yourself`)."""
    viewer = require_viewer(request)
    if "username" in request.match_info:
        return await with_person(viewer, request.match_info["username"])
    return await of_session(viewer, id_in_path(request))


@described(paged=True, item=ConversationShape)
async def list_conversations(request: web.Request) -> web.StreamResponse:
    """Conversations in which something was written, the latest first."""
    asked, viewer = paging(request), require_viewer(request)
    rows, total = await listing.conversations(viewer.user_id, asked.offset, asked.per_page)
    items = [conversation_shape(row) for row in rows]
    return ok(page_of(items, asked.page, asked.per_page, total))


# --- one conversation


@described(query=MessagesQuery, data=MessagesShape)
async def messages_with(request: web.Request) -> web.StreamResponse:
    """`GET /conversations/{username}/messages`: page 1 has the newest; `after` gives what is new."""
    return await _messages(request)


@described(query=MessagesQuery, data=MessagesShape)
async def messages_of_session(request: web.Request) -> web.StreamResponse:
    """`GET /sessions/{id}/messages`: what the mentor and the learners of a session wrote."""
    return await _messages(request)


async def _messages(request: web.Request) -> web.Response:
    viewer, circle = require_viewer(request), await circle_in(request)
    asked = read_query(request, MessagesQuery)
    offset = 0 if asked.after is not None else (asked.page - 1) * asked.per_page
    found = await reading.lines(viewer, circle, after=asked.after, offset=offset, limit=asked.per_page)
    place = await reading.place_in(viewer, circle)
    data: MessagesShape = {
        "items": [message_shape(line) for line in found],
        "page": asked.page,
        "per_page": asked.per_page,
        "total": await reading.count_lines(circle),
        "read_seq": place.read_seq,
        "partner_read_seq": place.partner_read_seq,
        "writable": await door_of(viewer, circle) is Door.OPEN,
    }
    return ok(data)


@described(body=WriteMessage, data=MessageShape, statuses=(200, 201))
async def write_to(request: web.Request) -> web.StreamResponse:
    """`POST /conversations/{username}/messages`: 200 for one that was sent before."""
    return await _write(request)


@described(body=WriteMessage, data=MessageShape, statuses=(200, 201))
async def write_to_session(request: web.Request) -> web.StreamResponse:
    """`POST /sessions/{id}/messages`: to the mentor and all learners of a session."""
    return await _write(request)


async def _write(request: web.Request) -> web.Response:
    circle = await circle_in(request)
    form = await read_json(request, WriteMessage)
    wanted = NewMessage(form.text, form.client_key, form.files, form.acknowledged)
    sent = await writing.write(require_viewer(request), circle, wanted)
    return ok(message_shape(sent.line), "Sent." if sent.new else "OK", 201 if sent.new else 200)


@described(body=ReadUpTo, data=ReadShape)
async def read_with(request: web.Request) -> web.StreamResponse:
    """`POST /conversations/{username}/read {seq}`."""
    return await _read(request)


@described(body=ReadUpTo, data=ReadShape)
async def read_of_session(request: web.Request) -> web.StreamResponse:
    """`POST /sessions/{id}/messages/read {seq}`."""
    return await _read(request)


async def _read(request: web.Request) -> web.Response:
    circle = await circle_in(request)
    form = await read_json(request, ReadUpTo)
    data: ReadShape = {"read_seq": await reading.read_up_to(require_viewer(request), circle, form.seq)}
    return ok(data)


async def typing_to(request: web.Request) -> web.StreamResponse:
    """`POST /conversations/{username}/typing`: shown to the other for a moment, and never kept."""
    return await _typing(request)


async def typing_in_session(request: web.Request) -> web.StreamResponse:
    """`POST /sessions/{id}/messages/typing`."""
    return await _typing(request)


async def _typing(request: web.Request) -> web.Response:
    await writing.say_typing(require_viewer(request), await circle_in(request))
    return ok()


@described(query=SearchQuery, paged=True, item=FoundShape)
async def search(request: web.Request) -> web.StreamResponse:
    """`GET /messages?q=`: the latest messages with these words."""
    asked, words = paging(request), read_query(request, SearchQuery).q
    found = await listing.search(require_viewer(request).user_id, words)
    part = found[asked.offset : asked.offset + asked.per_page]
    items: list[FoundShape] = [
        {"title": one.title, "url": one.path, "message": message_shape(one.line)} for one in part
    ]
    return ok(page_of(items, asked.page, asked.per_page, len(found)))


# --- one message


async def remove(request: web.Request) -> web.StreamResponse:
    """Take an own message back, with its files."""
    await writing.remove(require_viewer(request), id_in_path(request))
    return ok(message="Removed.")


@described(body=Report, data=ReportShape)
async def report(request: web.Request) -> web.StreamResponse:
    """Say that a message breaks the rules; its neighbours are shown to the staff with it."""
    viewer, message_id = require_viewer(request), id_in_path(request)
    await reading.message_for(viewer, message_id)
    form = await read_json(request, Report)
    report_id, status = await reports.report(viewer, message_id, form.reason, form.text)
    data: ReportShape = {"id": str(report_id), "status": status}
    return ok(data, "Thank you. We look at it.")


@described(body=Report, data=ReportShape)
async def report_person(request: web.Request) -> web.StreamResponse:
    """Say that somebody breaks the rules; what their page says now is shown to the staff with it."""
    viewer, username = require_viewer(request), request.match_info["username"]
    await found(username, viewer.user_id)
    form = await read_json(request, Report)
    report_id, status = await reports.report_person(viewer, username, form.reason, form.text)
    data: ReportShape = {"id": str(report_id), "status": status}
    return ok(data, "Thank you. We look at it.")


# --- files


@described(data=FileShape, statuses=(201,))
async def upload(request: web.Request) -> web.StreamResponse:
    """`POST /message-files`, multipart with a `file`: to be sent with a message within a day."""
    source = await posted_file(request, "file", files.MAX_BYTES, files.TOO_LARGE)
    part: Any = (await request.post())["file"]
    kept = await files.take_in(require_viewer(request), part.filename, source)
    return ok(file_shape(kept), "Ready to be sent.", 201)


async def give_up(request: web.Request) -> web.StreamResponse:
    """Forget a file that was not sent."""
    await files.give_up(require_viewer(request), id_in_path(request))
    return ok(message="Gone.")


@described(media_type="application/octet-stream")
async def file_content(request: web.Request) -> web.StreamResponse:
    """A file, for the people of its conversation."""
    row = await reading.readable_file(require_viewer(request), id_in_path(request))
    return await send_private_file(
        request, files.storage(), row.storage_key, row.size, row.name, row.content_type
    )
