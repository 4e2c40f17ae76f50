"""Who was there when, and whose line failed: what becomes of the money of one seat. One pure function.

The first row that holds decides (`T` is the planned length; parts are of the price):

| what was measured | verdict | learner gets | mentor gets |
|---|---|---|---|
| both were in the room for 5 min, and nobody ever had media | unclear | a person decides | |
| the mentor was not there in the first 15 min | mentor absent | all | nothing |
| the learner was never there; the mentor waited for 15 min | learner absent | nothing | all |
| the same, but the mentor waited for w min only | learner absent | (15 - w) / 15 | the rest |
| the learner was in the room, but never had media | learner's line | as before | as before |
| the mentor taught all of it but for a tenth, at most 5 min | attended | nothing | all |
| the mentor taught for t min: late, gone early, or on a bad line | cut short | (T - t) / T | the rest |
| the node failed for n min, at least 2, while both were there | platform failed | n / T as credit | all |
| the same for half of it or more | platform failed | all as credit | all |

*There* is who has media with the node, or is in the room while the node fails; what a browser says of
itself counts nothing. The learner's own bad minutes cost the mentor nothing. A lesson of a group is
judged for each seat by itself. Time before and after the plan makes up for what is lacking, where both
were there. The plan is the one that held in the end: who was moved is judged by the new time. What the
platform and the mentor failed in one lesson adds up. What was given back before counts towards what is
due, and nobody gets more than they paid. Of free lessons there is the verdict alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.settlement.spans import (
    MINUTE,
    Spans,
    both,
    joined,
    length,
    minutes_begun,
    minutes_over,
    without,
)

RULE = "2026-11"  # kept with each verdict; a change of what stands here has a new name
NO_SHOW = timedelta(minutes=15)
AROUND = timedelta(minutes=15)  # before and after the plan: as long as the room is open
TOLERATED = timedelta(minutes=5)
TOLERATED_PART = 10  # one minute in so many
NODE_MINUTES = 2  # of the node's failing, from which on they count
SPOILT_PART = 2  # one minute in so many by the node, and the whole lesson is the platform's
MET = timedelta(minutes=5)


class Outcome(StrEnum):
    ATTENDED = "attended"
    CUT_SHORT = "cut_short"
    PLATFORM_FAILED = "platform_failed"
    LEARNER_ABSENT = "learner_absent"
    LEARNER_LINE = "learner_line"
    MENTOR_ABSENT = "mentor_absent"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Presence:
    """Of one person: `media` as the node measured it, `room` by their socket; when the `node` failed
    them, and when their `own` line was bad."""

    media: Spans = ()
    room: Spans = ()
    node: Spans = ()
    own: Spans = ()

    @property
    def there(self) -> Spans:
        return joined(self.media, both(self.room, self.node))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One seat of a lesson that is over. `left_minor` of its price was neither given back nor lost; both
    are 0 where nothing was paid."""

    starts_at: datetime
    ends_at: datetime
    mentor: Presence = Presence()
    learner: Presence = Presence()
    price_minor: int = 0
    left_minor: int = 0

    @property
    def plan(self) -> Spans:
        return ((self.starts_at, self.ends_at),)

    @property
    def first(self) -> Spans:
        """The minutes for which one waits for the other."""
        return ((self.starts_at, min(self.ends_at, self.starts_at + NO_SHOW)),)

    @property
    def around(self) -> Spans:
        before = (self.starts_at - AROUND, self.starts_at)
        return (before, (self.ends_at, self.ends_at + AROUND))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The verdict. Of `due_min` minutes `taught_min` were taught (or waited); the node spoilt `node_min`,
    the learner's own line `own_min`. `refund_minor` is given back out of the payment, `credit_minor` by
    the platform."""

    outcome: Outcome
    due_min: int = 0
    taught_min: int = 0
    node_min: int = 0
    own_min: int = 0
    refund_minor: int = 0
    credit_minor: int = 0


def judge(seat: Seat) -> Judged:
    """The table above, from the first row to the last."""
    if _nobody_connected(seat):
        return Judged(outcome=Outcome.UNCLEAR, due_min=_planned(seat))
    if not both(seat.mentor.there, seat.first) and not _together_outside(seat):
        return _paid(seat, Judged(outcome=Outcome.MENTOR_ABSENT, due_min=_planned(seat)))
    if not both(seat.learner.there, joined(seat.plan, seat.around)):
        return _learner_missing(seat)
    return _held(seat)


def _nobody_connected(seat: Seat) -> bool:
    """Two people whose lines both fail are rarer than a platform that does; but two who agree to look so
    would be paid by it: a person has to look."""
    met = both(both(seat.mentor.room, seat.learner.room), seat.plan)
    connected = joined(seat.mentor.there, seat.learner.there)
    return length(met) >= MET and not both(connected, joined(seat.plan, seat.around))


def _together_outside(seat: Seat) -> Spans:
    return both(both(seat.mentor.there, seat.learner.there), seat.around)


def _learner_missing(seat: Seat) -> Judged:
    """The mentor owes them a quarter of an hour of waiting."""
    waited = both(seat.mentor.there, seat.first)
    came = both(seat.learner.room, joined(seat.plan, seat.around))
    due = minutes_over(length(seat.first))
    found = Judged(
        outcome=Outcome.LEARNER_LINE if came else Outcome.LEARNER_ABSENT,
        due_min=due,
        taught_min=_made(waited, due),
    )
    return _paid(seat, found)


def _held(seat: Seat) -> Judged:
    due, node = _planned(seat), _node_failed(seat)
    own_line = without(seat.mentor.own, joined(seat.mentor.node))
    taught = joined(both(seat.mentor.there, seat.plan), _together_outside(seat))
    found = Judged(
        outcome=Outcome.ATTENDED,
        due_min=due,
        taught_min=_made(without(taught, own_line), due),
        node_min=minutes_begun(length(node)),
        own_min=minutes_begun(length(both(seat.learner.own, seat.plan))),
    )
    return _paid(seat, found)


def _node_failed(seat: Seat) -> Spans:
    """While both were there, or were trying to be."""
    node = both(joined(seat.mentor.node, seat.learner.node), seat.plan)
    return both(both(node, seat.mentor.there), joined(seat.learner.there, seat.learner.room))


def _made(spans: Spans, due_min: int) -> int:
    """In minutes; what lacks so little that nobody would ask for it is not lacking."""
    whole = due_min * MINUTE
    lacking = whole - length(spans)
    if lacking <= min(TOLERATED, whole / TOLERATED_PART):
        return due_min
    return min(due_min, minutes_begun(length(spans)))


def _planned(seat: Seat) -> int:
    return minutes_over(seat.ends_at - seat.starts_at)


# --- money


def _paid(seat: Seat, found: Judged) -> Judged:
    """With its name and its amounts."""
    lacking = found.due_min - found.taught_min
    node = found.node_min if found.node_min >= NODE_MINUTES else 0
    spoilt = node * SPOILT_PART >= found.due_min
    due = part(seat.price_minor, lacking, found.due_min)
    before = seat.price_minor - seat.left_minor
    refund = max(0, due - before)
    credit = seat.price_minor if spoilt and node else part(seat.price_minor, node, found.due_min)
    return Judged(
        outcome=_named(found, lacking, node),
        due_min=found.due_min,
        taught_min=found.taught_min,
        node_min=node,
        own_min=found.own_min,
        refund_minor=refund,
        credit_minor=min(credit, seat.left_minor - refund),
    )


def _named(found: Judged, lacking: int, node: int) -> Outcome:
    if found.outcome is not Outcome.ATTENDED:
        return found.outcome
    if lacking:
        return Outcome.CUT_SHORT
    return Outcome.PLATFORM_FAILED if node else Outcome.ATTENDED


def part(amount_minor: int, minutes: int, of_minutes: int) -> int:
    """So many of the minutes, in money, rounded half up."""
    if not of_minutes:
        return 0
    return (2 * amount_minor * minutes + of_minutes) // (2 * of_minutes)
