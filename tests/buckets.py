"""An S3-compatible server of the tests' own: SeaweedFS, which checks signatures and ranges like Amazon's.

It listens on free loopback ports and keeps everything in a folder that goes with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp
import obstore
import pytest
from aiohttp.test_utils import unused_port
from obstore.store import S3Store

# in one process of the test run, so that only one server is started
TOGETHER = pytest.mark.xdist_group("object-server")
ACCESS_KEY, SECRET_KEY = "tests-access-key", "tests-secret-key-of-no-worth"
BUCKET = "lessons"
START_S = 40.0
PARTS = ("master", "volume", "filer", "s3")
QUICK = (
    "-master.electionTimeout=1s",
    "-master.heartbeatInterval=100ms",
    "-master.volumeSizeLimitMB=64",
    "-master.telemetry=false",
    "-volume.max=30",
    "-s3.port.iceberg=0",
    "-s3.port.lance=0",
)


@dataclass(frozen=True, slots=True)
class ObjectServer:
    """A running server with one empty bucket."""

    endpoint: str

    def url(self, prefix: str = "", **options: str) -> str:
        """A `STORAGE_URL` of the bucket."""
        more = "".join(f"&{name}={value}" for name, value in options.items())
        return f"s3://{BUCKET}/{prefix}?endpoint={self.endpoint}&region=us-east-1{more}"

    def client(self) -> S3Store:
        """The bucket, for a look behind the storage's back."""
        return S3Store(
            BUCKET,
            endpoint=self.endpoint,
            region="us-east-1",
            access_key_id=ACCESS_KEY,
            secret_access_key=SECRET_KEY,
            client_options={"allow_http": True},
            retry_config={"max_retries": 0},
        )


@contextlib.contextmanager
def object_server() -> Iterator[ObjectServer]:
    """A server that lives as long as the block."""
    home = Path(tempfile.mkdtemp(prefix="peerlearn-s3-"))
    ports = {name: unused_port() for part in PARTS for name in (part, f"{part}.grpc")}
    try:
        with _running(home, ports):
            found = ObjectServer(f"http://127.0.0.1:{ports['s3']}")
            asyncio.run(_make_bucket(found))
            yield found
    finally:
        shutil.rmtree(home, ignore_errors=True)
        for port in ports.values():
            for left in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
                left.unlink()


@contextlib.contextmanager
def _running(home: Path, ports: dict[str, int]) -> Iterator[None]:
    keys = [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}]
    actions = ["Admin", "Read", "Write", "List"]
    identity = {"name": "tests", "credentials": keys, "actions": actions}
    (home / "s3.json").write_text(json.dumps({"identities": [identity]}))
    where = ("-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={home}", f"-s3.config={home / 's3.json'}")
    listening = [f"-{name.replace('.grpc', '.port.grpc')}={port}" for name, port in ports.items()]
    listening = [one if ".port" in one else one.replace("=", ".port=", 1) for one in listening]
    program = Path(sys.executable).with_name("weed")
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [program, "-logtostderr=true", "server", "-s3", *where, *listening, *QUICK],
            stdout=log,
            stderr=log,
            cwd=home,
        )
    try:
        yield
    finally:
        process.kill()  # asked politely, it takes a minute to hand over what nobody wants
        process.wait()


async def _make_bucket(server: ObjectServer) -> None:
    """As soon as it answers; then wait until it takes files."""
    bucket = server.client()
    address = await obstore.sign_async(bucket, "PUT", "", timedelta(minutes=5))
    deadline = time.monotonic() + START_S
    async with aiohttp.ClientSession() as http:
        while not await _made(http, address):
            if time.monotonic() > deadline:
                raise TimeoutError("the object server did not start")
            await asyncio.sleep(0.1)
    await obstore.put_async(bucket, "first", b"x")
    await obstore.delete_async(bucket, "first")


async def _made(http: aiohttp.ClientSession, address: str) -> bool:
    try:
        async with http.put(address) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False
