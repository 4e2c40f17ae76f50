"""What is at hand before a lesson: one's technical check, the mentor's view of others', materials."""

from __future__ import annotations

from typing import Any

from server.booking.service import RoomAccess
from server.classroom.check import service as checks
from server.classroom.check.service import CheckResult
from server.edge.access import Viewer
from server.edge.api import timestamp
from server.materials import service as materials

PICTURES, TEXTS = "image/", "text/"


async def at_hand(access: RoomAccess, asking: Viewer) -> dict[str, Any]:
    """Keys of the room's page: `check_url`; `check` (None before the first one) and, for the mentor,
    `checks` of the others; `materials` that may be read now."""
    session, mentor = access.session, access.role == "mentor"
    own = await checks.latest(session.id, asking.user_id)
    found: dict[str, Any] = {
        "check_url": f"{session.url}/check",
        "check": told(own) if own else None,
        "materials": [
            {"name": file.name, "url": file.url, "kind": kind_of(file.content_type)}
            for file in await materials.at_hand(session, mentor=mentor)
        ],
    }
    if mentor:
        found["checks"] = [
            {"username": one.username, "name": one.name, **told(one.result)}
            for one in await checks.results(session.id, asking.user_id)
        ]
    return found


def told(result: CheckResult) -> dict[str, Any]:
    """`verdict` is ready, limited or failed; `reasons` few words each."""
    return {
        "verdict": result.verdict.value,
        "at": timestamp(result.at),
        "reasons": result.reasons,
    }


def kind_of(content_type: str) -> str:
    """Which picture stands for it: pdf, image, text or file."""
    if content_type == "application/pdf":
        return "pdf"
    if content_type.startswith(PICTURES):
        return "image"
    return "text" if content_type.startswith(TEXTS) else "file"
