"""Calendar files: one session, and a person's feed for programs that read it without a login."""

from __future__ import annotations

from datetime import UTC, timedelta
from email.utils import format_datetime

from aiohttp import web

from server.accounts.requests import client_of
from server.booking import service as booking
from server.calendar import feeds, ics
from server.calendar.events import event_for, sender_of
from server.calendar.feeds import Content
from server.calendar.secrets import feed_named
from server.edge.access import viewer
from server.edge.keys import SETTINGS
from server.edge.openapi import described
from server.edge.paths import id_in_path
from server.edge.ranges import known
from server.edge.ratelimit import WINDOWS, Limit
from server.infra.clock import now
from server.infra.errors import Conflict, NotFound

MEDIA_TYPE = "text/calendar"
# Programs ask every few minutes at most. Addresses can't be guessed; nobody shall keep us busy with it.
READS = Limit("calendar-reads", 60, timedelta(minutes=10))
MISSES = Limit("calendar-misses", 30, timedelta(minutes=10))


@described(media_type=MEDIA_TYPE)
async def session_file(request: web.Request) -> web.Response:
    """`GET /sessions/{id}/calendar.ics`: the event of one session, as it is in the asker's calendar."""
    asking, base_url = viewer(request), request.app[SETTINGS].base_url
    session = await booking.get_session(id_in_path(request), asking)
    event = await event_for(session.id, asking.user_id if asking else None, base_url)
    if event is None:
        raise Conflict("wrong_state", "A draft has no place in a calendar yet.")
    return _file(ics.published(event, sender_of(base_url), now()), "attachment", "lesson.ics")


async def feed(request: web.Request) -> web.Response:
    """`/calendar/{secret}.ics`: all lessons of whoever gave the address to a program."""
    found = await _look_up(request)
    headers = {
        "ETag": f'W/"{found.tag}"',
        "Last-Modified": format_datetime(found.changed_at.astimezone(UTC), usegmt=True),
        "Cache-Control": "private, no-cache",
        "X-Robots-Tag": "noindex, nofollow",
    }
    if _has_it(request, found):
        return web.Response(status=304, headers=headers)
    sender = sender_of(request.app[SETTINGS].base_url)
    answer = _file(ics.feed(found.events, sender, now()), "inline", "peerlearn.ics")
    answer.headers.update(headers)
    return answer


async def _look_up(request: web.Request) -> Content:
    """Raises NotFound, Throttled."""
    settings = request.app[SETTINGS]
    async with WINDOWS.attempt((MISSES, client_of(request).network)) as attempt:
        feed_id = feed_named(settings.secret_key, request.match_info["secret"])
        if feed_id is not None:
            await WINDOWS.take(READS, str(feed_id))
        found = await feeds.read(feed_id, settings.base_url) if feed_id else None
        attempt.failed = found is None
    if found is None:
        raise NotFound(message="There is no such calendar.")
    return found


def _has_it(request: web.Request, found: Content) -> bool:
    """Whether the program has this very content (RFC 9110 §13.2.2): a tag counts before a time."""
    if "If-None-Match" in request.headers:
        return known(request.headers, f'"{found.tag}"')
    since = request.if_modified_since
    return since is not None and found.changed_at <= since


def _file(text: str, disposition: str, name: str) -> web.Response:
    headers = {"Content-Disposition": f'{disposition}; filename="{name}"'}
    return web.Response(text=text, content_type=MEDIA_TYPE, charset="utf-8", headers=headers)
