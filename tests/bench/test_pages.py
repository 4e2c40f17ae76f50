"""The benchmark of the pages in miniature: a small town, its pages asked for, and the reckoning."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from config.settings import Settings
from scripts.benchmarks import pages
from scripts.benchmarks.population import fresh_database
from scripts.benchmarks.processes import children_of, parent_of, tree_cpu
from scripts.benchmarks.site.pages import SIGHTS
from scripts.benchmarks.site.queries import count_queries
from scripts.benchmarks.site.town import Size, settle


async def test_every_page_of_a_small_town_is_there_and_counted(settings: Settings) -> None:
    async with fresh_database(settings):
        visitors = await settle(Size(20))
        counts = await count_queries(settings, visitors, SIGHTS)
    assert counts.keys() == set(SIGHTS)
    timetable = next(sight for sight in SIGHTS if sight.path == "/sessions/")
    assert counts[timetable] == 4


def page(**values: Any) -> dict[str, Any]:
    usual = {"role": "anonymous", "path": "/", "queries_of_20": 3, "queries": 3, "p50_ms": 4.0}
    usual |= {"cpu_ms": 3.0, "database_ms": 1.0}
    return {**usual, "p95_ms": 9.0, "transferred": 90_000, "shift": 0, **values}


def results(ratio: float, *shown: dict[str, Any]) -> dict[str, Any]:
    figures = {"cpu_ms": 1.0, "database_ms": 1.0, "p50_ms": 1.0, "p95_ms": 1.0, "turns_kept": "1 of 1"}
    timetable = {pages.OURS: {**figures, "ratio": ratio}, pages.PEER: figures}
    return {"timetable": timetable, "pages": list(shown)}


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (results(0.6, page()), "0.6 ×"),
        (results(0.4, page(p95_ms=51.0)), "p95 51.0 ms"),
        (results(0.4, page(queries=4)), "3 queries, then 4"),
        (results(0.4, page(transferred=150_001)), "150001 bytes"),
        (results(0.4, page(shift=0.01)), "layout shift 0.01"),
    ],
)
def test_what_misses_its_gate_is_said(found: dict[str, Any], words: str) -> None:
    [said] = pages.missed(found)
    assert words in said
    assert f"Missed: {said}" in pages.table(found)


def test_nothing_is_missed_where_all_gates_hold() -> None:
    assert pages.missed(results(0.5, page(p95_ms=50.0, transferred=None, shift=None))) == []


def test_the_time_of_children_counts_with_their_parents() -> None:
    with subprocess.Popen(["sleep", "5"]) as child:
        assert child.pid in children_of(os.getpid())
        assert parent_of(child.pid) == os.getpid()
        child.kill()
    before = tree_cpu(os.getpid())
    subprocess.run([sys.executable, "-c", "sum(range(4_000_000))"], check=True)
    assert tree_cpu(os.getpid()) >= before + 0.02
