"""What is no HTTP is refused with the envelope, and costs nobody else anything."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient

from config.settings import Settings
from tests.server.edge.app import edge_client

PATIENCE_S = 60
HOST = b"Host: x\r\n"
THINGS = b"POST /api/v1/things HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
GET = b"GET /api/v1/things HTTP/1.1\r\n"

REFUSED = {
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n",
    "no target": b"GET\r\n\r\n",
    "bad version": b"GET / HTTP/9.x\r\n" + HOST + b"\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "long line": b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "long header": GET + HOST + b"X: " + b"a" * 9000 + b"\r\n\r\n",
    "many headers": GET + HOST + b"".join(b"X%d: 1\r\n" % number for number in range(5000)) + b"\r\n",
    "bad header": GET + HOST + b"bad header\r\n\r\n",
    "bad byte in a header": GET + HOST + b"Cookie: a=\x01\r\n\r\n",
    "no host": GET + b"\r\n",
    "two lengths": THINGS + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "length and chunks": THINGS + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
    "negative length": THINGS + b"Content-Length: -5\r\n\r\n{}",
    "unknown transfer": THINGS + b"Transfer-Encoding: gzip\r\n\r\n{}",
    "bad chunk": THINGS + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "bad address": b"GET http://[::1 HTTP/1.1\r\n" + HOST + b"\r\n",
    "NUL in the target": b"GET /\x00 HTTP/1.1\r\n" + HOST + b"\r\n",
}
BROKEN_BODIES = {
    "chunk": (b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", b"zz\r\n0\r\n\r\n"),
    "gzip": (b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\n", b"hello"),
}


@pytest.fixture
async def client(database: Settings) -> AsyncIterator[TestClient]:
    async with edge_client(database) as found:
        yield found


async def sent(client: TestClient, *parts: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers (in lower case) and body of what comes back; the server closes."""
    assert client.port is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    try:
        for part in parts:
            writer.write(part)
            await asyncio.sleep(0.02)  # parts that arrive apart
        async with asyncio.timeout(PATIENCE_S):
            head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    finally:
        writer.close()
    line, *lines = head.decode().split("\r\n")
    headers = dict(each.lower().split(": ", 1) for each in lines)
    return int(line.split(" ")[1]), headers, body


def check_envelope(headers: dict[str, str], body: bytes) -> None:
    assert headers["content-type"].startswith("application/json")
    assert len(headers["x-request-id"]) == 32
    said = json.loads(body)
    assert said.keys() == {"success", "data", "message", "error", "timestamp"}
    assert (said["success"], said["error"]["code"]) == (False, "malformed")


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_no_http_gets_the_envelope(client: TestClient, name: str) -> None:
    status, headers, body = await sent(client, REFUSED[name])
    assert status == 400
    assert headers["x-content-type-options"] == "nosniff"
    check_envelope(headers, body)


@pytest.mark.parametrize("name", BROKEN_BODIES)
async def test_body_that_breaks_while_it_is_read_is_malformed(client: TestClient, name: str) -> None:
    head, rest = BROKEN_BODIES[name]
    status, headers, body = await sent(client, THINGS + head, rest)
    assert status == 400
    check_envelope(headers, body)


async def test_unknown_expectation_gets_the_envelope(client: TestClient) -> None:
    head = THINGS + b"Expect: a miracle\r\nContent-Length: 2\r\n\r\n{}"
    status, headers, body = await sent(client, head)
    assert status == 417
    check_envelope(headers, body)


async def test_good_request_before_a_bad_one_is_answered(client: TestClient) -> None:
    good = b"GET /api/v1/things?name=a HTTP/1.1\r\n" + HOST + b"\r\n"
    status, _, rest = await sent(client, good, b"nonsense\r\n\r\n")
    assert status == 200
    assert b'"success":true' in rest
    assert b"400 Bad Request" in rest


async def test_client_who_goes_away_in_the_middle_is_no_mistake_of_ours(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    assert client.port is not None
    _, writer = await asyncio.open_connection("127.0.0.1", client.port)
    writer.write(THINGS + b'Content-Length: 20\r\n\r\n{"na')
    await writer.drain()
    await asyncio.sleep(0.05)
    writer.close()
    await writer.wait_closed()
    await asyncio.sleep(0.05)
    text = await (await client.get("/metrics")).text()
    assert 'route="/api/v1/things",status="500"' not in text
    assert (await client.get("/api/v1/things?name=a")).status == 200


@pytest.mark.parametrize("path", ["/static/" + "a" * 300, "/static" + "/a" * 1000, "/" + "ä" * 200])
async def test_name_that_nothing_can_have_is_not_found(client: TestClient, path: str) -> None:
    assert (await client.get(path)).status == 404
