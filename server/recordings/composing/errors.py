"""Why there is no film, and the exit status of the process that says so."""

from __future__ import annotations


class ComposingError(Exception):
    """`status` is the process's exit status."""

    status = 1


class BadJob(ComposingError):
    """What was asked for can't be made, however often it is tried."""

    status = 2


class NotWritten(ComposingError):
    """The disk or the encoder did not take it."""

    status = 3


class Stopped(ComposingError):
    """Whoever asked for it is gone, or wants it no more."""

    status = 4


class Busy(ComposingError):
    """Another process is writing the same film."""

    status = 5


class Stalled(ComposingError):
    """Nothing went on for too long; the process was ended."""
