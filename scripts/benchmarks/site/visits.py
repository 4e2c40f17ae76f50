"""Requests to running servers: one at a time to see how long each takes, and many at a steady rate to see
what one costs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import aiohttp

from scripts.benchmarks.processes import cpu_of, percentile, tree_cpu
from scripts.benchmarks.site.pages import Sight
from scripts.benchmarks.site.town import Visitors

WARM_UP = 3  # requests of each address before any counts
STEADY = 0.97  # share of the offered requests that must be answered for a turn to count
AT_ONCE = 16  # requests under way at most


@dataclass(frozen=True)
class Site:
    """A server with the timetable at `/sessions/`; `counted` is the process whose time counts."""

    name: str
    base: str
    counted: int


@dataclass(frozen=True)
class Asked:
    """What one address costs, in milliseconds: until each answer was read, and of processor time."""

    delays: list[float]
    cpu: float
    database_cpu: float


async def ask_one_by_one(
    site: Site, database: int, visitors: Visitors, sights: Sequence[Sight], times: int
) -> dict[Sight, Asked]:
    """Each address so many times, one request after the other."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        return {sight: await _ask(http, site, database, visitors, sight, times) for sight in sights}


async def _ask(
    http: aiohttp.ClientSession,
    site: Site,
    database: int,
    visitors: Visitors,
    sight: Sight,
    times: int,
) -> Asked:
    address, headers = site.base + sight.address(visitors), sight.headers(visitors)
    for _ in range(WARM_UP):
        await _get(http, address, headers)
    delays, before = [], (cpu_of([site.counted]), tree_cpu(database))
    for _ in range(times):
        began = time.perf_counter()
        await _get(http, address, headers)
        delays.append((time.perf_counter() - began) * 1000)
    cpu, database_cpu = cpu_of([site.counted]) - before[0], tree_cpu(database) - before[1]
    return Asked(delays, cpu / times * 1000, database_cpu / times * 1000)


async def _get(http: aiohttp.ClientSession, address: str, headers: dict[str, str]) -> None:
    async with http.get(address, headers=headers, allow_redirects=False) as answer:
        await answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{address} answers {answer.status}")


@dataclass
class Turn:
    """What one turn of requests measured; times in seconds."""

    answered: int
    cpu: float
    database_cpu: float
    delays: list[float]


async def compare_sites(
    sites: Sequence[Site], database: int, rate: float, rounds: int, seconds: float
) -> dict[str, Any]:
    """Processor time per page of twenty sessions, of each site by turns at the same rate."""
    turns: dict[str, list[Turn]] = {site.name: [] for site in sites}
    async with aiohttp.ClientSession() as http:
        for number in range(rounds + 1):
            for site in sites:
                turn = await _turn(http, site, database, rate, seconds)
                if number:  # the first one warms up
                    turns[site.name].append(turn)
    return {name: _summary(found, rate, seconds) for name, found in turns.items()}


async def _turn(
    http: aiohttp.ClientSession, site: Site, database: int, rate: float, seconds: float
) -> Turn:
    delays: list[float] = []

    async def ask(page: int) -> None:
        began = time.perf_counter()
        await _get(http, f"{site.base}/sessions/?page={page}", {})
        delays.append(time.perf_counter() - began)

    before = cpu_of([site.counted]), tree_cpu(database)
    await _at_rate(ask, rate, seconds)
    cpu, database_cpu = cpu_of([site.counted]) - before[0], tree_cpu(database) - before[1]
    return Turn(len(delays), cpu, database_cpu, delays)


async def _at_rate(ask: Callable[[int], Awaitable[None]], rate: float, seconds: float) -> None:
    """Ask at even distances, whether or not earlier answers are there; those too many are left out."""
    gate = asyncio.Semaphore(AT_ONCE)
    began, asked = time.perf_counter(), 0

    async def one(page: int) -> None:
        async with gate:
            await ask(page)

    async with asyncio.TaskGroup() as group:
        while (due := began + asked / rate) < began + seconds:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if not gate.locked():
                group.create_task(one(1 + asked % 50))
            asked += 1


def _summary(turns: list[Turn], rate: float, seconds: float) -> dict[str, Any]:
    kept = [turn for turn in turns if turn.answered >= STEADY * rate * seconds] or turns
    delays = [delay * 1000 for turn in kept for delay in turn.delays]
    return {
        "cpu_ms": round(median(turn.cpu / turn.answered for turn in kept) * 1000, 2),
        "cpu_ms_turns": [round(turn.cpu / turn.answered * 1000, 2) for turn in kept],
        "database_ms": round(median(turn.database_cpu / turn.answered for turn in kept) * 1000, 2),
        "p50_ms": round(percentile(delays, 50), 1),
        "p95_ms": round(percentile(delays, 95), 1),
        "turns_kept": f"{len(kept)} of {len(turns)}",
    }
