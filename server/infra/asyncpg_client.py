"""PostgreSQL engine for Tortoise: a transaction start that can't leak its pooled connection.

Tortoise keeps the connection when BEGIN fails or is cancelled; after a few of those the pool is empty
and the application hangs. Tortoise picks its schema editor by the word `asyncpg` in this module's name.
"""

from __future__ import annotations

from typing import Any

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    ConnectionWrapper,
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError


class Transaction(TransactionWrapper):
    """One transaction on one pooled connection; refuses queries once it is over."""

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        if self._finalized:
            raise TransactionManagementError("this task was started inside a transaction that is over")
        return super().acquire_connection()


class PooledTransactionContext(TransactionContextPooled):
    """Gives the connection back when the transaction could not begin."""

    async def __aenter__(self) -> TransactionalDBClient:
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


class PooledPostgresClient(AsyncpgDBClient):
    """A pool of connections; each unit of work has one of its own."""

    def _in_transaction(self) -> TransactionContext:
        return PooledTransactionContext(Transaction(self), self._pool_init_lock)


client_class = PooledPostgresClient
