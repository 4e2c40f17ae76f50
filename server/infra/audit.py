"""What staff did and looked at, kept for whoever asks later. The database refuses to change a row."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from server.infra import clock
from server.infra.models import AuditRow


async def record(
    actor_id: int | None,
    action: str,
    subject: str,
    subject_id: int | str | UUID,
    *,
    detail: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    """Write that somebody did `action` ("user.suspended") to a subject ("user", its id); call it in the
    transaction of what was done.

    `actor_id` is None when an operator or the system did it. Rows outlive the people in them: `detail`
    has ids and codes, never names or addresses."""
    await AuditRow.create(
        actor_id=actor_id,
        action=action,
        subject=subject,
        subject_id=str(subject_id),
        detail=dict(detail or {}),
        reason=reason,
        at=clock.now(),
    )
