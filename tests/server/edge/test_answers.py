"""Envelopes, error codes and headers: what every answer has."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient

from config.settings import Settings
from server.edge import errors as edge_errors
from server.infra import errors
from tests.factories import answer
from tests.server.edge.app import ERRORS, edge_client


@pytest.fixture
async def client(database: Settings) -> AsyncIterator[TestClient]:
    async with edge_client(database) as found:
        yield found


# --- errors


def test_every_kind_of_error_has_a_status() -> None:
    named = {kind for kind in ERRORS.values() if kind is not errors.DomainError}
    assert named == set(edge_errors.STATUS)


@pytest.mark.parametrize("name", sorted(set(ERRORS) - {"DomainError"}))
async def test_error_is_an_envelope_for_programs(client: TestClient, name: str) -> None:
    found = await answer(await client.get(f"/api/v1/raise/{name}"))
    kind = ERRORS[name]
    assert found.status == edge_errors.STATUS[kind]
    assert found.body.keys() == {"success", "data", "message", "error", "timestamp"}
    assert found.body["success"] is False
    assert found.code == kind.default_code
    assert found.body["message"] == kind.default_message


@pytest.mark.parametrize("name", sorted(set(ERRORS) - {"DomainError", "Unauthenticated"}))
async def test_error_is_a_page_for_people(client: TestClient, name: str) -> None:
    found = await client.get(f"/raise/{name}")
    assert found.status == edge_errors.STATUS[ERRORS[name]]
    assert found.content_type == "text/html"
    assert ERRORS[name].default_message in await found.text()


async def test_throttled_says_when_to_come_back(client: TestClient) -> None:
    found = await client.get("/api/v1/raise/Throttled")
    assert found.headers["Retry-After"] == "7"


async def test_mistake_of_ours_tells_nothing(client: TestClient) -> None:
    for path in ("/api/v1/break", "/break"):
        found = await client.get(path)
        assert found.status == 500
        assert "secret detail" not in await found.text()


async def test_unknown_address_is_an_envelope_or_a_page(client: TestClient) -> None:
    found = await answer(await client.get("/api/v1/nothing/here"))
    assert (found.status, found.code) == (404, "not_found")
    page = await client.get("/nothing/here")
    assert (page.status, page.content_type) == (404, "text/html")


async def test_wrong_method_names_the_right_ones(client: TestClient) -> None:
    found = await answer(await client.delete("/api/v1/things"))
    assert (found.status, found.code) == (405, "method_not_allowed")
    assert "POST" in found.headers["Allow"]


async def test_page_for_others_sends_to_the_login_and_back(client: TestClient) -> None:
    found = await client.get("/admins?x=1", allow_redirects=False)
    assert found.status == 303
    assert found.headers["Location"] == "/auth/login?next=%2Fadmins%3Fx%3D1"
    api = await answer(await client.get("/api/v1/admins"))
    assert (api.status, api.code) == (401, "unauthenticated")


# --- the envelope


async def test_success_is_an_envelope(client: TestClient) -> None:
    found = await answer(await client.post("/api/v1/things", json={"name": "a", "size": 3}))
    assert found.status == 200
    assert found.body.keys() == {"success", "data", "message", "timestamp"}
    assert found.body["success"] is True
    assert found.data == {"name": "a", "size": 3}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found.body["timestamp"])


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b'{"name": NaN}',
        b"[" * 100_000,
        b'{"name": "\\u0000"}',
        b'{"name": "\\ud800"}',
        b'{"\\ud800": 1}',
        b'{"size": ' + b"9" * 5000 + b"}",
    ],
    ids=range(10),
)
async def test_unreadable_body_is_malformed(client: TestClient, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    found = await answer(await client.post("/api/v1/things", data=body, headers=headers))
    assert (found.status, found.code) == (400, "malformed")


async def test_wrong_values_are_named(client: TestClient) -> None:
    found = await answer(await client.post("/api/v1/things", json={"name": "", "size": 11}))
    assert (found.status, found.code) == (422, "invalid")
    assert found.fields.keys() == {"name", "size"}


async def test_other_types_than_json_are_refused(client: TestClient) -> None:
    found = await answer(await client.post("/api/v1/things", data={"name": "a"}))
    assert (found.status, found.code) == (415, "unsupported_type")


async def test_too_long_body_is_refused(client: TestClient) -> None:
    body = json.dumps({"name": "x" * 1_100_000})
    headers = {"Content-Type": "application/json"}
    found = await answer(await client.post("/api/v1/things", data=body, headers=headers))
    assert (found.status, found.code) == (413, "too_large")


@pytest.mark.parametrize("query", ["page=0", "per_page=0", "per_page=101", "page=x", "page=1&page=2"])
async def test_impossible_paging_is_invalid(client: TestClient, query: str) -> None:
    found = await answer(await client.get(f"/api/v1/pages?{query}"))
    assert (found.status, found.code) == (422, "invalid")


async def test_paging_has_defaults(client: TestClient) -> None:
    found = await answer(await client.get("/api/v1/pages"))
    assert found.data == {"page": 1, "per_page": 20}


async def test_query_with_unstorable_text_is_malformed(client: TestClient) -> None:
    found = await answer(await client.get("/api/v1/things?name=%00"))
    assert (found.status, found.code) == (400, "malformed")


# --- forms


async def test_form_gives_single_and_repeated_fields(client: TestClient) -> None:
    data = FormData([("a", "1"), ("b", "2"), ("b", "3"), ("csrf_token", "x")])
    found = await client.post("/form", data=data)
    assert await found.json() == {"a": "1", "b": ["2", "3"]}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"name=%ff", "application/x-www-form-urlencoded; charset=nonsense"),
        (b"\xff\xfe=1", "application/x-www-form-urlencoded; charset=ascii"),
        (b"name=%00", "application/x-www-form-urlencoded"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"no boundary", "multipart/form-data"),
    ],
)
async def test_unreadable_form_is_malformed(client: TestClient, body: bytes, content_type: str) -> None:
    found = await client.post("/form", data=body, headers={"Content-Type": content_type})
    assert found.status == 400


async def test_json_where_a_form_belongs_is_refused(client: TestClient) -> None:
    assert (await client.post("/form", json={})).status == 415


# --- headers


async def test_every_answer_has_an_id_and_a_policy(client: TestClient) -> None:
    for path in ("/", "/api/v1/nothing", "/break", "/static/css/base.css", "/healthz"):
        headers = (await client.get(path)).headers
        assert re.fullmatch(r"[0-9a-f]{32}", headers["X-Request-ID"])
        assert "script-src 'self' 'nonce-" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


async def test_request_id_is_taken_over_when_it_is_harmless(client: TestClient) -> None:
    given = {"X-Request-ID": "trace-12345678"}
    assert (await client.get("/", headers=given)).headers["X-Request-ID"] == "trace-12345678"
    given = {"X-Request-ID": "<script>alert(1)</script>"}
    assert "script" not in (await client.get("/", headers=given)).headers["X-Request-ID"]


async def test_nonce_is_new_each_time_and_in_the_page(client: TestClient) -> None:
    policies = [(await client.get("/")).headers["Content-Security-Policy"] for _ in range(2)]
    assert policies[0] != policies[1]


async def test_sockets_may_go_to_our_origins_alone(client: TestClient) -> None:
    policy = (await client.get("/")).headers["Content-Security-Policy"]
    connect = next(part for part in policy.split("; ") if part.startswith("connect-src"))
    assert set(connect.split()[1:]) == {"'self'"} | {
        f"ws://{host}:{client.port}" for host in ("127.0.0.1", "localhost")
    }


async def test_hashed_static_files_are_kept_for_ever(client: TestClient) -> None:
    assert "immutable" in (await client.get("/static/css/base.css?v=1")).headers["Cache-Control"]
    assert (await client.get("/static/css/base.css")).headers["Cache-Control"] == "no-cache"
    assert (await client.get("/")).headers["Cache-Control"] == "no-store"


async def test_static_files_stay_within_their_folder(client: TestClient) -> None:
    for path in ("/static/../templates/edge/error.html", "/static/%2e%2e/templates/edge/error.html"):
        assert (await client.get(path)).status in {403, 404}


async def test_what_can_be_read_answers_head(client: TestClient) -> None:
    for path in ("/", "/healthz", "/auth/login"):
        assert (await client.head(path)).status == 200
