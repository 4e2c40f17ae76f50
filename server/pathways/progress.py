"""How far a learner has come. A step is done by having attended a session of its offering, which is what
a certificate that stands says; a booked seat is nothing learned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from server.achievements.models import Certificate
from server.infra import clock
from server.infra.db import transactional
from server.notifications.service import notify
from server.pathways.models import PathwayEnrolment, PathwayStep
from server.pathways.values import Followed, PathwayStatus, path_of


async def attended_offerings(user_id: int, offering_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of the offerings of which this person attended a session: one query."""
    if not offering_ids:
        return frozenset()
    standing = Certificate.filter(user_id=user_id, revoked_at__isnull=True)
    of_these = standing.filter(session__offering_id__in=list(offering_ids))
    return frozenset(row["session__offering_id"] for row in await of_these.values("session__offering_id"))


async def steps_by_pathway(pathway_ids: Iterable[UUID]) -> dict[UUID, list[PathwayStep]]:
    """The steps of pathways in their order: two queries, or none for none."""
    found: dict[UUID, list[PathwayStep]] = defaultdict(list)
    ids = list(pathway_ids)
    rows = PathwayStep.filter(pathway_id__in=ids).order_by("pathway_id", "position")
    for row in await rows.prefetch_related("offering") if ids else []:
        found[row.pathway_id].append(row)
    return found


async def followed(user_id: int, limit: int) -> list[Followed]:
    """The pathways that somebody follows, those under way first and the latest first: four queries."""
    rows = PathwayEnrolment.filter(learner_id=user_id).exclude(pathway__status=PathwayStatus.DRAFT)
    rows = rows.filter(pathway__mentor__status="active")
    own = await rows.order_by("-created_at", "-id").prefetch_related("pathway")
    chosen = sorted(own, key=lambda row: row.completed_at is not None)[:limit]
    steps = await steps_by_pathway(row.pathway_id for row in chosen)
    ids = {step.offering_id for each in steps.values() for step in each}
    done = await attended_offerings(user_id, ids)
    return [_followed(row, steps[row.pathway_id], done) for row in chosen]


def _followed(row: PathwayEnrolment, steps: Sequence[PathwayStep], done: Collection[UUID]) -> Followed:
    ahead = [step.offering.title for step in steps if step.offering_id not in done]
    return Followed(
        slug=row.pathway.slug,
        title=row.pathway.title,
        steps=len(steps),
        done=len(steps) - len(ahead),
        next=ahead[0] if ahead else "",
        completed_at=row.completed_at,
    )


# --- completing


@transactional
async def advance(user_id: int) -> None:
    """Somebody attended a lesson: they may have completed what they follow."""
    open_still = PathwayEnrolment.filter(learner_id=user_id, completed_at__isnull=True)
    await _complete(await open_still.prefetch_related("pathway"))


@transactional
async def advance_all(pathway_id: UUID) -> None:
    """A pathway has other steps: somebody may have done them all."""
    open_still = PathwayEnrolment.filter(pathway_id=pathway_id, completed_at__isnull=True)
    await _complete(await open_still.prefetch_related("pathway"))


async def _complete(rows: Sequence[PathwayEnrolment]) -> None:
    """Those of them whose steps are all done; in the caller's transaction."""
    published = [row for row in rows if row.pathway.status == PathwayStatus.PUBLISHED]
    steps = await steps_by_pathway({row.pathway_id for row in published})
    for row in published:
        ids = {step.offering_id for step in steps.get(row.pathway_id, ())}
        if ids and ids <= await attended_offerings(row.learner_id, ids):
            await _write(row, len(ids))


async def _write(row: PathwayEnrolment, steps: int) -> None:
    """Once, by however many it is found."""
    open_still = PathwayEnrolment.filter(id=row.id, completed_at__isnull=True)
    if await open_still.update(completed_at=clock.now()):
        await notify(
            row.learner_id,
            "pathway_completed",
            {"title": row.pathway.title, "steps": steps},
            path=path_of(row.pathway.slug),
            dedupe_key=str(row.pathway_id),
        )
