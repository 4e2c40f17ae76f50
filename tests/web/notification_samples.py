"""What the pages of notifications are rendered with; who looks is a learner, or an administrator."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from server.edge.paging import Part
from server.notifications.centre import Actor, NotificationView, Wanted
from server.notifications.history import Told
from server.notifications.kinds import MAIL, PAGE, TOPICS
from server.notifications.preferences import Cell, Row
from server.notifications.push.devices import Device, Devices

NOW = datetime(2026, 11, 23, 17, 20, tzinfo=UTC)
LONG = "Maximiliana Wolkenstein-Abendroth von der Hohen Warte"
FOLLOWED = NotificationView(
    id=UUID(int=1),
    kind="new_follower",
    topic="followers",
    icon="person",
    text=f"{LONG} follows you",
    path="/profile/maximiliana",
    read=False,
    created_at=NOW - timedelta(days=400),
    actor=Actor(LONG, ""),
    group_key="followers",
    count=1,
    starts_at=None,
    ends_at=None,
)
BOOKED = replace(
    FOLLOWED,
    id=UUID(int=2),
    kind="booking_confirmed",
    icon="calendar",
    text="Your seat: Read a <b>balance</b> sheet",
    read=True,
    actor=None,
    group_key="",
    starts_at=NOW,
    ends_at=NOW + timedelta(minutes=45),
)
TOLD = Told(
    at=NOW,
    kind="booking_confirmed",
    topic="Bookings and cancellations",
    channel="mail",
    subject="Your seat: Read a <b>balance</b> sheet " + "x" * 80,
    status="sent",
    detail="",
    due_at=None,
    sent_at=NOW,
    message_id="<1@peerlearn.example>",
)
LOG = [
    TOLD,
    replace(TOLD, channel="page"),
    replace(TOLD, status="waiting", due_at=NOW + timedelta(hours=9), sent_at=None),
    replace(TOLD, status="suppressed", detail="unreachable", sent_at=None),
    replace(TOLD, status="bounced", detail="550 no such user"),
    replace(TOLD, status="failed", detail="OSError()", sent_at=None),
]
CENTRE: dict[str, Any] = {
    "groups": [FOLLOWED, replace(FOLLOWED, id=UUID(int=3), count=12, actor=None), BOOKED],
    "wanted": Wanted("followers", unread=True),
    "topics": TOPICS,
    "page": Part(1, 20, 45),
}
EMPTY: dict[str, Any] = {**CENTRE, "groups": [], "wanted": Wanted(), "page": Part(1, 20, 0)}
ROWS = tuple(
    Row(
        topic,
        tuple(Cell(channel, channel in topic.usual, channel in topic.locked) for channel in (PAGE, MAIL)),
    )
    for topic in TOPICS
)
PHONE = Device(UUID(int=7), f"{LONG} Browser on Linux", True, NOW - timedelta(days=3), NOW)
PUSH = Devices("BFakeKey", (PHONE, replace(PHONE, id=UUID(int=8), here=False, used_at=None)))
CHOSEN: dict[str, Any] = {
    "push": Devices("BFakeKey", ()),
    "rows": ROWS,
    "form": {"quiet": "on", "quiet_from": "25:00", "quiet_until": "07:00", "digest": "weekly"},
    "errors": {"quiet_from": "Choose a time, such as 22:00."},
    "flash": None,
}
LEAVING: dict[str, Any] = {"title": "New followers", "token": "WzEsIm4iXQ.c2lnbmF0dXJl"}

NOTIFICATION_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "notifications": ("notifications/centre.html", CENTRE),
    "notifications-empty": ("notifications/centre.html", EMPTY),
    "notifications-history": ("notifications/history.html", {"rows": LOG, "page": Part(1, 50, 120)}),
    "preferences": ("notifications/preferences.html", CHOSEN),
    "preferences-pushed": ("notifications/preferences.html", {**CHOSEN, "push": PUSH}),
    "offline": ("pages/offline.html", {}),
    "unsubscribe": ("notifications/unsubscribe.html", {**LEAVING, "state": "ask"}),
    "unsubscribed": ("notifications/unsubscribe.html", {**LEAVING, "state": "done"}),
    "subscribed-again": ("notifications/unsubscribe.html", {**LEAVING, "state": "again"}),
}
DELIVERY_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "deliveries": (
        "admin/deliveries.html",
        {
            "user": SimpleNamespace(name="", username="ines", public_id="i-1"),
            "rows": LOG,
            "page": Part(1, 50, 6),
            "form": {"user": "ines"},
            "errors": {},
        },
    ),
}
