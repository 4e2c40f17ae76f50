"""Lessons that were held, written down as the classroom leaves them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import getrandbits
from uuid import UUID

from server.accounts.models import User
from server.achievements.codes import BITS, spelled
from server.achievements.models import Certificate
from server.achievements.values import Content
from server.booking import service as booking
from server.booking.models import Session
from server.classroom.models import AttendanceInterval
from server.edge.access import Viewer
from server.infra import clock
from tests.server.booking.makers import form


async def held(
    mentor: Viewer, stayed: Mapping[Viewer, float], start: datetime | None = None, **values: object
) -> UUID:
    """A lesson of an hour, yesterday at noon; each learner was there for its first so many minutes."""
    noon = clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
    begin = start or noon - timedelta(days=1)
    session_id = await booking.record_past_session(
        mentor, form(begin, **values), [learner.user_id for learner in stayed]
    )
    session = await Session.get(id=session_id)
    assert session.started_at is not None
    for person, minutes in {mentor: 60.0, **stayed}.items():
        end = session.started_at + timedelta(minutes=minutes)
        for kind in ("socket", "media"):
            await AttendanceInterval.create(
                session_id=session_id,
                user_id=person.user_id,
                kind=kind,
                started_at=session.started_at,
                ended_at=end,
            )
    return session_id


async def move_to(viewer: Viewer, zone: str) -> None:
    await User.filter(id=viewer.user_id).update(timezone=zone)


async def certificate_of(user_id: int, session_id: UUID) -> str:
    """The code of a certificate that stands and is listed, made where there is none."""
    content = Content(
        name="Lea",
        username="lea",
        title="Closures by example",
        mentor="Mira",
        started_at=clock.now(),
        zone="UTC",
        present_s=3600,
        held_s=3600,
        skills=("Python",),
    )
    values = {
        "code": spelled(getrandbits(BITS)),
        "content": content.written(),
        "listed": True,
        "issued_at": clock.now(),
    }
    row, _ = await Certificate.get_or_create(values, user_id=user_id, session_id=session_id)
    await Certificate.filter(id=row.id).update(revoked_at=None)
    return row.code
