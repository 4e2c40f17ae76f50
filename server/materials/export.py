"""What a mentor gave to learners, for the mentor to take along. What went with lessons that were held
stays: learners look it up."""

from __future__ import annotations

from typing import Any

from server.booking.states import SessionStatus
from server.infra.personal import KeptFile, Rows, erased, exported
from server.materials.changing import drop
from server.materials.models import Material

ROWS = (
    Rows(
        Material,
        "uploader_id",
        "materials",
        secret=("storage_key",),
        stay="learners look up what they were taught",
    ),
)


async def export(user_id: int) -> dict[str, Any]:
    return await exported(ROWS, user_id)


async def files(user_id: int) -> list[KeptFile]:
    rows = await Material.filter(uploader_id=user_id).order_by("id")
    return [KeptFile(f"materials/{row.public_id}-{row.name}", row.storage_key) for row in rows]


async def erase(user_id: int) -> None:
    """Files of lessons that did not take place go."""
    own = Material.filter(uploader_id=user_id)
    await drop(await own.exclude(session__status=SessionStatus.ENDED))
    await drop(await own.filter(session_id__isnull=True))
    await erased(ROWS, user_id)
