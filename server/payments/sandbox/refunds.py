"""Refunds of charges, and disputes about them."""

from __future__ import annotations

from typing import Any

from server.payments.sandbox import money
from server.payments.sandbox.bank import Bank
from server.payments.sandbox.cards import card_named
from server.payments.sandbox.errors import Refused, wanted
from server.payments.sandbox.forms import amount, metadata
from server.payments.sandbox.store import Object

DISPUTE_FEE = 1500


def create(bank: Bank, params: dict[str, Any]) -> Object:
    """Give a part of a charge back, or what is left of it."""
    charge = _charge_of(bank, params)
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise Refused(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if _is_taken_back(bank, charge["id"]):
        raise Refused(f"Charge {charge['id']} has been charged back.", code="charge_disputed")
    back = amount(params) if "amount" in params else left
    if back > left:
        raise Refused(
            f"Refund amount ({back}) is greater than unrefunded amount on charge ({left})", param="amount"
        )
    return _refund(bank, charge, back, params)


def _refund(bank: Bank, charge: Object, back: int, params: dict[str, Any]) -> Object:
    fate = card_named(charge["payment_method"]).fate
    refund = bank.make(
        "re",
        "refund",
        amount=back,
        currency=charge["currency"],
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        status="pending" if fate == "refund_waits" else "succeeded",
        failure_reason=None,
        reason=params.get("reason"),
        metadata=metadata(params),
    )
    refund["balance_transaction"] = money.record(bank, "refund", -back, charge["currency"], refund["id"])
    bank.store.put(refund)
    whole = charge["amount_refunded"] + back
    changed = bank.change(charge, amount_refunded=whole, refunded=whole == charge["amount"])
    bank.tell("refund.created", refund)
    bank.tell("charge.refunded", changed)
    return refund


def may_settle(bank: Bank, refund: Object) -> bool:
    """Whether something becomes of a refund in the days after."""
    charge = bank.find("charge", refund["charge"])
    fails = card_named(charge["payment_method"]).fate == "refund_fails"
    return refund["status"] == "pending" or (refund["status"] == "succeeded" and fails)


def settle(bank: Bank, number: str) -> Object:
    """One that waits arrives, or its bank refuses it."""
    refund = bank.find("refund", number)
    charge = bank.find("charge", refund["charge"])
    if not may_settle(bank, refund):
        return refund
    if refund["status"] == "pending":
        arrived = bank.change(refund, status="succeeded")
        bank.tell("refund.updated", arrived)
        return arrived
    money.record(bank, "refund_failure", refund["amount"], refund["currency"], refund["id"])
    bank.change(charge, amount_refunded=charge["amount_refunded"] - refund["amount"], refunded=False)
    failed = bank.change(refund, status="failed", failure_reason="lost_or_stolen_card")
    bank.tell("refund.failed", failed)
    return failed


def dispute(bank: Bank, charge_id: str) -> Object:
    """The holder's bank takes the money back until it is decided. Raises Refused the second time."""
    charge = bank.find("charge", charge_id)
    if charge["disputed"]:
        raise Refused(f"Charge {charge_id} has been disputed already.", code="charge_disputed")
    taken = charge["amount"] - charge["amount_refunded"] or charge["amount"]  # banks look at no refunds
    found = bank.make(
        "dp",
        "dispute",
        amount=taken,
        currency=charge["currency"],
        charge=charge_id,
        payment_intent=charge["payment_intent"],
        reason="fraudulent",
        status="needs_response",
        evidence_details={"due_by": int(bank.now()) + 7 * 86_400},
        metadata={},
    )
    moved = money.record(bank, "adjustment", -taken, charge["currency"], found["id"], fee=DISPUTE_FEE)
    found["balance_transactions"] = [bank.find("balance_transaction", moved)]
    bank.store.put(found)
    bank.change(charge, disputed=True)
    bank.tell("charge.dispute.created", found)
    bank.tell("charge.dispute.funds_withdrawn", found)
    return found


def decide(bank: Bank, number: str, *, won: bool) -> Object:
    found = bank.find("dispute", number)
    if found["status"] in ("won", "lost"):
        return found
    closed = bank.change(found, status="won" if won else "lost")
    if won:
        moved = money.record(bank, "adjustment", found["amount"], found["currency"], number)
        both = [*found["balance_transactions"], bank.find("balance_transaction", moved)]
        closed = bank.change(closed, balance_transactions=both)
        bank.tell("charge.dispute.funds_reinstated", closed)
    bank.tell("charge.dispute.closed", closed)
    return closed


def _is_taken_back(bank: Bank, charge_id: str) -> bool:
    """Whether the holder's bank has the money, or may keep it."""
    disputes = (each for each in bank.store.all("dispute") if each["charge"] == charge_id)
    return any(each["status"] != "won" for each in disputes)


def _charge_of(bank: Bank, params: dict[str, Any]) -> Object:
    if "charge" in params:
        return bank.find("charge", str(params["charge"]))
    if "payment_intent" not in params:
        raise wanted("payment_intent")
    intent = bank.find("payment_intent", str(params["payment_intent"]))
    if intent["latest_charge"] is None:
        raise Refused("This PaymentIntent does not have a successful charge to refund.")
    return bank.find("charge", intent["latest_charge"])
