"""People who use two server processes while a database or Redis below them restarts: they talk in rooms,
book seats and read pages, note what they were promised, and what they had to wait for."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import aiohttp

from server.booking import service as booking
from server.booking.models import Booking, Session
from server.booking.states import ACTIVE_BOOKINGS
from server.booking.times import next_mark
from server.classroom import service as classroom
from server.classroom.models import ChatMessage
from server.edge.access import Viewer
from server.infra import clock
from tests.server.booking.makers import bearer, mentor, person, published
from tests.server.classroom.town import ServerProcess, Town

PACE_S = 0.1  # between two things that one person does
AGAIN_S = 0.1  # before trying again what failed
ANSWER_S = 60.0  # an answer that takes longer is a failure
READERS = 4
READ = ("/api/v1/sessions", "/api/v1/bookings", "/sessions/", "/api/v1/users/me")


@dataclass(slots=True)
class Diary:
    """What happened to everybody, by the monotonic clock."""

    failures: list[tuple[float, str]] = field(default_factory=list)
    dropped: list[float] = field(default_factory=list)
    returned: list[float] = field(default_factory=list)
    answers: int = 0

    def fail(self, what: str) -> None:
        self.failures.append((time.monotonic(), what))

    def since(self, at: float) -> list[tuple[float, str]]:
        return [(when, what) for when, what in self.failures if when >= at]


@dataclass(eq=False)
class Talker:
    """Somebody in a room. A line is said once, whatever becomes of it; `promised` are those that came
    back to their sender, `heard` is everything that came."""

    session_id: UUID
    viewer: Viewer
    server: ServerProcess
    http: aiohttp.ClientSession
    diary: Diary
    seat: str = ""
    resume: str = ""
    present: bool = False
    promised: dict[int, str] = field(default_factory=dict)
    heard: dict[int, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    async def run(self) -> None:
        """Talk, and come back whenever the socket closes, until cancelled."""
        query = {"ticket": (await classroom.issue_ticket(self.session_id, self.viewer)).ticket}
        while True:
            try:
                await self._visit(query)
            except (aiohttp.ClientError, TimeoutError, OSError):
                await asyncio.sleep(AGAIN_S)
            if self.present:
                self.present = False
                self.diary.dropped.append(time.monotonic())
            query = {"resume": self.resume} if self.resume else query

    async def _visit(self, query: dict[str, str]) -> None:
        url = f"ws://127.0.0.1:{self.server.port}/ws/session/{self.session_id}/"
        async with self.http.ws_connect(url, params=query) as socket:
            first = await asyncio.wait_for(socket.receive(), ANSWER_S)
            if first.type is not aiohttp.WSMsgType.TEXT:
                await asyncio.sleep(AGAIN_S)
                return
            self._enter(json.loads(first.data))
            talking = asyncio.create_task(self._talk(socket))
            try:
                newest = 0
                async for message in socket:
                    newest = self._take(json.loads(message.data), newest)
            finally:
                talking.cancel()

    def _enter(self, joined: dict[str, Any]) -> None:
        assert joined["type"] == "joined", joined
        if self.seat and joined["self"]["id"] != self.seat:
            self.wrong.append("came back to another seat")
        if self.resume:
            self.diary.returned.append(time.monotonic())
        self.seat, self.resume, self.present = joined["self"]["id"], joined["resume"], True
        for line in joined["chat"]:
            self._keep(line)

    async def _talk(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        for number in itertools.count():
            text = f"{self.viewer.username} {time.monotonic_ns()} {number}"
            await socket.send_str(json.dumps({"type": "chat", "text": text}))
            await asyncio.sleep(PACE_S)

    def _take(self, message: dict[str, Any], newest: int) -> int:
        if message["type"] != "chat":
            return newest
        if message["seq"] <= newest:
            self.wrong.append(f"line {message['seq']} came after {newest}")
        self._keep(message)
        return int(message["seq"])

    def _keep(self, line: dict[str, Any]) -> None:
        if self.heard.setdefault(line["seq"], line["text"]) != line["text"]:
            self.wrong.append(f"two lines have the number {line['seq']}")
        if line["from"] == self.seat:
            self.promised[line["seq"]] = line["text"]


@dataclass(eq=False)
class Booker:
    """Books one session after the other; each request is repeated with its key until it is answered."""

    viewer: Viewer
    headers: dict[str, str]
    sessions: Iterator[UUID]
    servers: Iterator[ServerProcess]
    http: aiohttp.ClientSession
    diary: Diary
    promised: list[UUID] = field(default_factory=list)

    async def run(self) -> None:
        for session_id in self.sessions:
            while not await self._book(session_id):  # noqa: ASYNC110 - it books, nothing else
                await asyncio.sleep(AGAIN_S)
            self.promised.append(session_id)
            await asyncio.sleep(PACE_S)

    async def _book(self, session_id: UUID) -> bool:
        path = f"/api/v1/sessions/{session_id}/bookings"
        headers = {**self.headers, "Idempotency-Key": str(session_id)}
        status = await asked(self.http, next(self.servers), "POST", path, headers, self.diary)
        return status in (200, 201)


async def asked(
    http: aiohttp.ClientSession,
    server: ServerProcess,
    method: str,
    path: str,
    headers: dict[str, str],
    diary: Diary,
) -> int:
    """The status of an answer, 0 for none; what is no success is noted."""
    url, body = f"http://127.0.0.1:{server.port}{path}", {} if method == "POST" else None
    try:
        async with (
            asyncio.timeout(ANSWER_S),
            http.request(method, url, headers=headers, json=body) as found,
        ):
            await found.read()
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        diary.fail(f"{method} {path}: {error!r}")
        return 0
    diary.answers += 1
    if found.status >= 400:
        diary.fail(f"{method} {path}: {found.status}")
    return found.status


@dataclass(eq=False)
class Crowd:
    """Everybody: in rooms each at one server, else at all servers by turns."""

    diary: Diary
    talkers: list[Talker]
    bookers: list[Booker]
    tasks: list[asyncio.Task[None]]

    async def stop(self) -> None:
        """Let nobody do anything more. Raises what one of them failed with."""
        for task in self.tasks:
            task.cancel()
        for result in await asyncio.gather(*self.tasks, return_exceptions=True):
            if isinstance(result, Exception):
                raise result

    def absent(self) -> list[str]:
        """Who is not in their room."""
        return [talker.viewer.username for talker in self.talkers if not talker.present]

    def trouble(self) -> str:
        """What people complain about."""
        return f"absent: {self.absent()}; newest failures: {self.diary.failures[-10:]}"

    @property
    def lines(self) -> int:
        return sum(len(talker.promised) for talker in self.talkers)

    @property
    def seats(self) -> int:
        return sum(len(booker.promised) for booker in self.bookers)

    async def broken_promises(self) -> list[str]:
        """What the database does not have as people were told."""
        found = [f"{talker.viewer.username}: {each}" for talker in self.talkers for each in talker.wrong]
        for session_id in {talker.session_id for talker in self.talkers}:
            found += await self._broken_lines(session_id)
        for booker in self.bookers:
            found += await _broken_seats(booker)
        return found

    async def _broken_lines(self, session_id: UUID) -> list[str]:
        rows = await ChatMessage.filter(session_id=session_id).order_by("seq")
        stored = {row.seq: row.text for row in rows}
        told = [talker for talker in self.talkers if talker.session_id == session_id]
        found = [
            f"line {seq} of {talker.viewer.username} is not there"
            for talker in told
            for seq, text in (talker.heard | talker.promised).items()
            if stored.get(seq) != text
        ]
        if len(set(stored.values())) != len(stored):
            found.append("a line is there twice")
        for talker in told:
            own = [row.text for row in rows if row.text.startswith(f"{talker.viewer.username} ")]
            if own != sorted(own, key=lambda text: int(text.split(" ")[1])):
                found.append(f"lines of {talker.viewer.username} changed their order")
        return found


async def _broken_seats(booker: Booker) -> list[str]:
    found = []
    for session_id in booker.promised:
        active = Booking.filter(session_id=session_id, status__in=ACTIVE_BOOKINGS)
        if await active.filter(learner_id=booker.viewer.user_id).count() != 1:
            found.append(f"{booker.viewer.username} has not one seat in {session_id}")
        if (await Session.get(id=session_id)).seats_taken != await active.count():
            found.append(f"{session_id} counts its seats wrong")
    return found


@asynccontextmanager
async def crowd(town: Town, *, rooms: int, people: int, offers: int) -> AsyncIterator[Crowd]:
    """`people` in each of the rooms, as many who book `offers` sessions, and readers; all at work."""
    diary, now = Diary(), next_mark(clock.now())
    teacher, turns = await mentor("teacher"), lambda: itertools.cycle(town.servers)
    sessions = [
        await published(teacher, now + timedelta(days=1, hours=2 * each), capacity=people)
        for each in range(offers)
    ]
    hosts = [await mentor(f"host{room}") for room in range(rooms)]
    halls = turns()
    talkers = [
        Talker(lesson, viewer, next(halls), town.http, diary)
        for host in hosts
        for lesson in [await published(host, now + timedelta(minutes=5), capacity=people)]
        for viewer in [host, *[await _guest(lesson, f"{host.username}s{n}") for n in range(1, people)]]
    ]
    learners = [await person(f"booker{each}") for each in range(people)]
    bookers = [
        Booker(learner, await bearer(learner), iter(sessions), turns(), town.http, diary)
        for learner in learners
    ]
    readers = [_read(town, turns(), bookers[0].headers, diary) for _ in range(READERS)]
    work: list[Coroutine[Any, Any, None]] = [*readers, *(one.run() for one in [*talkers, *bookers])]
    made = Crowd(diary, talkers, bookers, [asyncio.create_task(each) for each in work])
    try:
        yield made
    finally:
        await made.stop()


async def _guest(lesson: UUID, name: str) -> Viewer:
    viewer = await person(name)
    await booking.book_session(lesson, viewer)
    return viewer


async def _read(
    town: Town, servers: Iterator[ServerProcess], headers: dict[str, str], diary: Diary
) -> None:
    for path in itertools.cycle(READ):
        await asked(town.http, next(servers), "GET", path, headers, diary)
        await asyncio.sleep(PACE_S)
