"""The JSON side of the edge: the envelope of every answer, and reading what clients send."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID

from aiohttp import web
from multidict import MultiMapping
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from server.edge.text import require_storable
from server.infra import clock
from server.infra.errors import DomainError, Invalid, Malformed, UnsupportedType

MAX_PER_PAGE = 100

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of a list is asked for; pages count from 1."""

    page: int
    per_page: int

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.per_page


class PagingQuery(BaseModel):
    """What every list takes."""

    model_config = ConfigDict(extra="ignore")

    page: int = Field(1, ge=1, le=100_000)
    per_page: int = Field(20, ge=1, le=MAX_PER_PAGE)


def ok(data: Any = None, message: str = "OK", status: int = 200) -> web.Response:
    """A successful answer. `data` may hold dataclasses, UUIDs, enums and aware datetimes."""
    return _answer({"success": True, "data": data, "message": message}, status)


def error_answer(error: DomainError, status: int) -> web.Response:
    """The envelope of a failed request."""
    body = {
        "success": False,
        "data": None,
        "message": error.message,
        "error": {"code": error.code, "fields": error.fields},
    }
    return _answer(body, status)


def _answer(body: dict[str, Any], status: int) -> web.Response:
    body["timestamp"] = timestamp(clock.now().replace(microsecond=0))
    return web.Response(text=as_json(body), status=status, content_type="application/json")


def as_json(value: Any) -> str:
    """JSON; `value` may hold dataclasses, UUIDs, enums and aware datetimes."""
    return json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":"))


def timestamp(instant: datetime) -> str:
    """An aware instant as ISO 8601 in UTC, with `Z`."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, date | UUID):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, BaseModel):
        return value.model_dump()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


def page_of(items: Sequence[Any], page: int, per_page: int, total: int) -> dict[str, Any]:
    """The data of a list answer."""
    return {"items": list(items), "page": page, "per_page": per_page, "total": total}


async def read_json(request: web.Request, model: type[M]) -> M:
    """The body as `model`.

    Raises UnsupportedType, Malformed, or Invalid with the fields that are wrong."""
    if request.content_type != "application/json" and request.body_exists:
        raise UnsupportedType(message="Send application/json.")
    try:
        body = json.loads(await request.read() or b"{}", parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Malformed(message="The body is not valid JSON.") from error
    if not isinstance(body, dict):
        raise Malformed(message="The body must be a JSON object.")
    require_storable(body)
    return validated(model, body)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON (RFC 8259 §6)")


def read_query(request: web.Request, model: type[M]) -> M:
    """The query string as `model`; a key given more than once becomes a list.

    Raises Invalid."""
    values = _single_or_listed(request.query)
    require_storable(values)
    return validated(model, values)


def paging(request: web.Request) -> Paging:
    """`?page=&per_page=`.

    Raises Invalid."""
    query = read_query(request, PagingQuery)
    return Paging(query.page, query.per_page)


def validated(model: type[M], values: Mapping[str, Any]) -> M:
    """`values` as `model`.

    Raises Invalid with one message a field."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise Invalid(fields=_messages(error)) from error


def _messages(error: ValidationError) -> dict[str, str]:
    found: dict[str, str] = {}
    for problem in error.errors(include_url=False):
        name = ".".join(str(part) for part in problem["loc"]) or "body"
        cause = problem.get("ctx", {}).get("error")
        found.setdefault(name, str(cause) if cause else problem["msg"])
    return found


def _single_or_listed(query: MultiMapping[str]) -> dict[str, Any]:
    found = {}
    for key in query:
        values = query.getall(key)
        found[key] = values if len(values) > 1 else values[0]
    return found
