"""The sandbox's HTTP: keys, idempotency, lists, and what a tester may ask it to do."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Awaitable, Callable
from dataclasses import asdict, fields
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.typedefs import Handler

from server.payments.sandbox import browser, connect, desk, intents, money, onboarding, refunds
from server.payments.sandbox.bank import BANK, Bank, Faults
from server.payments.sandbox.errors import Refused
from server.payments.sandbox.forms import nested
from server.payments.sandbox.store import Answer, Object

Act = Callable[[Bank, dict[str, Any], web.Request], Object]
SECRET_KEY = web.AppKey("secret_key", str)
PUBLISHABLE_KEY = web.AppKey("publishable_key", str)
LOST_S = 120.0  # an answer that never comes in time
LISTED = {
    "payment_intents": "payment_intent",
    "charges": "charge",
    "refunds": "refund",
    "transfers": "transfer",
    "payouts": "payout",
    "disputes": "dispute",
    "events": "event",
    "accounts": "account",
    "balance_transactions": "balance_transaction",
}
OF_BROWSERS = re.compile(r"/v1/payment_intents/[^/]+(/confirm)?|/_sandbox/authenticate/[^/]+")
WITHIN = {"gte": int.__ge__, "gt": int.__gt__, "lte": int.__le__, "lt": int.__lt__}
FILTERS = ("payment_intent", "charge", "type", "source", "destination", "transfer", "transfer_group")


def build(bank: Bank, secret_key: str, publishable_key: str) -> web.Application:
    application = web.Application(middlewares=[_refusals])
    application[BANK] = bank
    application[SECRET_KEY], application[PUBLISHABLE_KEY] = secret_key, publishable_key
    router = application.router
    for path, act in ACTS.items():
        router.add_post(path, _acting(act))
    router.add_get("/v1/balance", _balance)
    for name in LISTED:
        router.add_get(f"/v1/{name}", _list)
        router.add_get(f"/v1/{name}/{{id}}", _one)
    router.add_get("/v1/transfers/{id}/reversals", _reversals)
    router.add_get("/_sandbox/faults", _faults)
    for part in (browser, onboarding, desk):
        part.add_routes(router)
    return application


@web.middleware
async def _refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as refused:
        return web.json_response(refused.body, status=refused.status)


# --- what acts: once for each idempotency key


def _acting(act: Act) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def view(request: web.Request) -> web.StreamResponse:
        bank, body = request.app[BANK], await request.read()
        params = nested(parse_qsl(body.decode(), keep_blank_values=True))
        _check_key(request, params)
        key = f"{_account(request)}:{request.headers.get('Idempotency-Key', '')}"
        with bank.store.transaction():
            answer = _once(bank, key, request, body, lambda: act(bank, params, request))
        if request.path.startswith("/_sandbox/"):
            return _response(answer)
        if bank.faults.take("timeout"):
            await asyncio.sleep(LOST_S)
        if bank.faults.take("error_after_commit"):
            raise Refused("Something went wrong.", status=500, kind="api_error")
        return _response(answer)

    return view


def _response(answer: Answer) -> web.Response:
    return web.Response(text=answer.body, status=answer.status, content_type="application/json")


def _once(bank: Bank, key: str, request: web.Request, body: bytes, work: Callable[[], Object]) -> Answer:
    """The stored answer of a key that was used before, or that of the work. Raises Refused."""
    asked = f"{request.method} {request.path}\n".encode() + body
    fingerprint = hashlib.sha256(asked).hexdigest()
    named = not key.endswith(":")
    if named and (before := bank.store.answer(key)):
        if before.fingerprint != fingerprint:
            raise Refused(
                "Keys for idempotent requests can only be used with the same parameters.",
                kind="idempotency_error",
            )
        return before
    try:
        with bank.store.undone_when_refused():
            status, said = 200, work()
        declined = intents.refusal(said) if request.path.startswith("/v1/payment_intents") else None
        if declined is not None:
            status, said = declined.status, declined.body
    except Refused as refused:
        status, said = refused.status, refused.body
    answer = Answer(fingerprint, status, json.dumps(said))
    if named and status != 400:  # what was never begun may be tried again
        bank.store.keep_answer(key, answer)
    return answer


def _check_key(request: web.Request, params: dict[str, Any]) -> None:
    """The secret key may do everything; with the publishable one a browser asks about an intent whose
    secret it has, and confirms it.

    Raises Refused."""
    key = _key(request) or str(params.get("key", ""))
    if key == request.app[SECRET_KEY]:
        return
    if key == request.app[PUBLISHABLE_KEY] and OF_BROWSERS.fullmatch(request.path):
        found = request.app[BANK].find("payment_intent", _id(request))
        if params.get("client_secret") == found["client_secret"]:
            return
    raise Refused("Invalid API Key provided.", status=401)


def _key(request: web.Request) -> str:
    """From `Bearer`, or the user name of `Basic`."""
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    if kind == "Basic":
        try:
            return b64decode(value).decode().partition(":")[0]
        except (NotBase64, UnicodeDecodeError):
            return ""
    return value if kind == "Bearer" else ""


def _account(request: web.Request) -> str:
    return request.headers.get("Stripe-Account", "")


def _id(request: web.Request) -> str:
    return request.match_info["id"]


def _set_faults(bank: Bank, params: dict[str, Any], request: web.Request) -> Object:
    known = {field.name for field in fields(Faults)}
    for name, value in params.items():
        if name not in known:
            raise Refused(f"There is no fault {name}.", param=name)
        setattr(bank.faults, name, float(value) if name == "delay_s" else int(value))
    return asdict(bank.faults)


def _forget_keys(bank: Bank, params: dict[str, Any], request: web.Request) -> Object:
    bank.store.forget_answers()
    return {}


def _forget_everything(bank: Bank, params: dict[str, Any], request: web.Request) -> Object:
    """As new: for tests that look at balances."""
    bank.store.forget_everything()
    bank.faults = Faults()
    return {}


ACTS: dict[str, Act] = {
    "/v1/payment_intents": lambda bank, params, _: intents.create(bank, params),
    "/v1/payment_intents/{id}/confirm": lambda bank, params, r: intents.confirm(bank, _id(r), params),
    "/v1/payment_intents/{id}/cancel": lambda bank, params, r: intents.cancel(bank, _id(r), params),
    "/v1/refunds": lambda bank, params, _: refunds.create(bank, params),
    "/v1/accounts": lambda bank, params, _: connect.create_account(bank, params),
    "/v1/account_links": lambda bank, params, r: connect.create_link(bank, params, str(r.url.origin())),
    "/v1/transfers": lambda bank, params, _: connect.transfer(bank, params),
    "/v1/transfers/{id}/reversals": lambda bank, params, r: connect.reverse(bank, _id(r), params),
    "/v1/payouts": lambda bank, params, r: connect.payout(bank, params, _account(r)),
    # what time, banks and people do by themselves elsewhere
    "/_sandbox/faults": _set_faults,
    "/_sandbox/forget_keys": _forget_keys,
    "/_sandbox/forget_everything": _forget_everything,
    "/_sandbox/authenticate/{id}": lambda bank, params, r: intents.authenticate(
        bank, _id(r), agreed=params.get("agreed") == "true"
    ),
    "/_sandbox/refunds/{id}/settle": lambda bank, _, r: refunds.settle(bank, _id(r)),
    "/_sandbox/payouts/{id}/settle": lambda bank, _, r: connect.settle_payout(bank, _id(r), _account(r)),
    "/_sandbox/charges/{id}/dispute": lambda bank, _, r: refunds.dispute(bank, _id(r)),
    "/_sandbox/disputes/{id}/decide": lambda bank, params, r: refunds.decide(
        bank, _id(r), won=params.get("won") == "true"
    ),
    "/_sandbox/connect/{id}": lambda bank, _, r: {"return_url": connect.onboard(bank, _id(r))},
}


# --- what only looks


async def _faults(request: web.Request) -> web.Response:
    _check_key(request, {})
    return web.json_response(asdict(request.app[BANK].faults))


async def _balance(request: web.Request) -> web.Response:
    _check_key(request, {})
    return web.json_response(money.balance(request.app[BANK], _account(request)))


async def _one(request: web.Request) -> web.Response:
    kind = LISTED[request.path.split("/")[2]]
    _check_key(request, dict(request.query))
    found = request.app[BANK].find(kind, _id(request), _account(request))
    return web.json_response(found, headers={"Access-Control-Allow-Origin": "*"})  # keys, no cookies


async def _list(request: web.Request) -> web.Response:
    """A page of a list: `limit`, `starting_after`, `created[gte]`, and equal values."""
    return _page(request, LISTED[request.path.split("/")[2]], nested(request.query.items()))


async def _reversals(request: web.Request) -> web.Response:
    """Those of one transfer."""
    return _page(
        request, "transfer_reversal", {**nested(request.query.items()), "transfer": _id(request)}
    )


def _page(request: web.Request, kind: str, asked: dict[str, Any]) -> web.Response:
    _check_key(request, {})
    after = str(asked.get("starting_after", ""))
    limit = min(int(asked.get("limit", 10)), 100)
    every = request.app[BANK].store.all(kind, _account(request), after)
    found = list(islice((each for each in every if _wanted(each, asked)), limit + 1))
    page = {"object": "list", "url": request.path, "has_more": len(found) > limit, "data": found[:limit]}
    return web.json_response(page)


def _wanted(found: Object, asked: dict[str, Any]) -> bool:
    created = asked.get("created") or {}
    return all(found.get(name) == asked[name] for name in FILTERS if name in asked) and all(
        WITHIN[name](found["created"], int(bound)) for name, bound in created.items()
    )
