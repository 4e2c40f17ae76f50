"""Where shots come from: schemathesis, by the description of the API; hypothesis, against all rules."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TypeVar
from urllib.parse import quote, unquote

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from schemathesis import Case, GenerationMode
from schemathesis.core import NotSet

from server.edge.openapi import document
from server.routes import DEVELOPMENT_ROUTES, ROUTES, Route
from tests.server.fuzz.world import Headers, Shot

MAX_TARGET = 8000  # characters of path and query that HTTP servers read
SILENT = ("/readyz", "/metrics")  # "not ready" is an honest 503 where there is no media node
PEOPLE = ("mentor", "learner", "admin", "anonymous")
IDS = ("@session", "@other", "@draft", "@booking", "@recording", "@user", "@username")
OBJECT_OF = {"sessions": "@session", "bookings": "@booking", "recordings": "@recording", "users": "@user"}
HOSTILE_NAMES = (
    "%00",
    "%ff",
    "%ed%a0%80",
    "..%2f..%2fetc",
    "a" * 3000,
    "%25",
    "-1",
    "%F0%9F%92%A9",
    "'--",
)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND")
TYPES = (
    *("application/json",) * 6,
    "application/json; charset=utf-16",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=nonsense",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "text/plain",
    "",
)


Drawn = TypeVar("Drawn")


def drawn(strategy: SearchStrategy[Drawn], count: int, random_seed: int) -> list[Drawn]:
    """`count` examples, the same ones for the same seed."""
    found: list[Drawn] = []

    @seed(random_seed)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def draw(shot: Drawn) -> None:
        found.append(shot)

    draw()
    return found


# --- by the description: what it allows, and what it does not


def described() -> SearchStrategy[Shot]:
    schema = schemathesis.openapi.from_dict(document(ROUTES, "http://127.0.0.1"))
    operations = [result.ok() for result in schema.get_all_operations()]
    cases = [operation.as_strategy(mode) for operation in operations for mode in GenerationMode]
    return st.builds(_shot, st.one_of(cases), st.sampled_from(PEOPLE), st.integers(0, 3))


def _shot(case: Case, who: str, stranger: int) -> Shot:
    """Three times in four the object is a real one."""
    path = case.path
    for name, value in (case.path_parameters or {}).items():
        real = "@username" if name == "username" else _object_in(case.path)
        path = path.replace(f"{{{name}}}", _quoted(unquote(str(value))) if stranger == 3 else real)
    asked = _query(case.query or {})
    sent = {name: value for name, value in (case.headers or {}).items() if name != "Authorization"}
    body = None if isinstance(case.body, NotSet) else json.dumps(case.body, default=str).encode()
    if body is not None:
        sent["Content-Type"] = case.media_type or "application/json"
    return Shot(case.method, (path + asked)[:MAX_TARGET], _sendable(sent.items()), body, who)


def _object_in(path: str) -> str:
    """The kind of object that `{id}` is there."""
    return OBJECT_OF.get(path.partition("/{id}")[0].rpartition("/")[2], "@session")


def _query(asked: dict[str, Any]) -> str:
    pairs = [
        f"{_quoted(name)}={_quoted(each)}"
        for name, value in asked.items()
        for each in (value if isinstance(value, list) else [value])
    ]
    return "?" + "&".join(pairs) if pairs else ""


def _quoted(value: Any) -> str:
    return quote(str(value), safe="", errors="replace")


def _sendable(headers: Iterable[tuple[str, Any]]) -> Headers:
    """Only headers that HTTP can carry: what it can't, never arrives."""
    found = []
    for name, value in headers:
        text = "".join(char for char in str(value) if char.isprintable() and ord(char) < 256)
        if name.isascii() and name.replace("-", "").isalnum():
            found.append((name, text.strip()))
    return tuple(found)


# --- against all rules


def hostile() -> SearchStrategy[Shot]:
    targets = st.one_of(_targets(), _targets(), st.tuples(st.sampled_from(METHODS), _paths()))
    bodies = st.none() | st.binary(max_size=400) | _json_bodies() | _forms()
    return st.builds(_aimed, targets, _queries(), _headers(), bodies, st.sampled_from(PEOPLE))


