"""Connected accounts: onboarding, transfers to them and back, payouts to their banks."""

from __future__ import annotations

from typing import Any

from server.payments.sandbox import money
from server.payments.sandbox.bank import Bank
from server.payments.sandbox.errors import Refused
from server.payments.sandbox.forms import amount, metadata, text
from server.payments.sandbox.store import Object

LINK_S = 300


def create_account(bank: Bank, params: dict[str, Any]) -> Object:
    account = bank.make(
        "acct",
        "account",
        type=params.get("type", "express"),
        country=params.get("country", "DE"),
        email=params.get("email"),
        details_submitted=False,
        charges_enabled=False,
        payouts_enabled=False,
        requirements={"currently_due": ["external_account"], "disabled_reason": "requirements.past_due"},
        metadata=metadata(params),
    )
    bank.store.put(account)
    return account


def create_link(bank: Bank, params: dict[str, Any], base: str) -> Object:
    """The page where somebody completes their account."""
    account = bank.find("account", text(params, "account"))
    urls = {name: text(params, name) for name in ("return_url", "refresh_url")}
    link = bank.make("link", "account_link", account=account["id"], used=False, **urls)
    bank.store.put(link)
    return {
        "object": "account_link",
        "created": link["created"],
        "expires_at": link["created"] + LINK_S,
        "url": f"{base}/connect/{link['id']}",
    }


def is_over(bank: Bank, link: Object) -> bool:
    """Whether the link was used or is too old."""
    return bool(link["used"]) or bank.now() > link["created"] + LINK_S


def onboard(bank: Bank, link_id: str) -> str:
    """They have filled in everything. Gives the address to which they go back."""
    link = bank.find("account_link", link_id)
    account = bank.find("account", link["account"])
    done = bank.change(
        account,
        details_submitted=True,
        charges_enabled=True,
        payouts_enabled=True,
        requirements={"currently_due": [], "disabled_reason": None},
    )
    bank.change(link, used=True)
    bank.tell("account.updated", done, account["id"])
    return str(link["return_url"])


def transfer(bank: Bank, params: dict[str, Any]) -> Object:
    """From the platform to a connected account; never more of a charge than it brought."""
    sent, currency = amount(params), text(params, "currency").lower()
    account = bank.find("account", text(params, "destination"))
    source = params.get("source_transaction")
    if source:
        _take_of_charge(bank, str(source), sent)
    else:
        money.require(bank, sent, currency)
    found = bank.make(
        "tr",
        "transfer",
        amount=sent,
        amount_reversed=0,
        reversed=False,
        currency=currency,
        destination=account["id"],
        source_transaction=source,
        transfer_group=params.get("transfer_group"),
        metadata=metadata(params),
    )
    found["balance_transaction"] = money.record(bank, "transfer", -sent, currency, found["id"])
    money.record(bank, "payment", sent, currency, found["id"], account=account["id"])
    bank.store.put(found)
    bank.tell("transfer.created", found)
    return found


def _take_of_charge(bank: Bank, number: str, sent: int) -> None:
    charge = bank.find("charge", number)
    left = charge["amount"] - charge["amount_transferred"]
    if sent > left:
        raise Refused(
            f"The transfer amount ({sent}) is greater than what is left of the charge ({left})",
            code="amount_too_large",
            param="amount",
        )
    bank.change(charge, amount_transferred=charge["amount_transferred"] + sent)


def reverse(bank: Bank, number: str, params: dict[str, Any]) -> Object:
    """Take a transfer back, or a part of it."""
    found = bank.find("transfer", number)
    left = found["amount"] - found["amount_reversed"]
    back = amount(params) if "amount" in params else left
    if back > left or left == 0:
        raise Refused(f"Reversal amount ({back}) is greater than what is left ({left})", param="amount")
    money.require(bank, back, found["currency"], found["destination"])
    reversal = bank.make(
        "trr",
        "transfer_reversal",
        amount=back,
        currency=found["currency"],
        transfer=number,
        metadata=metadata(params),
    )
    currency = found["currency"]
    reversal["balance_transaction"] = money.record(
        bank, "transfer_refund", back, currency, reversal["id"]
    )
    money.record(bank, "payment_refund", -back, currency, reversal["id"], account=found["destination"])
    bank.store.put(reversal)
    whole = found["amount_reversed"] + back
    changed = bank.change(found, amount_reversed=whole, reversed=whole == found["amount"])
    bank.tell("transfer.reversed", changed)
    return reversal


def payout(bank: Bank, params: dict[str, Any], account: str) -> Object:
    """From a connected account, or from what is the platform's own, to its bank; it arrives when it is
    settled."""
    sent, currency = amount(params), text(params, "currency").lower()
    if account and not bank.find("account", account)["payouts_enabled"]:
        raise Refused("This account can't be paid out yet.", code="payouts_not_allowed")
    money.require(bank, sent, currency, account)
    found = bank.make(
        "po",
        "payout",
        amount=sent,
        currency=currency,
        status="in_transit",
        method="standard",
        arrival_date=int(bank.now()) + 2 * 86_400,
        failure_code=None,
        failure_message=None,
        metadata=metadata(params),
    )
    found["balance_transaction"] = money.record(
        bank, "payout", -sent, currency, found["id"], account=account
    )
    bank.store.put(found, account)
    bank.tell("payout.created", found, account)
    return found


def settle_payout(bank: Bank, number: str, account: str, *, refused: bool = False) -> Object:
    """It has arrived, or the bank has refused it."""
    found = bank.find("payout", number, account)
    if found["status"] != "in_transit":
        return found
    if not (refused or bank.faults.take("payout_fails")):
        paid = bank.change(found, account, status="paid")
        bank.tell("payout.paid", paid, account)
        return paid
    money.record(bank, "payout_failure", found["amount"], found["currency"], number, account=account)
    why = {"failure_code": "account_closed", "failure_message": "The bank account has been closed."}
    failed = bank.change(found, account, status="failed", **why)
    bank.tell("payout.failed", failed, account)
    return failed
