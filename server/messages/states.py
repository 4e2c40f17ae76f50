"""The states of a report. Pure."""

from __future__ import annotations

from enum import StrEnum


class Subject(StrEnum):
    """What is reported."""

    MESSAGE = "message"
    PERSON = "person"


class ReportStatus(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"  # it broke the rules: a message is taken away
    DISMISSED = "dismissed"


class Reason(StrEnum):
    """What a message or a person is reported for."""

    HARASSMENT = "harassment"
    SPAM = "spam"
    OUTSIDE = "outside"  # asks to meet or pay elsewhere
    UNSAFE = "unsafe"
    OTHER = "other"


VERDICTS = (ReportStatus.UPHELD, ReportStatus.DISMISSED)
