"""What people can say that was wrong, what becomes of it, and at whose cost. PURE."""

from __future__ import annotations

from enum import StrEnum


class IssueStatus(StrEnum):
    OPEN = "open"
    DECIDED = "decided"


class Side(StrEnum):
    """Who says it: the platform where it can't judge by what it measured."""

    LEARNER = "learner"
    MENTOR = "mentor"
    PLATFORM = "platform"


class Category(StrEnum):
    NOT_AS_DESCRIBED = "not_as_described"
    MEASURED_WRONG = "measured_wrong"
    TECHNICAL = "technical"
    CONDUCT = "conduct"
    OTHER = "other"
    UNCLEAR = "unclear"  # the platform's own


class Resolution(StrEnum):
    """Out of the payment, of which the mentor then gets the rest; or as the platform's credit, and the
    mentor is paid; or nothing."""

    NONE = "none"
    REFUND = "refund"
    CREDIT = "credit"


# What people choose from; in the order of the form.
CHOICES = (
    Category.NOT_AS_DESCRIBED,
    Category.MEASURED_WRONG,
    Category.TECHNICAL,
    Category.CONDUCT,
    Category.OTHER,
)
