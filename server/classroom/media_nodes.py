"""The media nodes as administrators see them: how each is, and whether it takes new rooms.

A drained node keeps the lessons that run there until they end, and is given no new ones. That stands in
the database, so that all servers agree and a restart changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from server.classroom import running
from server.classroom.link import NodeLink
from server.classroom.models import DrainedNode
from server.classroom.nodes import NodePool
from server.classroom.state import drained_nodes
from server.edge.access import Viewer
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import NotFound
from server.infra.transitions import record_transition

State = Literal["up", "draining", "unreachable"]


@dataclass(frozen=True, slots=True)
class NodeReport:
    """One node by its last heartbeat; figures are None while it can't be reached. `stress` is 0 to 1."""

    id: str
    control_url: str
    state: State
    draining: bool
    stress: float | None = None
    rooms: int | None = None
    peers: int | None = None
    disk_free_bytes: int | None = None


async def reports() -> list[NodeReport]:
    """All nodes that this process knows, and those that are drained and away."""
    drained = set(await drained_nodes())
    pool = _pool()
    known = [_report(link, link.node_id in drained) for link in (pool.links if pool else ())]
    away = drained - {report.id for report in known}
    known += [NodeReport(name, "", "unreachable", True) for name in away]
    return sorted(known, key=lambda report: report.id)


async def set_draining(viewer: Viewer, node_id: str, draining: bool) -> NodeReport:
    """Give the node no new rooms, or some again. Raises NotFound."""
    if node_id not in {report.id for report in await reports()}:
        raise NotFound(message="There is no such media node.")
    await _keep(viewer, node_id, draining)
    news = running.news()
    if news is not None:
        await news.nodes_drained()
    found = {report.id: report for report in await reports()}
    return found.get(node_id) or NodeReport(node_id, "", "unreachable", draining)


@transactional
async def _keep(viewer: Viewer, node_id: str, draining: bool) -> None:
    before = await DrainedNode.exists(node_id=node_id)
    if before == draining:
        return
    if draining:
        await DrainedNode.create(node_id=node_id, since=clock.now())
    else:
        await DrainedNode.filter(node_id=node_id).delete()
    words = ("taking rooms", "drained")
    await record_transition("media_node", node_id, words[before], words[draining], viewer.user_id)


def _pool() -> NodePool | None:
    news = running.news()
    return news.nodes if news is not None else None


def _report(link: NodeLink, draining: bool) -> NodeReport:
    beat = link.heartbeat
    if link.epoch is None or beat is None:
        return NodeReport(link.node_id, link.url, "unreachable", draining)
    return NodeReport(
        id=link.node_id,
        control_url=link.url,
        state="draining" if draining else "up",
        draining=draining,
        stress=beat.stress,
        rooms=beat.rooms,
        peers=beat.peers,
        disk_free_bytes=beat.disk_free_bytes,
    )
