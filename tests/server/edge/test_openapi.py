"""The description of the API: valid, complete, and true of what the views read."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from openapi_spec_validator import validate

from server.edge.access import View
from server.edge.openapi import PREFIX, description_of, document
from server.routes import DEVELOPMENT_ROUTES, ROUTES, Route

BASE_URL = "https://learn.example"
API_ROUTES = [route for route in ROUTES + DEVELOPMENT_ROUTES if route.path.startswith(PREFIX)]
READERS = {"read_json", "read_query", "paging"}


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return document(ROUTES, BASE_URL)


def operation(described: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    return described["paths"][f"/api/v1{path}"][method]


def test_description_is_valid(described: dict[str, Any]) -> None:
    validate(described)


def test_every_address_of_the_api_is_described(described: dict[str, Any]) -> None:
    found = {
        (method.upper(), path) for path, operations in described["paths"].items() for method in operations
    }
    assert found == {(route.method, route.path) for route in API_ROUTES}


def test_no_two_operations_have_one_name(described: dict[str, Any]) -> None:
    names = [each["operationId"] for path in described["paths"].values() for each in path.values()]
    assert len(names) == len(set(names))


async def test_anyone_may_read_it(http: TestClient) -> None:
    answer = await http.get("/api/v1/openapi.json")
    assert (answer.status, answer.content_type) == (200, "application/json")
    found = await answer.json()
    assert found["openapi"] == "3.1.0"
    assert found["servers"] == [{"url": str(http.make_url("")).rstrip("/")}]


def test_bodies_come_from_the_models(described: dict[str, Any]) -> None:
    body = operation(described, "post", "/sessions")["requestBody"]
    assert body["required"] is True
    assert body["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/SessionForm"}
    assert described["components"]["schemas"]["SessionForm"]["required"] == [
        "title",
        "starts_at",
        "duration_minutes",
    ]
    assert operation(described, "post", "/bookings/{id}/cancel")["requestBody"]["required"] is False


def test_queries_come_from_the_models(described: dict[str, Any]) -> None:
    asked = {each["name"]: each for each in operation(described, "get", "/sessions")["parameters"]}
    assert {"q", "skill", "from", "to", "sort", "page", "per_page"} <= asked.keys()
    assert asked["per_page"]["schema"]["maximum"] == 100


def test_who_may_enter_is_told(described: dict[str, Any]) -> None:
    cookie = {"cookie": []}
    assert operation(described, "post", "/auth/login")["security"] == [{}]
    assert operation(described, "get", "/sessions")["security"] == [{}, {"bearer": []}, cookie]
    assert operation(described, "get", "/bookings")["security"] == [{"bearer": []}, cookie]
    assert operation(described, "patch", "/users/me")["security"] == [
        {"bearer": []},
        {"cookie": [], "csrf": []},
    ]


def test_failures_of_an_address_are_told(described: dict[str, Any]) -> None:
    found = operation(described, "patch", "/sessions/{id}")["responses"].keys()
    assert found == {"200", "400", "401", "403", "404", "409", "413", "415", "422", "429", "default"}


def test_answers_come_from_the_shapes(described: dict[str, Any]) -> None:
    content = operation(described, "get", "/sessions/{id}")["responses"]["200"]["content"]
    success, told = content["application/json"]["schema"]["allOf"]
    assert success == {"$ref": "#/components/schemas/Success"}
    assert told == {"properties": {"data": {"$ref": "#/components/schemas/SessionShape"}}}
    shape = described["components"]["schemas"]["SessionShape"]
    assert shape["properties"]["starts_at"] == {
        "format": "date-time",
        "title": "Starts At",
        "type": "string",
    }
    assert "mentor" in shape["required"]


@pytest.mark.parametrize("path", ["/sessions", "/bookings"])
def test_lists_say_what_is_in_them(described: dict[str, Any], path: str) -> None:
    content = operation(described, "get", path)["responses"]["200"]["content"]
    data = content["application/json"]["schema"]["allOf"][1]["properties"]["data"]
    assert data["allOf"][0] == {"$ref": "#/components/schemas/Page"}


# --- what views read


def calls_of(view: View) -> Iterator[ast.Call]:
    """The calls in a view, and in the functions of its module that it leads to."""
    tree = ast.parse(inspect.getsource(sys.modules[view.__module__]))
    functions = {
        node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    waiting, seen = [view.__name__], set()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in functions:
            continue
        seen.add(name)
        for node in ast.walk(functions[name]):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield node
                waiting.append(node.func.id)


def what_it_reads(view: View) -> set[tuple[str, str]]:
    """`("read_json", "LogIn")` and so on, as it stands in the source."""
    calls = [call for call in calls_of(view) if isinstance(call.func, ast.Name)]
    found = [call for call in calls if call.func.id in READERS]  # type: ignore[attr-defined]
    return {(call.func.id, ast.unparse(call.args[-1])) for call in found}  # type: ignore[attr-defined]


def what_is_said(view: View) -> set[tuple[str, str]]:
    said = description_of(view)
    found = {("read_json", said.body.__name__)} if said.body else set()
    if said.query:
        found.add(("read_query", said.query.__name__))
    if said.paged:
        found.add(("paging", "request"))
    return found


@pytest.mark.parametrize("route", API_ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_view_reads_what_is_said_of_it(route: Route) -> None:
    assert what_is_said(route.view) == what_it_reads(route.view)
