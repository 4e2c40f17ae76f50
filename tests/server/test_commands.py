"""`python -m server` and its sub-commands, run as an operator runs them."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import unused_port

START_S = 60


def environment(data_dir: Path, **changes: str) -> dict[str, str]:
    own = {key: value for key, value in os.environ.items() if not key.startswith("PEERLEARN_")}
    return {
        **own,
        "PEERLEARN_DATA_DIR": str(data_dir),
        "PEERLEARN_MEDIA_NODES": "http://127.0.0.1:9",
        **{f"PEERLEARN_{key}": value for key, value in changes.items()},
    }


async def start(data_dir: Path, *arguments: str, **changes: str) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server", *arguments),
        env=environment(data_dir, **changes),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
    )


async def command(
    data_dir: Path, *arguments: str, given: str = "", **changes: str
) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    process = await start(data_dir, *arguments, **changes)
    out, err = await asyncio.wait_for(process.communicate(given.encode()), START_S)
    return process.returncode or 0, out.decode(), err.decode()


@asynccontextmanager
async def serving(data_dir: Path, **changes: str) -> AsyncIterator[tuple[str, Process, str]]:
    """A server's address, its process, and what it printed until it was ready."""
    port = str(unused_port())
    process = await start(data_dir, PORT=port, **changes)
    try:
        yield f"http://127.0.0.1:{port}", process, await _greeting(process)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.communicate(), START_S)


async def _greeting(process: Process) -> str:
    assert process.stdout is not None
    printed = ""
    async with asyncio.timeout(START_S):
        while "/dev/mail" not in printed:
            line = await process.stdout.readline()
            assert line, printed
            printed += line.decode()
    return printed


async def get_json(url: str) -> Any:
    async with aiohttp.ClientSession() as session, session.get(url) as found:
        return await found.json()


async def test_first_start_fills_the_demo_in_and_the_second_is_refused(tmp_path: Path) -> None:
    async with serving(tmp_path) as (url, process, printed):
        assert url in printed
        assert "Banks are played at http://127.0.0.1:" in printed
        info = await get_json(f"{url}/dev/info.json")
        roles = sorted(login["role"] for login in info["demo"])
        assert roles == ["admin", "learner", "learner", "learner", "mentor", "mentor"]
        for login in info["demo"]:
            assert login["email"] in printed
        admin = next(login for login in info["demo"] if login["role"] == "admin")
        body = {"identifier": admin["email"], "password": admin["password"]}
        async with aiohttp.ClientSession() as session:
            found = await session.post(f"{url}/api/v1/auth/login", json=body)
            assert {"admin", "owner"} <= set((await found.json())["data"]["user"]["roles"])
        code, _, err = await command(tmp_path, PORT=str(unused_port()))
        assert code == 1
        assert "REDIS_URL" in err
        code, _, err = await command(tmp_path, "worker")
        assert (code, "REDIS_URL" in err) == (1, True)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), START_S) == 0


async def test_killed_server_starts_again_with_what_it_had(tmp_path: Path) -> None:
    async with serving(tmp_path) as (_, process, _):
        process.kill()
        await process.wait()
    async with serving(tmp_path) as (url, _, _):
        assert (await get_json(f"{url}/readyz"))["status"] == "ready"
    with sqlite3.connect(tmp_path / "peerlearn.sqlite3") as database:
        (people,) = database.execute("SELECT COUNT(*) FROM user").fetchone()
    assert people == 6


async def test_public_server_has_no_demo_owner_and_prints_no_passwords(tmp_path: Path) -> None:
    code, _, _ = await command(tmp_path, "seed-demo", HOST="0.0.0.0")
    assert code == 0
    with sqlite3.connect(tmp_path / "peerlearn.sqlite3") as database:
        owners = database.execute("SELECT COUNT(*) FROM role_grant WHERE role = 'owner'").fetchone()
    assert owners == (0,)


async def test_owner_is_made_with_a_password_from_standard_input(tmp_path: Path) -> None:
    given = "a good long password\n"
    code, out, err = await command(tmp_path, "create-owner", "boss@example.com", given=given)
    assert (code, "boss@example.com" in out) == (0, True), err
    again, out, _ = await command(tmp_path, "create-owner", "BOSS@example.com")
    assert (again, "now an owner" in out) == (0, True)
    with sqlite3.connect(tmp_path / "peerlearn.sqlite3") as database:
        rows = database.execute(
            "SELECT username, email_verified_at IS NOT NULL, COUNT(*) FROM user JOIN role_grant "
            "ON role_grant.user_id = user.id WHERE role IN ('owner', 'admin') GROUP BY username"
        ).fetchall()
    assert rows == [("boss", 1, 2)]


async def test_owner_is_made_on_the_command_line_once(tmp_path: Path) -> None:
    given = "a good long password\n"
    await command(tmp_path, "create-owner", "boss@example.com", given=given)
    code, _, err = await command(tmp_path, "create-owner", "other@example.com", given=given)
    assert (code, "There is an owner already: boss." in err, "Traceback" in err) == (1, True, False)


async def test_second_factor_is_forgotten_on_the_command_line(tmp_path: Path) -> None:
    await command(tmp_path, "create-owner", "boss@example.com", given="a good long password\n")
    code, out, err = await command(tmp_path, "forget-factor", "BOSS@example.com")
    assert (code, "by password alone" in out) == (0, True), err
    code, _, err = await command(tmp_path, "forget-factor", "nobody@example.com")
    assert (code, "No account has this address" in err) == (1, True)


@pytest.mark.parametrize(("email", "given"), [("nonsense", "a good password"), ("a@example.com", "x")])
async def test_bad_owner_is_refused(tmp_path: Path, email: str, given: str) -> None:
    code, _, err = await command(tmp_path, "create-owner", email, given=given + "\n")
    assert code == 1
    assert "Traceback" not in err


async def test_bad_setting_stops_the_start_and_is_named(tmp_path: Path) -> None:
    code, _, err = await command(tmp_path, PORT="no number")
    assert code == 1
    assert "PEERLEARN_PORT" in err
    assert "Traceback" not in err


async def test_production_refuses_to_start_without_secrets(tmp_path: Path) -> None:
    code, _, err = await command(tmp_path, "migrate", ENV="production")
    assert code == 1
    assert "PEERLEARN_SECRET_KEY" in err


async def test_migrating_twice_is_fine(tmp_path: Path) -> None:
    for _ in range(2):
        code, out, _ = await command(tmp_path, "migrate")
        assert (code, "up to date" in out) == (0, True)
