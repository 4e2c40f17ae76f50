"""Every page rendered with sample contexts: what must hold for the markup of all of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from server.notifications.post import HTML, TEXT
from tests.web.pages import environment, page
from tests.web.samples import PAGES
from web import STATIC, TEMPLATES

CSS_LIMIT = 40_000  # bytes a page may load
VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
NO_NAME_NEEDED = frozenset({"hidden", "submit", "radio", "checkbox"})
SPRITES = ("icons.svg", "badges.svg")
SPRITE = frozenset(
    name
    for sprite in SPRITES
    for name in re.findall(r'<symbol id="([a-z-]+)"', (STATIC / sprite).read_text(encoding="utf-8"))
)
TEMPLATE_NAMES = sorted(
    file.relative_to(TEMPLATES).as_posix() for file in TEMPLATES.rglob("*") if file.is_file()
)
MAIL = {
    "to": SimpleNamespace(email="ines@example.org", name="Ines Albers", timezone="Europe/Berlin"),
    "base_url": "https://peerlearn.example",
    "unsubscribe": "https://peerlearn.example/communication/unsubscribe/WzEsIm4iXQ.c2lnbmF0dXJl",
    "subject": "A subject",
    "token": "abc-DEF_123",
    "verdict": "changes_requested",
    "reason": "Please say <more> about how you teach.",
    "title": "Read a balance sheet",
    "mentor": "Tomasz Wiśniewski",
    "learner": "Ines Albers",
    "who": "Ines Albers",
    "path": "/sessions/6a1f3a52-8a0e-4d0c-9a57-2f1f5ad0a001",
    "starts_at": datetime(2026, 11, 24, 17, 0, tzinfo=UTC),
    "ends_at": datetime(2026, 11, 24, 17, 45, tzinfo=UTC),
    "at": datetime(2026, 11, 24, 17, 45, tzinfo=UTC),
    "until": datetime(2026, 11, 25, 17, 20, tzinfo=UTC),
    "message": "Please say <more> about it.",
    "group": True,
    "why": "declined",
    "refund_minor": 4500,
    "asked": True,
    "to_mentor": False,
    "price_minor": 4500,
    "amount_minor": 4500,
    "credit": False,
    "card": "visa 4242",
    "number": "R-000017",
    "back": True,
    "won": True,
    "findings": [["EUR", "The provider has 12.00 less than the books say."]],
    "currency": "EUR",
    "node": "http://media-1:7880",
    "device": "Firefox on Linux",
    "address": "192.0.2.7",
    "what": "second_factor_on",
    "badge": "Ten hours",
    "says": "Spent ten hours in lessons",
    "closes_at": datetime(2026, 12, 8, 17, 45, tzinfo=UTC),
    "new": "ines.albers@example.org",
    "follower": "Tomasz Wiśniewski",
    "inviter": "Olga Nowak",
    "roles": ["ops", "support"],
    "gained": ["ops"],
    "lost": ["support"],
    "expires_at": datetime(2026, 12, 1, 17, 45, tzinfo=UTC),
    "files": ["Exercises.pdf", "Numbers of a bakery.xlsx"],
    "steps": 4,
    "stars": 4,
    "digest": "daily",
    "reader": "learner",
    "side": "learner",
    "resolution": "credit",
    "answer": "We listened to it, and it was so.",
    "figures": {
        "outcome": "cut_short",
        "due_min": 45,
        "taught_min": 30,
        "node_min": 4,
        "own_min": 0,
        "refund_minor": 1500,
        "credit_minor": 400,
        "currency": "EUR",
    },
    "items": [{"text": "Tomasz Wiśniewski follows you", "path": "/profile/tomasz", "starts_at": None}],
}
OTHERWISE: dict[str, dict[str, Any]] = {"standing_changed": {"what": "roles"}}
MAIL_NAMES = sorted(file.stem for file in (TEMPLATES / "email").glob("*.mail"))
VERDICTS = ("approved", "changes_requested", "rejected", "suspended")


class Markup(HTMLParser):
    """The elements of a page in order, with their attributes and the forms they stand in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.forms: list[tuple[dict[str, str | None], list[dict[str, str | None]]]] = []
        self._open: list[str] = []
        self.unbalanced: list[str] = []
        self.feed(html)
        self.unbalanced += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.elements.append((tag, found))
        if tag == "form":
            self.forms.append((found, []))
        elif "form" in self._open and tag in {"input", "button", "select", "textarea"}:
            self.forms[-1][1].append(found)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self._open or self._open.pop() != tag:
            self.unbalanced.append(tag)

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


@pytest.fixture(scope="module", params=sorted(PAGES))
def markup(request: pytest.FixtureRequest) -> Markup:
    return Markup(page(request.param))


@pytest.mark.parametrize("name", TEMPLATE_NAMES)
def test_template_compiles(name: str) -> None:
    environment().get_template(name)


def test_every_page_template_has_a_sample() -> None:
    words = ("notifications/words.txt", "calendar/event.txt")
    parts = ("classroom/room.html", "classroom/panels/", "recordings/parts/")
    folders = ("layouts/", "partials/", "email/", *parts, *words)
    pages = {name for name in TEMPLATE_NAMES if not name.startswith(folders)}
    assert pages - {template for template, _, _ in PAGES.values()} == set()


def test_elements_are_closed_in_order(markup: Markup) -> None:
    assert markup.unbalanced == []


def test_nothing_is_styled_or_scripted_inline(markup: Markup) -> None:
    inline = [
        (tag, name)
        for tag, attributes in markup.elements
        for name in attributes
        if name == "style" or name.startswith("on")
    ]
    assert inline == []
    assert markup.all("style") == []
    assert [script for script in markup.all("script") if not script.get("src")] == []


