"""Which media nodes there are: children and settings write it, the classroom reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from aiohttp import web


@dataclass(frozen=True, slots=True)
class MediaNode:
    """One node: its control address (`http://host:port`), and what it said about itself."""

    control_url: str
    node_id: str = ""
    udp_port: int | None = None


class NodeDirectory:
    """The nodes known now. Subscribers are called, synchronously, after each change."""

    def __init__(self, nodes: Iterable[MediaNode] = ()) -> None:
        self._nodes = tuple(nodes)
        self._subscribers: list[Callable[[], None]] = []

    @property
    def nodes(self) -> tuple[MediaNode, ...]:
        return self._nodes

    def urls(self) -> list[str]:
        """The control addresses, in order."""
        return [node.control_url for node in self._nodes]

    def replace(self, nodes: Iterable[MediaNode]) -> None:
        """Set the nodes and tell the subscribers, if anything changed."""
        nodes = tuple(nodes)
        if nodes != self._nodes:
            self._nodes = nodes
            for callback in tuple(self._subscribers):
                callback()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` after each change; returns the function that ends it."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)


MEDIA_NODES: web.AppKey[NodeDirectory] = web.AppKey("media_nodes", NodeDirectory)
