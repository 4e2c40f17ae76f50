"""Signed webhooks: each event is sent until it is taken, with growing pauses, in no promised order."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import ssl
import time
from collections.abc import Callable

import aiohttp

from server.payments.sandbox.store import Delivery, Store

HEADER = "Stripe-Signature"
ANSWER_S = 10.0
PAUSES_S = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
TRIES = 40
AT_ONCE = 20


def signature(payload: bytes, secret: str, at: int) -> str:
    """The header that proves that `payload` is ours, and of when."""
    signed = hmac.new(secret.encode(), f"{at}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"


class Sender:
    """Sends what is due, and sleeps until there is more. `wake` tells it of a new one."""

    def __init__(
        self,
        store: Store,
        url: str,
        secret: str,
        trust: ssl.SSLContext | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._store, self._url, self._secret, self._now = store, url, secret, now
        self._trust = trust or True  # as everybody does
        self._news = asyncio.Event()

    def wake(self) -> None:
        self._news.set()

    async def run(self) -> None:
        """Until cancelled."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_S)) as http:
            while True:
                self._news.clear()
                waiting = self._store.deliveries(AT_ONCE)
                due = [each for each in waiting if each.due <= self._now()]
                await asyncio.gather(*(self._send(http, each) for each in due))
                if not due:
                    await self._sleep(waiting)

    async def _sleep(self, waiting: list[Delivery]) -> None:
        pause = max(waiting[0].due - self._now(), 0.0) if waiting else None
        try:
            async with asyncio.timeout(pause):
                await self._news.wait()
        except TimeoutError:
            pass

    async def _send(self, http: aiohttp.ClientSession, delivery: Delivery) -> None:
        if not self._url or await self._taken(http, delivery.event) or delivery.tries + 1 >= TRIES:
            self._store.delivered(delivery.number)
        else:
            pause = PAUSES_S[min(delivery.tries, len(PAUSES_S) - 1)]
            self._store.try_again(delivery.number, self._now() + pause)

    async def _taken(self, http: aiohttp.ClientSession, event_id: str) -> bool:
        payload = json.dumps(self._store.get("event", event_id)).encode()
        headers = {
            HEADER: signature(payload, self._secret, int(self._now())),
            "Content-Type": "application/json",
        }
        try:
            async with http.post(self._url, data=payload, headers=headers, ssl=self._trust) as answer:
                return answer.status < 300
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False
