"""What an action did, said on the page it led to: a POST sends the browser on, and `?done=` names it."""

from __future__ import annotations

from aiohttp import web

SAID = {
    "drafted": "The draft is saved. Publish it when it is ready.",
    "saved": "Your changes are saved.",
    "published": "Published. People can find and book it now.",
    "booked": "Your seat is booked. A mail with the details is on its way.",
    "paid": "Paid. The seat is yours, and the receipt is on its way by mail.",
    "accepted": "Accepted. This is the page of your lesson.",
    "waits": "You are on the waiting list. We tell you as soon as a seat is free for you.",
    "waits_no_more": "You are not on the waiting list any more.",
    "moved": "The session has its new time. Nobody had a seat, so nobody had to be asked.",
    "move_proposed": "The other time is proposed. You hear from us when it is answered.",
    "taken": "You take the new time.",
    "not_taken": "You don’t take the new time.",
    "stays": "The session stays where it is.",
    "move_clash": "There is another lesson at the new time. It can still be declined.",
    "move_over": "That was answered already, or its time is over.",
    "left": "Your booking is cancelled, and the seat is free again.",
    "cancelled": "The session is cancelled, and everybody who booked is told.",
}


def said(request: web.Request) -> str | None:
    return SAID.get(request.query.get("done", ""))
