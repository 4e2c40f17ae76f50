"""SQLite engine for Tortoise: BEGIN IMMEDIATE, and a transaction start that can't leak its lock.

Tortoise's own client begins deferred: two processes that read and then write fail with "database is
locked" whatever the busy timeout (https://sqlite.org/lang_transaction.html). It also keeps the
connection's lock for ever when the start of a transaction fails. Tortoise picks its schema editor by
the word `sqlite` in this module's name.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from tortoise.backends.base.client import ConnectionWrapper, TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError, TransactionManagementError

BUSY_TIMEOUT_MS = 10_000  # as long as another process may hold the write lock
LOG_KEPT = 4 << 20  # bytes of the write-ahead log that are written over: one that has to grow again costs
# half as much again for each commit


class ImmediateTransaction(SqliteTransactionWrapper):
    """One transaction on the shared connection; refuses queries once it is over."""

    async def begin(self) -> None:
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        if self._finalized:
            raise TransactionManagementError("this task was started inside a transaction that is over")
        return super().acquire_connection()


class ImmediateTransactionContext(SqliteTransactionContext):
    """Gives the lock back when the transaction could not begin."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return self.connection  # type: ignore[no-any-return]

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        try:
            if exc_type is None:
                await self.connection.commit()
        finally:
            get_connections().reset(self.token)
            await self._roll_back_and_release()

    async def _roll_back_and_release(self) -> None:
        """A COMMIT that failed (disk full) leaves the transaction open: later statements of others
        would join it."""
        try:
            if self.connection._connection.in_transaction:
                await self.connection._connection.rollback()
        finally:
            self.connection._finalized = True
            self._trxlock.release()


class ImmediateSqliteClient(SqliteClient):
    """One connection, write-ahead log, every transaction a writer from its first statement."""

    def __init__(self, file_path: str, **options: Any) -> None:
        options.setdefault("busy_timeout", BUSY_TIMEOUT_MS)
        options.setdefault("journal_size_limit", LOG_KEPT)
        super().__init__(file_path, **options)

    def _in_transaction(self) -> TransactionContext:
        return ImmediateTransactionContext(ImmediateTransaction(self), self._lock)


client_class = ImmediateSqliteClient
