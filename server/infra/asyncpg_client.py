"""PostgreSQL engine for Tortoise: a transaction start that can't leak its pooled connection, and one
error for a database that went away.

Tortoise keeps the connection when BEGIN fails or is cancelled; after a few of those the pool is empty
and the application hangs. Tortoise picks its schema editor by the word `asyncpg` in this module's name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    ConnectionWrapper,
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError

from server.infra.errors import Unavailable

GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # it shuts down, or starts up
    OSError,
    TimeoutError,
)
CLOSED = "connection is closed"


class DatabaseDown(Unavailable):
    """The database went away; what was just being committed may be there or not."""

    default_message = "Our database does not answer. Please try again in a moment."


@contextmanager
def told_when_gone() -> Iterator[None]:
    """Raises DatabaseDown for whatever shows that the database went away."""
    try:
        yield
    except GONE as error:
        raise DatabaseDown from error
    except asyncpg.InterfaceError as error:
        if CLOSED not in str(error):  # the same class tells mistakes of ours
            raise
        raise DatabaseDown from error


class PlainConnection(asyncpg.connection.Connection):  # type: ignore[misc]
    """Goes back to the pool as it is. Nothing of ours leaves settings, locks or cursors of a session
    behind, and to have PostgreSQL undo them would double the trips of every statement; a transaction that
    is still open is rolled back all the same."""

    def get_reset_query(self) -> str:
        return ""


class PostgresClient(AsyncpgDBClient):
    """Every statement may find the database gone."""

    connection_class = PlainConnection

    async def _translate_exceptions(self, *args: Any, **options: Any) -> Any:
        with told_when_gone():
            return await super()._translate_exceptions(*args, **options)


class Transaction(PostgresClient, TransactionWrapper):
    """One transaction on one pooled connection; refuses queries once it is over."""

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        if self._finalized:
            raise TransactionManagementError("this task was started inside a transaction that is over")
        return super().acquire_connection()


class PooledTransactionContext(TransactionContextPooled):
    """Gives the connection back when the transaction could not begin."""

    async def __aenter__(self) -> TransactionalDBClient:
        with told_when_gone():
            await self.ensure_connection()
            pool = self.client._parent._pool
            self.client._connection = await pool.acquire()
        try:
            await self.client.begin()
        except BaseException:
            await pool.release(self.client._connection)
            raise
        self.token = get_connections().set(self.connection_name, self.client)
        return self.client

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        with told_when_gone():
            await super().__aexit__(exc_type, exc_val, exc_tb)


class PooledPostgresClient(PostgresClient):
    """A pool of connections; each unit of work has one of its own."""

    def _in_transaction(self) -> TransactionContext:
        return PooledTransactionContext(Transaction(self), self._pool_init_lock)


client_class = PooledPostgresClient
