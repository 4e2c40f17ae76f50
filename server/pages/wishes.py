"""What the demo's people wait for: an answer to a request, and a seat in a lesson that is full."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import timedelta

from server.booking import service as booking
from server.booking.hours.choosing import Chooser, choices
from server.booking.requests.asking import ask
from server.booking.requests.forms import RequestForm
from server.booking.requests.listing import learners_requests
from server.booking.waiting.queue import join_waitlist
from server.edge.access import Viewer
from server.infra.clock import now
from server.infra.errors import Conflict, Forbidden, NotFound
from server.people.availability import availability_of
from server.people.timetable import today

TOPIC = "My first pull request"
MESSAGE = "I have changed two lines of a library that I use every day, and I am afraid to propose them."
MINUTES = 60
FULL = "One to one: your own data question"
FROM_DAY = timedelta(days=9)  # far enough for an answer


async def seed_wishes(cast: Mapping[str, Viewer]) -> None:
    """What is missing of both; nothing where somebody of the demo is not there."""
    mira, lea, jun = (cast.get(name) for name in ("mira", "lea", "jun"))
    if mira and lea:
        await _ask(lea, mira)
    if mira and jun:
        await _wait(jun, mira)


async def _ask(lea: Viewer, mira: Viewer) -> None:
    """Not while another request of hers is open."""
    waiting, _ = await learners_requests(lea.user_id, now())
    if waiting:
        return
    hours, first = await availability_of(mira.user_id, now().date()), today(lea) + FROM_DAY
    chooser = Chooser(lea.timezone, MINUTES, lea.user_id)
    found = await choices(mira.user_id, hours, chooser, now(), first)
    for _, times in found.days[:1]:
        form = RequestForm(
            topic=TOPIC, message=MESSAGE, starts_at=times[0].value, duration_minutes=MINUTES
        )
        with contextlib.suppress(NotFound, Forbidden, Conflict):
            await ask(lea, mira.username, form)


async def _wait(jun: Viewer, mira: Viewer) -> None:
    for card in await booking.mentor_sessions(mira.user_id, "upcoming"):
        if card.title == FULL:
            with contextlib.suppress(NotFound, Conflict):
                await join_waitlist(card.id, jun)
