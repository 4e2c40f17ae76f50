"""Counts the statements that a block sends to SQLite."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tortoise.backends.sqlite.client import SqliteClient

Method = Callable[..., Awaitable[Any]]


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Gives the list that the statements are added to."""
    statements: list[str] = []
    with monkeypatch.context() as patched:
        for name in ("execute_query", "execute_query_dict", "execute_insert", "execute_many"):
            patched.setattr(SqliteClient, name, _noting(getattr(SqliteClient, name), statements))
        yield statements


def _noting(
    method: Callable[..., Awaitable[Any]], statements: list[str]
) -> Callable[..., Awaitable[Any]]:
    async def noted(self: SqliteClient, query: str, *values: Any) -> Any:
        statements.append(query)
        return await method(self, query, *values)

    return noted
