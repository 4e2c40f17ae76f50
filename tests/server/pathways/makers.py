"""Pathways for tests, made through the rules that make real ones."""

from __future__ import annotations

from uuid import UUID, uuid4

from server.booking.models import Offering
from server.edge.access import Viewer
from server.infra import clock
from server.pathways import editing
from server.pathways.editing import Words


async def offering(mentor: Viewer, title: str) -> UUID:
    """Something that is taught, and that has no date yet."""
    offering_id = uuid4()
    await Offering.create(id=offering_id, mentor_id=mentor.user_id, title=title, created_at=clock.now())
    return offering_id


async def drafted(mentor: Viewer, *offerings: UUID, title: str = "From sheets to SQL") -> str:
    """The slug of a draft with these steps."""
    slug = await editing.create(mentor, Words(title, "Slowly.", "beginner"))
    for each in offerings:
        await editing.add_step(slug, mentor, each)
    return slug


async def shown(mentor: Viewer, *offerings: UUID, title: str = "From sheets to SQL") -> str:
    """The slug of a published one, with two steps of its own where none are given."""
    steps = offerings or [await offering(mentor, name) for name in ("Sheets", "SQL")]
    slug = await drafted(mentor, *steps, title=title)
    await editing.publish(slug, mentor)
    return slug
