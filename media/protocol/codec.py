"""Reading and writing messages: JSON text in, a checked value out.

Both wires (browser to server, server to node) use it. PURE: no sockets, no clocks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import from_json


class Message(BaseModel):
    """One message on a wire. Unknown fields are ignored: payloads may grow."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class MessageError(Exception):
    """A message that can't be used. `code` is the wire's word for it, `re` the type it answers."""

    def __init__(self, code: str, message: str, re: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.re = re


M = TypeVar("M", bound=Message)


def decode_object(text: str) -> dict[str, Any]:
    """A JSON object with a `type`.

    Raises MessageError `malformed`, also for lone surrogates: JSON can hold them, UTF-8 can't."""
    try:
        value = from_json(text)
    except (ValueError, TypeError) as error:
        raise MessageError("malformed", "This is not JSON.") from error
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise MessageError("malformed", "A message is a JSON object with a type.")
    return value


def decode(text: str, table: Mapping[str, type[M]]) -> M:
    """Parse `text` by the message class that `table` has for its type.

    Raises MessageError `malformed`, `unknown_type` or `invalid`."""
    value = decode_object(text)
    kind = value["type"]
    model = table.get(kind)
    if model is None:
        raise MessageError("unknown_type", f"There is no message of type {kind[:40]!r}.", kind[:40])
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise _explain(error, kind) from error


def _explain(error: ValidationError, kind: str) -> MessageError:
    """The first thing wrong, in words; a text over its limit has a code of its own."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or kind
    code = "too_long" if first["type"] in ("string_too_long", "too_long") else "invalid"
    return MessageError(code, f"{where}: {first['msg']}", kind)


def encode(message: Message) -> str:
    """The JSON text of `message`; fields that are None and not required are left out."""
    return message.model_dump_json(exclude_none=True, by_alias=True)
