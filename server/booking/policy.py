"""What a learner gets back for a seat that they give back themselves. Pure.

A policy is a name and its steps; a snapshot of it is kept on each booking, so that a later change of a
policy changes nothing that was promised. Hours are elapsed hours, whatever the clocks do meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

USUAL = "standard"
# Hours before the start from which on a share (percent) of the price is given back; later, nothing is.
STEPS: Mapping[str, tuple[tuple[int, int], ...]] = {
    "flexible": ((4, 100), (1, 50)),
    "standard": ((24, 100), (12, 50)),
    "strict": ((7 * 24, 100), (48, 50)),
}


@dataclass(frozen=True, slots=True)
class Policy:
    """`steps` are pairs of hours before the start and percent, the earliest first."""

    name: str
    steps: tuple[tuple[int, int], ...]

    def snapshot(self) -> dict[str, object]:
        return {"name": self.name, "steps": [list(step) for step in self.steps]}


@dataclass(frozen=True, slots=True)
class Refund:
    """What is given back now; `changes_at` is the last instant at which this is so, None if it stays."""

    percent: int
    refund_minor: int
    changes_at: datetime | None


@dataclass(frozen=True, slots=True)
class Term:
    """Until `until` (included), `percent` is given back; None: from then on until the start."""

    percent: int
    until: datetime | None


def policy_named(name: str) -> Policy:
    """The policy as it is now; an unknown name is the usual one."""
    known = name if name in STEPS else USUAL
    return Policy(known, STEPS[known])


def read_policy(snapshot: Mapping[str, Any]) -> Policy:
    """The policy that was promised."""
    if "steps" not in snapshot:  # bookings of old, when there was one policy
        return policy_named(USUAL)
    steps = tuple((int(hours), int(percent)) for hours, percent in snapshot["steps"])
    return Policy(str(snapshot["name"]), steps)


def terms(policy: Policy, starts_at: datetime) -> tuple[Term, ...]:
    """What is given back until when, in order; the last term lasts."""
    dated = (Term(percent, starts_at - timedelta(hours=hours)) for hours, percent in policy.steps)
    return (*dated, Term(0, None))


def refund(policy: Policy, price_minor: int, starts_at: datetime, now: datetime) -> Refund:
    """What a learner gets back who gives the seat back now; half a minor unit is theirs."""
    term = next(each for each in terms(policy, starts_at) if each.until is None or now <= each.until)
    return Refund(term.percent, (price_minor * term.percent + 50) // 100, term.until)


def moved_by_learner(
    snapshot: Mapping[str, Any], old_start: datetime, new_start: datetime
) -> dict[str, Any]:
    """The policy of a lesson that its learner had moved: hours still count from its earliest start, so
    that nobody gets out of a late cancellation by moving first."""
    known = counted_from(snapshot, old_start)
    return {**snapshot, "counted_from": min(known, new_start).isoformat()}


def moved_by_mentor(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """Hours count from the new start, as at a booking."""
    return {name: value for name, value in snapshot.items() if name != "counted_from"}


def counted_from(snapshot: Mapping[str, Any], starts_at: datetime) -> datetime:
    """The start before which the hours of this booking's policy are counted."""
    kept = snapshot.get("counted_from")
    return datetime.fromisoformat(kept) if isinstance(kept, str) else starts_at


def full_refund(price_minor: int) -> Refund:
    """Where it is not the learner who calls it off."""
    return Refund(100, price_minor, None)
