"""Domain errors, named by what went wrong; `server/edge/errors.py` alone turns them into status codes."""

from __future__ import annotations

from collections.abc import Mapping


class DomainError(Exception):
    """A rule said no. `code` is for programs, `message` for people, `fields` names bad input."""

    default_code = "error"
    default_message = "This did not work."

    def __init__(
        self,
        code: str | None = None,
        message: str | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        self.code = code or self.default_code
        self.message = message or self.default_message
        self.fields = dict(fields or {})
        super().__init__(f"{self.code}: {self.message}")


class Malformed(DomainError):
    """The request can't be read at all."""

    default_code = "malformed"
    default_message = "The request could not be understood."


class Unauthenticated(DomainError):
    """Nobody is signed in, or the proof given is wrong."""

    default_code = "unauthenticated"
    default_message = "Please sign in first."


class Forbidden(DomainError):
    """Visible to this person, but not theirs to do."""

    default_code = "forbidden"
    default_message = "You are not allowed to do this."


class NotFound(DomainError):
    """Does not exist, or is not visible to this person."""

    default_code = "not_found"
    default_message = "There is nothing here."


class Conflict(DomainError):
    """The state of things does not permit it now: `sold_out`, `overlap`, `wrong_state`, ..."""

    default_code = "wrong_state"
    default_message = "This is not possible in the present state."


class TooLarge(DomainError):
    """More bytes than this place takes."""

    default_code = "too_large"
    default_message = "This is too large."


class UnsupportedType(DomainError):
    """A media type that this place does not read."""

    default_code = "unsupported_type"
    default_message = "This kind of content is not accepted here."


class Invalid(DomainError):
    """Readable, but values are wrong; `fields` says which and why."""

    default_code = "invalid"
    default_message = "Some values are not valid."


class Throttled(DomainError):
    """Too many tries; `retry_after` is in whole seconds."""

    default_code = "throttled"
    default_message = "Too many tries. Please wait a little."

    def __init__(self, retry_after: int, message: str | None = None) -> None:
        super().__init__(None, message)
        self.retry_after = max(1, retry_after)


class Unavailable(DomainError):
    """Something that this needs does not answer now; trying again may help."""

    default_code = "unavailable"
    default_message = "This is not available right now. Please try again in a moment."
