"""Files for the tests of materials."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

from server.edge.access import Viewer
from server.materials.adding import add
from server.materials.values import MaterialFile, Phase

PDF = b"%PDF-1.7 exercises"


async def added(
    session: UUID,
    mentor: Viewer,
    phase: Phase = Phase.BEFORE,
    name: str = "Exercises.pdf",
    content: bytes = PDF,
) -> MaterialFile:
    return await add(session, mentor, phase, name, BytesIO(content))
