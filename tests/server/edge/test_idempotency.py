"""A POST that is sent twice acts once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from tortoise.queryset import QuerySet

from config.settings import Settings
from server.edge import idempotency
from server.infra.clock import ManualClock
from server.infra.db import DatabaseDown
from server.infra.models import IdempotencyRecord
from tests.databases import BOTH
from tests.factories import Api, api_of, person
from tests.server.edge.app import COUNTER, Counter, edge_client

KEY = {"Idempotency-Key": "a1b2"}


@pytest.fixture
async def client(database: Settings) -> AsyncIterator[TestClient]:
    await person("anna")
    async with edge_client(database) as found:
        yield found


@pytest.fixture
async def api(client: TestClient) -> Api:
    return await api_of(client, "anna")


@pytest.fixture
def counter(client: TestClient) -> Counter:
    return client.app[COUNTER]


async def test_same_key_and_body_give_the_stored_answer(api: Api, counter: Counter) -> None:
    counter.status = 201
    first = await api.post("/count", {"a": 1}, headers=KEY)
    counter.status = 200
    second = await api.post("/count", {"a": 1}, headers=KEY)
    assert first.status == second.status == 201
    assert first.body == second.body
    assert second.headers["Idempotent-Replayed"] == "true"
    assert counter.calls == 1


@BOTH
async def test_twenty_parallel_posts_act_once(api: Api, counter: Counter) -> None:
    counter.gate.clear()
    posts = [asyncio.create_task(api.post("/count", {"a": 1}, headers=KEY)) for _ in range(20)]
    await counter.begun.wait()
    counter.gate.set()
    bodies = [found.body for found in await asyncio.gather(*posts)]
    assert counter.calls == 1
    assert bodies == [bodies[0]] * 20


@pytest.mark.parametrize(("path", "body"), [("/count", {"a": 2}), ("/count/other", {"a": 1})])
async def test_same_key_for_something_else_is_a_conflict(
    api: Api, counter: Counter, path: str, body: dict[str, int]
) -> None:
    await api.post("/count", {"a": 1}, headers=KEY)
    found = await api.post(path, body, headers=KEY)
    assert (found.status, found.code) == (409, "idempotency_conflict")
    assert counter.calls == 1


async def test_keys_of_two_people_are_apart(client: TestClient, api: Api, counter: Counter) -> None:
    await person("ben")
    await api.post("/count", {"a": 1}, headers=KEY)
    found = await (await api_of(client, "ben")).post("/count", {"a": 1}, headers=KEY)
    assert found.data["who"] == "ben"
    assert counter.calls == 2


@pytest.mark.parametrize("status", [422, 500])
async def test_what_is_to_be_tried_again_is_not_stored(api: Api, counter: Counter, status: int) -> None:
    counter.status = status
    assert (await api.post("/count", {}, headers=KEY)).status == status
    counter.status = 200
    assert (await api.post("/count", {}, headers=KEY)).status == 200
    assert counter.calls == 2


async def test_key_is_forgotten_after_a_day(api: Api, counter: Counter, moved_clock: ManualClock) -> None:
    await api.post("/count", {"a": 1}, headers=KEY)
    moved_clock.advance(timedelta(hours=23, minutes=59))
    await idempotency.purge()
    await api.post("/count", {"a": 1}, headers=KEY)
    assert counter.calls == 1
    moved_clock.advance(timedelta(minutes=1))
    await api.post("/count", {"a": 2}, headers=KEY)
    assert counter.calls == 2


async def test_key_of_a_crashed_request_is_taken_over(
    api: Api, counter: Counter, moved_clock: ManualClock
) -> None:
    await api.post("/count", {"a": 1}, headers=KEY)
    await IdempotencyRecord.all().update(status=None, body="")
    moved_clock.advance(idempotency.TAKE_OVER)
    assert (await api.post("/count", {"a": 1}, headers=KEY)).data["calls"] == 2


async def test_request_that_goes_on_too_long_is_a_conflict(
    api: Api, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "WAIT_S", 0.1)
    await api.post("/count", {"a": 1}, headers=KEY)
    await IdempotencyRecord.all().update(status=None, body="")
    found = await api.post("/count", {"a": 1}, headers=KEY)
    assert (found.status, found.code) == (409, "in_progress")


async def test_key_is_free_again_when_the_database_is_back(
    api: Api, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It went away when the answer was to be stored, and also when the key was to be given back."""
    update, delete = QuerySet.update, QuerySet.delete
    gone = {"update": 1, "delete": 3}

    def failing(name: str, real: Any) -> Any:
        def call(self: Any, **values: Any) -> Any:
            if self.model is IdempotencyRecord and gone[name]:
                gone[name] -= 1
                raise DatabaseDown
            return real(self, **values)

        return call

    monkeypatch.setattr(QuerySet, "update", failing("update", update))
    monkeypatch.setattr(QuerySet, "delete", failing("delete", delete))
    assert (await api.post("/count", {"a": 1}, headers=KEY)).status == 503
    assert (await api.post("/count", {"a": 1}, headers=KEY)).status == 200
    assert counter.calls == 2


async def test_nobody_has_no_keys(client: TestClient) -> None:
    for _ in range(2):
        found = await Api(client).post("/count", {"a": 1}, headers=KEY)
        assert found.status == 401
    assert await IdempotencyRecord.all().count() == 0


async def test_absurd_key_is_malformed(api: Api) -> None:
    found = await api.post("/count", {}, headers={"Idempotency-Key": "x" * 256})
    assert (found.status, found.code) == (400, "malformed")
