"""Reading requests: those that a learner asked, and those that a mentor is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.booking.cards import session_path
from server.booking.requests.models import SessionRequest
from server.booking.requests.states import OPEN, RequestStatus
from server.booking.values import Person
from server.edge.access import Viewer
from server.infra.errors import Forbidden, NotFound
from server.people.privacy import columns, not_blocked, shown

Role = Literal["learner", "mentor"]

AS_KEPT = (
    "status",
    "topic",
    "message",
    "answer",
    "duration_minutes",
    "timezone",
    "price_minor",
    "currency",
    "session_id",
    "created_at",
    "expires_at",
    "answered_at",
)
COLUMNS = (*AS_KEPT, "public_id", "starts_at", "proposed_starts_at", "mentor_id", "learner_id")
MENTORS_ALONE = "Only the mentor can propose another time."
TAB_LENGTH = 100  # rows of one tab


@dataclass(frozen=True, slots=True)
class Span:
    """From and to, in UTC."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """A request as one of its two sees it. `role` is what the viewer is in it, `asked` the time that the
    learner wanted, `proposed` the mentor's instead. `session_id` is what it led to."""

    id: UUID
    role: Role
    status: str
    topic: str
    message: str
    answer: str
    asked: Span
    proposed: Span | None
    duration_minutes: int
    timezone: str
    price_minor: int
    currency: str
    mentor: Person
    learner: Person
    session_id: UUID | None
    created_at: datetime
    expires_at: datetime
    answered_at: datetime | None

    @property
    def url(self) -> str:
        return f"/requests/{self.id}"

    @property
    def session_url(self) -> str:
        return session_path(self.session_id) if self.session_id else ""

    @property
    def time(self) -> Span:
        """The one that counts by now."""
        return self.proposed or self.asked

    @property
    def other(self) -> Person:
        return self.mentor if self.role == "learner" else self.learner

    def open(self, now: datetime) -> bool:
        return self.status in OPEN and now < self.expires_at

    def can_accept(self, now: datetime) -> bool:
        """Whether it is the viewer's turn."""
        wanted = RequestStatus.REQUESTED if self.role == "mentor" else RequestStatus.PROPOSED
        return self.status == wanted and self.open(now)


def involving(viewer_id: int, role: Role | None = None) -> QuerySet[SessionRequest]:
    """The requests of this person, without those of whom they blocked, or who blocked them."""
    asked = Q(learner_id=viewer_id) & not_blocked(viewer_id, "mentor_id")
    got = Q(mentor_id=viewer_id) & not_blocked(viewer_id, "learner_id")
    return SessionRequest.filter({"learner": asked, "mentor": got, None: asked | got}[role])


def still_open(now: datetime) -> Q:
    return Q(status__in=OPEN, expires_at__gt=now)


async def mentors_requests(mentor_id: int, now: datetime, *, waiting: bool) -> list[RequestRow]:
    """Those that wait, what ends first is first; or the others, the newest first: one query."""
    own = involving(mentor_id, "mentor")
    if waiting:
        asked = own.filter(still_open(now)).order_by("expires_at", "id")
    else:
        asked = own.filter(~still_open(now)).order_by("-id")
    return await rows(asked.limit(TAB_LENGTH), mentor_id)


async def learners_requests(learner_id: int, now: datetime) -> tuple[list[RequestRow], list[RequestRow]]:
    """Those that are open, and those that are over, the newest first: one query."""
    found = await rows(involving(learner_id, "learner").order_by("-id").limit(TAB_LENGTH), learner_id)
    return [row for row in found if row.open(now)], [row for row in found if not row.open(now)]


async def count_waiting(mentor_id: int, now: datetime) -> int:
    """How many wait for an answer of this mentor: one query."""
    own = involving(mentor_id, "mentor").filter(status=RequestStatus.REQUESTED)
    return await own.filter(expires_at__gt=now).count()


async def find_requests(
    viewer_id: int, role: Role | None, only: Q, offset: int, limit: int
) -> tuple[list[RequestRow], int]:
    """A page of them, the newest first, and how many there are in all: two queries."""
    found = involving(viewer_id, role).filter(only)
    page = found.order_by("-id").offset(offset).limit(limit)
    return await rows(page, viewer_id), await found.count()


async def get_request(request_id: UUID, viewer: Viewer) -> RequestRow:
    """Raises NotFound."""
    found = await rows(involving(viewer.user_id).filter(public_id=request_id), viewer.user_id)
    if not found:
        raise NotFound(message="There is no such request.")
    return found[0]


async def require_mentor(request_id: UUID, viewer: Viewer) -> None:
    """Raises NotFound, Forbidden for the learner."""
    if (await get_request(request_id, viewer)).role != "mentor":
        raise Forbidden(message=MENTORS_ALONE)


async def rows(query: QuerySet[SessionRequest], viewer_id: int) -> list[RequestRow]:
    """One query."""
    people = (*columns("mentor__"), *columns("learner__"))
    found = await query.values(*COLUMNS, *people)
    return [_row(row, viewer_id) for row in found]


def _row(row: dict[str, Any], viewer_id: int) -> RequestRow:
    length, proposed = timedelta(minutes=row["duration_minutes"]), row["proposed_starts_at"]
    return RequestRow(
        id=row["public_id"],
        role="learner" if row["learner_id"] == viewer_id else "mentor",
        asked=Span(row["starts_at"], row["starts_at"] + length),
        proposed=Span(proposed, proposed + length) if proposed else None,
        mentor=_person(row, "mentor__", viewer_id),
        learner=_person(row, "learner__", viewer_id),
        **{name: row[name] for name in AS_KEPT},
    )


def _person(row: dict[str, Any], person: str, viewer_id: int) -> Person:
    face = shown(row, viewer_id, person)
    return Person(row[f"{person}username"], face.name, face.picture_url or "")
