"""Who gets a certificate. Pure."""

from __future__ import annotations

from fractions import Fraction

from server.classroom.service import Share

ENOUGH = Fraction(8, 10)  # of the time that the lesson was held


def deserved(share: Share | None, *, taught: bool, seated: bool) -> bool:
    """Whether somebody gets a certificate of a lesson that is over: learners with a valid seat who were
    there for most of it."""
    if share is None or taught or not seated or not share.held_s:
        return False
    return Fraction(share.present_s, share.held_s) >= ENOUGH
