"""Which media node a check is at: the very one that the session's room has, or would get now."""

from __future__ import annotations

from aiohttp import WSCloseCode

from media.protocol.messages import Error
from server.booking.service import SessionCard
from server.classroom.check.desk import GONE
from server.classroom.entry import Refused
from server.classroom.link import NodeLink
from server.classroom.models import RoomState
from server.classroom.nodes import NodePool

FULL = Error(
    code="media_full",
    message="The media server has no room for checks just now: lessons come first. Try again later.",
)


async def node_for(session: SessionCard, pool: NodePool) -> NodeLink:
    """Raises Refused while there is none, or none that takes more than its lessons."""
    link = await carrying(session, pool) or pool.fittest(recorded=session.recording == "auto")
    if link is None:
        linked = any(each.epoch is not None for each in pool.links)
        raise Refused(WSCloseCode.TRY_AGAIN_LATER, FULL if linked else GONE)
    if not pool.takes(link):
        raise Refused(WSCloseCode.TRY_AGAIN_LATER, FULL)
    return link


async def carrying(session: SessionCard, pool: NodePool) -> NodeLink | None:
    """The node that the open room is at, in whatever process."""
    kept = await RoomState.get_or_none(session_id=session.id)
    link = pool.link_at(kept.node_url) if kept is not None and kept.node_url else None
    return link if kept is not None and link is not None and link.epoch == kept.node_epoch else None
