"""The provider's movements of our balance, each read once and held against ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from server.payments.books.matching import match
from server.payments.gateway.answers import Movement
from server.payments.gateway.current import gateway
from server.payments.models import BalanceMovement

BEGINNING = datetime(2010, 1, 1, tzinfo=UTC)  # before there was such a provider
OVERLAP = timedelta(days=2)  # read again, lest something that came late is missed
AT_ONCE = 500  # of those with findings, which are looked at again


async def read_movements() -> int:
    """Read what is new, and look again at what was wrong; gives how many were new. Raises GatewayDown."""
    await _look_again()
    new = 0
    async for movement in gateway().movements(await _since()):
        if not await BalanceMovement.exists(id=movement.id):
            new += await _keep(movement)
    return new


async def _since() -> datetime:
    last = await BalanceMovement.all().order_by("-moved_at").first()
    return last.moved_at - OVERLAP if last else BEGINNING


async def _keep(movement: Movement) -> int:
    found = await match(movement)
    row = BalanceMovement(
        id=movement.id,
        kind=movement.kind,
        source=movement.source,
        amount_minor=movement.amount_minor,
        fee_minor=movement.fee_minor,
        currency=movement.currency,
        moved_at=movement.moved_at,
        subject=found.subject,
        finding=found.finding[:200],
    )
    await BalanceMovement.bulk_create([row], ignore_conflicts=True)
    return 1


async def _look_again() -> None:
    """What was wrong may be right by now: an event may have come late."""
    wrong = BalanceMovement.exclude(finding="").order_by("-moved_at").limit(AT_ONCE)
    for row in await wrong:
        found = await match(
            Movement(
                row.id,
                row.kind,
                row.source,
                row.amount_minor,
                row.fee_minor,
                row.currency,
                row.moved_at,
            )
        )
        row.subject, row.finding = found.subject, found.finding[:200]
        await row.save(update_fields=["subject", "finding"])
