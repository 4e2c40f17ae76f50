"""The map as a whole: every address, for nobody and for the wrong person."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from aiohttp.test_utils import TestClient

from server.edge.access import Access
from server.routes import DEVELOPMENT_ROUTES, ROUTES, Route
from tests.databases import BOTH
from tests.factories import Api, api_of, person

NOWHERE = str(UUID(int=0))
VARIABLE = re.compile(r"\{[^}]+\}")
API_ROUTES = [route for route in ROUTES if route.path.startswith("/api/v1")]
PAGE_ROUTES = [route for route in ROUTES if not route.path.startswith(("/api/", "/ws/"))]


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


def address(route: Route, value: str = NOWHERE) -> str:
    return VARIABLE.sub(value, route.path)


def test_no_address_is_listed_twice() -> None:
    listed = [named(route) for route in ROUTES + DEVELOPMENT_ROUTES]
    assert len(listed) == len(set(listed))


async def test_closed_api_addresses_ask_who_one_is(http: TestClient) -> None:
    for route in API_ROUTES:
        if route.access is not Access.ANYONE:
            found = await Api(http).call(route.method, address(route).removeprefix("/api/v1"), {})
            assert (found.status, found.code) == (401, "unauthenticated"), named(route)


async def test_closed_pages_send_to_the_login(http: TestClient) -> None:
    for route in PAGE_ROUTES:
        if route.access is not Access.ANYONE:
            found = await http.request(route.method, address(route), allow_redirects=False)
            assert found.status == 303, named(route)
            assert found.headers["Location"].startswith("/auth/login"), named(route)


@pytest.mark.parametrize(
    ("roles", "closed"),
    [
        (("learner",), {Access.MENTOR, Access.ADMIN}),
        (("mentor",), {Access.LEARNER, Access.ADMIN}),
    ],
)
async def test_wrong_role_is_refused_everywhere(
    http: TestClient, roles: tuple[str, ...], closed: set[Access]
) -> None:
    await person("anna", *roles)
    api = await api_of(http, "anna")
    for route in API_ROUTES:
        if route.access in closed:
            found = await api.call(route.method, address(route).removeprefix("/api/v1"), {})
            assert (found.status, found.code) == (403, "forbidden"), named(route)


@BOTH
@pytest.mark.parametrize("value", [NOWHERE, "nonsense", "1", "%00", "%ff", "..%2f..%2fetc", "a" * 300])
async def test_unknown_object_is_never_a_mistake_of_ours(http: TestClient, value: str) -> None:
    """Signed in with every role, so that all views are reached."""
    await person("anna", "learner", "mentor", "admin", "owner")
    api = await api_of(http, "anna")
    for route in API_ROUTES:
        if "{" in route.path:
            found = await api.call(route.method, address(route, value).removeprefix("/api/v1"), {})
            assert found.status in {400, 403, 404, 405, 422}, (named(route), found.body)


@BOTH
@pytest.mark.parametrize("value", [NOWHERE, "nonsense", "%00"])
async def test_page_of_an_unknown_object_is_not_found(http: TestClient, value: str) -> None:
    await person("anna", "learner", "mentor", "admin", "owner")
    token = (await api_of(http, "anna")).token
    headers = {"Authorization": f"Bearer {token}"}
    for route in PAGE_ROUTES:
        if "{" in route.path and route.method == "GET":
            found = await http.get(address(route, value), headers=headers, allow_redirects=False)
            assert found.status in {303, 404}, named(route)