def _aimed(target: tuple[str, str], query: str, headers: Headers, body: bytes | None, who: str) -> Shot:
    method, path = target
    return Shot(method, (path + query)[:MAX_TARGET], headers, body, who)


def _targets() -> SearchStrategy[tuple[str, str]]:
    """Addresses that there are, by their own methods, for objects of all kinds."""
    known = [route for route in ROUTES + DEVELOPMENT_ROUTES if route.path not in SILENT]
    objects, strange = st.sampled_from(IDS), st.sampled_from(HOSTILE_NAMES)
    names = st.one_of(objects, objects, strange, st.text(min_size=1).map(_quoted))
    return st.builds(_filled, st.sampled_from(known), names)


def _filled(route: Route, name: str) -> tuple[str, str]:
    return route.method, route.path.replace("{id}", name).replace("{username}", name)


def _paths() -> SearchStrategy[str]:
    anywhere = st.text(max_size=60).map(lambda text: "/" + quote(text, safe="/", errors="replace"))
    known = _targets().map(lambda target: target[1])
    return st.one_of(known, anywhere, anywhere.map(lambda path: "/api/v1" + path))


def _queries() -> SearchStrategy[str]:
    names = st.sampled_from(
        (
            "page",
            "per_page",
            "q",
            "skill",
            "from",
            "to",
            "sort",
            "track",
            "next",
            "tab",
            "token",
            "role",
            "x",
        )
    )
    values = st.one_of(
        st.text(max_size=30).map(_quoted),
        st.integers().map(str),
        st.sampled_from(("%00", "%ff", "%ed%a0%80", "2030-01-01", "9" * 400, "NaN", "1e999", "")),
    )
    pairs = st.lists(st.builds(lambda name, value: f"{name}={value}", names, values), max_size=4)
    return pairs.map(lambda found: "?" + "&".join(found) if found else "")


def _headers() -> SearchStrategy[Headers]:
    text = st.text(max_size=80)
    ranges = st.sampled_from(("bytes=0-", "bytes=-1", "bytes=9-1", "bytes=0-0,5-9", "lines=1-2"))
    choices = {
        "Content-Type": st.sampled_from(TYPES),
        "Cookie": text.map(lambda value: f"peerlearn={value}"),
        "Accept": text,
        "Idempotency-Key": text,
        "X-Request-ID": text,
        "X-CSRF-Token": text,
        "X-Forwarded-For": text,
        "Range": ranges | text,
        "If-None-Match": text,
        "If-Range": text,
    }
    optional = st.fixed_dictionaries({}, optional=choices).map(lambda found: _sendable(found.items()))
    refused = st.sampled_from(
        (
            ("Origin", "null"),
            ("Origin", "https://evil.example"),
            ("Origin", "http://[::1"),
            ("Upgrade", "x"),
        )
    )
    with_refused = st.builds(lambda found, one: (*found, one), optional, refused)
    return st.one_of(optional, optional, optional, optional, with_refused)


def _json_bodies() -> SearchStrategy[bytes]:
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
    names = st.sampled_from(
        (
            "email",
            "username",
            "password",
            "title",
            "starts_at",
            "skills",
            "reason",
            "roles",
            "consent",
            "x",
        )
    )
    values = st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=6)
    )
    deep = st.integers(1, 20_000).map(lambda depth: b"[" * depth)
    return values.map(lambda value: json.dumps(value).encode()) | deep


def _forms() -> SearchStrategy[bytes]:
    names = st.sampled_from(
        ("email", "password", "identifier", "title", "reason", "decision", "csrf_token")
    )
    fields = st.lists(st.tuples(names, st.text(max_size=40)), max_size=6)
    encoded = fields.map(lambda found: "&".join(f"{name}={_quoted(value)}" for name, value in found))
    torn = st.sampled_from(
        (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n', b"--x\r\n\r\n", b"--y--")
    )
    return encoded.map(str.encode) | torn
