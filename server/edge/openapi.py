"""The description of `/api/v1` for programs (OpenAPI 3.1), made from the routes and the request models.

A view says with `@described` what it reads; who may enter and whose object it is about stand in its
route. So the description can't lag behind: a test compares both with what the views really do.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Protocol

from aiohttp import web
from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

from server.edge.access import Access, View, Whose
from server.edge.api import PagingQuery
from server.edge.csrf import HEADER as CSRF_HEADER
from server.edge.csrf import SAFE_METHODS
from server.edge.idempotency import HEADER as IDEMPOTENCY_HEADER
from server.edge.idempotency import MAX_KEY

PREFIX = "/api/v1/"
SCHEMAS = "#/components/schemas/"
VARIABLE = re.compile(r"\{(\w+)\}")
JSON = "application/json"

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Description:
    """What a view reads, and its answer when all is well: its `data` or, of a list, each `item`; its
    statuses; its type if it is a file; whether it is `bare` JSON, without the envelope."""

    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    paged: bool = False
    data: type[Any] | None = None
    item: type[Any] | None = None
    statuses: tuple[int, ...] = (200,)
    media_type: str = JSON
    bare: bool = False

    @property
    def queries(self) -> list[type[BaseModel]]:
        """The models of the query string."""
        return [model for model in (self.query, PagingQuery if self.paged else None) if model]


NOTHING_READ = Description()
_described: dict[View, Description] = {}


class Described(Protocol):
    """What this needs to know of a route."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def view(self) -> View: ...
    @property
    def access(self) -> Access: ...
    @property
    def whose(self) -> Whose: ...
    @property
    def token_free(self) -> bool: ...


def described(
    *,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    paged: bool = False,
    data: type[Any] | None = None,
    item: type[Any] | None = None,
    statuses: tuple[int, ...] = (200,),
    media_type: str = JSON,
    bare: bool = False,
) -> Callable[[View], View]:
    """Say what a view of the API reads and answers."""

    def keep(view: View) -> View:
        _described[view] = Description(body, query, paged, data, item, statuses, media_type, bare)
        return view

    return keep


def description_of(view: View) -> Description:
    """What was said of a view; one that nothing was said of reads nothing."""
    return _described.get(view, NOTHING_READ)


DOCUMENT: web.AppKey[Schema] = web.AppKey("openapi", dict)


@described(bare=True)
async def openapi_json(request: web.Request) -> web.Response:
    """`GET /openapi.json`: the document itself, without the envelope."""
    return web.json_response(request.app[DOCUMENT])


