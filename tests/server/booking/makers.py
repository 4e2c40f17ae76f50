"""People and sessions for the tests of booking, made without HTTP and without password hashing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from server.accounts import service as accounts
from server.accounts.logins import open_login
from server.accounts.models import RoleGrant, User
from server.accounts.values import Client
from server.booking import service
from server.booking.models import Booking, BusyCell, Session
from server.booking.paying import Payments, paid_by
from server.booking.states import ACTIVE_BOOKINGS
from server.booking.times import cells_between, next_mark
from server.edge.access import Viewer
from server.infra import clock
from server.infra.folding import searchable
from server.people.models import MentorProfile, Skill
from tests.factories import address_of

OBJECTIVE = "Explain what a closure keeps alive"


async def person(
    username: str, *roles: str, verified: bool = True, approved: bool = True, zone: str = "UTC"
) -> Viewer:
    """An account with these roles (learner if none); a mentor has a profile too."""
    now = clock.now()
    user = await User.create(
        username=username,
        username_key=username,
        email=address_of(username, *roles),
        email_key=address_of(username, *roles),
        password_hash="none",
        name=username.title(),
        name_words=searchable(username),
        timezone=zone,
        email_verified_at=now if verified else None,
        created_at=now,
    )
    for role in roles or ("learner",):
        await RoleGrant.create(user=user, role=role, created_at=now)
    if "mentor" in roles:
        status = "approved" if approved else "submitted"
        await MentorProfile.create(user=user, status=status, updated_at=now)
    return await accounts.get_viewer(user.id)


async def mentor(username: str = "mira", **options: Any) -> Viewer:
    return await person(username, "mentor", **options)


async def skill(slug: str, name: str) -> Skill:
    return await Skill.create(slug=slug, name=name)


def form(starts_at: datetime | None = None, **values: Any) -> service.SessionForm:
    """A complete, free session of an hour with one seat, two hours from now."""
    start = starts_at or next_mark(clock.now()) + timedelta(hours=2)
    wanted = {
        "title": "Closures by example",
        "description": "Bring a laptop.",
        "level": "beginner",
        "language": "en",
        "objectives": [OBJECTIVE],
        "starts_at": start.isoformat(),
        "duration_minutes": 60,
        "capacity": 1,
    }
    return service.SessionForm.model_validate({**wanted, **values})


async def draft(viewer: Viewer, starts_at: datetime | None = None, **values: Any) -> UUID:
    return await service.create_session(viewer, form(starts_at, **values))


async def published(viewer: Viewer, starts_at: datetime | None = None, **values: Any) -> UUID:
    session_id = await draft(viewer, starts_at, **values)
    await service.publish_session(session_id, viewer)
    return session_id


async def bearer(viewer: Viewer) -> dict[str, str]:
    """The headers of a program that this person has signed in."""
    login = await open_login(viewer.user_id, Client("127.0.0.1", "127.0.0.1"))
    return {"Authorization": f"Bearer {login.token}"}


async def cookie(viewer: Viewer) -> dict[str, str]:
    """The headers of this person's browser."""
    login = await open_login(viewer.user_id, Client("127.0.0.1", "127.0.0.1"))
    return {"Cookie": f"peerlearn={login.cookie}"}


async def agree(session_id: UUID) -> int:
    """The seats taken, as many as the active bookings; and nobody else’s time is taken."""
    session = await Session.get(id=session_id)
    active = await Booking.filter(session_id=session_id, status__in=ACTIVE_BOOKINGS)
    assert session.seats_taken == len(active)
    cells = cells_between(session.starts_at, session.ends_at)
    over = session.status in ("ended", "missed", "cancelled")
    owners = await BusyCell.filter(booking__session_id=session_id).values_list("booking_id", "user_id")
    expected = [] if over else [(one.id, one.learner_id) for one in active for _ in cells]
    assert sorted(owners) == sorted(expected)
    return len(active)


async def none_begun(booking_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    return {}


PAYABLE = Payments(page=lambda booking_id: f"/bookings/{booking_id}/pay", statuses=none_begun)


def payments() -> AbstractContextManager[None]:
    """Priced sessions can be published and booked in the block."""
    return paid_by(PAYABLE)
