"""What is left of a lesson that is over, for one of those who took part. All of it is read from what was
stored by its end, and nothing waits for a job."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from server.booking.catalogue import other_dates
from server.booking.values import RoomAccess, SessionCard
from server.classroom.attendance import union
from server.classroom.measures.quality import node_failed
from server.classroom.measures.service import PersonsQuality, TakingPart, engagement, quality
from server.classroom.shares import MeasuredPresence, Span, enough, measured
from server.classroom.teaching.service import Artefacts, artefacts
from server.edge.access import Viewer
from server.feedback.reading import latest_of, own_review
from server.feedback.values import ReviewView, Standing
from server.materials.access import at_hand
from server.materials.values import MaterialFile
from server.people.privacy import Shown, visible
from server.recordings import service as recordings

WEEK = timedelta(weeks=1)
SHOWN_REVIEWS = 50  # of one lesson, to its mentor
SHOWN_DATES = 3


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who was there: `bars` are the times, as begin and length in hundredths of the lesson.
    `talk` is their share of all that was said, None where nobody was heard."""

    name: str
    picture: str
    role: str
    minutes: int
    bars: tuple[tuple[float, float], ...]
    talk: float | None
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """All of the page. `own` is the viewer's part in it and `media` how theirs were; `our_fault`: our
    network spoilt it for somebody. `held_minutes` is 0 while it goes on."""

    session: SessionCard
    role: str
    left: Artefacts
    people: Sequence[Attendee]
    held_minutes: int
    own: TakingPart | None
    media: PersonsQuality | None
    our_fault: bool
    recording: str
    materials: Sequence[MaterialFile]
    standing: Standing
    review: ReviewView | None
    reviews: Sequence[ReviewView]
    dates: Sequence[SessionCard]
    weekly_path: str

    @property
    def was_there(self) -> bool:
        return any(one.own for one in self.people)

    @property
    def to_answer(self) -> int:
        return sum(one.can_reply and one.reply is None for one in self.reviews)


async def summary_of(access: RoomAccess, viewer: Viewer, now: datetime) -> Summary:
    """As many queries for many people as for few."""
    session, mentors = access.session, access.role == "mentor"
    there, parts = await measured(session.id), await engagement(session.id)
    media = await quality(session.id)
    review = None if mentors else await own_review(session.id, viewer.user_id)
    return Summary(
        session=session,
        role=access.role,
        left=await artefacts(session.id, host=mentors),
        people=await _people(there, parts, viewer.user_id, session.mentor_id),
        held_minutes=_minutes(there.held[1] - there.held[0]) if there else 0,
        own=next((one for one in parts if one.user_id == viewer.user_id), None),
        media=media.of(viewer.user_id),
        our_fault=node_failed(media),
        recording=await recordings.state_of(session),
        materials=await at_hand(session, mentor=mentors),
        standing=_standing(mentors, there, review, viewer.user_id),
        review=review,
        reviews=await latest_of(viewer.user_id, SHOWN_REVIEWS, session_id=session.id) if mentors else [],
        dates=[] if mentors else await other_dates(session, now, SHOWN_DATES, viewer.user_id),
        weekly_path=weekly_path(session, now),
    )


def weekly_path(session: SessionCard, now: datetime) -> str:
    """Where a learner asks for the same hour of the next week that is still to come: the same by the
    clocks of the lesson's zone."""
    weeks = max(1, -((session.starts_at - now) // WEEK))
    wall = datetime.fromisoformat(session.local_start).replace(tzinfo=ZoneInfo(session.timezone))
    asked = {
        "topic": session.title,
        "minutes": session.duration_minutes,
        "starts_at": (wall + weeks * WEEK).astimezone(UTC).isoformat(),
    }
    return f"/mentors/{session.mentor.username}/request?{urlencode(asked)}"


def _standing(
    mentors: bool, there: MeasuredPresence | None, review: ReviewView | None, viewer_id: int
) -> Standing:
    if mentors or there is None:
        return Standing.MENTOR if mentors else Standing.EARLY
    if review is not None:
        return Standing.GIVEN if review.editable else Standing.CLOSED
    return Standing.OPEN if enough(there.share(viewer_id)) else Standing.ABSENT


# --- who was there


async def _people(
    there: MeasuredPresence | None, parts: Sequence[TakingPart], viewer_id: int, mentor_id: int
) -> list[Attendee]:
    """The mentor first, then who came first."""
    if there is None:
        return []
    seated = {one.user_id: one for one in parts}
    faces = await visible(viewer_id, there.spans.keys())
    came = sorted(there.spans, key=lambda user_id: (user_id != mentor_id, min(there.spans[user_id])))
    return [
        _attendee(user_id, there, seated, faces, mentor=user_id == mentor_id, own=user_id == viewer_id)
        for user_id in came
        if user_id in faces
    ]


def _attendee(
    user_id: int,
    there: MeasuredPresence,
    seated: Mapping[int, TakingPart],
    faces: Mapping[int, Shown],
    *,
    mentor: bool,
    own: bool,
) -> Attendee:
    """By the name that they had in the room, where they had one."""
    part, face = seated.get(user_id), faces[user_id]
    return Attendee(
        name=part.name if part else face.name,
        picture=face.picture_url or "",
        role="mentor" if mentor else "learner",
        minutes=_minutes(timedelta(seconds=there.share(user_id).present_s)),
        bars=bars(there.spans[user_id], there.held),
        talk=part.share if part else None,
        own=own,
    )


def bars(spans: Iterable[Span], held: Span) -> tuple[tuple[float, float], ...]:
    """Where in the lesson the spans lie, in hundredths of it; what lies outside of it is cut off."""
    start, length = held[0], held[1] - held[0]
    if not length:
        return ()
    within = ((max(begin, held[0]), min(end, held[1])) for begin, end in union(spans))
    return tuple(
        (round(100 * ((begin - start) / length), 2), round(100 * ((end - begin) / length), 2))
        for begin, end in within
        if begin < end
    )


def _minutes(time: timedelta) -> int:
    """Rounded up: who was there was there."""
    return -(-int(time.total_seconds()) // 60)
