"""The pages of messages: the list, and a conversation. They work without scripts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import uuid4

from aiohttp import web

from server.accounts.views import error_lines
from server.edge.access import Viewer, require_viewer
from server.edge.api import validated
from server.edge.errors import status_of
from server.edge.forms import posted
from server.edge.paging import Part
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.infra.errors import DomainError, Forbidden, Invalid, Throttled
from server.messages import files, listing, reading, reports, writing
from server.messages.api import circle_in
from server.messages.circles import PAGE, door_of, warns_of_contacts
from server.messages.forms import ChooseMessage, ReportPage, WritePage
from server.messages.values import Attachment, Circle, Line, Place
from server.messages.writing import NewMessage

ROWS = 30  # conversations of a page
AROUND = 20  # messages below the one that an address names
SAID = {
    "removed": "Your message is gone.",
    "reported": "Thank you. We look at it.",
    "muted": "You are not told of new messages here any more.",
    "unmuted": "You are told of new messages here again.",
    "left": "It is out of your list. It comes back with the next message.",
}
Deed = Callable[[Viewer, Circle, Mapping[str, Any]], Awaitable[str]]


# --- the list


async def list_page(request: web.Request) -> web.StreamResponse:
    """`?q=` searches; `?part=list` is the list alone, for the script that keeps it fresh."""
    viewer, part = require_viewer(request), Part.asked(request, ROWS)
    words = request.query.get("q", "")[:200]
    rows, total = await listing.conversations(viewer.user_id, part.offset, ROWS)
    context: dict[str, Any] = {"rows": rows, "page": part.of(total), "current": ""}
    if request.query.get("part") == "list":
        current = request.query.get("current", "")
        return render(request, "partials/message_rows.html", {**context, "current": current})
    context |= {
        "q": words,
        "found": await listing.search(viewer.user_id, words) if words else None,
        "flash": SAID.get(request.query.get("done", "")),
    }
    return render(request, "messages/list.html", context)


# --- a conversation


async def thread_page(request: web.Request) -> web.StreamResponse:
    """`?at=` shows what was around a message, `?before=` what was before one; `?part=lines&after=` is
    what came after one, for the script."""
    circle = await circle_in(request)
    if request.query.get("part") == "lines":
        return await _new_lines(request, circle)
    return await _thread(request, circle)


async def _new_lines(request: web.Request, circle: Circle) -> web.Response:
    viewer, after = require_viewer(request), _number(request, "after") or 0
    context = {
        "lines": await reading.lines(viewer, circle, after=after),
        "before": await reading.line_before(viewer, circle, after),
        "circle": circle,
    }
    return render(request, "partials/message_lines.html", context)


def _number(request: web.Request, name: str) -> int | None:
    text = request.query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


async def _thread(
    request: web.Request,
    circle: Circle,
    form: Mapping[str, Any] | None = None,
    refused: DomainError | None = None,
) -> web.Response:
    viewer, before = require_viewer(request), _before(request)
    lines = await reading.lines(viewer, circle, before=before)
    place = await reading.place_in(viewer, circle)
    if before is None and lines and lines[-1].seq > place.read_seq:
        await reading.read_up_to(viewer, circle, lines[-1].seq)
    rows, _ = await listing.conversations(viewer.user_id, 0, ROWS)
    context = {
        "circle": circle,
        "lines": lines,
        "newest": before is None,
        "place": place,
        "seen": _seen(lines, place),
        "rows": rows,
        "door": await door_of(viewer, circle),
        "warned": refused is not None and refused.code == "contact_data",
        "careful": await warns_of_contacts(viewer, circle),
        "form": {"client_key": uuid4().hex, **(form or {})},
        "files": await _chosen(viewer, form),
        "reported": await _reported(request, circle),
        "errors": _errors(refused),
        "limits": {"files": files.MAX_FILES, "bytes": files.MAX_BYTES, "text": writing.MAX_TEXT},
        "flash": None if refused else SAID.get(request.query.get("done", "")),
    }
    return render(request, "messages/thread.html", context, status_of(refused) if refused else 200)


async def _reported(request: web.Request, circle: Circle) -> Line | None:
    """The message that `?report=` asks to be reported."""
    seq = _number(request, "report")
    return await reading.line_before(require_viewer(request), circle, seq) if seq else None


def _before(request: web.Request) -> int | None:
    """Below which number the page ends; None for the newest."""
    at = _number(request, "at")
    return at + AROUND if at is not None else _number(request, "before")


def _seen(lines: list[Line], place: Place) -> int:
    """The number of the own message below which it says that it was read; 0 for none."""
    read = (line.seq for line in lines if line.mine and line.seq <= place.partner_read_seq)
    last = max(read, default=0)
    return last if lines and last and lines[-1].mine else 0


async def _chosen(viewer: Viewer, form: Mapping[str, Any] | None) -> list[Attachment]:
    """Files that were uploaded for a message that was refused: they are still there."""
    if not form or not form.get("file_ids"):
        return []
    return await files.own_unsent(viewer, validated(WritePage, form).file_ids)


def _errors(refused: DomainError | None) -> dict[str, str]:
    if refused is None:
        return {}
    return {"text": refused.message} if refused.code == "contact_data" else error_lines(refused)


# --- what is done there


async def act(request: web.Request) -> web.StreamResponse:
    """`do` names what: nothing sends a message."""
    circle = await circle_in(request)
    sent = await read_form(request)
    deed = DEEDS.get(str(sent.get("do", "")))
    if deed is not None:
        said = await deed(require_viewer(request), circle, sent)
        return see_other(f"{PAGE if said == 'left' else circle.path}?done={said}")
    try:
        await _send(request, circle, sent)
    except (Invalid, Forbidden, Throttled) as refused:
        return await _thread(request, circle, sent, refused)
    return see_other(circle.path)


async def _send(request: web.Request, circle: Circle, sent: dict[str, Any]) -> None:
    """Files that came with the form itself are uploaded first, and named in it from then on."""
    viewer = require_viewer(request)
    fresh = [str(kept.id) for kept in await _uploaded(request, viewer)]
    form = validated(WritePage, sent)
    sent["file_ids"] = [*map(str, form.file_ids), *fresh]
    form = validated(WritePage, sent)
    wanted = NewMessage(form.text, form.client_key or None, form.file_ids, form.acknowledged)
    await writing.write(viewer, circle, wanted)


async def _uploaded(request: web.Request, viewer: Viewer) -> list[Attachment]:
    parts = (await posted(request)).getall("files", [])
    fields = [part for part in parts if isinstance(part, web.FileField) and part.filename]
    try:
        return [await files.take_in(viewer, part.filename, _modest(part)) for part in fields]
    except Invalid as refused:
        raise Invalid(fields={"files": next(iter(refused.fields.values()))}) from refused


def _modest(part: web.FileField) -> Any:
    """Raises Invalid."""
    if part.file.seek(0, 2) > files.MAX_BYTES:
        raise Invalid(fields={"files": files.TOO_LARGE})
    part.file.seek(0)
    return part.file


async def _remove(viewer: Viewer, circle: Circle, sent: Mapping[str, Any]) -> str:
    await writing.remove(viewer, validated(ChooseMessage, sent).message)
    return "removed"


async def _report(viewer: Viewer, circle: Circle, sent: Mapping[str, Any]) -> str:
    form = validated(ReportPage, sent)
    await reports.report(viewer, form.message, form.reason, form.more)
    return "reported"


async def _mute(viewer: Viewer, circle: Circle, sent: Mapping[str, Any]) -> str:
    await writing.set_muted(viewer, circle, True)
    return "muted"


async def _unmute(viewer: Viewer, circle: Circle, sent: Mapping[str, Any]) -> str:
    await writing.set_muted(viewer, circle, False)
    return "unmuted"


async def _leave(viewer: Viewer, circle: Circle, sent: Mapping[str, Any]) -> str:
    await writing.leave(viewer, circle)
    return "left"


DEEDS: dict[str, Deed] = {
    "remove": _remove,
    "report": _report,
    "mute": _mute,
    "unmute": _unmute,
    "leave": _leave,
}
