"""Sessions that recur: each date is a session of its own; together they are made and published, or not
at all."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from server.booking.forms import SeriesForm, SessionForm
from server.booking.lifecycle import publish_session
from server.booking.models import Series, Session
from server.booking.offerings import offering_of, own_offering
from server.booking.recurrence import Occurrence, occurrences
from server.booking.sessions import add_session
from server.booking.times import read_start
from server.edge.access import Viewer
from server.edge.templates import local_time
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.errors import Conflict, Invalid


@transactional
async def plan_series(viewer: Viewer, form: SeriesForm) -> list[UUID]:
    """The ids of the sessions of a series, in their order: drafts, or published where that is asked for.

    Raises Forbidden, Invalid, and what `publish_dates` raises."""
    zone_name = form.timezone or viewer.timezone
    first = read_start(form.starts_at, zone_name)
    planned = occurrences(first, zone_name, every_weeks=form.every_weeks, count=form.count)
    dates = [date for date in planned if date.local_start not in form.leave_out]
    if not dates:
        raise Invalid(fields={"leave_out": "Leave at least one date in."})
    ids = await create_series(viewer, form, dates, every_weeks=form.every_weeks, count=form.count)
    if form.publish:
        await publish_dates(ids, viewer)
    return ids


@transactional
async def create_series(
    viewer: Viewer, form: SessionForm, dates: Sequence[Occurrence], *, every_weeks: int, count: int
) -> list[UUID]:
    """The ids of new drafts, one a date. `count` is how many were planned, `dates` those that take place;
    what the form says of the start is left aside.

    Raises Forbidden, Invalid."""
    offering_id = await _offering(viewer, form)
    zone_name = form.timezone or viewer.timezone
    series = await Series.create(
        id=uuid4(),
        mentor_id=viewer.user_id,
        offering_id=offering_id,
        local_start=dates[0].local_start,
        timezone=zone_name,
        every_weeks=every_weeks,
        count=count,
        created_at=now(),
    )
    dated = form.model_copy(update={"offering_id": offering_id})
    return [await _add_date(viewer, dated, date, series.id) for date in dates]


async def _offering(viewer: Viewer, form: SessionForm) -> UUID:
    if form.offering_id is not None:
        return await own_offering(form.offering_id, viewer.user_id)
    return await offering_of(viewer.user_id, form.title)


async def _add_date(viewer: Viewer, form: SessionForm, date: Occurrence, series_id: UUID) -> UUID:
    dated = form.model_copy(update={"starts_at": date.starts_at.isoformat()})
    return await add_session(viewer, dated, series_id=series_id, series_position=date.position)


@transactional
async def publish_dates(session_ids: Sequence[UUID], viewer: Viewer) -> None:
    """Publish all of them or none; followers hear of the first.

    Raises as `publish_session` does, with words about which date it is."""
    dates = {row.id: row for row in await Session.filter(id__in=list(session_ids))}
    for position, session_id in enumerate(session_ids):
        try:
            await publish_session(session_id, viewer, told=position == 0)
        except (Conflict, Invalid) as refused:
            raise _of_date(dates[session_id], refused) from refused


def _of_date(session: Session, refused: Conflict | Invalid) -> Conflict | Invalid:
    when = local_time(session.starts_at, session.timezone)
    return type(refused)(refused.code, f"{when}: {refused.message}", refused.fields)
