"""The states of a report. Pure."""

from __future__ import annotations

from enum import StrEnum


class ReportStatus(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"  # it broke the rules: the message is taken away
    DISMISSED = "dismissed"


class Reason(StrEnum):
    """What a message is reported for."""

    HARASSMENT = "harassment"
    SPAM = "spam"
    OUTSIDE = "outside"  # asks to meet or pay elsewhere
    UNSAFE = "unsafe"
    OTHER = "other"


VERDICTS = (ReportStatus.UPHELD, ReportStatus.DISMISSED)