def document(routes: Iterable[Described], base_url: str) -> Schema:
    """The whole description."""
    described_routes = [route for route in routes if route.path.startswith(PREFIX)]
    schemas = _Schemas([description_of(route.view) for route in described_routes])
    paths: dict[str, Schema] = {}
    for route in described_routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "PeerLearn", "version": version("peerlearn")},
        "servers": [{"url": base_url}],
        "paths": paths,
        "components": {
            "schemas": {**ENVELOPES, **schemas.bodies, **schemas.answers},
            "responses": FAILURES,
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


# --- one operation


def _operation(route: Described, schemas: _Schemas) -> Schema:
    description = description_of(route.view)
    operation: Schema = {
        "operationId": _operation_id(route.view),
        "summary": _summary(route.view),
        "tags": [_feature(route.view)],
        "security": _security(route),
        "parameters": _parameters(route, description, schemas),
        "responses": {**_success(description, schemas), **_failures(route, description)},
    }
    if description.body is not None:
        operation["requestBody"] = schemas.request_body(description.body)
    return operation


def _feature(view: View) -> str:
    """`booking` for `server.booking.api`."""
    return view.__module__.split(".")[1]


def _operation_id(view: View) -> str:
    return f"{_feature(view)}_{view.__name__}"


def _summary(view: View) -> str:
    """The first line of the view's docstring, or its name as words."""
    first = (inspect.getdoc(view) or "").partition("\n")[0]
    return first or view.__name__.replace("_", " ").capitalize() + "."


def _security(route: Described) -> list[Schema]:
    """Ways to be known, one of which is needed; `{}` is nobody."""
    if route.token_free:
        return [{}]
    cookie: Schema = {"cookie": []}
    if route.method not in SAFE_METHODS:
        cookie["csrf"] = []
    known = [{"bearer": []}, cookie]
    return [{}, *known] if route.access is Access.ANYONE else known


def _parameters(route: Described, description: Description, schemas: _Schemas) -> list[Schema]:
    found = [_path_parameter(name) for name in VARIABLE.findall(route.path)]
    for model in description.queries:
        found += schemas.query_parameters(model)
    if route.method == "POST" and route.access is not Access.ANYONE:
        found.append(IDEMPOTENCY_KEY)
    return found


def _path_parameter(name: str) -> Schema:
    schema = {"type": "string", "format": "uuid"} if name == "id" else {"type": "string", "minLength": 1}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _success(description: Description, schemas: _Schemas) -> Schema:
    if description.media_type != JSON:
        binary: Schema = {description.media_type: {}}
        return {
            "200": {"description": "The file.", "content": binary},
            "206": {"description": "The bytes that were asked for.", "content": binary},
            "302": {"description": "The file is at another address, for a while."},
        }
    content = {JSON: {"schema": schemas.answer(description)}}
    answer = {"description": "It worked.", "content": content}
    return {str(status): answer for status in description.statuses}


def _failures(route: Described, description: Description) -> Schema:
    statuses = {400, 429}
    if route.access is not Access.ANYONE:
        statuses |= {401}
    if route.access is not Access.ANYONE or route.method not in SAFE_METHODS:
        statuses |= {403}
    if route.whose is not Whose.NO_OBJECT:
        statuses |= {404, 409}
    if route.method not in SAFE_METHODS:
        statuses |= {409}
    if description.body:
        statuses |= {413, 415, 422}
    if description.queries:
        statuses |= {422}
    named: Schema = {str(status): {"$ref": f"#/components/responses/{status}"} for status in statuses}
    return {**dict(sorted(named.items())), "default": {"$ref": "#/components/responses/default"}}


# --- models


class _Schemas:
    """The JSON Schemas of all models that the API reads, and of all shapes that it answers with."""

    def __init__(self, descriptions: Sequence[Description]) -> None:
        bodies = [each.body for each in descriptions if each.body]
        queries = [model for each in descriptions for model in each.queries]
        models = list(dict.fromkeys([*bodies, *queries]))
        references, found = models_json_schema(
            [(model, "validation") for model in models], ref_template=SCHEMAS + "{model}"
        )
        self._names = {model: references[model, "validation"]["$ref"].split("/")[-1] for model in models}
        self._all: Schema = found.get("$defs", {})
        hidden = {self._names[model] for model in queries}
        self.bodies = {name: schema for name, schema in self._all.items() if name not in hidden}
        shapes = {shape for each in descriptions for shape in (each.data, each.item) if shape}
        self._shapes, told = TypeAdapter.json_schemas(
            [(shape.__name__, "serialization", TypeAdapter(shape)) for shape in shapes],
            ref_template=SCHEMAS + "{model}",
        )
        self.answers: Schema = told.get("$defs", {})

    def _shape(self, shape: type[Any]) -> Schema:
        return self._shapes[shape.__name__, "serialization"]

    def answer(self, description: Description) -> Schema:
        """The envelope, with the shape of its `data` where that is known."""
        if description.bare:
            return {"type": "object"}
        envelope: Schema = {"$ref": f"{SCHEMAS}Success"}
        if description.data:
            data = self._shape(description.data)
        elif description.item:
            items = {"type": "array", "items": self._shape(description.item)}
            data = {"allOf": [{"$ref": f"{SCHEMAS}Page"}, {"properties": {"items": items}}]}
        else:
            return envelope
        return {"allOf": [envelope, {"properties": {"data": data}}]}

    def request_body(self, model: type[BaseModel]) -> Schema:
        """A body whose fields may all be left out may be left out itself."""
        schema = {"$ref": SCHEMAS + self._names[model]}
        required = any(field.is_required() for field in model.model_fields.values())
        return {"required": required, "content": {JSON: {"schema": schema}}}

    def query_parameters(self, model: type[BaseModel]) -> list[Schema]:
        schema = self._all[self._names[model]]
        required = schema.get("required", ())
        return [
            {"name": name, "in": "query", "required": name in required, "schema": each}
            for name, each in schema["properties"].items()
        ]


# --- what all operations share

_TIMESTAMP = {"type": "string", "format": "date-time"}
ENVELOPES: Schema = {
    "Success": {
        "type": "object",
        "required": ["success", "data", "message", "timestamp"],
        "properties": {
            "success": {"const": True},
            "data": {},
            "message": {"type": "string"},
            "timestamp": _TIMESTAMP,
        },
    },
    "Page": {
        "type": "object",
        "required": ["items", "page", "per_page", "total"],
        "properties": {
            "items": {"type": "array"},
            "page": {"type": "integer", "minimum": 1},
            "per_page": {"type": "integer", "minimum": 1},
            "total": {"type": "integer", "minimum": 0},
        },
    },
    "Failure": {
        "type": "object",
        "required": ["success", "data", "message", "timestamp", "error"],
        "properties": {
            "success": {"const": False},
            "data": {"type": "null"},
            "message": {"type": "string"},
            "timestamp": _TIMESTAMP,
            "error": {
                "type": "object",
                "required": ["code", "fields"],
                "properties": {
                    "code": {"type": "string"},
                    "fields": {"type": "object", "additionalProperties": {"type": "string"}},
                },
            },
        },
    },
}


def _failure(description: str, **headers: str) -> Schema:
    answer: Schema = {
        "description": description,
        "content": {JSON: {"schema": {"$ref": f"{SCHEMAS}Failure"}}},
    }
    if headers:
        answer["headers"] = {
            name.replace("_", "-"): {"description": text, "schema": {"type": "integer", "minimum": 1}}
            for name, text in headers.items()
        }
    return answer


FAILURES: Schema = {
    "400": _failure("The request can't be read (`malformed`)."),
    "401": _failure("Nobody is signed in (`unauthenticated`), or the proof given is wrong."),
    "403": _failure("Visible, but not yours to do (`forbidden`, `csrf`, `unverified`, ...)."),
    "404": _failure("Does not exist, or not for you (`not_found`)."),
    "409": _failure("Not in the present state (`wrong_state`, `sold_out`, `overlap`, ...)."),
    "413": _failure("Too large (`too_large`)."),
    "415": _failure("Not JSON (`unsupported_type`)."),
    "422": _failure("Readable, but values are wrong; `fields` says which (`invalid`)."),
    "429": _failure("Too many tries (`throttled`).", Retry_After="Seconds to wait."),
    "default": _failure("Any other failure."),
}
SECURITY_SCHEMES: Schema = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "The `token` that login returns."},
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "peerlearn",
        "description": "The cookie that login sets; `__Host-peerlearn` over HTTPS.",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": CSRF_HEADER,
        "description": "What `GET /auth/csrf` returns; needed with the cookie where something changes.",
    },
}
IDEMPOTENCY_KEY: Schema = {
    "name": IDEMPOTENCY_HEADER,
    "in": "header",
    "required": False,
    "description": "The same key and body within 24 hours: carried out once, the same answer again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY, "pattern": "^[\\x21-\\x7e]+$"},
}
