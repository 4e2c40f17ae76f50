"""Shots that a client could mean: real fields with likely values, now and then one that is off, so that
what lies behind the forms is reached. And requests as bytes, torn on the way."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from server.edge.openapi import description_of
from server.infra import clock
from server.routes import ROUTES, Route
from tests.factories import PASSWORD
from tests.server.fuzz.world import Shot

WHO = ("mentor", "mentor", "mentor", "learner", "learner", "admin")
OBJECTS = ("@session", "@other", "@draft", "@booking", "@recording", "@user")
JSON = (("Content-Type", "application/json"),)
TEXT = st.text(min_size=1, max_size=40)
WORDS = st.sampled_from(("Closures", "by example", "Zoë's lesson", "<b>bold</b>", "SQL", "日本語"))
TITLES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
SKILLS = st.lists(st.sampled_from(("sql", "python", "nonsense")), max_size=3)
NAMES = st.from_regex(r"[a-z]{3,12}", fullmatch=True)
ZONES = st.sampled_from(("UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Mars/Olympus"))
LANGUAGES = st.sampled_from(("en", "de-CH", "zh-Hant"))
STARTS = st.builds(
    lambda quarters, zone: (clock.now() + timedelta(minutes=15 * quarters)).strftime(
        "%Y-%m-%dT%H:00" + zone
    ),
    st.integers(-10, 40_000),
    st.sampled_from(("", "", "Z", "+00:00", ":00.000Z")),
)
PLAUSIBLE: dict[str, SearchStrategy[Any]] = {
    "title": TITLES,
    "description": TITLES,
    "skills": SKILLS,
    "teach": SKILLS,
    "want": SKILLS,
    "interests": SKILLS,
    "level": st.sampled_from(("beginner", "intermediate", "advanced")),
    "language": LANGUAGES,
    "languages": st.lists(LANGUAGES, max_size=3),
    "objectives": st.lists(TITLES, max_size=3),
    "starts_at": STARTS,
    "duration_minutes": st.integers(1, 16).map(lambda steps: 15 * steps),
    "capacity": st.integers(1, 50),
    "price_minor": st.sampled_from((0, 0, 0, 1500, 10**9)),
    "currency": st.sampled_from(("EUR", "JPY", "usd", "XXX")),
    "recording": st.sampled_from(("auto", "off")),
    "timezone": ZONES,
    "reason": TITLES,
    "email": NAMES.map(lambda name: f"{name}@example.com"),
    "username": NAMES,
    "identifier": st.sampled_from(("lena", "mira@example.com", "root", "nobody")),
    "password": st.just(PASSWORD),
    "role": st.sampled_from(("learner", "mentor", "admin")),
    "roles": st.lists(st.sampled_from(("learner", "mentor", "admin", "owner")), max_size=3),
    "status": st.sampled_from(("active", "suspended", "approved", "gone")),
    "name": TITLES,
    "headline": TITLES,
    "bio": TITLES,
    "consent": st.booleans(),
}
OFF: SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), TEXT, st.lists(TEXT, max_size=2), st.just({})
)


def plausible() -> SearchStrategy[Shot]:
    """Writes of the API; creating a session as often as all others."""
    writes = [route for route in ROUTES if route.path.startswith("/api/") and route.method != "GET"]
    create = next(route for route in writes if (route.method, route.path) == ("POST", "/api/v1/sessions"))
    return st.one_of(_of(create), st.sampled_from(writes).flatmap(_of))


def _of(route: Route) -> SearchStrategy[Shot]:
    whose = st.sampled_from(OBJECTS)
    return st.builds(
        lambda body, named, who: Shot(
            route.method,
            route.path.replace("{id}", named).replace("{username}", "@username"),
            JSON if body is not None else (),
            body,
            who,
        ),
        _body(route),
        whose,
        st.sampled_from(WHO),
    )


def _body(route: Route) -> SearchStrategy[bytes | None]:
    """What is needed is there, the rest perhaps; one in four bodies has a field that is off."""
    model = description_of(route.view).body
    if model is None:
        return st.none()
    values = {name: PLAUSIBLE.get(name, TEXT) for name in model.model_fields}
    needed = {name: values[name] for name, field in model.model_fields.items() if field.is_required()}
    others = {name: value for name, value in values.items() if name not in needed}
    sound = st.fixed_dictionaries(needed, optional=others)
    off = st.builds(
        lambda body, name, value: {**body, name: value}, sound, st.sampled_from(sorted(values)), OFF
    )
    return st.one_of(sound, sound, sound, off).map(lambda body: json.dumps(body).encode())


# --- as bytes


def torn() -> SearchStrategy[bytes]:
    """A request with a few bytes changed, lost, doubled or cut off."""
    tears = st.lists(
        st.tuples(st.sampled_from(TEARS), st.floats(0, 1), st.binary(max_size=6)), max_size=3
    )
    return st.builds(_tear, plausible(), st.booleans(), tears)


def _tear(shot: Shot, chunked: bool, tears: list[tuple[Any, float, bytes]]) -> bytes:
    found = as_bytes(shot, chunked=chunked)
    for tear, where, junk in tears:
        found = tear(found, int(where * len(found)), junk)
    return found


TEARS = (
    lambda sent, at, junk: sent[:at] + junk + sent[at + len(junk) :],
    lambda sent, at, junk: sent[:at] + junk + sent[at:],
    lambda sent, at, junk: sent[:at] + sent[at + 7 :],
    lambda sent, at, junk: sent[: at + 20] + sent[at:],
    lambda sent, at, junk: sent[:at],
)


def as_bytes(shot: Shot, *, chunked: bool) -> bytes:
    """The request as HTTP/1.1 has it."""
    body = shot.body or b""
    head = [
        f"{shot.method} {shot.path} HTTP/1.1",
        "Host: 127.0.0.1",
        *(f"{n}: {v}" for n, v in shot.headers),
    ]
    head.append("Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}")
    if chunked:
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
    return "\r\n".join([*head, "", ""]).encode() + body
