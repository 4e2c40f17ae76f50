"""People who buy seats at several server processes, and give some back, while servers are killed and the
provider's answers and events are lost, told twice and late."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp

from server.booking.times import next_mark
from server.infra import clock
from server.payments.gateway.current import sandbox_base
from tests.server.booking.makers import bearer, mentor, person, published
from tests.server.booking.market import AGAIN_S, Customer
from tests.server.classroom.town import Town
from tests.server.payments.sandbox import SECRET_KEY

PRICE, CURRENCY = 2500, "EUR"
DECLINED, GOOD = "pm_card_chargeDeclined", ("pm_card_visa", "pm_card_mastercard", "pm_card_pendingRefund")
KEYS = ("stripe-secret-key", "stripe-publishable-key", "stripe-webhook-secret")
SOLD = ("sold_out", "overlap", "wrong_state", "hold_expired")
FAULTS = {"duplicate": 3, "reorder": 3, "delay": 2, "drop": 2, "error_after_commit": 2}


def use_test_keys(data_dir: Path) -> None:
    """The servers' stand-in knows the keys that the tests have."""
    data_dir.mkdir(parents=True, exist_ok=True)
    for name in KEYS:
        (data_dir / name).write_text("1")


@dataclass(eq=False)
class Buyer(Customer):
    """Books, and pays for it at the provider; one in five cards is declined first, one in five closes the
    browser right then."""

    async def _book(self, session_id: UUID) -> None:
        status, body = await self._insist(f"/api/v1/sessions/{session_id}/bookings")
        if status not in (200, 201):
            self.answers[body["error"]["code"]] += 1
            assert body["error"]["code"] in SOLD, body
            return
        self.seats[session_id] = body["data"]["booking"]["id"]
        self.answers["held"] += 1
        if payment := body["data"]["payment"]:
            await self._pay(payment)

    async def _pay(self, payment: dict[str, Any]) -> None:
        if self.chance.random() < 0.2:
            await self._confirm(payment, DECLINED)
        await self._confirm(payment, self.chance.choice(GOOD))
        self.answers["paid"] += 1
        if self.chance.random() < 0.8:
            status, body = await self._insist(f"/api/v1/payments/{payment['id']}/check")
            assert status == 200, body

    async def _confirm(self, payment: dict[str, Any], card: str) -> None:
        """Until the provider has answered, which dies with its server and comes back."""
        path = f"/v1/payment_intents/{payment['provider_id']}/confirm"
        headers = {"Authorization": f"Bearer {SECRET_KEY}"}
        while True:
            try:
                base = sandbox_base(self.town.settings.data_dir)
                sent = self.town.http.post(base + path, data={"payment_method": card}, headers=headers)
                async with sent as answer:
                    if answer.status < 500:
                        return
            except (aiohttp.ClientError, TimeoutError, OSError):
                self.answers["provider away"] += 1
            await asyncio.sleep(AGAIN_S)


@dataclass(eq=False)
class Rush:
    """Everybody at once."""

    town: Town
    buyers: list[Buyer]
    tasks: list[asyncio.Task[None]]

    async def trade(self, seconds: float) -> None:
        """Let everybody go on for a while. Raises what one of them failed with."""
        done, _ = await asyncio.wait(self.tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()

    async def break_provider(self) -> None:
        """Some of its next answers and events go wrong; where it is away, they do so by themselves."""
        headers = {"Authorization": f"Bearer {SECRET_KEY}"}
        url = sandbox_base(self.town.settings.data_dir) + "/_sandbox/faults"
        try:
            async with self.town.http.post(url, data=FAULTS, headers=headers) as answer:
                await answer.read()
        except aiohttp.ClientError:
            return

    async def stop(self) -> None:
        """Everybody ends once their last request is answered."""
        for buyer in self.buyers:
            buyer.sessions = []
        await asyncio.gather(*self.tasks)

    async def broken_promises(self) -> list[str]:
        return [line for buyer in self.buyers for line in await buyer.broken_promises()]


@asynccontextmanager
async def rush(town: Town, *, buyers: int, sessions: int, seed: int) -> AsyncIterator[Rush]:
    """People at work at the running servers of a town."""
    chance = random.Random(seed)
    offered = await _lessons(sessions, chance)
    people = [await _buyer(number, offered, seed, town) for number in range(buyers)]
    found = Rush(town, people, [asyncio.create_task(each.run()) for each in people])
    try:
        yield found
    finally:
        for task in found.tasks:
            task.cancel()
        await asyncio.gather(*found.tasks, return_exceptions=True)


async def _lessons(sessions: int, chance: random.Random) -> list[UUID]:
    seller = await mentor("seller")
    begin = next_mark(clock.now()) + timedelta(days=3)
    return [
        await published(
            seller,
            begin + timedelta(hours=2 * number),
            capacity=chance.randint(1, 5),
            price_minor=PRICE,
            currency=CURRENCY,
        )
        for number in range(sessions)
    ]


async def _buyer(number: int, sessions: list[UUID], seed: int, town: Town) -> Buyer:
    viewer = await person(f"buyer{number}")
    own = random.Random(f"{seed}:{number}")
    return Buyer(viewer, await bearer(viewer), sessions, own, town)
