"""From a draft to published sessions: what has to be so first, and the one transaction of all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from server.booking.drafting.drafts import Draft, locked_draft
from server.booking.drafting.planned import PlannedDate, planned_dates
from server.booking.drafting.reading import form_of, problems
from server.booking.drafting.schedule import dates_of, recurs, taken_dates
from server.booking.drafting.steps import BY_KEY, STEP_OF, Data, Step, listed
from server.booking.forms import SessionForm
from server.booking.formtext import number
from server.booking.models import SessionDraft
from server.booking.paying import price_problem
from server.booking.series import create_series, publish_dates
from server.booking.sessions import add_session
from server.edge.access import Viewer
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.errors import Invalid
from server.infra.outbox import enqueue
from server.people import service as people

USUAL_MINUTES = 60  # while the length is still unknown


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of the list of what has to be so. `missing` says what to do, and is empty where it is so;
    `href` leads there where no step of the draft does."""

    key: str
    words: str
    missing: str = ""
    step: Step | None = None
    href: str = ""

    @property
    def met(self) -> bool:
        return not self.missing


async def checklist(draft: Draft, viewer: Viewer, dates: Sequence[PlannedDate]) -> tuple[Condition, ...]:
    """All that publishing asks for, met or not."""
    wrong = problems(draft.data, now())
    wrong |= _price_problem(draft.data) if "price" not in wrong else {}
    return (
        _of_fields("title", "A title, and what happens", wrong, "title", "description", "skills"),
        _of_fields("objectives", "At least one objective", wrong, "objectives"),
        _of_fields("level", "A level, and who it is for", wrong, "level", "audience", "prerequisites"),
        _of_fields("language", "A language", wrong, "language"),
        _of_fields("ahead", "A time that is still to come", wrong, *BY_KEY["schedule"].fields),
        _free(dates),
        _of_fields(
            "terms", "Seats, a price that can be asked, and a policy", wrong, *BY_KEY["terms"].fields
        ),
        Condition(
            "verified",
            "Your e-mail address is confirmed",
            "" if viewer.verified else "Open the link in the mail that we sent you.",
            href="/auth/check-mail",
        ),
        Condition(
            "approved",
            "Your mentor profile is approved",
            "" if await people.mentor_approved(viewer.user_id) else "We still have to read it.",
            href="/profile/edit/mentor",
        ),
    )


def _of_fields(key: str, words: str, wrong: dict[str, str], *fields: str) -> Condition:
    missing = next((wrong[name] for name in fields if name in wrong), "")
    return Condition(key, words, missing, STEP_OF[fields[0]])


def _price_problem(data: Data) -> dict[str, str]:
    try:
        form = form_of(data)
    except Invalid:
        return {}
    problem = price_problem(form.price_minor, form.currency)
    return {"price": problem} if problem else {}


def _free(dates: Sequence[PlannedDate]) -> Condition:
    clashes = [date.clash for date in dates if date.hindered and date.clash]
    missing = f"You have “{clashes[0]}” then, or too soon before or after." if clashes else ""
    if len(clashes) > 1:
        missing = f"On {len(clashes)} dates you have other lessons, or too soon before or after."
    return Condition("free", "Nothing else of yours at that time", missing, BY_KEY["schedule"])


async def dates_planned(draft: Draft, viewer: Viewer) -> list[PlannedDate]:
    """Nothing where no time can be read from the draft yet."""
    try:
        dates = dates_of(draft.data)
    except Invalid:
        return []
    length = number(draft.data.get("duration_minutes", ""))
    minutes = length if isinstance(length, int) and 0 < length <= 240 else USUAL_MINUTES
    left_out = draft.data.get("leave_out", ())
    return await planned_dates(viewer.user_id, dates, timedelta(minutes=minutes), now(), left_out)


@transactional
async def publish_draft(draft_id: UUID, viewer: Viewer, leave_out: Collection[str] = ()) -> UUID:
    """Make the sessions that a draft says and publish them all, or none; gives the first of them. Dates
    in `leave_out` (their local starts) don't take place. Asked again, it gives the same session.

    Raises NotFound, Forbidden, Conflict(overlap), Invalid."""
    row = await locked_draft(draft_id, viewer)
    if row.session_id is not None:
        return row.session_id
    data = {**row.data, "leave_out": [*listed(row.data.get("leave_out")), *leave_out]}
    if wrong := problems(data, now()):
        raise Invalid(fields=wrong)
    session_ids = await _make(row, viewer, data)
    await publish_dates(session_ids, viewer)
    await _take_along(row, session_ids)
    row.session_id = session_ids[0]
    row.updated_at = now()
    await row.save(update_fields=["session_id", "updated_at"])
    return session_ids[0]


async def _take_along(row: SessionDraft, session_ids: Sequence[UUID]) -> None:
    """What goes with the session that the draft was made after goes with the new ones too."""
    if like := row.data.get("like_session"):
        for each in session_ids:
            await enqueue("materials.copy", {"from_session": like, "to_session": str(each)})


async def _make(row: SessionDraft, viewer: Viewer, data: Data) -> list[UUID]:
    form, dates = _form(row, data), taken_dates(data)
    every_weeks, count = recurs(data)
    if count == 1:
        return [await add_session(viewer, form)]
    return await create_series(viewer, form, dates, every_weeks=every_weeks, count=count)


def _form(row: SessionDraft, data: Data) -> SessionForm:
    return form_of(data).model_copy(update={"offering_id": row.offering_id})
