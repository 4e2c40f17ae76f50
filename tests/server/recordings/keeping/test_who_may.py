"""Every address of a recording, asked by everybody, for their own recording and for a foreign one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from server.accounts.models import User
from server.booking import service as booking
from server.booking.models import Booking, Session
from server.classroom.conduct.models import Removal
from server.edge.access import Viewer
from server.infra import clock
from server.recordings.models import RecordingAccess
from server.routes import ROUTES, Route
from tests.server.booking import makers
from tests.server.classroom.stage import Stage
from tests.server.payments.purchases import bought, refunded
from tests.server.recordings.keeping.finished import Finished, finished_lesson
from tests.server.recordings.lesson import stored_keys

BY_RECORDING = re.compile(r"/recordings/\{id\}")
STAFFS = "/dashboard/admin/"
CONSENT = "/recordings/consent"  # is about a lesson that all can see, and not about its recording
OF_RECORDINGS = [
    route
    for route in ROUTES
    if "/recordings" in route.path
    and not route.path.startswith(STAFFS)
    and not route.path.endswith(CONSENT)
]
FOR_MENTORS = {("DELETE", "/api/v1/recordings/{id}")} | {
    (method, path)
    for method, path in (
        ("GET", "/sessions/{id}/recordings/log"),
        ("GET", "/api/v1/sessions/{id}/recordings/log"),
        ("POST", "/sessions/{id}/recordings/delete"),
    )
}
# Booked, and what came of it: whether they may read.
LEARNERS = {
    "came": True,
    "has a seat and did not come": True,
    "was removed": False,
    "got all the money back": False,
    "gave the seat back": False,
    "whose seat is held and not paid": False,
}
STRANGERS = ("learner", "mentor", "admin", "owner", "support", "finance", "ops")


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


@dataclass
class House:
    """A finished recording and everybody who may ask for it."""

    finished: Finished
    people: dict[str, Viewer]

    def address(self, route: Route) -> str:
        number = self.finished.id if BY_RECORDING.search(route.path) else self.finished.stage.session_id
        return route.path.replace("{id}", str(number))

    async def status(self, route: Route, method: str, who: str) -> int:
        stage = self.finished.stage
        headers = await stage.bearer(self.people[who]) if who in self.people else {}
        sent: dict[str, Any] = {"json": {"position_ms": 1}} if route.method == "POST" else {}
        if not route.path.startswith("/api/"):
            sent = {}
        path = self.address(route)
        async with stage.http.request(
            method, path, headers=headers, allow_redirects=False, **sent
        ) as answer:
            login = answer.headers.get("Location", "").startswith("/auth/login")
            return 401 if login else answer.status


@pytest.fixture
async def house(stage: Stage) -> House:
    names = ("removed", "refunded", "cancelled", "held")
    seats = {}
    await Session.filter(id=stage.session_id).update(capacity=20)
    for name in names:
        viewer = await makers.person(name)
        await booking.book_session(stage.session_id, viewer)
        seats[name] = viewer
    finished = await finished_lesson(stage)
    mine = Booking.filter(session_id=stage.session_id)
    await Removal.create(session_id=stage.session_id, user_id=seats["removed"].user_id, at=clock.now())
    seat = await mine.get(learner_id=seats["refunded"].user_id)
    payment = await bought(seat.public_id)
    await refunded(payment, payment.amount_minor)
    await mine.filter(learner_id=seats["cancelled"].user_id).update(status="cancelled_by_learner")
    later = clock.now() + timedelta(minutes=15)
    await mine.filter(learner_id=seats["held"].user_id).update(status="held", hold_expires_at=later)
    people = {
        "the mentor": stage.mentor,
        "came": stage.learner,
        "has a seat and did not come": stage.other,
        "was removed": seats["removed"],
        "got all the money back": seats["refunded"],
        "gave the seat back": seats["cancelled"],
        "whose seat is held and not paid": seats["held"],
        "banned": await makers.person("banned"),
    }
    for role in STRANGERS:
        roles = () if role == "learner" else (role,)
        people[f"a foreign {role}"] = await makers.person(f"foreign-{role}", *roles)
    await User.filter(id=people["banned"].user_id).update(status="banned")
    return House(finished, people)


def asked() -> list[tuple[Route, str]]:
    """What ends the recording comes last; what can be got is asked for by HEAD too."""
    found = [(route, route.method) for route in OF_RECORDINGS]
    found += [(route, "HEAD") for route in OF_RECORDINGS if route.method == "GET"]
    return sorted(found, key=lambda one: one[0].method == "DELETE" or one[0].path.endswith("/delete"))


def test_the_table_knows_every_address() -> None:
    known = {named(route) for route in OF_RECORDINGS}
    assert {f"{method} {path}" for method, path in FOR_MENTORS} <= known
    for part in ("file", "poster", "captions", "watch"):
        assert any(f"/recordings/{{id}}/{part}" in name for name in known), part


@pytest.mark.parametrize("who", [name for name, may in LEARNERS.items() if not may])
async def test_who_has_no_seat_any_more_finds_nothing(house: House, who: str) -> None:
    await _nothing_for(house, who)


@pytest.mark.parametrize("role", STRANGERS)
async def test_a_foreign_recording_is_not_there_whatever_the_role(house: House, role: str) -> None:
    await _nothing_for(house, f"a foreign {role}")


async def _nothing_for(house: House, who: str) -> None:
    wrong = {}
    for route, method in asked():
        status = await house.status(route, method, who)
        if status != 404:
            wrong[f"{method} {route.path}"] = status
    assert wrong == {}
    assert await RecordingAccess.all().count() == 0
    assert len(await stored_keys()) == 4


@pytest.mark.parametrize("who", ["nobody", "banned"])
async def test_who_is_not_signed_in_is_asked_to(house: House, who: str) -> None:
    found = {named(route): await house.status(route, route.method, who) for route, _ in asked()}
    assert set(found.values()) == {401}, found


@pytest.mark.parametrize("who", [name for name, may in LEARNERS.items() if may])
async def test_a_learner_with_a_seat_reads_and_decides_nothing(house: House, who: str) -> None:
    wrong = {}
    for route, method in asked():
        expected = 403 if (route.method, route.path) in FOR_MENTORS else 200
        status = await house.status(route, method, who)
        if status != expected:
            wrong[f"{method} {route.path}"] = status
    assert wrong == {}


async def test_the_mentor_may_all(house: House) -> None:
    wrong = {}
    for route, method in asked():
        status = await house.status(route, method, "the mentor")
        if status not in (200, 303):
            wrong[f"{method} {route.path}"] = status
    assert wrong.keys() <= {"DELETE /api/v1/recordings/{id}", "POST /sessions/{id}/recordings/delete"}
    assert len(wrong) <= 1  # the second that deletes it finds nothing
    await house.finished.stage.run_jobs()
    assert await stored_keys() == []
