"""The filters of transactions, as they stand in the address."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from pydantic import Field

from server.edge.forms import Form
from server.payments.periods import Day, since, until
from server.payments.receipts.listing import State, Wanted


class TransactionFilter(Form):
    """`from` and `to` are days in the reader's zone, both included."""

    state: State = ""
    first: Day = Field(None, alias="from")
    last: Day = Field(None, alias="to")

    def wanted(self, zone: ZoneInfo) -> Wanted:
        return Wanted(self.state, since(self.first, zone), until(self.last, zone))
