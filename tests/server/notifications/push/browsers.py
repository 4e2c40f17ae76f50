"""A push service on this machine, and browsers that take from it what was encrypted for them."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.accounts.logins import open_login, viewer_by_token
from server.accounts.values import Client
from server.edge.access import Viewer
from server.infra import clock
from server.notifications.models import PushSubscription
from server.notifications.push.base64url import decoded, encoded
from server.notifications.push.devices import Subscription, subscribe
from server.notifications.push.encryption import uncompressed

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@dataclass(slots=True)
class Arrived:
    """One request of ours, decrypted by the browser it was for."""

    told: dict[str, str]
    headers: dict[str, str]
    claims: dict[str, Any]
    raw: bytes


@dataclass(slots=True)
class Browser:
    """Holds the keys of one subscription (Push API §3), and says what its service answers next."""

    endpoint: str
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    arrived: list[Arrived] = field(default_factory=list)

    @property
    def subscription(self) -> Subscription:
        return Subscription(
            self.endpoint, encoded(uncompressed(self.key.public_key())), encoded(self.auth)
        )

    def decrypted(self, body: bytes) -> bytes:
        """RFC 8291 §4 from the receiver's side; the header is that of RFC 8188 §2.1."""
        salt, length = body[:16], body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        shared = self.key.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), sender))
        info = b"WebPush: info\0" + uncompressed(self.key.public_key()) + sender
        secret = HKDF(SHA256(), 32, self.auth, info).derive(shared)
        key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
        nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
        plaintext = AESGCM(key).decrypt(nonce, sealed, None)
        assert plaintext[-1] == 2  # the last record, without padding
        return plaintext[:-1]


class PushService:
    """Takes messages at the addresses of its browsers, as a real one would."""

    def __init__(self) -> None:
        self.browsers: dict[str, Browser] = {}
        app = web.Application()
        app.router.add_post("/send/{name}", self._take)
        self.server = TestServer(app, host="127.0.0.1")

    def browser(self, name: str) -> Browser:
        """A new subscription; what `answers` holds is answered first, then 201."""
        self.browsers[name] = Browser(str(self.server.make_url(f"/send/{name}")))
        return self.browsers[name]

    async def _take(self, request: web.Request) -> web.Response:
        browser, body = self.browsers[request.match_info["name"]], await request.read()
        if browser.answers:
            status, headers = browser.answers.pop(0)
            return web.Response(status=status, headers=headers)
        told = json.loads(browser.decrypted(body))
        browser.arrived.append(Arrived(told, dict(request.headers), self._claims(request), body))
        return web.Response(status=201, headers={"Location": "/message/1"})

    def _claims(self, request: web.Request) -> dict[str, Any]:
        """What the signed word says, checked with the public key beside it (RFC 8292 §3)."""
        scheme, _, parts = request.headers["Authorization"].partition(" ")
        assert scheme == "vapid"
        found = dict(part.strip().split("=", 1) for part in parts.split(","))
        key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), decoded(found["k"]))
        audience = str(self.server.make_url("")).rstrip("/")
        return dict(jwt.decode(found["t"], key, algorithms=["ES256"], audience=audience)) | {
            "k": found["k"]
        }


@asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    service = PushService()
    async with service.server:
        yield service


async def logged_in(viewer: Viewer) -> Viewer:
    """The same person in a login of their own."""
    secrets = await open_login(viewer.user_id, Client("127.0.0.1", FIREFOX))
    found = await viewer_by_token(secrets.token)
    assert found is not None
    return found


async def a_device(user_id: int, login_id: int) -> PushSubscription:
    """A row, whatever stands behind it."""
    given = Browser("https://push.example.org/send/1").subscription
    await PushSubscription.all().delete()
    return await PushSubscription.create(
        user_id=user_id,
        login_id=login_id,
        endpoint=given.endpoint,
        endpoint_hash=given.endpoint_hash,
        p256dh=given.p256dh,
        auth=given.auth,
        device="Firefox on Linux",
        created_at=clock.now(),
    )


async def turned_on(service: PushService, viewer: Viewer, name: str) -> tuple[Viewer, Browser]:
    """A browser in which somebody logged in and turned pushes on."""
    here, browser = await logged_in(viewer), service.browser(name)
    await subscribe(here, browser.subscription, FIREFOX)
    return here, browser
