"""A learner asks a mentor for a lesson of their own. It takes nobody's time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from server.booking import busy, clashes
from server.booking.hours.slots import is_free, soonest
from server.booking.requests import ending, notices
from server.booking.requests.forms import RequestForm
from server.booking.requests.models import SessionRequest
from server.booking.requests.states import OPEN, RequestStatus, ends_at, price_of
from server.booking.times import check_ahead, read_start
from server.edge.access import Viewer
from server.edge.amounts import settlement_currency
from server.edge.ratelimit import WINDOWS, Limit
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.errors import Conflict, Forbidden, Invalid
from server.infra.transitions import record_transition
from server.people.availability import availability_of
from server.people.contacts import contact_in
from server.people.mentors import Portrait, portrait

MOST_OPEN = 10  # that wait for an answer to one learner
PER_HOUR = Limit("lesson-requests", 30, timedelta(hours=1))
DAY = timedelta(days=1)
GIVES_CONTACT = (
    "This looks like {kind}. Leave it out: what is arranged elsewhere has no room, no recording and "
    "nobody who helps."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The public id of a request; `created` is False where the learner had asked for this already."""

    request_id: UUID
    created: bool


async def ask(viewer: Viewer, username: str, form: RequestForm) -> Asked:
    """Raises NotFound, Forbidden(unverified), Conflict (yourself, overlap, too_many_open), Invalid,
    Throttled."""
    if not viewer.verified:
        raise Forbidden("unverified", "Confirm your e-mail address before you ask for a lesson.")
    require_no_contacts({"topic": form.topic, "message": form.message})
    await WINDOWS.take(PER_HOUR, str(viewer.user_id))
    await ending.expire_overdue_of(viewer.user_id)
    return await _ask(viewer, username, form)


def require_no_contacts(texts: dict[str, str]) -> None:
    """Raises Invalid naming each text in which somebody could be reached elsewhere."""
    found = {name: contact_in(text) for name, text in texts.items()}
    if wrong := {name: GIVES_CONTACT.format(kind=kind) for name, kind in found.items() if kind}:
        raise Invalid(fields=wrong)


@transactional
async def _ask(viewer: Viewer, username: str, form: RequestForm) -> Asked:
    """What one learner asks is asked one after the other, so that two tabs count as one."""
    who = await asked_mentor(username, viewer)
    starts_at = read_start(form.starts_at, form.timezone or viewer.timezone)
    await clashes.lock_people(viewer.user_id)
    open_ones = SessionRequest.filter(learner_id=viewer.user_id, status__in=OPEN)
    same = await open_ones.filter(mentor_id=who.mentor.user_id, starts_at=starts_at).get_or_none()
    if same is not None:
        return Asked(same.public_id, created=False)
    if await open_ones.count() >= MOST_OPEN:
        raise Conflict(
            "too_many_open", f"{MOST_OPEN} of your requests wait for an answer. Withdraw one first."
        )
    await _check_time(who, viewer, starts_at, form.duration_minutes)
    request = await _write(who, viewer, form, starts_at)
    await notices.received(request)
    return Asked(request.public_id, created=True)


async def asked_mentor(username: str, viewer: Viewer) -> Portrait:
    """Raises NotFound, also for who is not approved or is blocked, Conflict(yourself)."""
    who = await portrait(username, viewer.user_id)
    if who.own:
        raise Conflict("yourself", "You can’t ask yourself for a lesson.")
    return who


async def _check_time(who: Portrait, viewer: Viewer, starts_at: datetime, minutes: int) -> None:
    """What is shown as free can be asked for, and any other time within the same hours.

    Raises Invalid, Conflict(overlap)."""
    at, mentor = now(), who.mentor
    check_ahead(starts_at, at)
    hours = await availability_of(mentor.user_id, (at - DAY).date())
    if starts_at < soonest(hours, at):
        raise Invalid(fields={"starts_at": f"{mentor.name} needs to know earlier. Choose a later time."})
    if not await is_free(mentor.user_id, hours, starts_at, minutes):
        raise _overlap(f"{mentor.name} is not free for that long then. Choose another time.")
    if await busy.busy_among([viewer.user_id], starts_at, starts_at + timedelta(minutes=minutes)):
        raise _overlap(busy.TAKEN)


def _overlap(message: str) -> Conflict:
    return Conflict("overlap", message, {"starts_at": message})


async def _write(who: Portrait, viewer: Viewer, form: RequestForm, starts_at: datetime) -> SessionRequest:
    at = now()
    request = await SessionRequest.create(
        learner_id=viewer.user_id,
        mentor_id=who.mentor.user_id,
        topic=form.topic,
        message=form.message,
        starts_at=starts_at,
        duration_minutes=form.duration_minutes,
        timezone=form.timezone or viewer.timezone,
        price_minor=price_of(who.mentor.rate_minor, form.duration_minutes),
        currency=who.mentor.currency or settlement_currency(),
        expires_at=ends_at(at, starts_at),
        created_at=at,
    )
    await record_transition("request", request.id, "", RequestStatus.REQUESTED, viewer.user_id)
    await ending.plan_expiry(request)
    return request
