"""A mentor makes a pathway of what they teach, puts its steps into an order, and shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID, uuid4

from server.booking.models import Offering
from server.edge.access import Viewer
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Conflict, Forbidden, Invalid, NotFound
from server.infra.outbox import enqueue
from server.pathways.models import Pathway, PathwayStep
from server.pathways.reading import NO_PATHWAY
from server.pathways.slugs import slugs
from server.pathways.values import PathwayStatus
from server.people import service as people
from server.people.contacts import require_no_contacts

MOST_STEPS = 20
FEWEST_STEPS = 2  # of what others see
MOST_PATHWAYS = 50  # of one mentor

TOO_SHORT = "A pathway that people see has at least two steps."
TOO_LONG = f"A pathway has at most {MOST_STEPS} steps."

Direction = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Words:
    """What a mentor writes about a pathway."""

    title: str
    description: str
    level: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An offering that can become a step."""

    id: UUID
    title: str


@transactional
async def create(viewer: Viewer, words: Words) -> str:
    """The slug of a new draft; it stays when the title changes. Raises Invalid."""
    require_no_contacts({"title": words.title, "description": words.description})
    if await Pathway.filter(mentor_id=viewer.user_id).count() >= MOST_PATHWAYS:
        raise Invalid(fields={"title": f"You have {MOST_PATHWAYS} pathways already."})
    pathway_id = uuid4()
    for slug in slugs(words.title):
        row = Pathway(
            id=pathway_id,
            slug=slug,
            mentor_id=viewer.user_id,
            title=words.title,
            description=words.description,
            level=words.level,
            status=PathwayStatus.DRAFT,
            created_at=clock.now(),
        )
        await Pathway.bulk_create([row], ignore_conflicts=True)
        if await Pathway.filter(id=pathway_id).exists():
            return slug
    raise AssertionError("there is always another slug")


@transactional
async def rewrite(slug: str, viewer: Viewer, words: Words) -> None:
    """Raises NotFound, Invalid."""
    row = await _locked_own(slug, viewer)
    require_no_contacts({"title": words.title, "description": words.description})
    changes = {"title": words.title, "description": words.description, "level": words.level}
    await row.update_from_dict(changes).save(update_fields=list(changes))


# --- steps


async def choices(slug: str, viewer: Viewer) -> list[Choice]:
    """What the mentor teaches and what is no step yet. Raises NotFound."""
    row = await own(slug, viewer)
    taken = {step.offering_id for step in await PathwayStep.filter(pathway_id=row.id)}
    taught = Offering.filter(mentor_id=viewer.user_id, archived_at__isnull=True).order_by("title", "id")
    return [Choice(each.id, each.title) for each in await taught if each.id not in taken]


@transactional
async def add_step(slug: str, viewer: Viewer, offering_id: UUID) -> None:
    """At the end; one that is there already stays where it is. Raises NotFound, Invalid."""
    row = await _locked_own(slug, viewer)
    if not await Offering.filter(id=offering_id, mentor_id=viewer.user_id).exists():
        raise Invalid(fields={"offering": "Choose something that you teach."})
    order = await _order(row.id)
    if len(order) >= MOST_STEPS:
        raise Invalid(fields={"offering": TOO_LONG})
    await _write(row, [*order, *([] if offering_id in order else [offering_id])])


@transactional
async def move_step(slug: str, viewer: Viewer, offering_id: UUID, direction: Direction) -> None:
    """One place; at either end nothing happens. Raises NotFound."""
    row = await _locked_own(slug, viewer)
    order = await _order(row.id)
    at = _place(order, offering_id)
    to = max(0, at - 1) if direction == "up" else min(len(order) - 1, at + 1)
    order[at], order[to] = order[to], order[at]
    await _write(row, order)


@transactional
async def remove_step(slug: str, viewer: Viewer, offering_id: UUID) -> None:
    """Raises NotFound, Conflict (`too_short`)."""
    row = await _locked_own(slug, viewer)
    order = await _order(row.id)
    del order[_place(order, offering_id)]
    if row.status == PathwayStatus.PUBLISHED and len(order) < FEWEST_STEPS:
        raise Conflict("too_short", TOO_SHORT)
    await _write(row, order)


async def _order(pathway_id: UUID) -> list[UUID]:
    steps = await PathwayStep.filter(pathway_id=pathway_id).order_by("position")
    return [step.offering_id for step in steps]


def _place(order: Sequence[UUID], offering_id: UUID) -> int:
    """Raises NotFound."""
    if offering_id not in order:
        raise NotFound(message="There is no such step.")
    return order.index(offering_id)


async def _write(row: Pathway, order: Sequence[UUID]) -> None:
    """All anew: places are unique, so that none can be changed before the others."""
    await PathwayStep.filter(pathway_id=row.id).delete()
    await PathwayStep.bulk_create(
        [PathwayStep(pathway_id=row.id, position=at, offering_id=each) for at, each in enumerate(order)]
    )
    await enqueue("pathways.advance_all", {"pathway_id": str(row.id)})


# --- who sees it


@transactional
async def publish(slug: str, viewer: Viewer) -> None:
    """Also what was archived. Raises NotFound, Forbidden, Conflict (`too_short`)."""
    row = await _locked_own(slug, viewer)
    if not viewer.verified:
        raise Forbidden("unverified", "Confirm your e-mail address before you publish.")
    if not await people.mentor_approved(viewer.user_id):
        raise Forbidden(
            "mentor_not_approved", "You can publish as soon as your mentor profile is approved."
        )
    if len(await _order(row.id)) < FEWEST_STEPS:
        raise Conflict("too_short", TOO_SHORT)
    shown_since = row.published_at or clock.now()
    await Pathway.filter(id=row.id).update(status=PathwayStatus.PUBLISHED, published_at=shown_since)
    await enqueue("pathways.advance_all", {"pathway_id": str(row.id)})


@transactional
async def archive(slug: str, viewer: Viewer) -> None:
    """Nobody finds it any more; who follows it keeps it. A draft is deleted. Raises NotFound."""
    row = await _locked_own(slug, viewer)
    if row.status == PathwayStatus.DRAFT:
        await row.delete()
    else:
        await Pathway.filter(id=row.id).update(status=PathwayStatus.ARCHIVED)


async def own(slug: str, viewer: Viewer) -> Pathway:
    """Raises NotFound."""
    return _theirs(await Pathway.get_or_none(slug=slug), viewer)


async def _locked_own(slug: str, viewer: Viewer) -> Pathway:
    """Raises NotFound."""
    return _theirs(await Pathway.filter(slug=slug).select_for_update().get_or_none(), viewer)


def _theirs(row: Pathway | None, viewer: Viewer) -> Pathway:
    if row is None or row.mentor_id != viewer.user_id:
        raise NotFound(message=NO_PATHWAY)
    return row
