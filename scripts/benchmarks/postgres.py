"""A PostgreSQL for a benchmark: databases of it, and the process that all its connections belong to."""

from __future__ import annotations

import asyncpg

from scripts.benchmarks.processes import parent_of
from tests.databases import Cluster


async def make_database(cluster: Cluster, name: str) -> str:
    """The URL of an empty database of that name."""
    await cluster.run(f"DROP DATABASE IF EXISTS {name}")
    await cluster.run(f"CREATE DATABASE {name}")
    return cluster.url_of(name)


async def postmaster(cluster: Cluster) -> int:
    """The process whose children are the connections."""
    connection = await asyncpg.connect(cluster.url)
    try:
        return parent_of(await connection.fetchval("SELECT pg_backend_pid()"))
    finally:
        await connection.close()
