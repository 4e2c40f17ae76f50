"""What the page of a mentor's earnings shows, besides the list that its tab asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from babel.dates import format_date

from server.edge.access import Viewer
from server.edge.amounts import settlement_currency
from server.edge.charts import Chart, Series, amounts_chart
from server.infra.clock import now
from server.payments.models import Payout
from server.payments.payouts.accounts import account_of, shown
from server.payments.payouts.balances import Balance, balances
from server.payments.payouts.requesting import UNDER_WAY, least
from server.payments.payouts.standing import Standing
from server.payments.payouts.statements import Moved, earned_by_month, month_of, months, moved
from server.payments.states import PayoutStatus
from server.people.service import mentor_approved

FEWEST, MOST = 6, 12  # months of the chart


@dataclass(frozen=True, slots=True)
class Month:
    """One that has a statement: `2030-05`, and what it is called."""

    key: str
    words: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningsPage:
    """`main` is the balance that the figures are of, `others` those in other currencies. `under_way`: a
    payout is just being sent; `failed`: one waits for the mentor. `months` have statements."""

    approved: bool
    standing: Standing
    main: Balance
    others: tuple[Balance, ...]
    least_minor: int
    under_way: bool
    failed: bool
    chart: Chart | None
    months: tuple[Month, ...]

    @property
    def may_ask(self) -> bool:
        return self.standing.is_ready and not self.under_way and not self.failed and self.enough

    @property
    def enough(self) -> bool:
        return self.main.payable >= self.least_minor


async def earnings_page(mentor: Viewer) -> EarningsPage:
    """Eight queries."""
    main, others = _main(await balances(mentor.user_id))
    all_ = await moved(mentor.user_id)
    waiting = await _open_payouts(mentor.user_id, main.currency)
    return EarningsPage(
        approved=await mentor_approved(mentor.user_id),
        standing=shown(await account_of(mentor.user_id)),
        main=main,
        others=others,
        least_minor=least(main.currency),
        under_way=bool(waiting - {PayoutStatus.FAILED}),
        failed=PayoutStatus.FAILED in waiting,
        chart=_chart(all_.get(main.currency, []), main.currency, mentor.timezone),
        months=tuple(
            Month(f"{month:%Y-%m}", _month(month, "MMMM y"), currency)
            for currency, entries in sorted(all_.items(), key=lambda each: each[0] != main.currency)
            for month in months(entries, mentor.timezone)
        ),
    )


def _main(found: Sequence[Balance]) -> tuple[Balance, tuple[Balance, ...]]:
    """The one in the currency of this installation, where there is any; else the first."""
    here = settlement_currency()
    main = next((each for each in found if each.currency == here), found[0] if found else None)
    if main is None:
        return Balance(currency=here), ()
    return main, tuple(each for each in found if each is not main)


async def _open_payouts(mentor_id: int, currency: str) -> set[str]:
    rows = Payout.filter(mentor_id=mentor_id, currency=currency, status__in=UNDER_WAY)
    return {row.status for row in await rows.only("id", "status")}


def _chart(entries: Sequence[Moved], currency: str, zone: str) -> Chart | None:
    """What the months brought; none before there was anything."""
    if not entries:
        return None
    first, last = months(entries, zone)[-1], month_of(now(), ZoneInfo(zone))
    there = (last.year - first.year) * 12 + last.month - first.month + 1
    earned = earned_by_month(entries, now(), zone, min(max(there, FEWEST), MOST))
    places = [(_month(month, "MMMM y"), _month(month, "MMM")) for month, _ in earned]
    series = [Series("Earned", [amount for _, amount in earned])]
    return amounts_chart("Earned by month", places, series, currency, "Month")


def _month(month: date, shape: str) -> str:
    return str(format_date(month, shape, locale="en"))
