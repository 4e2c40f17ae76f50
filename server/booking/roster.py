"""Who has and had seats in a session, for its mentor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.booking.models import Booking
from server.booking.paying import payment_statuses
from server.booking.states import SEATED, BookingStatus
from server.booking.values import Person, SessionDetail
from server.edge.access import Viewer
from server.infra.errors import Forbidden
from server.people.privacy import columns, shown

MOST = 1000
MONEY_LEFT = ("succeeded", "partially_refunded")  # as payments say it, which are a feature above


@dataclass(frozen=True, slots=True)
class Seat:
    """One booking as the mentor sees it. `refund_minor` is what was promised to be given back;
    `refund_url` where they may give back more, if there is more; `attendance_url` says who was there."""

    learner: Person
    status: str
    price_minor: int
    currency: str
    refund_minor: int | None
    created_at: datetime
    confirmed_at: datetime | None
    cancelled_at: datetime | None
    refund_url: str = ""
    attendance_url: str = ""

    @property
    def taken(self) -> bool:
        return self.status in (BookingStatus.HELD, *SEATED)


AS_KEPT = (
    "status",
    "price_minor",
    "currency",
    "refund_minor",
    "created_at",
    "confirmed_at",
    "cancelled_at",
)


def require_mentor_of(session: SessionDetail, viewer: Viewer) -> None:
    """Raises Forbidden."""
    if session.mentor_id != viewer.user_id:
        raise Forbidden(message="Only the mentor of this session sees who booked it.")


async def roster(session_id: UUID, viewer_id: int) -> list[Seat]:
    """The seats that are taken first, then the others, in the order of booking: two queries."""
    found = Booking.filter(session_id=session_id).order_by("id").limit(MOST)
    rows = await found.values("public_id", *AS_KEPT, *columns("learner__"))
    money = await payment_statuses([row["public_id"] for row in rows if row["price_minor"]])
    seats = [
        Seat(
            _person(row, viewer_id),
            **{name: row[name] for name in AS_KEPT},
            refund_url=_refund_url(row["public_id"], money.get(row["public_id"], "")),
            attendance_url=_attendance_url(row["public_id"], row["status"]),
        )
        for row in rows
    ]
    return sorted(seats, key=lambda seat: not seat.taken)


def _refund_url(booking_id: UUID, payment_status: str) -> str:
    return f"/bookings/{booking_id}/refund" if payment_status in MONEY_LEFT else ""


def _attendance_url(booking_id: UUID, status: str) -> str:
    settled = (*SEATED, BookingStatus.NO_SHOW_MENTOR)
    return f"/bookings/{booking_id}/attendance" if status in settled else ""


def _person(row: dict[str, object], viewer_id: int) -> Person:
    face = shown(row, viewer_id, "learner__")
    return Person(str(row["learner__username"]), face.name, face.picture_url or "")
