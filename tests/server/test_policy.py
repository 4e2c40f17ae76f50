"""Every address, asked by everybody, for an object that is theirs, somebody else's, or hidden.

What each must get is written here, once for each kind of policy. An address that names an object and
has no policy fails, whoever adds it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient

from server.accounts.models import Login, User
from server.booking import service as booking
from server.booking.times import next_mark
from server.classroom.models import AttendanceInterval, DrainedNode
from server.edge.access import FRESH_FOR, Access, Whose
from server.infra import clock
from server.recordings.models import Recording
from server.routes import DEVELOPMENT_ROUTES, ROUTES, Route
from tests.server.booking.makers import bearer, draft, person, published, skill
from tests.server.policy_world import HALF_WAY, IN, SETUP, World

ANYBODY = (
    "anonymous",
    "unverified",
    "learner",
    "other learner",
    "mentor",
    "other mentor",
    "banned",
    "admin",
    "owner",
    "support",
    "finance",
    "ops",
    "admin with a password alone",
    "half-way in, by cookie",
    "half-way in, by token",
)

# --- what is expected: first the door, then the object

NOT_SIGNED_IN = dict.fromkeys(("anonymous", "banned", *HALF_WAY), 401)
LONELY = "admin with a password alone"
STAFF = ("owner", "admin", "support", "finance", "ops")
PUBLIC = ("unverified", "learner", "other learner", "mentor", "other mentor")


def staff_alone(*let_in: str) -> dict[str, int | str]:
    """The door that opens to these of the staff; an administrator's asks for the second factor too."""
    others = [who for who in STAFF if who not in let_in]
    return {
        **NOT_SIGNED_IN,
        **dict.fromkeys((*PUBLIC, *others), 403),
        LONELY: SETUP if "admin" in let_in else 403,
    }


DOOR: dict[Access, dict[str, int | str]] = {
    Access.ANYONE: {},
    Access.SIGNED_IN: NOT_SIGNED_IN,
    Access.BY_CLOSE_CODE: NOT_SIGNED_IN,
    Access.LEARNER: {**NOT_SIGNED_IN, "mentor": 403, "other mentor": 403},
    Access.MENTOR: {
        **NOT_SIGNED_IN,
        **dict.fromkeys(("unverified", "learner", "other learner", *STAFF, LONELY), 403),
    },
    Access.PAYEE: {
        **NOT_SIGNED_IN,
        **dict.fromkeys(("unverified", "learner", "other learner", *STAFF, LONELY), 403),
        **dict.fromkeys(("mentor", "other mentor"), SETUP),
    },
    Access.REFUNDER: {
        **NOT_SIGNED_IN,
        **dict.fromkeys(("unverified", "learner", "other learner", "ops"), 403),
        LONELY: SETUP,
    },
    Access.ADMIN: staff_alone("owner", "admin"),
    Access.FIGURES_VIEW: staff_alone(*STAFF),
    Access.PEOPLE_VIEW: staff_alone("owner", "admin", "support"),
    Access.PEOPLE_CHANGE: staff_alone("owner", "admin", "support"),
    Access.PEOPLE_BAN: staff_alone("owner", "admin"),
    Access.ROLES_GRANT: staff_alone("owner"),
    Access.REVIEWS_DECIDE: staff_alone("owner", "admin", "support"),
    Access.MONEY_VIEW: staff_alone("owner", "admin", "finance"),
    Access.CASES_DECIDE: staff_alone("owner", "admin", "finance"),
    Access.MEDIA_CONTROL: staff_alone("owner", "admin", "ops"),
    Access.AUDIT_VIEW: staff_alone("owner", "admin"),
    Access.RECORDINGS_VIEW: staff_alone("owner", "admin", "support"),
    Access.RECORDINGS_HOLD: staff_alone("owner", "admin"),
}
SIGNED_IN_STRANGERS = ("unverified", "other learner", "other mentor", *STAFF, LONELY)
STRANGERS = (*SIGNED_IN_STRANGERS, "anonymous", "banned", *HALF_WAY)
OBJECT: dict[Whose, dict[str, int]] = {
    Whose.NO_OBJECT: {},
    Whose.EVERYBODYS: {},
    Whose.MENTORS: {**dict.fromkeys(STRANGERS, 403), "learner": 403},
    Whose.MEMBERS: dict.fromkeys(STRANGERS, 403),
    Whose.MEMBERS_ONLY: dict.fromkeys(STRANGERS, 404),
    Whose.MENTORS_ONLY: {**dict.fromkeys(STRANGERS, 404), "learner": 403},
    Whose.MENTORS_AND_STAFF: {"other mentor": 404},
    Whose.OWN: {**dict.fromkeys(STRANGERS, 404), "mentor": 404},  # the objects are the learner's
}


