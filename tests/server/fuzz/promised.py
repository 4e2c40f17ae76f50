"""What the description of the API promises of answers, to hold real ones against."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator

from server.edge.openapi import PREFIX, document
from server.routes import DEVELOPMENT_ROUTES, ROUTES

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Promise:
    """Of one operation: its addresses, what checks its answers, by status, and whether a success is a
    file."""

    method: str
    address: re.Pattern[str]
    validators: dict[int, Draft202012Validator]
    file: bool


def promises() -> list[Promise]:
    """Literal addresses before those with variables, as the router has it."""
    described = document(ROUTES + DEVELOPMENT_ROUTES, "http://127.0.0.1")
    found = [
        Promise(method.upper(), _pattern(path), _validators(described, path, method), _is_file(operation))
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
    ]
    return sorted(found, key=lambda promise: promise.address.pattern.count("[^/]"))


def _is_file(operation: dict[str, Any]) -> bool:
    return JSON not in operation["responses"].get("200", {}).get("content", {JSON: {}})


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)))


def _validators(described: dict[str, Any], path: str, method: str) -> dict[int, Draft202012Validator]:
    """The whole document is around each schema, so that its references lead somewhere."""
    responses = described["paths"][path][method]["responses"]
    where = ["paths", path, method, "responses"]
    return {
        int(status): Draft202012Validator(
            {**described, "$ref": _pointer([*where, status, "content", JSON, "schema"])}
        )
        for status, response in responses.items()
        if status.isdigit() and JSON in response.get("content", {})
    }


def _pointer(parts: list[str]) -> str:
    """RFC 6901, as a fragment."""
    escaped = [part.replace("~", "~0").replace("/", "~1") for part in parts]
    return "#/" + "/".join(each.replace("{", "%7B").replace("}", "%7D") for each in escaped)


def broken(promised: list[Promise], method: str, path: str, status: int, said: Any) -> str:
    """What an answer has that was not promised, or lacks; empty when all is well."""
    promise = _of(promised, method, path) if path.startswith(PREFIX) else None
    validator = promise.validators.get(status) if promise else None
    error = next(validator.iter_errors(said), None) if validator else None
    return f"{method} {path}: {error.message}" if error else ""


def gives_a_file(promised: list[Promise], method: str, path: str) -> bool:
    """Whether the description says so of an operation that succeeds."""
    promise = _of(promised, method, path)
    return promise is not None and promise.file


def _of(promised: list[Promise], method: str, path: str) -> Promise | None:
    suit = (one for one in promised if one.method == method and one.address.fullmatch(path))
    return next(suit, None)
