"""Writing sessions: a mentor drafts, changes and deletes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from server.booking.forms import SessionChanges, SessionForm
from server.booking.models import Objective, Session, SessionSkill
from server.booking.offerings import offering_of, own_offering, rename_with
from server.booking.seat_news import seats_changed
from server.booking.states import SessionStatus, wrong_state
from server.booking.times import check_ahead, read_start, wall_time
from server.booking.visibility import locked_own_session
from server.booking.waiting.offers import offer_next
from server.edge.access import Viewer
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.errors import Conflict, Forbidden, Invalid
from server.infra.folding import searchable
from server.people import service as people
from server.people.contacts import require_no_contacts

# Learners booked these: they stay as published.
FIXED_ONCE_PUBLISHED = frozenset({"starts_at", "ends_at", "price_minor", "currency", "policy"})
PLAIN_FIELDS = (
    "title",
    "description",
    "audience",
    "prerequisites",
    "level",
    "language",
    "capacity",
    "price_minor",
    "currency",
    "recording",
    "policy",
)
PUBLIC_TEXTS = ("title", "description", "audience", "prerequisites")


@transactional
async def create_session(viewer: Viewer, form: SessionForm, *, listed: bool = True) -> UUID:
    """The id of a new draft. One that is not `listed` is for who has its address, and nobody finds it.

    Raises Forbidden, Invalid."""
    return await add_session(viewer, form, listed=listed)


async def add_session(viewer: Viewer, form: SessionForm, **columns: Any) -> UUID:
    """As `create_session`, in the caller's transaction, with further columns."""
    if "mentor" not in viewer.roles:
        raise Forbidden(message="Only mentors create sessions.")
    session_id = uuid4()
    require_no_contacts(_public_texts(form))
    when = schedule(form.starts_at, form.duration_minutes, form.timezone or viewer.timezone)
    check_ahead(when["starts_at"], now())
    await Session.create(
        id=session_id,
        mentor_id=viewer.user_id,
        offering_id=await _offering(viewer.user_id, form),
        ics_uid=str(session_id),
        created_at=now(),
        **plain_columns(form),
        **when,
        **columns,
    )
    await write_texts(session_id, form)
    return session_id


@transactional
async def change_session(session_id: UUID, viewer: Viewer, form: SessionChanges) -> None:
    """Change a draft freely, a published session in what its bookings don't rest on.

    Raises NotFound, Forbidden, Conflict(wrong_state), Invalid."""
    session = await locked_own_session(session_id, viewer)
    require_no_contacts(_public_texts(form))
    changes = _changes(session, form)
    _check_changes(session, changes)
    if "title" in changes:
        await rename_with(session, changes["title"])
    if changes:
        await session.update_from_dict(changes).save(update_fields=list(changes))
        seats_changed(session.id)
        await offer_next(session)
    await write_texts(session_id, form)


@transactional
async def delete_session(session_id: UUID, viewer: Viewer) -> None:
    """Drop a draft; what was published is cancelled instead.

    Raises NotFound, Forbidden, Conflict(wrong_state)."""
    session = await locked_own_session(session_id, viewer)
    if session.status != SessionStatus.DRAFT:
        raise wrong_state(session.status)
    await session.delete()


def plain_columns(form: SessionForm) -> dict[str, Any]:
    """The columns that hold what the form says, as it says it."""
    return {name: getattr(form, name) for name in PLAIN_FIELDS}


def _public_texts(form: SessionForm | SessionChanges) -> dict[str, str | None]:
    """What everybody will read, by field."""
    texts = {name: getattr(form, name) for name in PUBLIC_TEXTS}
    return {**texts, "objectives": "\n".join(form.objectives or [])}


async def _offering(mentor_id: int, form: SessionForm) -> UUID:
    """The one that was given, or that of the title. Raises Invalid."""
    if form.offering_id is not None:
        return await own_offering(form.offering_id, mentor_id)
    return await offering_of(mentor_id, form.title)


async def write_texts(session_id: UUID, form: SessionForm | SessionChanges) -> None:
    """Replace the skills and the objectives, where they are given, and say anew what is searched.

    Raises Invalid."""
    if form.skills is not None:
        await _write_skills(session_id, form.skills)
    if form.objectives is not None:
        await _write_objectives(session_id, form.objectives)
    await _write_search_text(session_id)


async def _write_search_text(session_id: UUID) -> None:
    """Its words are those of the title, the description, and its skills in all their spellings."""
    row = await Session.get(id=session_id).values("title", "description")
    skills = await SessionSkill.filter(session_id=session_id).values("skill__name", "skill__aliases")
    spellings = [text for skill in skills for text in (skill["skill__name"], *skill["skill__aliases"])]
    text = searchable(row["title"], row["description"], *spellings)
    await Session.filter(id=session_id).update(search_text=text)


def schedule(start: str, minutes: int, zone_name: str) -> dict[str, Any]:
    """The columns that say when. Raises Invalid."""
    starts_at = read_start(start, zone_name)
    return {
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=minutes),
        "local_start": wall_time(starts_at, zone_name),
        "timezone": zone_name,
    }


def _changes(session: Session, form: SessionChanges) -> dict[str, Any]:
    """The columns that would really differ."""
    given = form.given()
    wanted = {name: getattr(form, name) for name in PLAIN_FIELDS if name in given}
    if given & {"starts_at", "duration_minutes", "timezone"}:
        wanted |= _new_schedule(session, form)
    return {name: value for name, value in wanted.items() if value != getattr(session, name)}


def _new_schedule(session: Session, form: SessionChanges) -> dict[str, Any]:
    """A new zone alone keeps the wall time; the same wall time again keeps the instant, which may have
    been chosen with an offset."""
    minutes = form.duration_minutes or (session.ends_at - session.starts_at) // timedelta(minutes=1)
    zone_name = form.timezone or session.timezone
    start = form.starts_at or session.local_start
    if start == session.local_start and zone_name == session.timezone:
        start = session.starts_at.isoformat()
    return schedule(start, minutes, zone_name)


def _check_changes(session: Session, changes: Mapping[str, Any]) -> None:
    if session.status not in (SessionStatus.DRAFT, SessionStatus.PUBLISHED):
        raise wrong_state(session.status)
    if session.status == SessionStatus.PUBLISHED and FIXED_ONCE_PUBLISHED & changes.keys():
        raise Conflict(message="Time, price and policy stay as published, because people book on them.")
    if changes.get("capacity", session.capacity) < session.seats_taken:
        raise Invalid(fields={"capacity": f"{session.seats_taken} seats are taken already."})
    starts_at: datetime | None = changes.get("starts_at")
    if starts_at is not None:
        check_ahead(starts_at, now())


async def _write_skills(session_id: UUID, slugs: Sequence[str]) -> None:
    skills = await people.skills_by_slug(list(dict.fromkeys(slugs)))
    await SessionSkill.filter(session_id=session_id).delete()
    ids = dict.fromkeys(skill.id for skill in skills)
    await SessionSkill.bulk_create([SessionSkill(session_id=session_id, skill_id=id_) for id_ in ids])


async def _write_objectives(session_id: UUID, texts: Sequence[str]) -> None:
    await Objective.filter(session_id=session_id).delete()
    await Objective.bulk_create(
        [Objective(session_id=session_id, position=at, text=text) for at, text in enumerate(texts)]
    )
