"""The figures of a period as charts. Pure."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date

from server.edge.charts import Chart, Series, amounts_chart
from server.edge.templates import LOCALE
from server.payments.periods import Step
from server.payments.reports.report import PartOf, Report

HEADS: dict[Step, str] = {"day": "Day", "week": "Week", "month": "Month"}


def charts(report: Report) -> list[Chart]:
    """What was paid and sent back, and what was left for us."""
    parts, step = report.parts, report.period.step
    places = [(_words(part), _short(part, step)) for part in parts]
    volume = [
        Series("Paid", [part.figures.gross for part in parts]),
        Series("Given back", [-part.figures.refunds for part in parts], "bad"),
    ]
    costs = [part.figures.net - part.figures.commission for part in parts]
    own = [
        Series("Commission", [part.figures.commission for part in parts]),
        Series("Fees and other costs", costs, "bad"),
    ]
    return [
        amounts_chart("Paid for lessons", places, volume, report.currency, HEADS[step]),
        amounts_chart("Earned by PeerLearn", places, own, report.currency, HEADS[step]),
    ]


def _words(part: PartOf) -> str:
    first = _day(part.first, "EEE d MMM y")
    return first if part.first == part.last else f"{first} – {_day(part.last, 'EEE d MMM y')}"


def _short(part: PartOf, step: Step) -> str:
    return _day(part.first, "MMM y" if step == "month" else "d MMM")


def _day(day: date, pattern: str) -> str:
    return format_date(day, pattern, locale=LOCALE)
