"""What every page is given, and how amounts and times are written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from server.edge import templates
from server.edge.templates import (
    HUES,
    date_range,
    days_until,
    hue,
    local_parts,
    local_time,
    money,
    remembered,
    static,
    watch_files,
)
from tests.web.samples import PAID

NOON = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [(1250, "EUR", "€12.50"), (500, "JPY", "¥500"), (1500, "KWD", "KWD1.500"), (0, "USD", "$0.00")],
)
def test_money_has_its_currencys_own_exponent(amount: int, currency: str, written: str) -> None:
    assert money(amount, currency) == written


def test_times_name_their_zone() -> None:
    assert local_time(NOON, "Asia/Kathmandu").startswith("Sat 28 Mar 2026, 17:45")
    assert local_time(NOON, "no/zone") == local_time(NOON, "UTC")


def test_range_over_midnight_has_two_dates() -> None:
    late = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)
    assert "29 Mar" in date_range(late, datetime(2026, 3, 29, 0, 30, tzinfo=UTC), "UTC")
    assert date_range(NOON, late, "UTC").count("Mar") == 1


def test_range_over_the_change_of_clocks_is_wall_time() -> None:
    start = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    end = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert "01:30 – 03:30" in date_range(start, end, "Europe/Berlin")


def test_static_address_holds_the_files_hash() -> None:
    assert static("css/base.css").startswith("/static/css/base.css?v=")
    assert static("css/nowhere.css") == "/static/css/nowhere.css"


def test_the_colour_of_a_name_stays_the_same() -> None:
    assert [hue(name) for name in ("Mira Novak", "mira novak", "Lea", "李")] == [
        hue("Mira Novak"),
        hue("Mira Novak"),
        hue("Lea"),
        (1 + 1) % HUES,
    ]
    assert {hue(2 * letter) for letter in "abcdefghijklmnop"} == set(range(HUES))


def test_the_parts_of_an_instant_are_those_of_its_words() -> None:
    assert local_parts(NOON, "Asia/Kathmandu")[:5] == ["Sat", "28", "Mar", "2026", "17:45"]


def test_remembered_row_says_what_its_card_and_its_reader_say() -> None:
    row = "partials/session_row.html"
    berlin = SimpleNamespace(timezone="Europe/Berlin")
    readers: list[Any] = [None, berlin, SimpleNamespace(timezone="Asia/Kathmandu")]
    cards = [PAID, replace(PAID, seats_taken=PAID.capacity), replace(PAID, status="live")]
    fresh = [remembered(row, card, reader, NOON) for card in cards for reader in readers]
    watch_files(False)
    try:
        for _ in range(2):
            again = [remembered(row, card, reader, NOON) for card in cards for reader in readers]
            assert again == fresh
        assert len(set(fresh)) == len(fresh)
    finally:
        watch_files(True)


def test_what_nobody_edits_is_looked_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(templates, "STATIC", tmp_path)
    (tmp_path / "a.css").write_text("body {}")
    watch_files(False)
    try:
        first = static("a.css")
        (tmp_path / "a.css").write_text("body { color: red }")
        assert static("a.css") == first
        watch_files(True)
        assert static("a.css") != first
    finally:
        watch_files(True)


@pytest.mark.parametrize(
    ("instant", "zone", "days"),
    [
        (NOON.replace(hour=23), "UTC", 0),
        (NOON.replace(hour=23), "Asia/Tokyo", 1),  # it is the 29th there then
        (NOON.replace(day=31, hour=1), "UTC", 3),  # less than three times 24 hours
        (NOON.replace(day=31, hour=1), "America/New_York", 2),
        (NOON.replace(day=29, hour=23), "Europe/Berlin", 2),  # over a night of 23 hours
    ],
)
def test_days_are_counted_by_midnights_of_the_zone(
    instant: datetime, zone: str, days: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(templates.clock, "now", lambda: NOON)
    assert days_until(instant, zone) == days
