"""Processor time of processes, and the figures that a list of samples is told by."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import aiohttp

READY_WITHIN_S = 30.0
FAVOURED = "-19"  # 70 times the share of others
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time of all threads of a process so far (proc_pid_stat(5), fields 14 and 15)."""
    fields = _fields(pid)
    return (int(fields[11]) + int(fields[12])) * TICK_S


def cpu_of(pids: Iterable[int]) -> float:
    return sum(cpu_seconds(pid) for pid in pids)


def tree_cpu(pid: int) -> float:
    """The same of a process, its children, and those of them that have ended (fields 16 and 17): what a
    PostgreSQL costs, whose connections are processes."""
    return cpu_of([pid, *children_of(pid)]) + _ended_children_seconds(pid)


def waited_seconds(pids: Iterable[int]) -> float:
    """How long threads that could have run waited for a processor so far (Linux' schedstats, field 2)."""
    total = 0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").glob("[0-9]*/schedstat"):
            with contextlib.suppress(OSError):
                total += int(task.read_text().split()[1])
    return total / 1e9


def favour(pids: Iterable[int]) -> None:
    """Prefer the sessions of these processes: each session has an equal share of a busy machine, whatever
    the niceness of its processes (sched(7), autogroups). Needs root; does nothing elsewhere."""
    for pid in pids:
        with contextlib.suppress(OSError):
            Path(f"/proc/{pid}/autogroup").write_text(FAVOURED)


def resident_bytes(pid: int) -> int:
    """What a process has in memory now (proc_pid_statm(5), field 2)."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def children_of(pid: int) -> list[int]:
    """The processes that `pid` started and that still run."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended while we looked
            if parent_of(int(folder.name)) == pid:
                found.append(int(folder.name))
    return found


def parent_of(pid: int) -> int:
    return int(_fields(pid)[1])


def _ended_children_seconds(pid: int) -> float:
    fields = _fields(pid)
    return (int(fields[13]) + int(fields[14])) * TICK_S


def _fields(pid: int) -> list[str]:
    """Those of proc_pid_stat(5) from the third on: the second may hold spaces."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


async def answers(address: str) -> None:
    """Wait until a server answers there, whatever it says."""
    async with asyncio.timeout(READY_WITHIN_S), aiohttp.ClientSession() as http:
        while True:
            try:
                async with http.get(address):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)


def percentile(samples: Sequence[float], percent: float) -> float:
    """By nearest rank; nan without samples."""
    if not samples:
        return float("nan")
    ranked = sorted(samples)
    return ranked[min(len(ranked) - 1, int(len(ranked) * percent / 100))]
