"""Pages of notifications: the centre, the history, the preferences. They work without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from aiohttp import web

from server.edge.access import require_viewer
from server.edge.api import validated
from server.edge.errors import status_of
from server.edge.paging import Part
from server.edge.redirects import safe_next, see_other
from server.edge.templates import read_form, render
from server.infra.errors import Invalid
from server.notifications import centre, history, preferences
from server.notifications.centre import Wanted
from server.notifications.forms import PreferencesForm, clock_of
from server.notifications.kinds import TOPICS
from server.notifications.preferences import Preferences
from server.notifications.push.devices import devices_of

CENTRE = "/communication/notifications"
PREFERENCES = "/communication/preferences"
PER_PAGE = 20
HISTORY_ROWS = 50
DONE = {
    "saved": "Saved.",
    "on": "We tell you on this device from now on.",
    "off": "That device takes no more notifications.",
    "tried": "A notification is on its way to this device.",
    "not-tried": "Nothing could be sent to this device now. Turn its notifications on, or wait a little.",
}
NO_TIME = "Choose a time, such as 22:00."
FIELDS = {  # names of the API, and of the page
    "quiet_hours": "quiet_until",
    "quiet_hours.start": "quiet_from",
    "quiet_hours.end": "quiet_until",
}
TICK = "tick:"  # tick:bookings:mail


async def centre_page(request: web.Request) -> web.StreamResponse:
    """`?view=unread|history`, `?topic=`."""
    view = request.query.get("view", "")
    return await (_history(request) if view == "history" else _centre(request, view))


async def _centre(request: web.Request, view: str) -> web.Response:
    person, part = require_viewer(request), Part.asked(request, PER_PAGE)
    wanted = Wanted(request.query.get("topic", ""), view == "unread")
    found, total = await centre.groups(person.user_id, wanted, part.offset, PER_PAGE)
    context = {"groups": found, "wanted": wanted, "topics": TOPICS, "page": part.of(total)}
    return render(request, "notifications/centre.html", context)


async def _history(request: web.Request) -> web.Response:
    person, part = require_viewer(request), Part.asked(request, HISTORY_ROWS)
    rows, total = await history.own_history(person.user_id, part.offset, HISTORY_ROWS)
    return render(request, "notifications/history.html", {"rows": rows, "page": part.of(total)})


async def mark(request: web.Request) -> web.StreamResponse:
    """`do` is all, or one is named by `id`, or several by `group`."""
    sent, person = await read_form(request), require_viewer(request)
    group = sent.get("group", "")
    await centre.mark_read(
        person.user_id,
        ids=_ids(sent.get("id")),
        group_key=group if isinstance(group, str) else "",
        everything=sent.get("do") == "all",
    )
    return see_other(safe_next(sent.get("next"), CENTRE))


def _ids(sent: object) -> list[UUID]:
    with suppress(ValueError):
        return [UUID(str(sent))] if sent else []
    return []


# --- preferences


async def preferences_page(request: web.Request) -> web.StreamResponse:
    found = await preferences.preferences_of(require_viewer(request).user_id)
    return await _preferences(request, found, _form_of(found))


async def change_preferences(request: web.Request) -> web.StreamResponse:
    sent, user_id = await read_form(request), require_viewer(request).user_id
    found = await preferences.preferences_of(user_id)
    try:
        form = validated(PreferencesForm, _given(sent, found))
    except Invalid as refused:
        return await _preferences(request, found, sent, refused)
    await preferences.change_preferences(user_id, form.choices, form.pace(found.pace))
    return see_other(f"{PREFERENCES}?done=saved")


def _given(sent: Mapping[str, Any], found: Preferences) -> dict[str, Any]:
    """The posted form as the API would have it: a box that is not ticked is not sent."""
    hours = {"start": sent.get("quiet_from"), "end": sent.get("quiet_until")}
    return {
        "choices": {
            row.topic.name: {
                cell.channel: f"{TICK}{row.topic.name}:{cell.channel}" in sent for cell in row.cells
            }
            for row in found.rows
        },
        "quiet_hours": hours if "quiet" in sent else None,
        "digest": sent.get("digest"),
        "digest_at": sent.get("digest_at") or None,
        "push_says": "push_says" in sent if found.pushed else None,
    }


def _form_of(found: Preferences) -> dict[str, Any]:
    pace = found.pace
    begin, end = pace.quiet or (22 * 60, 7 * 60)
    form = {
        "quiet_from": clock_of(begin),
        "quiet_until": clock_of(end),
        "digest": pace.digest,
        "digest_at": clock_of(pace.digest_minute),
    }
    ticked = {
        f"{TICK}{row.topic.name}:{cell.channel}": "on"
        for row in found.rows
        for cell in row.cells
        if cell.wanted
    }
    on = {"quiet": pace.quiet, "push_says": pace.push_says}
    return {**form, **ticked, **{name: "on" for name, is_on in on.items() if is_on}}


async def _preferences(
    request: web.Request, found: Preferences, form: Mapping[str, Any], refused: Invalid | None = None
) -> web.Response:
    context = {
        "rows": found.rows,
        "push": await devices_of(require_viewer(request)),
        "form": form,
        "errors": _beside_fields(refused),
        "flash": DONE.get(request.query.get("done", "")) if not refused else None,
    }
    status = status_of(refused) if refused else 200
    return render(request, "notifications/preferences.html", context, status)


def _beside_fields(refused: Invalid | None) -> dict[str, str]:
    """What is wrong, by the names of the page's fields."""
    wrong = refused.fields if refused else {}
    found = {FIELDS.get(name, name): text for name, text in wrong.items()}
    return {name: NO_TIME if "pattern" in text else text for name, text in found.items()}
