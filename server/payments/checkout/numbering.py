"""Numbers of receipts: one after the other, without gaps."""

from __future__ import annotations

from server.infra import db
from server.payments.models import Counter

RECEIPTS = "receipts"
NEXT = """INSERT INTO counter (name, value) VALUES (?, 1)
    ON CONFLICT (name) DO UPDATE SET value = counter.value + 1"""


async def next_receipt() -> int:
    """Inside the caller's transaction, and last in it: who comes next waits for its end. A number whose
    transaction is undone is given again."""
    await db.execute(NEXT, (RECEIPTS,))
    return int((await Counter.get(name=RECEIPTS)).value)
