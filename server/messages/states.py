"""The states of a report. Pure."""

from __future__ import annotations

from enum import StrEnum


class Subject(StrEnum):
    """What is reported."""

    MESSAGE = "message"
    PERSON = "person"
    REVIEW = "review"  # of a lesson, by one of its learners
    REPLY = "reply"  # of the mentor to a review


class ReportStatus(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"  # it broke the rules: what was written is taken away
    DISMISSED = "dismissed"


class Reason(StrEnum):
    """What something or somebody is reported for."""

    HARASSMENT = "harassment"
    SPAM = "spam"
    OUTSIDE = "outside"  # asks to meet or pay elsewhere
    UNSAFE = "unsafe"
    OTHER = "other"


VERDICTS = (ReportStatus.UPHELD, ReportStatus.DISMISSED)
