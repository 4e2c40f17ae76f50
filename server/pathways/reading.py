"""Pathways as somebody sees them. A stranger finds what is published by a mentor who teaches; drafts are
their mentor's alone, and what was archived stays with those who follow it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, RawSQL, Subquery
from tortoise.queryset import QuerySet

from server.booking.models import Booking, SessionSkill
from server.booking.searching import listed
from server.booking.service import cards_by_id
from server.booking.states import ACTIVE_BOOKINGS, OPEN_SESSIONS, SessionStatus
from server.booking.values import Person, SessionCard
from server.edge.access import Viewer
from server.infra import clock
from server.infra.errors import NotFound
from server.pathways.models import Pathway, PathwayEnrolment, PathwayStep
from server.pathways.progress import attended_offerings, steps_by_pathway
from server.pathways.values import PathwayCard, PathwayPage, PathwayStatus, Place, Step, path_of
from server.people.models import MentorProfile
from server.people.privacy import columns, not_blocked, shown
from server.people.states import MentorStatus

NO_PATHWAY = "There is no such pathway."
# How many steps a pathway has, and the pathway of a step.
STEPS = RawSQL('(SELECT COUNT(*) FROM "pathway_step" WHERE "pathway_id" = "pathway"."id")')
NEIGHBOURS = RawSQL(
    '(SELECT COUNT(*) FROM "pathway_step" AS "other" '
    'WHERE "other"."pathway_id" = "pathway_step"."pathway_id")'
)
COLUMNS = ("id", "slug", "title", "description", "level", "status", "mentor_id")


def open_to(viewer_id: int | None) -> QuerySet[Pathway]:
    """The pathways that this viewer (None: a guest) may find."""
    return Pathway.filter(_taught_by_active(), not_blocked(viewer_id, "mentor_id")).filter(
        status=PathwayStatus.PUBLISHED
    )


def _taught_by_active() -> Q:
    """Their mentor is approved and was not suspended."""
    teaching = MentorProfile.filter(status=MentorStatus.APPROVED, user__status="active")
    return Q(mentor_id__in=Subquery(teaching.values("user_id")))


# --- one of them


async def pathway_page(slug: str, viewer: Viewer | None) -> PathwayPage:
    """A pathway with its steps. Raises NotFound."""
    viewer_id = viewer.user_id if viewer else None
    rows = await Pathway.filter(slug=slug).values(*COLUMNS, *columns("mentor__"))
    if not rows or not await _may_see(rows[0], viewer_id):
        raise NotFound(message=NO_PATHWAY)
    row: dict[str, Any] = rows[0]
    enrolment = await _enrolment(row["id"], viewer_id)
    profile = await MentorProfile.get_or_none(user_id=row["mentor_id"])
    return PathwayPage(
        **{name: row[name] for name in COLUMNS if name != "mentor_id"},
        mentor=_face(row, viewer_id),
        headline=profile.headline if profile else "",
        steps=await _steps(row["id"], viewer_id),
        own=row["mentor_id"] == viewer_id,
        followed=enrolment is not None,
        completed_at=enrolment.completed_at if enrolment else None,
    )


async def _may_see(row: dict[str, Any], viewer_id: int | None) -> bool:
    if row["mentor_id"] == viewer_id or await open_to(viewer_id).filter(id=row["id"]).exists():
        return True
    if viewer_id is None or row["status"] != PathwayStatus.ARCHIVED:
        return False
    theirs = Pathway.filter(_taught_by_active(), not_blocked(viewer_id, "mentor_id"), id=row["id"])
    return await theirs.exists() and await _enrolment(row["id"], viewer_id) is not None


async def _enrolment(pathway_id: UUID, viewer_id: int | None) -> PathwayEnrolment | None:
    if viewer_id is None:
        return None
    return await PathwayEnrolment.get_or_none(pathway_id=pathway_id, learner_id=viewer_id)


async def _steps(pathway_id: UUID, viewer_id: int | None) -> tuple[Step, ...]:
    rows = (await steps_by_pathway([pathway_id]))[pathway_id]
    ids = [row.offering_id for row in rows]
    done = await attended_offerings(viewer_id, ids) if viewer_id is not None else frozenset()
    ahead = [each for each in ids if each not in done]
    seats, skills = await _seats(ids, viewer_id), await _skills(ids)
    coming = {**await next_of(ids, viewer_id), **await _dates(seats, viewer_id)}
    return tuple(
        Step(
            number=row.position + 1,
            offering_id=row.offering_id,
            title=row.offering.title,
            skills=tuple(skills[row.offering_id]),
            next=coming.get(row.offering_id),
            done=row.offering_id in done,
            current=viewer_id is not None and ahead[:1] == [row.offering_id],
            seated=row.offering_id in seats,
        )
        for row in rows
    )


async def _seats(offering_ids: Collection[UUID], viewer_id: int | None) -> dict[UUID, UUID]:
    """The session of each offering that this viewer has booked: one query."""
    if viewer_id is None:
        return {}
    booked = Booking.filter(learner_id=viewer_id, status__in=ACTIVE_BOOKINGS)
    ahead = booked.filter(session__offering_id__in=list(offering_ids), session__status__in=OPEN_SESSIONS)
    rows = await ahead.order_by("-session__starts_at").values("session_id", "session__offering_id")
    return {row["session__offering_id"]: row["session_id"] for row in rows}


async def next_of(offering_ids: Collection[UUID], viewer_id: int | None) -> dict[UUID, SessionCard]:
    """The next session of each offering that this viewer may find and that has a seat: three queries."""
    if not offering_ids:
        return {}
    open_still = listed(viewer_id, clock.now()).filter(offering_id__in=list(offering_ids))
    dates = await open_still.order_by("starts_at", "id").values(
        "id", "offering_id", "capacity", "seats_taken"
    )
    first: dict[UUID, UUID] = {}
    for row in dates:
        if row["seats_taken"] < row["capacity"]:
            first.setdefault(row["offering_id"], row["id"])
    return await _dates(first, viewer_id)


async def _dates(chosen: Mapping[UUID, UUID], viewer_id: int | None) -> dict[UUID, SessionCard]:
    """The sessions of offerings, chosen by their ids: two queries, or none for none."""
    cards = await cards_by_id(chosen.values(), viewer_id)
    return {offering: cards[session] for offering, session in chosen.items() if session in cards}


async def _skills(offering_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """The names of what each offering's published sessions teach."""
    found: dict[UUID, list[str]] = defaultdict(list)
    links = SessionSkill.filter(session__offering_id__in=list(offering_ids))
    links = links.exclude(session__status=SessionStatus.DRAFT).order_by("skill__name")
    for row in await links.distinct().values("session__offering_id", "skill__name"):
        found[row["session__offering_id"]].append(row["skill__name"])
    return found


