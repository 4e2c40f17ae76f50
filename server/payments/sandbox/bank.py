"""What all parts of the sandbox share: objects with ids, events that are told, and the clock."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from server.payments.sandbox.errors import Refused, missing
from server.payments.sandbox.store import Object, Store

API_VERSION = "2026-10-28.endive"
LETTERS = string.ascii_letters + string.digits
# What Stripe refuses as too little, in minor units; other currencies have no minimum here.
LEAST = {"usd": 50, "eur": 50, "gbp": 30, "chf": 50, "jpy": 50, "kwd": 150}


@dataclass(eq=False)
class Faults:
    """Mistakes of networks, each for so many of the next cases: answers that are lost after the work was
    done (`error_after_commit`, `timeout`), webhooks that come twice, late, out of order or never, and
    payouts that a bank refuses."""

    error_after_commit: int = 0
    timeout: int = 0
    duplicate: int = 0
    drop: int = 0
    reorder: int = 0
    delay: int = 0
    delay_s: float = 1.0
    payout_fails: int = 0

    def take(self, name: str) -> bool:
        """Whether the next case has this fault; that is one less then."""
        left: int = getattr(self, name)
        if left > 0:
            setattr(self, name, left - 1)
        return left > 0


@dataclass(eq=False)
class Bank:
    """`now` gives seconds since 1970; `told` is called when there is a webhook to send. `lends`: what the
    platform itself has may become less than nothing."""

    store: Store
    now: Callable[[], float]
    told: Callable[[], None] = lambda: None
    faults: Faults = field(default_factory=Faults)
    lends: bool = False

    def make(self, prefix: str, kind: str, **values: Any) -> Object:
        """A new object, which is not kept yet."""
        number = "".join(secrets.choice(LETTERS) for _ in range(24))
        created = int(self.now())
        return {
            "id": f"{prefix}_{number}",
            "object": kind,
            "created": created,
            "livemode": False,
            **values,
        }

    def find(self, kind: str, number: str, account: str = "") -> Object:
        """Raises Refused."""
        found = self.store.get(kind, number, account)
        if found is None:
            raise missing(kind, number)
        return found

    def change(self, body: Object, account: str = "", **values: Any) -> Object:
        changed = {**body, **values}
        self.store.put(changed, account)
        return changed

    def tell(self, kind: str, body: Object, account: str = "") -> None:
        """An event, and the webhook that tells of it: late, twice or never where that is asked for."""
        values: dict[str, Any] = {"type": kind, "data": {"object": body}, "api_version": API_VERSION}
        if account:
            values["account"] = account
        event = self.make("evt", "event", pending_webhooks=1, request=None, **values)
        self.store.put(event)
        if self.faults.take("drop"):
            return
        due = self.now()
        if self.faults.take("reorder") or self.faults.take("delay"):
            due += self.faults.delay_s
        for _ in range(2 if self.faults.take("duplicate") else 1):
            self.store.deliver(event["id"], due)
        self.told()


BANK = web.AppKey("bank", Bank)


def check_least(amount: int, currency: str) -> None:
    """Raises Refused(amount_too_small)."""
    if amount < LEAST.get(currency, 1):
        raise Refused(
            f"Amount must be at least {LEAST[currency]} {currency}.",
            code="amount_too_small",
            param="amount",
        )
