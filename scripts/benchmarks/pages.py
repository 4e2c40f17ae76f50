"""Pages and lists on a full PostgreSQL: time, queries, weight; a page of sessions against Django's."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from config.settings import Settings, load_settings
from scripts.benchmarks.peers.serving import start_django
from scripts.benchmarks.population import fresh_database
from scripts.benchmarks.postgres import make_database, postmaster
from scripts.benchmarks.processes import answers, percentile
from scripts.benchmarks.site.browser import first_views
from scripts.benchmarks.site.pages import SIGHTS
from scripts.benchmarks.site.queries import count_queries
from scripts.benchmarks.site.town import Size, Visitors, settle
from scripts.benchmarks.site.visits import Site, ask_one_by_one, compare_sites
from server.infra import db
from tests.databases import Cluster, cluster
from tests.e2e.platform import Platform, free_port

SMALL = Size(20)
PRODUCTION = {  # as the peer runs; development looks for changed files with each page
    "PEERLEARN_ENV": "production",
    "PEERLEARN_SECRET_KEY": secrets.token_hex(),
    "PEERLEARN_MEDIA_CONTROL_SECRET": secrets.token_hex(),
}
OURS, PEER = "ours", "Django on Daphne"
GATE_CPU = 0.5  # of the peer's
GATE_P95_MS = 50.0
GATE_BYTES = 150_000


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sessions", type=int, default=10_000, help="each with ten bookings")
    parser.add_argument("--turns", type=int, default=60, help="requests for each page's time")
    parser.add_argument("--rounds", type=int, default=5, help="turns of load per server")
    parser.add_argument("--seconds", type=float, default=4.0, help="seconds per turn")
    parser.add_argument("--rate", type=float, default=40.0, help="pages per second offered to each")
    parser.add_argument("--no-browser", action="store_true", help="leave weights and shifts out")


def run(options: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, cluster(options=()) as server:
        return asyncio.run(_run(options, server, Path(folder)))


async def _run(options: argparse.Namespace, server: Cluster, folder: Path) -> dict[str, Any]:
    few = await _queries(server, folder, "few", SMALL)
    settings, visitors, many = await _filled(server, folder, "many", Size(options.sessions))
    platform = Platform(folder, PEERLEARN_DATABASE_URL=settings.database_url, **PRODUCTION)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(platform.stop)
        await platform.start()
        ours, database = Site(OURS, platform.base, platform.pid), await postmaster(server)
        asked = await ask_one_by_one(ours, database, visitors, SIGHTS, options.turns)
        pages = [sight for sight in SIGHTS if sight.is_page]
        views = {} if options.no_browser else await first_views(platform.base, visitors, pages)
        peer = stack.enter_context(
            start_django(folder / "peer", port := free_port(), PEER_DATABASE_URL=settings.database_url)
        )
        sites = [ours, Site(PEER, f"http://127.0.0.1:{port}", peer)]
        await answers(f"{sites[1].base}/sessions/")
        compared = await compare_sites(sites, database, options.rate, options.rounds, options.seconds)
    compared[OURS]["ratio"] = round(compared[OURS]["cpu_ms"] / compared[PEER]["cpu_ms"], 2)
    return {
        "timetable": compared,
        "pages": [
            {
                "role": sight.role,
                "path": sight.path,
                "queries_of_20": few[sight],
                "queries": many[sight],
                "cpu_ms": round(asked[sight].cpu, 1),
                "database_ms": round(asked[sight].database_cpu, 1),
                "p50_ms": round(percentile(asked[sight].delays, 50), 1),
                "p95_ms": round(percentile(asked[sight].delays, 95), 1),
                "transferred": views[sight].transferred if sight in views else None,
                "shift": views[sight].shift if sight in views else None,
            }
            for sight in SIGHTS
        ],
    }


async def _queries(server: Cluster, folder: Path, name: str, size: Size) -> dict[Any, int]:
    return (await _filled(server, folder, name, size))[2]


async def _filled(
    server: Cluster, folder: Path, name: str, size: Size
) -> tuple[Settings, Visitors, dict[Any, int]]:
    """A database of that size, who looks at it, and how many queries each page makes there."""
    url = await make_database(server, name)
    settings = load_settings({"PEERLEARN_DATA_DIR": str(folder), "PEERLEARN_DATABASE_URL": url})
    async with fresh_database(settings):
        visitors = await settle(size)
        await db.connection().execute_script("ANALYZE")
        return settings, visitors, await count_queries(settings, visitors, SIGHTS)


def missed(results: dict[str, Any]) -> list[str]:
    """The gates that do not hold, in words."""
    found = []
    ratio = results["timetable"][OURS]["ratio"]
    if ratio > GATE_CPU:
        found.append(f"processor time per page is {ratio} × the peer's")
    for page in results["pages"]:
        name = f"{page['path']} ({page['role']})"
        if page["p95_ms"] > GATE_P95_MS:
            found.append(f"{name}: p95 {page['p95_ms']} ms")
        if page["queries"] != page["queries_of_20"]:
            found.append(f"{name}: {page['queries_of_20']} queries, then {page['queries']}")
        if (page["transferred"] or 0) > GATE_BYTES:
            found.append(f"{name}: {page['transferred']} bytes")
        if page["shift"]:
            found.append(f"{name}: layout shift {page['shift']}")
    return found


def table(results: dict[str, Any]) -> str:
    lines = [
        "| 20 sessions a page | CPU ms | × peer | database ms | p50 ms | p95 ms | turns |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, each in results["timetable"].items():
        lines.append(
            f"| {name} | {each['cpu_ms']} | {each.get('ratio', '')} | {each['database_ms']} "
            f"| {each['p50_ms']} | {each['p95_ms']} | {each['turns_kept']} |"
        )
    lines += [
        "",
        "| who | address | queries at 20 | at all | CPU ms | db ms | p50 ms | p95 ms | kB | shift |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for page in results["pages"]:
        size = "" if page["transferred"] is None else round(page["transferred"] / 1000)
        shift = "" if page["shift"] is None else page["shift"]
        lines.append(
            f"| {page['role']} | {page['path']} | {page['queries_of_20']} | {page['queries']} "
            f"| {page['cpu_ms']} | {page['database_ms']} | {page['p50_ms']} | {page['p95_ms']} "
            f"| {size} | {shift} |"
        )
    return "\n".join([*lines, "", *(f"Missed: {words}" for words in missed(results) or ["nothing"])])
