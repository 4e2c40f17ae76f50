"""What a person has achieved, for them to take along, and how it goes: who leaves takes the certificates
with them, and their codes are unknown from then on."""

from __future__ import annotations

from typing import Any

from server.achievements.models import BadgeAward, Certificate
from server.infra.personal import Rows, erased, exported

ROWS = (
    Rows(Certificate, "user_id", "certificates"),
    Rows(BadgeAward, "user_id", "badges"),
)


async def export(user_id: int) -> dict[str, Any]:
    return await exported(ROWS, user_id)


async def erase(user_id: int) -> None:
    await erased(ROWS, user_id)