def test_nothing_comes_from_another_origin(markup: Markup) -> None:
    loaded = [
        attributes.get("src") or attributes.get("href") or ""
        for attributes in markup.all("script", "link", "img", "use", "video", "audio", "source")
    ]
    assert [address for address in loaded if not address.startswith(("/", "#"))] == []


def test_posting_forms_carry_the_csrf_token(markup: Markup) -> None:
    posting = [fields for form, fields in markup.forms if form.get("method") == "post"]
    without = [
        fields for fields in posting if "csrf_token" not in {field.get("name") for field in fields}
    ]
    assert without == []


def test_pictures_have_a_text(markup: Markup) -> None:
    assert [picture for picture in markup.all("img") if "alt" not in picture] == []
    named = [
        svg for svg in markup.all("svg") if svg.get("aria-hidden") != "true" and not svg.get("aria-label")
    ]
    assert named == []


def test_ids_are_unique_and_references_lead_somewhere(markup: Markup) -> None:
    ids = [attributes["id"] or "" for _, attributes in markup.elements if "id" in attributes]
    assert sorted(ids) == sorted(set(ids))
    wanted = {
        reference
        for _, attributes in markup.elements
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls")
        for reference in (attributes.get(name) or "").split()
    }
    anchors = {
        href[1:]
        for href in (one.get("href") or "" for one in markup.all("a"))
        if len(href) > 1 and href[0] == "#"
    }
    assert (wanted | anchors) - set(ids) == set()


def test_every_field_has_a_name(markup: Markup) -> None:
    labelled = {label.get("for") for label in markup.all("label")}
    nameless = [
        field
        for field in markup.all("input", "select", "textarea")
        if field.get("type") not in NO_NAME_NEEDED
        and field.get("id") not in labelled
        and not field.get("aria-label")
    ]
    assert nameless == []


def test_page_has_its_landmarks_and_one_heading_of_the_first_level(markup: Markup) -> None:
    assert len(markup.all("main")) == 1
    assert len(markup.all("h1")) == 1
    assert markup.all("a")[0] == {"class": "skip", "href": "#main"}


def test_headings_leave_out_no_level(markup: Markup) -> None:
    levels = [int(tag[1]) for tag, _ in markup.elements if re.fullmatch(r"h[1-6]", tag)]
    start = levels.index(1)
    skipped = [
        pair for pair in zip(levels[start:], levels[start + 1 :], strict=False) if pair[1] > pair[0] + 1
    ]
    assert skipped == []


def test_icons_are_in_the_sprite(markup: Markup) -> None:
    names = {(use.get("href") or "").partition("#")[2] for use in markup.all("use")}
    assert names - SPRITE == set()


def test_page_loads_little_css(markup: Markup) -> None:
    sheets = [link["href"] or "" for link in markup.all("link") if link.get("rel") == "stylesheet"]
    sizes = {sheet: _static(sheet).stat().st_size for sheet in sheets}
    every_piece = any("css/dev.css" in sheet for sheet in sheets)
    assert every_piece or sum(sizes.values()) <= CSS_LIMIT, sizes


def _static(address: str) -> Path:
    return STATIC / address.removeprefix("/static/").partition("?")[0]


def test_room_loads_little_css() -> None:
    sizes = {
        name: (STATIC / f"css/{name}.css").stat().st_size
        for name in ("tokens", "base", "components", "room")
    }
    assert sum(sizes.values()) <= CSS_LIMIT, sizes


def test_text_of_people_is_escaped() -> None:
    template, context, _ = PAGES["error"]
    html = (
        environment()
        .get_template(template)
        .render({**_anyone(), **context, "message": "<script>alert(1)</script>"})
    )
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def _anyone() -> dict[str, Any]:
    return {
        "viewer": None,
        "csrf_token": "t",
        "csp_nonce": "n",
        "base_url": "",
        "path": "/",
        "static": str,
    }


def mail(name: str, medium: Mapping[str, str], **told: Any) -> str:
    return (
        environment()
        .get_template(f"email/{name}.mail")
        .render({**MAIL, **OTHERWISE.get(name, {}), **told, **medium})
    )


@pytest.mark.parametrize("name", MAIL_NAMES)
def test_mail_says_the_same_in_text_and_html(name: str) -> None:
    text, html = mail(name, TEXT), mail(name, HTML)
    subject, _, body = text.partition("\n")
    assert subject.strip()
    assert "Ines Albers" in body
    assert set(re.findall(r"https://[^\s<]+", body)) == set(re.findall(r'https://[^\s"]+', html))


@pytest.mark.parametrize("name", MAIL_NAMES)
def test_words_of_people_are_escaped_in_a_mail(name: str) -> None:
    tagged = dict.fromkeys(("title", "mentor", "learner", "who", "reason"), "<more>")
    to = SimpleNamespace(email="ines@example.org", name="<more>", timezone="Europe/Berlin")
    assert "<more>" not in mail(name, HTML, **tagged, to=to)
    assert "&amp;lt;" not in mail(name, HTML, **tagged, to=to)


@pytest.mark.parametrize("name", MAIL_NAMES)
def test_text_of_a_mail_is_narrow_and_has_no_holes(name: str) -> None:
    lines = mail(name, TEXT, reason="A word and a word. " * 20).splitlines()
    long = [line for line in lines if len(line) > 78 and not line.startswith(("https://", "> "))]
    assert long == []
    assert "\n\n\n" not in "\n".join(lines)


@pytest.mark.parametrize("verdict", VERDICTS)
def test_mail_about_a_review_gives_the_reason(verdict: str) -> None:
    assert "say <more>" in mail("mentor_reviewed", TEXT, verdict=verdict)
    assert "say &lt;more&gt;" in mail("mentor_reviewed", HTML, verdict=verdict)
