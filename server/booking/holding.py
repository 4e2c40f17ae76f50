"""How long seats are kept for people who have still to take them, as this platform is set up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from config.settings import Settings
from server.booking.times import HOLD, OFFER


@dataclass(frozen=True, slots=True)
class Holding:
    """`hold`: until a priced seat is paid; `offer`: until who is next in the queue takes a free one."""

    hold: timedelta = HOLD
    offer: timedelta = OFFER


_holding = Holding()


def open_holding(settings: Settings) -> None:
    """Called once at the start of each process."""
    use_holding(
        Holding(
            timedelta(minutes=settings.seat_hold_minutes), timedelta(minutes=settings.seat_offer_minutes)
        )
    )


def use_holding(holding: Holding) -> None:
    global _holding
    _holding = holding


def holding() -> Holding:
    return _holding
