"""A mentor's portfolio: what they say, what we know of their lessons, and when they are free.

Every figure is counted from what happened; what nobody measured is left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from server.booking.catalogue import taught_next
from server.booking.figures import TeachingRecord, teaching_record
from server.booking.hours.slots import Slot, next_slots, taken_cells
from server.booking.times import cells_between
from server.booking.values import SessionCard
from server.classroom.figures import PresenceRecord, presence_record
from server.edge.access import viewer
from server.edge.paging import Part
from server.edge.templates import render
from server.feedback.service import Rating, ReviewView, latest_of, rating_of
from server.infra.clock import now
from server.pathways.service import PathwayCard, pathways_of
from server.people.credentials import ShownCredential, shown_credentials
from server.people.mentors import Portrait, portrait

HOUR = 60  # minutes of the free times
SLOTS = 6
CANDIDATES = 48  # of which some overlap
SESSIONS = 4
PATHWAYS = 6
REVIEWS = 5  # of a page of them


@dataclass(frozen=True, slots=True)
class Portfolio:
    """All of the page."""

    portrait: Portrait
    credentials: list[ShownCredential]
    figures: list[tuple[str, str]]
    sessions: list[SessionCard]
    slots: list[Slot]
    pathways: list[PathwayCard]
    rating: Rating
    reviews: list[ReviewView]


async def portfolio_page(request: web.Request) -> web.StreamResponse:
    """`?page=` is of the reviews."""
    asking, part = viewer(request), Part.asked(request, REVIEWS)
    seen_by = asking.user_id if asking else None
    found = await portfolio(request.match_info["username"], seen_by, part.offset)
    context = {"portfolio": found, "page": part.of(found.rating.count)}
    return render(request, "discovery/portfolio.html", context)


async def portfolio(username: str, viewer_id: int | None, offset: int = 0) -> Portfolio:
    """Its reviews begin with the newest but `offset`. Raises NotFound."""
    who = await portrait(username, viewer_id)
    mentor_id, at = who.mentor.user_id, now()
    return Portfolio(
        portrait=who,
        credentials=await shown_credentials(mentor_id),
        figures=told(await teaching_record(mentor_id), await presence_record(mentor_id)),
        sessions=await taught_next(mentor_id, at, SESSIONS, viewer_id),
        pathways=await pathways_of(mentor_id, viewer_id, PATHWAYS),
        rating=await rating_of(mentor_id=mentor_id),
        reviews=await latest_of(viewer_id, REVIEWS, offset, mentor_id=mentor_id),
        slots=apart(await _free(mentor_id, at, viewer_id)),
    )


async def _free(mentor_id: int, at: datetime, viewer_id: int | None) -> list[Slot]:
    """Without those at which the viewer has a lesson: what is shown can be asked for."""
    free = (await next_slots([mentor_id], minutes=HOUR, now=at, limit=CANDIDATES))[mentor_id]
    if viewer_id is None or not free:
        return free
    mine = (await taken_cells([viewer_id], free[0].starts_at, free[-1].ends_at)).get(viewer_id, set())
    return [slot for slot in free if mine.isdisjoint(cells_between(slot.starts_at, slot.ends_at))]


def apart(slots: Iterable[Slot]) -> list[Slot]:
    """The first that don't overlap: free times begin every few minutes."""
    found: list[Slot] = []
    for slot in slots:
        if len(found) < SLOTS and (not found or slot.starts_at >= found[-1].ends_at):
            found.append(slot)
    return found


def told(record: TeachingRecord, presence: PresenceRecord) -> list[tuple[str, str]]:
    """The figures there is something to say about, with their words. A lesson to which the mentor never
    came is one to which they did not come on time."""
    expected = presence.measured + record.missed
    figures = (
        (record.held, f"{record.held}", "lesson held" if record.held == 1 else "lessons held"),
        (record.hours, f"{record.hours:g}", "hour taught" if record.hours == 1 else "hours taught"),
        (
            presence.learners,
            f"{presence.learners}",
            "learner taught" if presence.learners == 1 else "learners taught",
        ),
        (expected, f"{presence.on_time} of {expected}", "begun on time"),
    )
    return [(figure, words) for known, figure, words in figures if known]
