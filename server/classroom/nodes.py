"""The media nodes as rooms use them: a link to each that is listed, and which room is on which.

A room stays where it is for as long as its node holds it, whatever becomes of our side; it moves when the
node is dead, and waits while no node takes it.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import partial

import aiohttp
import structlog

from media.protocol import control
from media.protocol.checking import is_check
from media.protocol.codec import Message
from server.classroom.check.desk import Checks
from server.classroom.journal import Journal
from server.classroom.link import NodeLink
from server.classroom.node_events import NodeEvents
from server.classroom.placement import choose
from server.classroom.room import Former, Room
from server.classroom.state import Placed
from server.infra.http import open_http
from server.infra.nodes import NodeDirectory

log = structlog.get_logger()


class NodePool:
    """Keeps the links, places rooms, and moves them when a node is dead or comes back empty.

    `outdated` is called with a room that has another home by now."""

    def __init__(
        self,
        rooms: Mapping[str, Room],
        events: NodeEvents,
        journal: Journal,
        secret: str,
        outdated: Callable[[Room], None],
    ) -> None:
        self._rooms = rooms
        self._events = events
        self._journal = journal
        self._secret = secret
        self._outdated = outdated
        self.checks = Checks()
        self._links: dict[str, NodeLink] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._ended: set[asyncio.Task[None]] = set()
        # rooms that are over while their node could not be told, and our number in them, by link
        self._unclosed: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._drained: frozenset[str] = frozenset()
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

    @property
    def links(self) -> tuple[NodeLink, ...]:
        return tuple(self._links.values())

    def linked(self, url: str) -> bool:
        """Whether the node can be talked to now."""
        return url in self._links and self._links[url].epoch is not None

    def link_at(self, url: str) -> NodeLink | None:
        """The link to the node there, if it can be talked to now."""
        return self._links[url] if self.linked(url) else None

    def takes(self, link: NodeLink) -> bool:
        """Whether the node takes new rooms."""
        return link.candidate(draining=self.drains(link)).open

    def fittest(self, *, recorded: bool) -> NodeLink | None:
        """The node that a new room would be given now."""
        up = [link for link in self.links if link.epoch is not None]
        return choose((link.candidate(draining=self.drains(link)) for link in up), recorded=recorded)

    def drains(self, link: NodeLink) -> bool:
        return link.node_id in self._drained

    def drain(self, nodes: Iterable[str]) -> None:
        """Give no new rooms to just these nodes."""
        self._drained = frozenset(nodes)
        for link in self._links.values():
            link.send(control.Drain(on=self.drains(link)))
        self._place_waiting()

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
        self._unclosed.pop(url, None)
        self.link_dead(self._links.pop(url))

    # --- which room is where

    def place(self, room: Room) -> None:
        """Give the room the node that has it, else the one that is fittest; with none it waits."""
        former = room.former and self._links.get(room.former.url)
        if former and former.epoch is None and not former.dead:
            return  # it is being dialled, and may have the room still
        if former and former.epoch == room.former.epoch:  # type: ignore[union-attr]
            self._give(room, former)
            return
        chosen = self.fittest(recorded=room.tape.wanted)
        if chosen is not None:
            chosen.placed += 1
            self._give(room, chosen)
        else:
            room.wait(full=any(link.epoch is not None for link in self.links))

    def _place_waiting(self) -> None:
        for room in tuple(self._rooms.values()):
            if room.node is None:
                self.place(room)

    def _give(self, room: Room, link: NodeLink) -> None:
        assert link.epoch is not None
        room.place(link)
        at = Former(link.url, link.epoch)
        if room.former != at:
            room.former = at
            self._journal.add(Placed(room.lesson.session_id, room.home, at.url, at.epoch))

    def emptied(self, room: Room) -> None:
        """Nobody is in the room any more: the next to come may be anywhere."""
        self._journal.add(Placed(room.lesson.session_id, room.home, "", ""))
        for link in self.links:
            if room.node is link and link.epoch is None:  # the last goodbye was lost
                self._unclosed[link.url][room.id] = room.home

    def release(self, room: Room) -> None:
        """The room has another home: its node need not keep for us what nobody claims."""
        room.tell_node(control.Release(room=room.id))

    def close(self, room_id: str, home: int, room: Room | None) -> None:
        """The lesson is over. Whoever may hold the room is told, now or when its link is back."""
        message = control.CloseRoom(room=room_id, home=home)
        if room is not None and room.node is not None and room.node.send(message):
            return
        for link in self.links:
            if not link.send(message):
                self._unclosed[link.url][room_id] = home

    def acknowledge(self, url: str, segment: str) -> bool:
        link = self._links.get(url)
        return link is not None and link.send(control.SegmentAck(segment=segment))

    # --- what links report

    def link_ready(self, link: NodeLink) -> None:
        """Tell the node of the rooms that are its own, of those that it has no longer, and of those that
        have none."""
        log.info("media node linked", url=link.url, node=link.node_id, epoch=link.epoch)
        self.checks.node_lost(link)
        link.send(control.Drain(on=self.drains(link)))
        for room_id, home in self._unclosed.pop(link.url, {}).items():
            link.send(control.CloseRoom(room=room_id, home=home))
        for room in tuple(self._rooms.values()):
            if room.node is link or (room.node is None and link.holds(room.id)):
                if not room.known_to(link):
                    self._events.media_lost(room)
                self._give(room, link)
            elif room.node is not None and link.holds(room.id):
                link.send(control.CloseRoom(room=room.id, home=room.home))
        self._place_waiting()

    def link_dead(self, link: NodeLink) -> None:
        """Its rooms move to another node, or wait for one."""
        log.warning("media node is dead", url=link.url, node=link.node_id)
        self.checks.node_lost(link)
        for room in [room for room in self._rooms.values() if room.node is link]:
            self._events.media_lost(room)
            room.displace()
        self._place_waiting()

    def link_beat(self, link: NodeLink) -> None:
        """There may be room again, for lessons and on its disk, or none any more."""
        self._place_waiting()
        for room in self._rooms.values():
            if room.node is link:
                room.refresh_state()

    def link_message(self, link: NodeLink, message: Message) -> None:
        """What a node says of a room that is not its own (any more) is dropped, but for its files."""
        name = getattr(message, "room", "")
        if is_check(name) and not isinstance(message, control.QualityMinute):
            self.checks.hear(name, message)
            return
        if isinstance(message, control.QualityMinute):
            self._events.measured(message, partial(_acknowledge, link, message.id))
            return
        room = self._rooms.get(name)
        if isinstance(message, control.Outdated):
            if room is not None and message.home > room.home:
                self._outdated(room)
        elif isinstance(message, OF_FILES) or room is None or room.node is link:
            self._events.handle(link.url, message)


def _acknowledge(link: NodeLink, minute: str) -> None:
    """It is kept. Where the link is down the node says it again."""
    link.send(control.QualityAck(id=minute))


OF_FILES = (control.SegmentOpened, control.SegmentClosed, control.SegmentLost)
