"""What happens to pictures after a commit."""

from __future__ import annotations

from typing import Any

from server.infra.outbox import job
from server.people.gallery import gallery


@job("people.forget_picture")
async def forget_picture(payload: dict[str, Any]) -> None:
    await gallery().forget(str(payload["picture"]))