def expected(route: Route, who: str) -> int | str:
    return DOOR[route.access].get(who) or OBJECT[route.whose].get(who) or IN


def expected_of_draft(route: Route, who: str) -> int | str:
    return DOOR[route.access].get(who) or (IN if who == "mentor" else 404)


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


@pytest.fixture
async def world(http: TestClient) -> World:
    people = {
        "unverified": await person("unverified", verified=False),
        "learner": await person("learner"),
        "other learner": await person("learner2"),
        "mentor": await person("mentor", "mentor"),
        "other mentor": await person("mentor2", "mentor"),
        "banned": await person("banned"),
        "admin": await person("root", "admin"),
        **{role: await person(role, role) for role in STAFF if role != "admin"},
        LONELY: await person("lonely", "admin"),
    }
    await User.filter(username="lonely").update(email="lonely@example.com")
    await User.filter(username="banned").update(status="banned")
    start = next_mark(clock.now())
    session = await published(people["mentor"], start, capacity=50)
    await booking.book_session(session, people["learner"])
    await AttendanceInterval.create(
        session_id=session, user_id=people["learner"].user_id, kind="socket", started_at=clock.now()
    )
    await Recording.create(id=uuid4(), session_id=session, state="ready", origin_at=clock.now())
    await DrainedNode.create(node_id="media-1", since=clock.now())
    await skill("closures", "Closures")
    return World(http, people, session, await draft(people["mentor"]))


# --- the tests


def test_address_that_names_an_object_says_whose_it_is() -> None:
    silent = [
        named(route)
        for route in ROUTES + DEVELOPMENT_ROUTES
        if bool(re.search(r"\{\w+\}", route.path)) == (route.whose is Whose.NO_OBJECT)
    ]
    assert silent == []


def test_every_policy_has_an_expectation() -> None:
    assert DOOR.keys() == set(Access)
    assert OBJECT.keys() == set(Whose)


def test_who_is_not_signed_in_owns_nothing() -> None:
    for route in ROUTES:
        if route.whose not in {Whose.NO_OBJECT, Whose.EVERYBODYS}:
            assert route.access is not Access.ANYONE, named(route)


async def _wrong(
    world: World, who: str, routes: Iterable[Route], expect: Any, draft_alone: bool = False
) -> dict[str, tuple[Any, Any]]:
    """For each address that answered something else: what it answered, and what it should have."""
    wrong = {}
    for route in routes:
        path = await world.address(route)
        if draft_alone:
            path = route.path.replace("{id}", str(world.draft))
        if (found := await world.ask(route, path, who)) != expect(route, who):
            wrong[named(route)] = found, expect(route, who)
    return wrong


@pytest.mark.parametrize("who", ANYBODY)
async def test_every_address_lets_in_whom_its_policy_names(world: World, who: str) -> None:
    routes = sorted(ROUTES + DEVELOPMENT_ROUTES, key=_harm)
    assert await _wrong(world, who, routes, expected) == {}


async def test_what_asks_for_a_fresh_login_asks_it_of_everybody(world: World) -> None:
    fresh = [route for route in ROUTES if route.fresh]
    assert fresh
    for who in ("owner", "learner"):
        headers = await bearer(world.people[who])
        await Login.all().update(confirmed_at=clock.now() - FRESH_FOR - timedelta(seconds=1))
        for route in fresh:
            if route.access.admits(world.people[who]):
                path = await world.address(route)
                answer = await world.http.request(
                    route.method, path, headers=headers, allow_redirects=False
                )
                assert await asks_to_confirm(answer), named(route)


async def asks_to_confirm(answer: ClientResponse) -> bool:
    if answer.content_type == "application/json":
        return bool((await answer.json())["error"]["code"] == "confirmation_required")
    return answer.headers.get("Location", "").startswith("/auth/confirm")


@pytest.mark.parametrize("who", ANYBODY)
async def test_draft_is_there_for_its_mentor_alone(world: World, who: str) -> None:
    found = [route for route in ROUTES if re.search(r"/(sessions?|check)/\{id\}", route.path)]
    named_session = [route for route in found if "{file}" not in route.path]  # a draft has none
    routes = sorted(named_session, key=_harm)
    assert await _wrong(world, who, routes, expected_of_draft, draft_alone=True) == {}


# What ends an object or gives one.
LAST = (
    "/accept",
    "/decline",
    "/users/me",
    "/leave",
    "/cancel",
    "/end",
    "/book",
    "/bookings",
    "/sessions/{id}",
    "/block",
    "/edit/role",
)


def _harm(route: Route) -> int:
    """The place in the order of asking, so that nothing is gone or got before it is asked for."""
    ends = (number for number, end in enumerate(LAST, 2) if route.path.endswith(end))
    return 0 if route.method == "GET" else next(ends, 1)
