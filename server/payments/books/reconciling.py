"""The daily comparison of our books with the provider's. It says what differs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import structlog

from server.accounts.roles import people_with
from server.edge.permissions import Permission
from server.edge.templates import money
from server.infra import db
from server.infra.clock import now
from server.infra.outbox import enqueue
from server.notifications.service import notify
from server.payments.books.invariants import Finding, broken
from server.payments.books.reading import read_movements
from server.payments.gateway.current import gateway
from server.payments.ledger.balances import balance
from server.payments.ledger.chart import STRIPE_CLEARING
from server.payments.ledger.postings import Place
from server.payments.models import BalanceMovement, Reconciliation

AGAIN = "payments.reconcile_again"
LOOK_AGAIN = timedelta(minutes=10)  # what was just on its way has arrived by then
SHOWN = 50  # findings of one comparison
PAGE = "/dashboard/admin/payments"

# What left the provider's balance and is still in our books, and the other way round.
SENT = """SELECT p.currency, CAST(SUM(r.amount_minor) AS BIGINT) AS sum
    FROM refund r JOIN payment p ON p.id = r.payment_id WHERE r.status = 'sent' GROUP BY p.currency"""
TO_MENTORS = """SELECT o.currency, CAST(SUM(t.amount_minor) AS BIGINT) AS sum
    FROM transfer t JOIN payout o ON o.id = t.payout_id WHERE t.status = 'created' GROUP BY o.currency"""
CLEARED_IN = "SELECT currency FROM ledger_account WHERE name = 'stripe_clearing'"
# What we have booked and the provider has not moved; younger ones may be on their way.
UNMOVED = """SELECT p.id, p.currency FROM payment p
    LEFT JOIN balance_movement m ON m.source = p.charge_id
    WHERE p.charge_id IS NOT NULL AND p.succeeded_at <= ? AND m.id IS NULL ORDER BY p.id LIMIT 20"""
YOUNG = timedelta(hours=1)

log = structlog.get_logger()


async def reconcile(*, last_look: bool = False) -> list[Reconciliation]:
    """Compare everything, in each currency. What differs is looked at again after some minutes, and told
    to the staff if it differs still. Raises GatewayDown."""
    new = await read_movements()
    provider = await gateway().balance()
    rows = await _write(provider, new, await broken())
    if any(row.findings for row in rows):
        await (_alarm(rows) if last_look else _look_again())
    return rows


@db.transactional
async def _write(provider: dict[str, int], new: int, own: Sequence[Finding]) -> list[Reconciliation]:
    """One row for each currency that there or here was ever used."""
    found = [*own, *await _of_movements(), *await _unmoved()]
    used = {str(row["currency"]) for row in await db.fetch(CLEARED_IN)}
    return [
        await _compare(currency, provider.get(currency, 0), new, found)
        for currency in sorted({*used, *provider})
    ]


async def _compare(
    currency: str, provider_minor: int, new: int, found: Sequence[Finding]
) -> Reconciliation:
    books_minor = await expected(currency)
    words = [each.words for each in found if each.currency == currency]
    if provider_minor != books_minor:
        more = provider_minor - books_minor
        gap = f"{money(abs(more), currency)} {'more' if more > 0 else 'less'}"
        words.insert(0, f"the provider has {gap} than our books")
    return await Reconciliation.create(
        currency=currency,
        checked_at=now(),
        provider_minor=provider_minor,
        books_minor=books_minor,
        movements=new,
        findings=words[:SHOWN],
    )


async def expected(currency: str) -> int:
    """What the provider should hold for us by our books, with what is on its way either way."""
    cleared = await balance(Place(STRIPE_CLEARING), currency)
    return cleared - await _sum(SENT, currency) + await _sum(TO_MENTORS, currency)


async def _sum(statement: str, currency: str) -> int:
    rows = await db.fetch(statement)
    return sum(int(row["sum"]) for row in rows if row["currency"] == currency)


async def _of_movements() -> list[Finding]:
    wrong = BalanceMovement.exclude(finding="").order_by("moved_at").limit(SHOWN)
    return [
        Finding(row.currency, f"{row.kind} {row.source} ({row.subject or 'unknown'}): {row.finding}")
        for row in await wrong
    ]


async def _unmoved() -> list[Finding]:
    rows = await db.fetch(UNMOVED, (now() - YOUNG,))
    words = "is paid in our books, and the provider did not move it"
    return [Finding(str(row["currency"]), f"payment {row['id']} {words}") for row in rows]


async def _look_again() -> None:
    await enqueue(AGAIN, {}, run_at=now() + LOOK_AGAIN)


@db.transactional
async def _alarm(rows: Sequence[Reconciliation]) -> None:
    """In the log, and to whoever sees the money."""
    findings = [[row.currency, words] for row in rows for words in row.findings]
    log.error("the books differ from the payment provider's", findings=findings)
    day = now().date().isoformat()
    for user_id in await people_with(Permission.MONEY_VIEW):
        await notify(user_id, "books_differ", {"findings": findings[:10]}, path=PAGE, dedupe_key=day)
