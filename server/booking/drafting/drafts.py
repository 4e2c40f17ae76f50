"""Drafts of sessions, kept from the first words on: only their mentor ever sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from server.booking.drafting.reading import problems_in
from server.booking.drafting.steps import FIRST, STEPS, Data, Step, after, fingerprint, kept_in
from server.booking.models import SessionDraft
from server.booking.states import wrong_state
from server.edge.access import Viewer
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.errors import Conflict, NotFound

MOST_DRAFTS = 50  # of one mentor, unfinished
NO_DRAFT = "There is no such draft."


@dataclass(frozen=True, slots=True)
class Draft:
    """`reached` is the furthest step, from 1; `session_id` the first session that was made of it."""

    id: UUID
    data: Data
    reached: int
    saved_at: datetime
    offering_id: UUID | None = None
    session_id: UUID | None = None

    @property
    def title(self) -> str:
        return str(self.data.get("title", "")).strip()

    @property
    def step(self) -> Step:
        return STEPS[self.reached - 1]


class DraftChanged(Conflict):
    """Somebody, most likely the same person in another tab, has changed the step meanwhile.

    `draft` is as it is kept now."""

    default_code = "draft_changed"
    default_message = "This draft was changed in another tab."

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self.draft = draft


async def drafts_of(mentor_id: int) -> list[Draft]:
    """Those that no session was made of, the newest first."""
    own = SessionDraft.filter(mentor_id=mentor_id, session_id=None)
    return [_value(row) for row in await own.order_by("-updated_at", "id").limit(MOST_DRAFTS)]


async def get_draft(draft_id: UUID, viewer: Viewer) -> Draft:
    """Raises NotFound."""
    return _value(await _own(draft_id, viewer))


@transactional
async def begin_draft(viewer: Viewer, values: Data, *, onward: bool = False) -> Draft:
    """Keep the first words of a new session; `onward` as in `keep_step`.

    Raises Conflict(too_many_drafts)."""
    ready = onward and not problems_in(FIRST, values, now())
    return await add_draft(viewer, values, after(FIRST) if ready else FIRST)


async def add_draft(viewer: Viewer, data: Data, reached: Step, offering_id: UUID | None = None) -> Draft:
    """In the caller's transaction. Raises Conflict(too_many_drafts)."""
    if await SessionDraft.filter(mentor_id=viewer.user_id, session_id=None).count() >= MOST_DRAFTS:
        raise Conflict("too_many_drafts", f"You have {MOST_DRAFTS} drafts. Throw one away first.")
    row = await SessionDraft.create(
        id=uuid4(),
        mentor_id=viewer.user_id,
        offering_id=offering_id,
        data=dict(data),
        step=reached.number,
        created_at=now(),
        updated_at=now(),
    )
    return _value(row)


@transactional
async def keep_step(
    draft_id: UUID,
    viewer: Viewer,
    step: Step,
    values: Mapping[str, Any],
    seen: str,
    *,
    onward: bool = False,
) -> Draft:
    """Keep what was typed in a step, right or wrong. `seen` is the fingerprint of the step when its form
    was shown. `onward`: the next one is reached too, where nothing is wrong with this.

    Raises NotFound, DraftChanged, Conflict(wrong_state)."""
    row = await locked_draft(draft_id, viewer)
    if row.session_id is not None:
        raise wrong_state("published")
    kept = kept_in(step, row.data)
    if seen != fingerprint(step, row.data) and fingerprint(step, values) != fingerprint(step, kept):
        raise DraftChanged(_value(row))
    row.data = {**row.data, **values}
    if onward and not problems_in(step, row.data, now()):
        row.step = max(row.step, after(step).number)
    row.updated_at = now()
    await row.save(update_fields=["data", "step", "updated_at"])
    return _value(row)


@transactional
async def throw_away(draft_id: UUID, viewer: Viewer) -> None:
    """Raises NotFound, Conflict(wrong_state) where a session was made of it."""
    row = await locked_draft(draft_id, viewer)
    if row.session_id is not None:
        raise wrong_state("published")
    await row.delete()


async def locked_draft(draft_id: UUID, viewer: Viewer) -> SessionDraft:
    """Kept from other writers until the caller's transaction ends. Raises NotFound."""
    return await _own(draft_id, viewer, locked=True)


async def _own(draft_id: UUID, viewer: Viewer, *, locked: bool = False) -> SessionDraft:
    query = SessionDraft.filter(id=draft_id, mentor_id=viewer.user_id)
    row = await (query.select_for_update() if locked else query).get_or_none()
    if row is None:
        raise NotFound(message=NO_DRAFT)
    return row


def _value(row: SessionDraft) -> Draft:
    return Draft(row.id, row.data, row.step, row.updated_at, row.offering_id, row.session_id)
