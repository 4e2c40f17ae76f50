"""The media nodes as rooms use them: a link to each that is listed, and which room is on which."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import aiohttp
import structlog

from media.protocol import control
from media.protocol.codec import Message
from server.classroom.link import NodeLink
from server.classroom.node_events import NodeEvents
from server.classroom.room import Room
from server.infra.http import open_http
from server.infra.nodes import NodeDirectory

log = structlog.get_logger()


class NodePool:
    """Keeps the links, places rooms, and moves them when a node is dead or comes back empty."""

    def __init__(self, rooms: Mapping[str, Room], events: NodeEvents, secret: str) -> None:
        self._rooms = rooms
        self._events = events
        self._secret = secret
        self._links: dict[str, NodeLink] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._ended: set[asyncio.Task[None]] = set()
        self._unclosed: set[str] = set()  # rooms that ended while their node could not be told
        self._http: aiohttp.ClientSession | None = None
        self._unsubscribe: Callable[[], None] | None = None

    # --- which nodes there are

    async def start(self, directory: NodeDirectory) -> None:
        """Link to the listed nodes, and follow the list."""
        self._http = open_http()
        self._unsubscribe = directory.subscribe(lambda: self._follow(directory))
        self._follow(directory)

    async def stop(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
        tasks = {*self._tasks.values(), *self._ended}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.close()

    def _follow(self, directory: NodeDirectory) -> None:
        listed = directory.urls()
        for url in self._links.keys() - set(listed):
            self._unlink(url)
        for url in listed:
            if url not in self._links:
                self._link(url)

    def _link(self, url: str) -> None:
        assert self._http is not None
        link = NodeLink(url, self._secret, self._http, self)
        self._links[url] = link
        self._tasks[url] = asyncio.create_task(link.run(), name=f"media node {url}")

    def _unlink(self, url: str) -> None:
        task = self._tasks.pop(url)
        task.cancel()
        self._ended.add(task)
        task.add_done_callback(self._ended.discard)
        self.link_dead(self._links.pop(url))

    # --- which room is where

    def place(self, room: Room) -> None:
        """Give the room the connected node with the fewest rooms; with none it waits."""
        connected = [link for link in self._links.values() if link.epoch is not None]
        if connected:
            room.place(min(connected, key=self._load))

    def _load(self, link: NodeLink) -> int:
        return sum(room.node is link for room in self._rooms.values())

    def close(self, room_id: str, room: Room | None) -> None:
        """The lesson is over. Whoever may hold the room is told, now or when its link is back."""
        message = control.CloseRoom(room=room_id)
        if room is not None and room.node is not None and room.node.send(message):
            return
        told = [link.send(message) for link in self._links.values()]
        if not told or not all(told):
            self._unclosed.add(room_id)

    def acknowledge(self, url: str, segment: str) -> bool:
        link = self._links.get(url)
        return link is not None and link.send(control.SegmentAck(segment=segment))

    # --- what links report

    def link_ready(self, link: NodeLink) -> None:
        """Tell the node of the rooms that are its own, and of those that have none."""
        log.info("media node linked", url=link.url, epoch=link.epoch)
        for room_id in self._unclosed:
            link.send(control.CloseRoom(room=room_id))
        self._unclosed.clear()
        for room in self._rooms.values():
            if room.node is link or room.node is None:
                if not room.known_to(link):
                    self._events.media_lost(room)
                room.place(link)

    def link_dead(self, link: NodeLink) -> None:
        """Its rooms move to another node, or wait for one."""
        for room in [room for room in self._rooms.values() if room.node is link]:
            self._events.media_lost(room)
            room.displace()
            self.place(room)

    def link_message(self, link: NodeLink, message: Message) -> None:
        self._events.handle(link.url, message)
