"""What accounts have told to people: by the name of a job, because notifications stand above."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from server.infra.outbox import enqueue

SECURITY_PAGE = "/profile/edit/security"


async def tell(user_id: int, kind: str, about: Mapping[str, str], *, path: str = SECURITY_PAGE) -> None:
    """Tell somebody something about their account that happens each time anew."""
    telling = {
        "user_id": user_id,
        "kind": kind,
        "about": dict(about),
        "dedupe_key": f"{kind}:{uuid4().hex}",
        "path": path,
    }
    await enqueue("notifications.tell", telling)
