"""A room that is led: what tests of its people say and look up."""

from __future__ import annotations

import asyncio
from typing import Any

from server.classroom import service as classroom
from server.classroom.conduct.models import RoomEvent
from server.edge.access import Viewer
from tests.server.classroom.fake_node import WAIT_S
from tests.server.classroom.stage import RoomClient, Stage


async def moderate(leader: RoomClient, action: str, participant: str | None = None) -> None:
    """Done when the server answers what was said after it."""
    about = {} if participant is None else {"participant": participant}
    await leader.say("moderate", action=action, **about)


async def waits(stage: Stage, viewer: Viewer) -> RoomClient:
    """Somebody who is not let in at once."""
    ticket = (await classroom.issue_ticket(stage.session_id, viewer)).ticket
    client = await stage.knock(params={"ticket": ticket})
    assert (await client.next())["type"] == "waiting"
    return client


async def let_in(client: RoomClient) -> None:
    """They waited, and are in the room now."""
    client.joined = await client.hear("joined")


async def refusal(stage: Stage, viewer: Viewer, **options: Any) -> tuple[int, str]:
    """The close code, and the code of the error before it, of somebody who knocks with a login."""
    headers = await stage.bearer(viewer)
    client = await stage.knock(headers=headers, **options)
    code = await client.closed()
    return code, ", ".join(error["code"] for error in client.heard("error"))


async def events(stage: Stage, kind: str) -> list[dict[str, Any]]:
    """What was kept of this kind, in order."""
    await stage.hub.journal.settled()
    rows = await RoomEvent.filter(session_id=stage.session_id, kind=kind).order_by("id")
    return [row.detail for row in rows]


async def error_of(client: RoomClient) -> str:
    """Of what they said last; that a node was away for a moment is another matter."""
    async with asyncio.timeout(WAIT_S):
        while (code := str((await client.hear("error"))["code"])).startswith("media_"):
            continue
    return code
