"""Writing into the books: inside the transaction of the change that they tell of."""

from __future__ import annotations

from tortoise.expressions import F

from server.infra import db
from server.infra.clock import now
from server.payments.ledger.models import LedgerAccount, LedgerEntry, LedgerTransaction
from server.payments.ledger.postings import Place, Posting

# Who is second waits for the first's end, and finds what it wrote: a failed insert would end the
# whole transaction on PostgreSQL.
OPEN_ACCOUNT = """INSERT INTO ledger_account ("key", name, owner_id, currency, version)
    VALUES (?, ?, ?, ?, 0) ON CONFLICT DO NOTHING"""
BEGIN = """INSERT INTO ledger_transaction ("key", kind, subject, at) VALUES (?, ?, ?, ?)
    ON CONFLICT DO NOTHING"""


@db.transactional
async def post(posting: Posting, currency: str, *, key: str, subject: str) -> bool:
    """Write the entries of one event, once for each `key`. False where it was written before.

    `subject` is what it is about, such as "payment:17"."""
    if not await db.execute(BEGIN, (key, posting.kind, subject, now())):
        return False
    written = await LedgerTransaction.get(key=key)
    places = {place for entry in posting.entries for place in (entry.debit, entry.credit)}
    # in one order, so that two who open the same accounts don't wait for each other
    ordered = sorted(places, key=lambda place: (place.account.name, place.owner_id or 0))
    ids = {place: await account_id(place, currency) for place in ordered}
    await LedgerEntry.bulk_create(
        [
            LedgerEntry(
                transaction_id=written.id,
                debit_id=ids[entry.debit],
                credit_id=ids[entry.credit],
                currency=currency,
                amount_minor=entry.amount_minor,
            )
            for entry in posting.entries
        ]
    )
    return True


async def account_id(place: Place, currency: str) -> int:
    """The account's row, which is made when it is first needed."""
    key = account_key(place, currency)
    found = await LedgerAccount.get_or_none(key=key)
    if found is None:
        await db.execute(OPEN_ACCOUNT, (key, place.account.name, place.owner_id, currency))
        found = await LedgerAccount.get(key=key)
    return int(found.id)


@db.transactional
async def claim(place: Place, currency: str) -> int:
    """Lock an account until the caller's transaction ends, before its balance is read and taken from."""
    number = await account_id(place, currency)
    await LedgerAccount.filter(id=number).update(version=F("version") + 1)
    return number


def account_key(place: Place, currency: str) -> str:
    """Raises ValueError where a personal account has no person, or another has one."""
    if place.account.personal is (place.owner_id is None):
        raise ValueError(f"whose {place.account.name} is it?")
    whose = "" if place.owner_id is None else f":{place.owner_id}"
    return f"{place.account.name}:{currency}{whose}"
