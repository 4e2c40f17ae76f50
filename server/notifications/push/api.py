"""REST of the devices that take pushes (`/api/v1/push/subscriptions`)."""

from __future__ import annotations

from aiohttp import web

from server.edge.access import require_viewer
from server.edge.api import ok, read_json
from server.edge.openapi import described
from server.notifications.push import devices
from server.notifications.push.devices import Device, Devices
from server.notifications.push.forms import SubscribeForm, UnsubscribeForm


@described(data=Devices)
async def subscriptions(request: web.Request) -> web.Response:
    """`GET /push/subscriptions`: which devices take pushes, and the key to subscribe for."""
    return ok(await devices.devices_of(require_viewer(request)))


@described(body=SubscribeForm, data=Device, statuses=(200, 201))
async def subscribe(request: web.Request) -> web.Response:
    """`POST /push/subscriptions`: push to this browser; 201 where that is new."""
    form, agent = await read_json(request, SubscribeForm), request.headers.get("User-Agent", "")
    device, new = await devices.subscribe(require_viewer(request), form.subscription, agent)
    return ok(device, status=201 if new else 200)


@described(body=UnsubscribeForm)
async def unsubscribe(request: web.Request) -> web.Response:
    """`DELETE /push/subscriptions {endpoint}`: push there no more."""
    form = await read_json(request, UnsubscribeForm)
    await devices.unsubscribe(require_viewer(request), form.endpoint)
    return ok()
