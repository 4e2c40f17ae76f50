"""The whole platform as a process of its own, and people who use it over HTTP."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import signal
import socket
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

READY_WITHIN_S = 240  # machines that test are busy; it takes three seconds on an idle one
PASSWORD = "correct horse battery staple"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Platform:
    """`python -m server` on embedded defaults, in a data directory of its own."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self._settings = settings
        self._process: asyncio.subprocess.Process | None = None
        self._log = data_dir / "server.log"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PEERLEARN_")}
        environ = kept | {
            "PEERLEARN_PORT": str(self.port),
            "PEERLEARN_DATA_DIR": str(self.data_dir),
            "PEERLEARN_MEDIA_ADVERTISED_IPS": "127.0.0.1",
            **self._settings,
        }
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "server",
                env=environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        await asyncio.wait_for(self._ready(), READY_WITHIN_S)

    async def _ready(self) -> None:
        async with aiohttp.ClientSession() as http:
            while True:
                assert self._process is not None
                if self._process.returncode is not None:
                    raise RuntimeError(f"the server ended:\n{self.log()}")
                try:
                    async with http.get(self.base + "/readyz") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.05)

    def log(self) -> str:
        return self._log.read_text(errors="replace")[-8000:]

    async def stop(self, sign: int = signal.SIGTERM) -> None:
        if self._process is None:
            return
        if self._process.returncode is None:
            self._process.send_signal(sign)
            try:
                await asyncio.wait_for(self._process.wait(), 20)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        self._process = None


@dataclass
class Person:
    """Somebody with an account, using the API with a bearer token."""

    platform: Platform
    email: str
    password: str
    username: str = ""
    token: str = ""
    http: aiohttp.ClientSession = field(repr=False, default=None)  # type: ignore[assignment]

    async def call(self, method: str, path: str, expect: int | None = None, **body: Any) -> Any:
        """The `data` of the answer; with `expect` its status is checked."""
        async with self.http.request(
            method,
            f"{self.platform.base}/api/v1{path}",
            json=body or ({} if method in ("POST", "PUT", "PATCH") else None),
            headers={"Authorization": f"Bearer {self.token}"} if self.token else {},
        ) as answer:
            envelope = await answer.json()
            wanted = (200, 201) if expect is None else (expect,)
            assert answer.status in wanted, (method, path, answer.status, envelope)
            return envelope["data"] if answer.status < 400 else envelope

    async def login(self) -> Person:
        data = await self.call("POST", "/auth/login", identifier=self.email, password=self.password)
        self.token = data["token"]
        self.username = data["user"]["username"]
        return self

    async def ticket(self, session_id: str) -> str:
        return (await self.call("POST", f"/sessions/{session_id}/ticket"))["ticket"]


class Town:
    """Makes accounts and lessons on one platform."""

    _numbers = itertools.count(1)

    def __init__(self, platform: Platform, http: aiohttp.ClientSession) -> None:
        self.platform = platform
        self.http = http

    async def dev(self, path: str) -> Any:
        async with self.http.get(f"{self.platform.base}/dev/{path}") as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    def person(self, email: str, password: str = PASSWORD) -> Person:
        return Person(self.platform, email, password, http=self.http)

    async def demo(self, role: str) -> Person:
        info = await self.dev("info.json")
        found = next(one for one in info["demo"] if one["role"] == role)
        return await self.person(found["email"], found["password"]).login()

    async def register(self, role: str, *, verified: bool = True) -> Person:
        name = f"{role}{next(self._numbers)}"
        person = self.person(f"{name}@example.org")
        await person.call(
            "POST",
            "/auth/register",
            expect=201,
            email=person.email,
            username=name,
            password=PASSWORD,
            role=role,
        )
        if verified:
            await person.call("POST", "/auth/verify-email", token=await self.mailed_token(person.email))
        return await person.login()

    async def mailed_token(self, email: str) -> str:
        """The token of the newest mail to `email`; the worker sends mails, so it may take a moment."""
        async with asyncio.timeout(10):
            while True:
                for mail in await self.dev("mail.json"):
                    found = re.search(r"token=([A-Za-z0-9_-]+)", mail["text"])
                    if mail["to"] == email and found:
                        return found[1]
                await asyncio.sleep(0.05)

    async def mentor(self) -> Person:
        mentor = await self.register("mentor")
        owner = await self.demo("admin")
        await owner.call("POST", f"/admin/mentors/{mentor.username}/approve")
        return mentor

    async def lesson(
        self, mentor: Person, *, capacity: int = 4, publish: bool = True, **more: Any
    ) -> str:
        """A free lesson in 5 to 10 minutes: its room is open, and it starts when the mentor says so."""
        now = datetime.now(UTC)
        mark = now.replace(second=0, microsecond=0) + timedelta(minutes=10 - now.minute % 5)
        made = await mentor.call(
            "POST",
            "/sessions",
            expect=201,
            **{
                "title": "Reading a flame graph",
                "description": "We profile a small service together and read what the graph says.",
                "skills": ["python"],
                "level": "beginner",
                "language": "en",
                "objectives": ["Read a flame graph"],
                "starts_at": mark.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "duration_minutes": 30,
                "capacity": capacity,
                "price_minor": 0,
                "currency": "EUR",
                "recording": "auto",
                **more,
            },
        )
        if publish:
            await mentor.call("POST", f"/sessions/{made['id']}/publish")
        return str(made["id"])
