"""The filters in an address, and what they mean."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.discovery.forms import BrowseForm, lenient
from server.discovery.listing import chips
from server.edge.api import validated
from server.edge.paging import Part
from server.infra.errors import Invalid


def test_empty_address_filters_nothing() -> None:
    assert validated(BrowseForm, {"q": "", "skill": "", "from": ""}).query("UTC") == BrowseForm().query(
        "UTC"
    )


def test_a_day_is_one_of_the_visitors_zone() -> None:
    form = validated(BrowseForm, {"from": "2030-10-27", "to": "2030-10-27"})
    query = form.query("Europe/Berlin")
    assert query.since == datetime(2030, 10, 26, 22, tzinfo=UTC)
    assert query.until == datetime(2030, 10, 27, 23, tzinfo=UTC)


def test_an_instant_counts_itself() -> None:
    form = validated(BrowseForm, {"from": "2030-05-14T18:00Z", "to": "2030-05-14T20:00 02:00"})
    query = form.query("Asia/Tokyo")
    assert query.since == datetime(2030, 5, 14, 18, tzinfo=UTC)
    assert query.until is not None
    assert query.until > datetime(2030, 5, 14, 18, tzinfo=UTC)


def test_skills_can_be_repeated_or_listed() -> None:
    for skill in (["sql", "python"], "sql,python", "sql, python"):
        assert validated(BrowseForm, {"skill": skill}).query("UTC").skills == ("sql", "python")


def test_a_guest_says_the_zone_and_a_member_has_one() -> None:
    form = validated(BrowseForm, {"from": "2030-10-27", "timezone": "Asia/Kathmandu", "time": "evening"})
    assert form.query().timezone == "Asia/Kathmandu"
    assert form.query().since == datetime(2030, 10, 26, 18, 15, tzinfo=UTC)
    assert form.query("Europe/Berlin").timezone == "Europe/Berlin"


def test_lengths_leave_no_minute_out() -> None:
    found = [validated(BrowseForm, {"duration": name}).query() for name in ("short", "medium", "long")]
    assert [(query.longer_than, query.longest) for query in found] == [(None, 30), (30, 60), (60, None)]


def test_free_and_paid_are_prices() -> None:
    assert validated(BrowseForm, {"price": "free"}).query("UTC").price_max == 0
    assert validated(BrowseForm, {"price": "paid"}).query("UTC").price_min == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("level", "wizard"),
        ("sort", "random"),
        ("price_min", "-1"),
        ("price_max", "a lot"),
        ("from", "soon"),
        ("from", "2030-05-14T18:00"),
        ("to", "9999-12-31"),
        ("min_rating", "nan"),
        ("min_rating", "6"),
        ("time", "teatime"),
        ("days", "friday"),
        ("timezone", "Mars/Olympus"),
        ("duration", "an age"),
        ("recording", "maybe"),
        ("currency", "XYZW"),
    ],
)
def test_bad_filter_is_named_and_the_page_leaves_it_out(name: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        validated(BrowseForm, {name: value})
    assert name in refused.value.fields
    form, errors = lenient(BrowseForm, {name: value, "q": "sql"})
    assert form.q == "sql"
    assert name in errors


NAMES = st.sampled_from([field.alias or name for name, field in BrowseForm.model_fields.items()])


@given(st.dictionaries(NAMES, st.text(max_size=30)))
def test_any_address_is_a_list_or_names_what_is_wrong(filters: dict[str, str]) -> None:
    form, _ = lenient(BrowseForm, filters)
    form.query("America/New_York")


def test_chip_leads_to_the_list_without_its_filter() -> None:
    found = chips(
        "/sessions/", {"q": "sql & co", "level": "beginner"}, {("level", "beginner"): "Beginner"}
    )
    assert [(chip.text, chip.href) for chip in found] == [
        ("“sql & co”", "/sessions/?level=beginner"),
        ("Beginner", "/sessions/?q=sql+%26+co"),
    ]
    [first, _] = chips("/sessions/", {"skill": "sql,python"}, {("skill", "sql"): "SQL"})
    assert (first.text, first.href) == ("SQL", "/sessions/?skill=python")
    assert chips("/sessions/", {"q": "x", "sort": "price"}, {})[0].href == "/sessions/?sort=price"


@pytest.mark.parametrize(("total", "pages"), [(0, 1), (1, 1), (20, 1), (21, 2), (41, 3)])
def test_page_knows_how_many_there_are(total: int, pages: int) -> None:
    assert Part(1, 20, total).pages == pages
