"""The page of a developer: what the sandbox knows, what banks would do, and which mistakes come next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any

from aiohttp import web

from server.payments.sandbox import connect, money, refunds
from server.payments.sandbox.bank import BANK, Bank, Faults
from server.payments.sandbox.errors import Refused
from server.payments.sandbox.pages import form_of, local, page
from server.payments.sandbox.store import Object

SHOWN = 20  # of each kind
WORDS = {
    "error_after_commit": "Answers that are errors after the work was done",
    "timeout": "Answers that never come",
    "duplicate": "Webhooks that come twice",
    "drop": "Webhooks that never come",
    "reorder": "Webhooks that come after later ones",
    "delay": "Webhooks that come late",
    "delay_s": "How late, in seconds",
    "payout_fails": "Payouts that a bank refuses",
}


def add_routes(router: web.UrlDispatcher) -> None:
    router.add_get("/", _page)
    router.add_post("/desk/{act}", _do)


@local
async def _page(request: web.Request) -> web.StreamResponse:
    return _desk(request)


@local
async def _do(request: web.Request) -> web.StreamResponse:
    bank, form = request.app[BANK], await form_of(request)
    try:
        act = ACTS[request.match_info["act"]]
    except KeyError:
        raise web.HTTPNotFound from None
    try:
        with bank.store.transaction():
            act(bank, form)
    except (Refused, ValueError) as error:
        return _desk(request, wrong=str(error))
    raise web.HTTPSeeOther("/")


def _desk(request: web.Request, wrong: str = "") -> web.Response:
    bank = request.app[BANK]
    waiting = {each.event: each.tries for each in bank.store.deliveries()}
    return page(
        "desk.html",
        400 if wrong else 200,
        wrong=wrong,
        balance=money.balance(bank)["available"],
        payments=[_payment(bank, intent) for intent in bank.store.latest("payment_intent", SHOWN)],
        refunds=[_refund(bank, refund) for refund in bank.store.latest("refund", SHOWN)],
        disputes=bank.store.latest("dispute", SHOWN),
        payouts=bank.store.latest("payout", SHOWN),
        accounts=[_account(bank, account) for account in bank.store.latest("account", SHOWN)],
        events=bank.store.latest("event", SHOWN),
        waiting=waiting,
        faults=[(name, WORDS[name], value) for name, value in asdict(bank.faults).items()],
    )


def _payment(bank: Bank, intent: Object) -> Object:
    """An intent and, when it was paid, its charge."""
    number = intent["latest_charge"]
    return {**intent, "charge": bank.find("charge", number) if number else None}


def _refund(bank: Bank, refund: Object) -> Object:
    return {**refund, "open": refunds.may_settle(bank, refund)}


def _account(bank: Bank, account: Object) -> Object:
    return {**account, "balance": money.balance(bank, account["id"])["available"]}


def _set_faults(bank: Bank, form: dict[str, Any]) -> None:
    """Raises ValueError."""
    values = {field.name: form.get(field.name, "0").strip() or "0" for field in fields(Faults)}
    if not all(value.replace(".", "", 1).isdecimal() for value in values.values()):
        raise ValueError("Faults are counted: give numbers from 0.")
    for name, value in values.items():
        setattr(bank.faults, name, float(value) if name == "delay_s" else int(float(value)))


def _send_again(bank: Bank, form: dict[str, Any]) -> None:
    """As Stripe's dashboard and its own doubts do."""
    bank.store.deliver(bank.find("event", form["id"])["id"], bank.now())
    bank.told()


def _refund_by_hand(bank: Bank, form: dict[str, Any]) -> None:
    """As somebody does it in Stripe's dashboard: nothing says whose it is."""
    refunds.create(bank, {"charge": form["id"]})


def _settle_payout(bank: Bank, form: dict[str, Any], *, refused: bool) -> None:
    account = bank.store.account_of(form["id"])
    connect.settle_payout(bank, form["id"], account, refused=refused)


ACTS: dict[str, Callable[[Bank, dict[str, Any]], object]] = {
    "own-payout": lambda bank, form: connect.payout(bank, form, ""),
    "by-hand": _refund_by_hand,
    "forget": lambda bank, _: bank.store.forget_answers(),
    "refund": lambda bank, form: refunds.settle(bank, form["id"]),
    "payout": lambda bank, form: _settle_payout(bank, form, refused=False),
    "payout-refused": lambda bank, form: _settle_payout(bank, form, refused=True),
    "dispute": lambda bank, form: refunds.dispute(bank, form["id"]),
    "dispute-won": lambda bank, form: refunds.decide(bank, form["id"], won=True),
    "dispute-lost": lambda bank, form: refunds.decide(bank, form["id"], won=False),
    "event": _send_again,
    "faults": _set_faults,
}
