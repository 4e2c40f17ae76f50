"""What an action did, said on the page it led to: a POST sends the browser on, and `?done=` names it."""

from __future__ import annotations

from aiohttp import web

SAID = {
    "drafted": "The draft is saved. Publish it when it is ready.",
    "saved": "Your changes are saved.",
    "published": "Published. People can find and book it now.",
    "booked": "Your seat is booked. A mail with the details is on its way.",
    "accepted": "Accepted. This is the page of your lesson.",
    "waits": "You are on the waiting list. We tell you as soon as a seat is free for you.",
    "waits_no_more": "You are not on the waiting list any more.",
    "left": "Your booking is cancelled, and the seat is free again.",
    "cancelled": "The session is cancelled, and everybody who booked is told.",
}


def said(request: web.Request) -> str | None:
    return SAID.get(request.query.get("done", ""))
