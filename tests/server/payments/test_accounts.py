"""A mentor's account at the payment provider: opened once, completed there, known here as it is."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp.test_utils import TestClient

from server.accounts.models import Login
from server.edge.access import Viewer
from server.infra.clock import now
from server.infra.errors import Forbidden
from server.payments.gateway.answers import GatewayDown
from server.payments.models import ConnectedAccount, StripeEvent
from server.payments.payouts.accounts import (
    account_updated,
    onboarding_link,
    refresh,
    refresh_waiting,
    shown,
)
from server.payments.payouts.standing import Stage, in_words, standing_of
from tests.databases import BOTH
from tests.server.booking.makers import bearer, mentor
from tests.server.payments.provider import Provider

HERE = "http://127.0.0.1:8000"


async def begun(viewer: Viewer) -> tuple[str, ConnectedAccount]:
    url = await onboarding_link(viewer, HERE)
    return url, await ConnectedAccount.get(user_id=viewer.user_id)


@BOTH
async def test_account_is_opened_and_completed_at_the_provider(
    database: object, provider: Provider
) -> None:
    mira = await mentor("mira")
    assert shown(None).stage is Stage.NONE
    url, account = await begun(mira)
    assert shown(account).stage is Stage.INCOMPLETE
    back = await provider.complete(url)
    assert back.startswith(f"{HERE}/dashboard/mentor/earnings?")
    assert (await refresh(mira.user_id)).is_ready


@BOTH
async def test_account_is_opened_once_though_many_ask(database: object, provider: Provider) -> None:
    mira = await mentor("mira")
    await asyncio.gather(*(onboarding_link(mira, HERE) for _ in range(8)))
    assert await ConnectedAccount.all().count() == 1
    opened = await provider.gateway.account((await ConnectedAccount.get()).provider_id or "")
    assert not opened.payouts_enabled


async def test_account_whose_opening_was_not_answered_is_found_again(
    database: object, provider: Provider
) -> None:
    mira = await mentor("mira")
    await provider.fault(error_after_commit=2)
    with pytest.raises(GatewayDown):
        await onboarding_link(mira, HERE)
    lost = await ConnectedAccount.get()
    assert lost.provider_id is None and shown(lost).stage is Stage.NONE
    _, found = await begun(mira)
    assert found.id == lost.id and found.provider_id is not None


async def test_only_an_approved_mentor_opens_an_account(database: object, provider: Provider) -> None:
    with pytest.raises(Forbidden, match="mentor_not_approved"):
        await onboarding_link(await mentor("mira", approved=False), HERE)
    assert not await ConnectedAccount.exists()


@BOTH
async def test_event_makes_us_ask(database: object, provider: Provider) -> None:
    mira = await mentor("mira")
    url, account = await begun(mira)
    await provider.complete(url)
    event = StripeEvent(id="evt_1", kind="account.updated", object_id=account.provider_id)
    assert await account_updated(event) == "ready"
    event.object_id = "acct_of_nobody"
    assert await account_updated(event) == "no account of ours"


async def test_lost_event_is_made_up_for(database: object, provider: Provider) -> None:
    mira, tomas = await mentor("mira"), await mentor("tomas")
    await ConnectedAccount.create(
        user_id=tomas.user_id, provider_key="k", provider_id="acct_gone", created_at=now()
    )
    url, _ = await begun(mira)
    await provider.complete(url)
    await refresh_waiting()
    assert shown(await ConnectedAccount.get(user_id=mira.user_id)).is_ready
    assert not shown(await ConnectedAccount.get(user_id=tomas.user_id)).is_ready


def test_standing_says_what_is_asked_for_in_words() -> None:
    asked = ("individual.dob.day", "individual.dob.month", "external_account", "new_thing")
    words = ("your date of birth", "a bank account", "some more facts about you")
    assert in_words(asked) == words
    for submitted, enabled, missing, stage in (
        (False, False, asked, Stage.INCOMPLETE),
        (True, False, asked, Stage.RESTRICTED),
        (True, False, (), Stage.CHECKING),
        (True, True, (), Stage.READY),
    ):
        assert standing_of(submitted=submitted, enabled=enabled, missing=missing).stage is stage


async def test_link_asks_for_a_second_factor(http: TestClient, provider: Provider) -> None:
    mira = await mentor("mira")
    headers = await bearer(mira)
    for proven, status, code in ((False, 403, "second_factor_setup_required"), (True, 200, "")):
        await Login.all().update(second_factor=proven, confirmed_at=now())
        answer = await http.post("/api/v1/payouts/onboarding", headers=headers)
        body = await answer.json()
        assert (answer.status, (body.get("error") or {}).get("code", "")) == (status, code)
    assert body["data"]["url"].startswith(provider.base)
