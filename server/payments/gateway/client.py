"""Calls to the provider. Each that changes something has a key of ours: asked again, it is done once.

None is made inside a database transaction: a provider that is slow would hold everybody's locks.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import aiohttp
import stripe

from server.infra.db import require_no_transaction
from server.payments.gateway import reading
from server.payments.gateway.answers import (
    AccountSeen,
    Charge,
    DisputeSeen,
    GatewayDown,
    GatewayRefused,
    Intent,
    Movement,
    PayoutSeen,
    RefundSeen,
    ReversalSeen,
    Told,
    TransferSeen,
)

API_VERSION = "2026-10-28.endive"  # the one that the answers are read by
ANSWER_S = 20.0
PAGE = 100
LOST = (
    stripe.APIConnectionError,
    stripe.APIError,  # answers of 500 and above say nothing about what was done
    stripe.RateLimitError,
    aiohttp.ClientError,
    TimeoutError,
)


class Gateway:
    """`base` gives the provider's address, or an empty text for Stripe's own: a stand-in that is started
    again may have another one."""

    def __init__(self, secret_key: str, http: aiohttp.ClientSession, base: Callable[[], str]) -> None:
        self._key, self._http, self._base = secret_key, http, base
        self._clients: dict[str, stripe.StripeClient] = {}

    # --- payments

    async def create_intent(
        self, amount_minor: int, currency: str, *, key: str, metadata: Mapping[str, str], group: str
    ) -> Intent:
        """Raises GatewayDown, GatewayRefused (amount_too_small, …), as all calls."""
        params: Any = {
            "amount": amount_minor,
            "currency": currency.lower(),
            "payment_method_types": ["card"],
            "transfer_group": group,
            "metadata": dict(metadata),
        }
        return reading.intent_of(
            await self._ask(lambda v1: v1.payment_intents.create_async(params, _with(key)))
        )

    async def intent(self, number: str) -> Intent:
        return reading.intent_of(await self._ask(lambda v1: v1.payment_intents.retrieve_async(number)))

    async def cancel_intent(self, number: str) -> Intent:
        return reading.intent_of(await self._ask(lambda v1: v1.payment_intents.cancel_async(number)))

    async def charge(self, number: str) -> Charge:
        """With the provider's fee, where it is known already."""
        seen = await self._ask(lambda v1: v1.charges.retrieve_async(number))
        moved = reading.charge_of(seen, None).transaction_id
        transaction = None
        if moved is not None:
            transaction = await self._ask(lambda v1: v1.balance_transactions.retrieve_async(moved))
        return reading.charge_of(seen, transaction)

    # --- refunds

    async def refund(
        self, intent_id: str, amount_minor: int, *, key: str, metadata: Mapping[str, str]
    ) -> RefundSeen:
        params: Any = {
            "payment_intent": intent_id,
            "amount": amount_minor,
            "metadata": dict(metadata),
        }
        return reading.refund_of(await self._ask(lambda v1: v1.refunds.create_async(params, _with(key))))

    async def refund_seen(self, number: str) -> RefundSeen:
        return reading.refund_of(await self._ask(lambda v1: v1.refunds.retrieve_async(number)))

    async def refunds_of(self, intent_id: str) -> AsyncIterator[RefundSeen]:
        """All that were made of a payment, the newest first."""
        asked = {"payment_intent": intent_id}
        async for seen in self._pages(lambda v1, page: v1.refunds.list_async(page), asked):
            yield reading.refund_of(seen)

    async def dispute(self, number: str) -> DisputeSeen:
        return reading.dispute_of(await self._ask(lambda v1: v1.disputes.retrieve_async(number)))

    # --- mentors

    async def create_account(self, email: str, *, key: str, metadata: Mapping[str, str]) -> AccountSeen:
        params: Any = {
            "type": "express",
            "email": email,
            "capabilities": {"transfers": {"requested": True}},
            "settings": {
                "payouts": {"schedule": {"interval": "manual"}}
            },  # when a mentor asks, never else
            "metadata": dict(metadata),
        }
        return reading.account_of(
            await self._ask(lambda v1: v1.accounts.create_async(params, _with(key)))
        )

    async def account(self, number: str) -> AccountSeen:
        return reading.account_of(await self._ask(lambda v1: v1.accounts.retrieve_async(number)))

    async def onboarding_link(self, account_id: str, *, back: str, again: str) -> str:
        """The address of the provider's page on which a mentor completes their account."""
        params: Any = {
            "account": account_id,
            "type": "account_onboarding",
            "return_url": back,
            "refresh_url": again,
        }
        seen = await self._ask(lambda v1: v1.account_links.create_async(params))
        return str(seen["url"])

    async def transfer(
        self, amount_minor: int, currency: str, *, to: str, charge_id: str | None, group: str, key: str
    ) -> TransferSeen:
        """From our balance to a mentor's account; available when the charge is (`source_transaction`).
        What was paid by credit has no charge of its own: it comes from what we have."""
        params: Any = {
            "amount": amount_minor,
            "currency": currency.lower(),
            "destination": to,
            "transfer_group": group,
            "metadata": {"key": key},
        }
        if charge_id is not None:
            params["source_transaction"] = charge_id
        return reading.transfer_of(
            await self._ask(lambda v1: v1.transfers.create_async(params, _with(key)))
        )

    async def transfers_of(self, group: str) -> AsyncIterator[TransferSeen]:
        """All that were made for a payment, the newest first."""
        asked = {"transfer_group": group}
        async for seen in self._pages(lambda v1, page: v1.transfers.list_async(page), asked):
            yield reading.transfer_of(seen)

    async def reverse(self, transfer_id: str, amount_minor: int, *, key: str) -> ReversalSeen:
        params: Any = {"amount": amount_minor, "metadata": {"key": key}}
        return reading.reversal_of(
            await self._ask(
                lambda v1: v1.transfers.reversals.create_async(transfer_id, params, _with(key))
            )
        )

    async def reversals_of(self, transfer_id: str) -> AsyncIterator[ReversalSeen]:
        """All parts of a transfer that came back, the newest first."""
        async for seen in self._pages(
            lambda v1, page: v1.transfers.reversals.list_async(transfer_id, page), {}
        ):
            yield reading.reversal_of(seen)

    async def pay_out(self, amount_minor: int, currency: str, *, account_id: str, key: str) -> PayoutSeen:
        """From a mentor's account to their bank."""
        params: Any = {
            "amount": amount_minor,
            "currency": currency.lower(),
            "metadata": {"key": key},
        }
        options = _with(key, account_id)
        return reading.payout_of(await self._ask(lambda v1: v1.payouts.create_async(params, options)))

    async def payouts_of(self, account_id: str) -> AsyncIterator[PayoutSeen]:
        """All that left a mentor's account, the newest first."""
        options = _with(None, account_id)
        async for seen in self._pages(lambda v1, page: v1.payouts.list_async(page, options), {}):
            yield reading.payout_of(seen)

    async def payout(self, number: str, *, account_id: str) -> PayoutSeen:
        options = _with(None, account_id)
        return reading.payout_of(
            await self._ask(lambda v1: v1.payouts.retrieve_async(number, options=options))
        )

    # --- what happened

    async def events(self, since: datetime) -> AsyncIterator[Told]:
        """Everything that was told since then, the newest first."""
        async for seen in self._all(lambda v1, page: v1.events.list_async(page), since):
            yield reading.told_of(seen)

    async def movements(self, since: datetime) -> AsyncIterator[Movement]:
        """Every movement of our balance since then, the newest first."""
        async for seen in self._all(lambda v1, page: v1.balance_transactions.list_async(page), since):
            yield reading.movement_of(seen)

    async def balance(self) -> dict[str, int]:
        """What is ours at the provider, by currency: available and pending."""
        seen, found = await self._ask(lambda v1: v1.balance.retrieve_async()), dict[str, int]()
        for part in (*seen["available"], *seen["pending"]):
            currency = part["currency"].upper()
            found[currency] = found.get(currency, 0) + part["amount"]
        return found

    # --- asking

    async def _all(
        self, page: Callable[[Any, Any], Awaitable[Any]], since: datetime
    ) -> AsyncIterator[Any]:
        async for seen in self._pages(page, {"created": {"gte": int(since.timestamp())}}):
            yield seen

    async def _pages(
        self, page: Callable[[Any, Any], Awaitable[Any]], wanted: Mapping[str, Any]
    ) -> AsyncIterator[Any]:
        asked: dict[str, Any] = {"limit": PAGE, **wanted}
        while True:
            found = await self._ask(partial(_called_with, page, asked))
            for seen in found["data"]:
                yield seen
            if not found["has_more"]:
                return
            asked = {**asked, "starting_after": found["data"][-1]["id"]}

    async def _ask(self, call: Callable[[Any], Awaitable[Any]]) -> reading.Seen:
        """Raises GatewayDown, GatewayRefused; RuntimeError inside a transaction."""
        require_no_transaction()
        try:
            answer = await call(self._client().v1)
        except stripe.IdempotencyError as error:  # two with one key at once; or other words under it
            raise GatewayDown(_said(error)) from None
        except LOST as error:
            raise GatewayDown(_said(error)) from None
        except stripe.StripeError as error:
            if (error.http_status or 500) >= 500 or error.http_status == 409:
                raise GatewayDown(_said(error)) from None
            raise GatewayRefused(error.code or type(error).__name__, _said(error)) from None
        found: reading.Seen = answer.to_dict()
        return found

    def _client(self) -> stripe.StripeClient:
        base = self._base()
        if base not in self._clients:
            self._clients = {base: self._new_client(base)}
        return self._clients[base]

    def _new_client(self, base: str) -> stripe.StripeClient:
        return stripe.StripeClient(
            self._key,
            stripe_version=API_VERSION,
            base_addresses={"api": base} if base else {},
            http_client=stripe.AIOHTTPClient(timeout=ANSWER_S, session=self._http),
            max_network_retries=1,
        )


async def _called_with(page: Callable[[Any, Any], Awaitable[Any]], asked: Any, v1: Any) -> Any:
    return await page(v1, asked)


def _with(key: str | None, account_id: str | None = None) -> Any:
    options = {"idempotency_key": key, "stripe_account": account_id}
    return {name: value for name, value in options.items() if value}


def _said(error: BaseException) -> str:
    """The provider's words, which name no secrets; nothing of requests."""
    words = error.user_message if isinstance(error, stripe.StripeError) else ""
    return str(words or type(error).__name__)[:300]
