"""The map as a whole: no address twice, and names that nothing has. Who may enter: `test_policy.py`."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from aiohttp.test_utils import TestClient

from server.routes import DEVELOPMENT_ROUTES, ROUTES, Route
from tests.databases import BOTH
from tests.factories import api_of, person

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
