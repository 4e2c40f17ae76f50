"""What administrators ask of money, as it stands in the address."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from server.booking.times import zone_names
from server.edge.forms import Form
from server.payments.ledger.chart import CHART
from server.payments.periods import Day, Period, since, until
from server.payments.reports.listing import State, Wanted

USUAL_DAYS = 30
MOST_DAYS = 3 * 366  # of a period: its parts are months then


def _known_zone(name: str) -> str:
    if name and name not in zone_names():
        raise ValueError("Write a time zone such as Europe/Berlin.")
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]


class PeriodQuery(Form):
    """`from` and `to` are days, both included, in `zone` (the reader's own where it is empty)."""

    first: Day = Field(None, alias="from")
    last: Day = Field(None, alias="to")
    zone: Zone = ""
    currency: str = Field("", max_length=3)

    @model_validator(mode="after")
    def _in_order(self) -> PeriodQuery:
        if self.first and self.last and self.last < self.first:
            raise ValueError("The period ends before it begins.")
        if self.first and self.last and (self.last - self.first).days >= MOST_DAYS:
            raise ValueError("Choose three years at most.")
        return self

    def period(self, own_zone: str, today: date) -> Period:
        """The last days up to today where none are given."""
        last = self.last or (today if not self.first else max(today, self.first))
        first = self.first or last - timedelta(days=USUAL_DAYS - 1)
        first = max(first, last - timedelta(days=MOST_DAYS - 1))
        return Period(first, last, ZoneInfo(self.zone or own_zone))


class PaymentFilter(Form):
    """`q` is a part of a name, username or title, the number of a receipt or payment, or an id of the
    provider."""

    q: str = Field("", max_length=100)
    state: State = ""
    first: Day = Field(None, alias="from")
    last: Day = Field(None, alias="to")
    currency: str = Field("", max_length=3)

    def wanted(self, zone: ZoneInfo) -> Wanted:
        return Wanted(
            self.q.strip(), self.state, since(self.first, zone), until(self.last, zone), self.currency
        )


class DisputeFilter(Form):
    state: Literal["", "open", "won", "lost"] = ""


def _known_account(name: str) -> str:
    if name not in CHART:
        raise ValueError("There is no such account.")
    return name


class AccountQuery(Form):
    """Whose entries are asked for: all of a name in one currency, or those of one person's account."""

    account: Annotated[str, AfterValidator(_known_account)]
    currency: str = Field(max_length=3)
    person: str = Field("", max_length=64)
