"""What mentors send about their earnings, parsed once at the border. Only shapes; rules are in the
services."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from server.edge.amounts import Currency
from server.edge.forms import Form
from server.payments.payouts.lessons import State, Wanted
from server.payments.periods import Day, since, until

MOST_MINOR = 10**12


class PayoutForm(BaseModel):
    """Without an amount everything there is; without a currency the one in which there is something."""

    model_config = ConfigDict(extra="ignore")

    amount_minor: Annotated[int, Field(gt=0, le=MOST_MINOR)] | None = None
    currency: Currency | None = None


class LessonsFilter(Form):
    """Which seats: by where their money is, and by the days of their lessons, both included, in the
    reader's zone."""

    state: State = ""
    first: Day = Field(None, alias="from")
    last: Day = Field(None, alias="to")

    def wanted(self, zone: ZoneInfo) -> Wanted:
        return Wanted(self.state, since(self.first, zone), until(self.last, zone))
