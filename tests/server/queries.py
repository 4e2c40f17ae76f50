"""Counts the statements that a block sends to the database, whichever that is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.sqlite.client import SqliteClient

Method = Callable[..., Awaitable[Any]]

CLIENTS: tuple[type[Any], ...] = (SqliteClient, AsyncpgDBClient)
COUNTED = ("execute_query", "execute_query_dict", "execute_insert", "execute_many")


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Gives the list that the statements are added to."""
    statements: list[str] = []
    with monkeypatch.context() as patched:
        for client in CLIENTS:
            for name in COUNTED:
                patched.setattr(client, name, _noting(getattr(client, name), statements))
        yield statements


def _noting(method: Method, statements: list[str]) -> Method:
    async def noted(self: Any, query: str, *values: Any) -> Any:
        statements.append(query)
        return await method(self, query, *values)

    return noted
