"""REST of what mentors earn (`/api/v1`): parse, call one function, answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from aiohttp import web
from typing_extensions import TypedDict

from server.edge.access import require_viewer
from server.edge.api import ok, page_of, paging, read_json, read_query
from server.edge.keys import SETTINGS
from server.edge.openapi import described
from server.edge.paths import id_in_path
from server.payments.payouts.accounts import account_of, onboarding_link, shown
from server.payments.payouts.again import have_back, send_again
from server.payments.payouts.balances import Balance, balances
from server.payments.payouts.forms import LessonsFilter, PayoutForm
from server.payments.payouts.lessons import Earned, earned_by
from server.payments.payouts.listing import PayoutRow, payouts_of
from server.payments.payouts.listing import shown as shown_payout
from server.payments.payouts.requesting import request_payout


class LinkShape(TypedDict):
    """An address at the payment provider; it opens once, within minutes."""

    url: str


class BalanceShape(TypedDict):
    """In minor units: what is paid and not settled, what is owed now (less than nothing after a refund
    that came late), how much of it may be asked for, what left for the bank, and what arrived there."""

    currency: str
    pending: int
    available: int
    payable: int
    in_transit: int
    paid: int


class AccountShape(TypedDict):
    """The mentor's account at the provider: none, incomplete, checking, restricted or ready; `missing` is
    what it still asks for, in words."""

    stage: str
    missing: tuple[str, ...]


class EarningsShape(TypedDict):
    balances: list[BalanceShape]
    account: AccountShape


class EarnedShape(TypedDict):
    """One paid seat. `state` is pending, disputed, available, on_its_way, paid_out, kept_back or
    given_back."""

    payment_id: UUID
    session_id: UUID
    title: str
    starts_at: datetime
    learner: str
    price_minor: int
    commission_minor: int
    given_back_minor: int
    share_minor: int
    currency: str
    state: str
    available_at: datetime | None


class PayoutShape(TypedDict):
    """`status` is requested, transferred, in_transit, paid, failed (send it again or take it back) or
    reversed (its amount is available again); `failure` says why."""

    id: UUID
    amount_minor: int
    currency: str
    status: str
    failure: str
    requested_at: datetime
    arrives_at: datetime | None
    settled_at: datetime | None


# --- earnings


@described(data=EarningsShape)
async def earnings(request: web.Request) -> web.StreamResponse:
    """What a mentor has earned, and where it is."""
    mentor_id = require_viewer(request).user_id
    standing = shown(await account_of(mentor_id))
    data: EarningsShape = {
        "balances": [_balance_shape(each) for each in await balances(mentor_id)],
        "account": {"stage": standing.stage.value, "missing": standing.missing},
    }
    return ok(data)


@described(query=LessonsFilter, paged=True, item=EarnedShape)
async def earned_lessons(request: web.Request) -> web.StreamResponse:
    """What each paid seat brought, the latest lesson first."""
    asking, asked = require_viewer(request), paging(request)
    wanted = read_query(request, LessonsFilter).wanted(ZoneInfo(asking.timezone))
    found, total = await earned_by(asking.user_id, wanted, asked.offset, asked.per_page)
    return ok(page_of([_earned_shape(each) for each in found], asked.page, asked.per_page, total))


@described(data=LinkShape)
async def begin_onboarding(request: web.Request) -> web.StreamResponse:
    """Where a mentor opens or completes the account that they are paid to."""
    url = await onboarding_link(require_viewer(request), request.app[SETTINGS].base_url)
    data: LinkShape = {"url": url}
    return ok(data, "Complete your account there.")


# --- payouts


@described(body=PayoutForm, data=PayoutShape, statuses=(201,))
async def begin_payout(request: web.Request) -> web.StreamResponse:
    """An amount, or everything that may be asked for."""
    form = await read_json(request, PayoutForm)
    payout = await request_payout(require_viewer(request), form.amount_minor, form.currency)
    return ok(_payout_shape(shown_payout(payout)), "Your payout is on its way.", 201)


@described(paged=True, item=PayoutShape)
async def list_payouts(request: web.Request) -> web.StreamResponse:
    asked = paging(request)
    found, total = await payouts_of(require_viewer(request).user_id, asked.offset, asked.per_page)
    return ok(page_of([_payout_shape(each) for each in found], asked.page, asked.per_page, total))


async def repeat_payout(request: web.Request) -> web.StreamResponse:
    """Send one that failed once more."""
    await send_again(id_in_path(request), require_viewer(request).user_id)
    return ok(message="Your payout is on its way again.")


async def undo_payout(request: web.Request) -> web.StreamResponse:
    """Take one that failed back: its amount is available again as soon as the provider agrees."""
    await have_back(id_in_path(request), require_viewer(request).user_id)
    return ok(message="The amount comes back to your available earnings.")


def _balance_shape(balance: Balance) -> BalanceShape:
    return {
        "currency": balance.currency,
        "pending": balance.pending,
        "available": balance.available,
        "payable": balance.payable,
        "in_transit": balance.in_transit,
        "paid": balance.paid,
    }


def _earned_shape(earned: Earned) -> EarnedShape:
    return {
        "payment_id": earned.payment_id,
        "session_id": earned.session_id,
        "title": earned.title,
        "starts_at": earned.starts_at,
        "learner": earned.learner,
        "price_minor": earned.price_minor,
        "commission_minor": earned.commission_minor,
        "given_back_minor": earned.given_back_minor,
        "share_minor": earned.share_minor,
        "currency": earned.currency,
        "state": earned.state,
        "available_at": earned.available_at,
    }


def _payout_shape(payout: PayoutRow) -> PayoutShape:
    return {
        "id": payout.id,
        "amount_minor": payout.amount_minor,
        "currency": payout.currency,
        "status": payout.status,
        "failure": payout.failure,
        "requested_at": payout.requested_at,
        "arrives_at": payout.arrives_at,
        "settled_at": payout.settled_at,
    }
