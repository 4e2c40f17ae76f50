"""Where money lies: each movement is a balance transaction, of the platform or of a connected account."""

from __future__ import annotations

from server.payments.sandbox.bank import Bank
from server.payments.sandbox.errors import Refused
from server.payments.sandbox.store import Object

FEE_PERCENT_TENTHS, FEE_FIXED = 14, 25  # 1.4 % + 25 minor units, as for European cards

DECIMALS = {"jpy": 0, "krw": 0, "bhd": 3, "jod": 3, "kwd": 3, "omr": 3, "tnd": 3}  # others have 2


def fee_of(amount: int) -> int:
    return (amount * FEE_PERCENT_TENTHS + 500) // 1000 + FEE_FIXED


def record(
    bank: Bank, kind: str, amount: int, currency: str, source: str, *, fee: int = 0, account: str = ""
) -> str:
    """Write down a movement (negative: away) and give its id."""
    written = bank.make(
        "txn",
        "balance_transaction",
        type=kind,
        amount=amount,
        fee=fee,
        net=amount - fee,
        currency=currency,
        source=source,
        status="available",
        available_on=int(bank.now()),
    )
    bank.store.put(written, account)
    return str(written["id"])


def balance(bank: Bank, account: str = "") -> Object:
    held = bank.store.sums("balance_transaction", "net", account)
    available = [{"amount": amount, "currency": currency} for currency, amount in held.items()]
    return {"object": "balance", "available": available, "pending": [], "livemode": False}


def require(bank: Bank, amount: int, currency: str, account: str = "") -> None:
    """Raises Refused(balance_insufficient)."""
    if bank.lends and not account:
        return
    held = {each["currency"]: each["amount"] for each in balance(bank, account)["available"]}
    if held.get(currency, 0) < amount:
        raise Refused("You have insufficient funds in your account.", code="balance_insufficient")
