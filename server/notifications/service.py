"""What other features may have told to people. Each call writes a job; the telling follows the commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from server.infra import outbox
from server.notifications.kinds import KINDS
from server.notifications.models import Delivery
from server.notifications.routing import Refusal
from server.notifications.values import Telling, written

JOB = "notifications.tell"
UNSENT = ("waiting", "failed", "gathered")


async def notify(
    user_id: int,
    kind: str,
    about: Mapping[str, Any],
    *,
    path: str,
    dedupe_key: str,
    actor_id: int | None = None,
    group_key: str = "",
    run_at: datetime | None = None,
    cause: str | None = None,
) -> None:
    """Tell one person something once for each `dedupe_key`, when the caller's transaction has committed.

    `about` fills the words of the kind and its mail (instants are named as in `values.TIMES`, and shown
    in the person's own zone); `path` leads to the page it is about. `actor_id` is who did it: somebody
    blocked reaches nobody. Those of one `group_key` are shown together. `run_at` is for later; what
    waits is withdrawn with its `cause` ("session:<id>")."""
    assert kind in KINDS, kind
    key = f"{kind}:{dedupe_key}"
    telling = Telling(
        user_id=user_id,
        kind=kind,
        about=written(about),
        dedupe_key=key,
        path=path,
        actor_id=actor_id,
        group_key=group_key,
        cause=cause or "",
    )
    await outbox.enqueue(
        JOB, asdict(telling), run_at=run_at, dedupe_key=f"tell:{user_id}:{key}", cause=cause
    )


async def withdraw(*causes: str) -> None:
    """What they are about is off: nothing about these causes goes out that did not by now."""
    await outbox.withdraw(*causes)
    waiting = Delivery.filter(cause__in=causes, status__in=UNSENT)
    await waiting.update(status="suppressed", detail=Refusal.WITHDRAWN)
