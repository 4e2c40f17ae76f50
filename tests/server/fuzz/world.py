"""A platform with people and objects in it, to send anything to, and what every answer must keep."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from aiohttp import ClientResponse, hdrs
from aiohttp.test_utils import TestClient
from yarl import URL

from server.accounts.models import User
from server.booking import service as booking
from server.booking.times import next_mark
from server.edge.access import Viewer
from server.edge.ratelimit import WINDOWS
from server.infra import clock
from server.people.models import Block, MentorProfile
from server.recordings.models import Recording
from tests.server.booking.makers import bearer, draft, person, published
from tests.server.fuzz.promised import Promise, broken, gives_a_file, promises

AT_ONCE = 4  # requests under way
FRESH_EVERY = 200  # requests: by then many objects are cancelled and people suspended
STEP = timedelta(hours=5)  # between the lessons of one round and the next
NOT_ENVELOPED = ("/api/v1/openapi.json",)
ANSWER_S = 2.0  # a request whose end was lost waits for it
GOODBYE = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
STATUS = re.compile(rb"^HTTP/1\.[01] (\d{3})", re.MULTILINE)
Headers = tuple[tuple[str, str], ...]
ENVELOPE = {"success", "data", "message", "timestamp"}


@dataclass(frozen=True, slots=True)
class Shot:
    """One request. `@name` in the address stands for an object of the world, `who` for its sender."""

    method: str
    path: str
    headers: Headers = ()
    body: bytes | None = None
    who: str = "anonymous"


@dataclass(slots=True)
class World:
    """Sends shots, and notes what was wrong with the answers."""

    client: TestClient
    people: dict[str, Viewer] = field(default_factory=dict)
    tokens: dict[str, dict[str, str]] = field(default_factory=dict)
    objects: dict[str, str] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    rounds: int = 0
    promised: list[Promise] = field(default_factory=promises)

    async def settle(self) -> None:
        """The people, once."""
        self.people = {
            "learner": await person("lena"),
            "mentor": await person("mira", "mentor"),
            "admin": await person("root", "admin"),
        }

    async def freshen(self) -> None:
        """Everybody may do again what is theirs, and there is one of everything."""
        WINDOWS.open("")
        await User.all().update(status="active")
        await MentorProfile.all().update(status="approved")
        await Block.all().delete()
        mentor, learner = self.people["mentor"], self.people["learner"]
        first = next_mark(clock.now()) + timedelta(days=30) + self.rounds * STEP
        self.rounds += 1
        session, other = await self._lesson(first), await self._lesson(first + STEP / 2)
        booked = await booking.book_session(session, learner)
        recording = await Recording.create(
            id=uuid4(), session_id=session, state="ready", origin_at=clock.now()
        )
        self.objects = {
            "@session": str(session),
            "@other": str(other),
            "@draft": str(await draft(mentor, first)),
            "@booking": str(booked.booking_id),
            "@recording": str(recording.id),
            "@user": str(learner.public_id),
            "@username": mentor.username,
        }
        self.tokens = {name: await bearer(viewer) for name, viewer in self.people.items()}

    async def _lesson(self, start: datetime) -> UUID:
        return await published(self.people["mentor"], start, capacity=5)

    async def fire(self, shots: Iterable[Shot]) -> None:
        """Send all, a few at a time."""
        waiting = list(shots)
        for begin in range(0, len(waiting), FRESH_EVERY):
            await self.freshen()
            batch = iter(waiting[begin : begin + FRESH_EVERY])
            await asyncio.gather(*(self._fire_each(batch) for _ in range(AT_ONCE)))

    async def _fire_each(self, batch: Iterable[Shot]) -> None:
        for shot in batch:
            await self._send(shot)

    async def _broken_promise(self, url: URL, answer: ClientResponse) -> str:
        """Where the answer is not as the API's description says."""
        if answer.content_type != "application/json" or answer.method == hdrs.METH_HEAD:
            return ""
        said = json.loads(await answer.read())
        return broken(self.promised, answer.method, url.raw_path, answer.status, said)

    async def _send(self, shot: Shot) -> None:
        path = shot.path
        for name in sorted(self.objects, key=len, reverse=True):
            path = path.replace(name, self.objects[name])
        headers = [*shot.headers, *self.tokens.get(shot.who, {}).items()]
        url = URL(str(self.client.make_url("")).rstrip("/") + path, encoded=True)
        async with self.client.session.request(
            shot.method, url, headers=headers, data=shot.body, allow_redirects=False
        ) as answer:
            self.statuses[answer.status] += 1
            file = answer.status < 400 and gives_a_file(self.promised, shot.method, url.raw_path)
            if problem := await _problem(shot, answer, file) or await self._broken_promise(url, answer):
                self.wrong.append(f"{problem}: {shot}")
        if answer.status == 401 and shot.who in self.people:
            self.tokens[shot.who] = await bearer(self.people[shot.who])


async def torn_problems(port: int, waiting: Iterable[bytes]) -> tuple[list[str], Counter[int]]:
    """Send each on a connection of its own; what was wrong with the answers, and their statuses."""
    wrong: list[str] = []
    statuses: Counter[int] = Counter()
    batch = iter(waiting)

    async def send_each() -> None:
        for sent in batch:
            for status, head in _answers(await _exchange(port, sent)):
                statuses[status] += 1
                if status >= 500 or not re.search(rb"X-Request-ID: \S", head):
                    wrong.append(f"{head!r} to {sent!r}")

    await asyncio.gather(*(send_each() for _ in range(5 * AT_ONCE)))
    return wrong, statuses


async def _exchange(port: int, sent: bytes) -> bytes:
    """What comes back. A goodbye follows, which also ends what was torn in the middle, as a rule."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent + GOODBYE)
        async with asyncio.timeout(ANSWER_S):
            return await reader.read()
    except (ConnectionError, TimeoutError):
        return b""
    finally:
        writer.close()


def _answers(got: bytes) -> list[tuple[int, bytes]]:
    """Status and head of each answer."""
    parts = STATUS.split(got)
    heads = [part.partition(b"\r\n\r\n")[0] for part in parts[2::2]]
    return list(zip(map(int, parts[1::2]), heads, strict=True))


async def _problem(shot: Shot, answer: ClientResponse, file: bool) -> str:
    """What an answer must never be; empty when all is well. `file`: it is promised to be one."""
    body = await answer.read()
    if answer.status >= 500:
        return f"status {answer.status}"
    if not answer.headers.get("X-Request-ID"):
        return f"no X-Request-ID with {answer.status}"
    if shot.method == hdrs.METH_HEAD or not shot.path.startswith("/api/"):
        return ""
    if file or (answer.status < 400 and shot.path.startswith(NOT_ENVELOPED)):
        return ""
    return _broken_envelope(answer, body)


def _broken_envelope(answer: ClientResponse, body: bytes) -> str:
    if answer.content_type != "application/json":
        return f"{answer.content_type} with {answer.status}"
    said = json.loads(body)
    expected = ENVELOPE if answer.status < 400 else ENVELOPE | {"error"}
    if said.keys() != expected or said["success"] != (answer.status < 400):
        return f"no envelope with {answer.status}"
    if answer.status >= 400 and said["error"].keys() != {"code", "fields"}:
        return f"no code with {answer.status}"
    return ""
