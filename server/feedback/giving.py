"""A learner says what a lesson was like: once for each seat, and for two weeks they can change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from server.booking.models import Booking, Session
from server.booking.outcome import VALID
from server.booking.states import OPEN_SESSIONS, SessionStatus, wrong_state
from server.booking.visibility import require_no_block, visible_session
from server.classroom.service import attended_enough
from server.edge.access import Viewer
from server.feedback import telling
from server.feedback.forms import ReviewForm
from server.feedback.models import Review
from server.feedback.ratings import write_ratings
from server.feedback.rules import still_open
from server.feedback.values import Standing
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Conflict, DomainError, Forbidden
from server.people.contacts import require_no_contacts

NOT_ATTENDED = "You can review a lesson that you attended: we did not see you there for long enough."


@dataclass(frozen=True, slots=True)
class Given:
    """A review that was given; `created` is False where there was one before."""

    review_id: UUID
    created: bool


@transactional
async def give(session_id: UUID, viewer: Viewer, said: ReviewForm) -> Given:
    """Say what a lesson was like, or say it otherwise.

    The seat is locked first, so that of two posts the second finds the first's review.

    Raises NotFound, Forbidden (`forbidden`, `not_attended`), Conflict (`own_session`, `too_early`,
    `wrong_state`), Invalid."""
    session, seat = await _entitled(session_id, viewer, locked=True)
    require_no_contacts({"comment": said.comment})
    mine = await Review.get_or_none(booking_id=seat.id)
    if mine is None:
        return await _first(session, seat, said)
    await _change(mine, session, said)
    return Given(mine.public_id, created=False)


async def require_entitled(session_id: UUID, viewer: Viewer) -> None:
    """For who reads a form first. Raises what `give` does, but Invalid."""
    await _entitled(session_id, viewer)


async def _entitled(session_id: UUID, viewer: Viewer, *, locked: bool = False) -> tuple[Session, Booking]:
    session = await visible_session(session_id, viewer)
    seat = await _seat(session_id, viewer.user_id, locked=locked)
    if seat is None:
        await require_no_block(session_id, session.mentor_id, viewer)
    _refuse(session, await standing(session, seat, viewer.user_id))
    assert seat is not None
    return session, seat


async def standing(session: Session, seat: Booking | None, user_id: int) -> Standing:
    """How somebody stands to the feedback on a session: six queries at most."""
    if session.mentor_id == user_id:
        return Standing.MENTOR
    if seat is None:
        return Standing.STRANGER
    if session.status in OPEN_SESSIONS:
        return Standing.EARLY
    if session.status != SessionStatus.ENDED:
        return Standing.OFF
    mine = await Review.get_or_none(booking_id=seat.id)
    if mine is not None:
        return Standing.GIVEN if changeable(mine) else Standing.CLOSED
    return Standing.OPEN if user_id in await attended_enough(session.id) else Standing.ABSENT


async def standing_of(session_id: UUID, viewer: Viewer | None) -> Standing:
    """The same of whoever looks. Raises NotFound."""
    session = await visible_session(session_id, viewer)
    if viewer is None:
        return Standing.STRANGER
    return await standing(session, await _seat(session_id, viewer.user_id), viewer.user_id)


def changeable(review: Review) -> bool:
    return review.hidden_at is None and still_open(review.created_at, clock.now())


def _refuse(session: Session, where: Standing) -> None:
    """Raise what keeps somebody from giving a review, or from changing theirs."""
    refusals: dict[Standing, DomainError] = {
        Standing.MENTOR: Conflict("own_session", "This is your own session."),
        Standing.STRANGER: Forbidden(message="Reviews are given by those who had a seat."),
        Standing.EARLY: Conflict("too_early", "The lesson is not over yet."),
        Standing.OFF: wrong_state(session.status),
        Standing.ABSENT: Forbidden("not_attended", NOT_ATTENDED),
        Standing.CLOSED: Conflict(message="Your review can’t be changed any more."),
    }
    if where in refusals:
        raise refusals[where]


async def _seat(session_id: UUID, learner_id: int, *, locked: bool = False) -> Booking | None:
    found = Booking.filter(session_id=session_id, learner_id=learner_id, status__in=VALID)
    return await (found.select_for_update() if locked else found).get_or_none()


async def _first(session: Session, seat: Booking, said: ReviewForm) -> Given:
    review = await Review.create(
        booking_id=seat.id,
        session_id=session.id,
        offering_id=session.offering_id,
        learner_id=seat.learner_id,
        mentor_id=session.mentor_id,
        created_at=clock.now(),
        **_columns(said),
    )
    await write_ratings(session.mentor_id, session.offering_id)
    await telling.review_given(review, session)
    return Given(review.public_id, created=True)


async def _change(review: Review, session: Session, said: ReviewForm) -> None:
    """What was sent again as it was is not an edit."""
    changes = {name: value for name, value in _columns(said).items() if value != getattr(review, name)}
    if changes:
        await review.update_from_dict({**changes, "edited_at": clock.now()}).save()
        await write_ratings(session.mentor_id, review.offering_id)


def _columns(said: ReviewForm) -> dict[str, Any]:
    return {
        "rating": said.rating,
        "aspects": said.aspects.given(),
        "technical": said.technical,
        "comment": said.comment,
        "private_note": said.private_note,
    }
