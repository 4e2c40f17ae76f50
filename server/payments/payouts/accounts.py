"""Mentors' accounts at the payment provider: opened and completed there, known here as last seen."""

from __future__ import annotations

from uuid import uuid4

from server.edge.access import Viewer
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.errors import Conflict, Forbidden
from server.payments.gateway.answers import AccountSeen, GatewayRefused
from server.payments.gateway.current import gateway
from server.payments.models import ConnectedAccount, StripeEvent
from server.payments.payouts.standing import Stage, Standing, standing_of
from server.people.service import mentor_approved

PAGE = "/dashboard/mentor/earnings"
BACK, AGAIN = f"{PAGE}?account=back", f"{PAGE}?account=again"  # where the provider leads people to
WAITING = 100  # accounts that are looked after at a time


async def onboarding_link(mentor: Viewer, base_url: str) -> str:
    """The address of the provider's page where a mentor completes their account, which is opened when
    there is none. Raises Forbidden (mentor_not_approved), Conflict (provider_refused), GatewayDown."""
    if not await mentor_approved(mentor.user_id):
        raise Forbidden("mentor_not_approved", "Your mentor profile is not approved yet.")
    account = await _row_of(mentor.user_id)
    try:
        number = account.provider_id or await _open(account, mentor)
        return await gateway().onboarding_link(number, back=base_url + BACK, again=base_url + AGAIN)
    except GatewayRefused as refused:
        raise Conflict("provider_refused", f"The payment provider says: {refused}") from None


async def account_of(mentor_id: int) -> ConnectedAccount | None:
    return await ConnectedAccount.get_or_none(user_id=mentor_id)


async def refresh(mentor_id: int) -> Standing:
    """Ask the provider how far the account is, where it was begun. Raises GatewayDown, GatewayRefused."""
    account = await account_of(mentor_id)
    if account is None or account.provider_id is None:
        return shown(account)
    await _keep(account, await gateway().account(account.provider_id))
    return shown(account)


def shown(account: ConnectedAccount | None) -> Standing:
    if account is None or account.provider_id is None:
        return Standing(Stage.NONE)
    return standing_of(
        submitted=account.details_submitted, enabled=account.payouts_enabled, missing=account.missing
    )


async def account_updated(event: StripeEvent) -> str:
    """Something about an account changed; what it is now is asked for."""
    account = await ConnectedAccount.get_or_none(provider_id=event.object_id)
    if account is None:
        return "no account of ours"
    return (await refresh(account.user_id)).stage.value


async def refresh_waiting() -> None:
    """What no event told: how far the accounts are that nothing can be paid to yet."""
    waiting = ConnectedAccount.filter(provider_id__isnull=False, payouts_enabled=False)
    for account in await waiting.order_by("checked_at", "id").limit(WAITING):
        try:
            await refresh(account.user_id)
        except GatewayRefused:
            await ConnectedAccount.filter(id=account.id).update(checked_at=now())


@transactional
async def _row_of(mentor_id: int) -> ConnectedAccount:
    """The row, with the key under which the account is opened once."""
    row = ConnectedAccount(user_id=mentor_id, provider_key=f"account:{uuid4()}", created_at=now())
    await ConnectedAccount.bulk_create([row], ignore_conflicts=True)
    return await ConnectedAccount.get(user_id=mentor_id)


async def _open(account: ConnectedAccount, mentor: Viewer) -> str:
    about = {"user": str(mentor.public_id)}
    seen = await gateway().create_account(mentor.email, key=account.provider_key, metadata=about)
    await _keep(account, seen)
    return seen.id


@transactional
async def _keep(account: ConnectedAccount, seen: AccountSeen) -> None:
    account.provider_id = seen.id
    account.details_submitted, account.payouts_enabled = seen.details_submitted, seen.payouts_enabled
    account.missing, account.checked_at = list(seen.missing), now()
    await account.save(
        update_fields=["provider_id", "details_submitted", "payouts_enabled", "missing", "checked_at"]
    )
