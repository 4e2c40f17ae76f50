"""All that is kept about a person, feature by feature: what they can take along, and how it goes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from server.accounts import export as accounts
from server.achievements import export as achievements
from server.booking import export as booking
from server.calendar import export as calendar
from server.classroom import export as classroom
from server.feedback import export as feedback
from server.infra.personal import KeptFile, Rows
from server.materials import export as materials
from server.messages import export as messages
from server.notifications import export as notifications
from server.pathways import export as pathways
from server.payments import export as payments
from server.people import export as people
from server.recordings import export as recordings
from server.settlement import export as settlement


async def _no_files(user_id: int) -> list[KeptFile]:
    return []


@dataclass(frozen=True, slots=True)
class Part:
    """One feature's share: `name` is its file in the export."""

    name: str
    rows: tuple[Rows, ...]
    export: Callable[[int], Awaitable[dict[str, Any]]]
    erase: Callable[[int], Awaitable[None]]
    files: Callable[[int], Awaitable[list[KeptFile]]] = _no_files


# The account comes last: with it a person is gone.
PARTS: tuple[Part, ...] = (
    Part("people", people.ROWS, people.export, people.erase, people.files),
    Part("sessions", booking.ROWS, booking.export, booking.erase),
    Part("materials", materials.ROWS, materials.export, materials.erase, materials.files),
    Part("calendar", calendar.ROWS, calendar.export, calendar.erase),
    Part("money", payments.ROWS, payments.export, payments.erase),
    Part("messages", messages.ROWS, messages.export, messages.erase, messages.files),
    Part("classroom", classroom.ROWS, classroom.export, classroom.erase),
    Part("feedback", feedback.ROWS, feedback.export, feedback.erase),
    Part("settlement", settlement.ROWS, settlement.export, settlement.erase),
    Part("recordings", recordings.ROWS, recordings.export, recordings.erase),
    Part("pathways", pathways.ROWS, pathways.export, pathways.erase),
    Part("achievements", achievements.ROWS, achievements.export, achievements.erase),
    Part("notifications", notifications.ROWS, notifications.export, notifications.erase),
    Part("account", accounts.ROWS, accounts.export, accounts.erase),
)