# --- several


async def find_pathways(
    viewer_id: int | None, offset: int, limit: int, *, mentor: str = ""
) -> tuple[list[PathwayCard], int]:
    """A page of those that can be found, the latest first, and how many there are: two queries."""
    found = open_to(viewer_id)
    if mentor:
        found = found.filter(mentor__username_key=mentor.casefold())
    total = await found.count()
    page = found.order_by("-published_at", "id").offset(offset).limit(limit)
    return await _cards(page, viewer_id), total


async def pathways_of(mentor_id: int, viewer_id: int | None, limit: int) -> list[PathwayCard]:
    """What a mentor shows of theirs: one query."""
    theirs = open_to(viewer_id).filter(mentor_id=mentor_id)
    return await _cards(theirs.order_by("-published_at", "id").limit(limit), viewer_id)


async def own_pathways(mentor_id: int) -> list[PathwayCard]:
    """All of a mentor's own, the latest first."""
    return await _cards(Pathway.filter(mentor_id=mentor_id).order_by("-created_at", "id"), mentor_id)


async def _cards(query: QuerySet[Pathway], viewer_id: int | None) -> list[PathwayCard]:
    rows = await query.annotate(steps=STEPS).values(*COLUMNS, "steps", *columns("mentor__"))
    return [
        PathwayCard(
            slug=row["slug"],
            title=row["title"],
            level=row["level"],
            status=row["status"],
            steps=row["steps"],
            mentor=_face(row, viewer_id),
        )
        for row in rows
    ]


def _face(row: dict[str, Any], viewer_id: int | None) -> Person:
    face = shown(row, viewer_id, "mentor__")
    return Person(row["mentor__username"], face.name, face.picture_url or "")


async def places_of(offering_id: UUID | None, viewer_id: int | None) -> list[Place]:
    """Where an offering stands in the pathways that this viewer may find: one query."""
    if offering_id is None:
        return []
    ways = Subquery(open_to(viewer_id).values("id"))
    steps = PathwayStep.filter(offering_id=offering_id, pathway_id__in=ways)
    named = ("position", "pathway__slug", "pathway__title", "steps")
    rows = await steps.annotate(steps=NEIGHBOURS).order_by("id").values(*named)
    return [
        Place(
            url=path_of(row["pathway__slug"]),
            title=row["pathway__title"],
            number=row["position"] + 1,
            steps=row["steps"],
        )
        for row in rows
    ]
