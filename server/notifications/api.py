"""REST of notifications (`/api/v1`): parse, call one function, answer."""

from __future__ import annotations

from aiohttp import web

from server.edge.access import require_viewer
from server.edge.api import ok, page_of, paging, read_json, read_query
from server.edge.openapi import described
from server.notifications import centre, preferences
from server.notifications.centre import NotificationView, Wanted
from server.notifications.forms import ListQuery, MarkRead, PreferencesForm
from server.notifications.shapes import PreferencesShape, UnreadShape, preferences_shape


@described(query=ListQuery, paged=True, item=NotificationView)
async def list_notifications(request: web.Request) -> web.Response:
    """`GET /notifications?topic=&unread=`: the newest first, groups as one."""
    asked, query = paging(request), read_query(request, ListQuery)
    wanted = Wanted(query.topic, query.unread)
    found, total = await centre.groups(
        require_viewer(request).user_id, wanted, asked.offset, asked.per_page
    )
    return ok(page_of(found, asked.page, asked.per_page, total))


@described(body=MarkRead, data=UnreadShape)
async def mark_read(request: web.Request) -> web.Response:
    """`POST /notifications/read {ids}` or `{all: true}` → how many are unread then."""
    form = await read_json(request, MarkRead)
    person = require_viewer(request)
    left = await centre.mark_read(person.user_id, ids=form.ids, everything=form.all)
    return ok(UnreadShape(unread=left))


@described(data=PreferencesShape)
async def get_preferences(request: web.Request) -> web.Response:
    """`GET /users/me/preferences`."""
    return ok(preferences_shape(await preferences.preferences_of(require_viewer(request).user_id)))


@described(body=PreferencesForm, data=PreferencesShape)
async def change_preferences(request: web.Request) -> web.Response:
    """`PUT /users/me/preferences`: what is not given stays as it is."""
    form, user_id = await read_json(request, PreferencesForm), require_viewer(request).user_id
    before = await preferences.preferences_of(user_id)
    await preferences.change_preferences(user_id, form.choices, form.pace(before.pace))
    return ok(preferences_shape(await preferences.preferences_of(user_id)))
