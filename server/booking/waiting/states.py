"""The states of a place in the queue for a seat."""

from __future__ import annotations

from enum import StrEnum


class Wait(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    PASSED = "passed"
    LEFT = "left"


# These stand in the queue; `waitlist_once` in the database is the same set.
OPEN = (Wait.WAITING, Wait.OFFERED)
