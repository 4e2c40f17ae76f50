"""Refusals, as Stripe words them."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """An error answer: its HTTP status and what it says. `more` are further fields of the error."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        said = {"type": kind, "message": message, "code": code, "param": param, **more}
        self.status = status
        self.body = {"error": {name: value for name, value in said.items() if value is not None}}


def missing(kind: str, number: str) -> Refused:
    return Refused(f"No such {kind}: '{number}'", status=404, code="resource_missing", param="id")


def wanted(param: str) -> Refused:
    return Refused(f"Missing required param: {param}.", code="parameter_missing", param=param)


def declined(message: str, code: str, decline_code: str | None = None, **more: Any) -> Refused:
    """The card was refused."""
    more = {"decline_code": decline_code, **more}
    return Refused(message, status=402, kind="card_error", code=code, **more)
