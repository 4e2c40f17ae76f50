"""A learner follows a pathway, or stops. What they attended before counts."""

from __future__ import annotations

from server.edge.access import Viewer
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Conflict
from server.pathways.models import PathwayEnrolment
from server.pathways.progress import advance
from server.pathways.reading import pathway_page


@transactional
async def follow(slug: str, viewer: Viewer) -> None:
    """Nothing happens the second time. Raises NotFound, Conflict (`yourself`)."""
    page = await pathway_page(slug, viewer)
    if page.own:
        raise Conflict("yourself", "This is your own pathway.")
    row = PathwayEnrolment(pathway_id=page.id, learner_id=viewer.user_id, created_at=clock.now())
    await PathwayEnrolment.bulk_create([row], ignore_conflicts=True)
    await advance(viewer.user_id)


@transactional
async def unfollow(slug: str, viewer: Viewer) -> None:
    """Nothing happens the second time. Raises NotFound."""
    page = await pathway_page(slug, viewer)
    await PathwayEnrolment.filter(pathway_id=page.id, learner_id=viewer.user_id).delete()
