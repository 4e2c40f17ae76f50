"""Charts: nothing in them that pages forbid, and the table says what the picture shows."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from server.edge.charts import Series, amounts_chart

DAYS = [(f"Day <{day}>", str(day)) for day in range(1, 8)]
PAID = Series("Paid", [0, 150, 99, 3, 4500, 123456, 1])
BACK = Series("Given back", [0, -50, 0, 0, -4500, 0, 0], "bad")


def test_picture_has_no_style_no_script_and_no_address_of_others() -> None:
    picture = str(amounts_chart("Money", DAYS, [PAID, BACK], "EUR", "Day").picture)
    for forbidden in ("style", "script", "href", " id=", "<!--", "kozea"):
        assert forbidden not in picture.lower()
    root = ElementTree.fromstring(picture)
    assert root.get("aria-hidden") == "true"


def test_each_column_says_what_it_is() -> None:
    picture = ElementTree.fromstring(amounts_chart("Money", DAYS, [PAID, BACK], "EUR", "Day").picture)
    told = [title.text for title in picture.iter() if title.tag.endswith("title")]
    assert len(told) == 14
    assert "Day <2>: Paid, €1.50" in told
    assert "Day <5>: Given back, -€45.00" in told


@pytest.mark.parametrize(
    ("currency", "amount"), [("JPY", "¥123,456"), ("KWD", "KWD123.456"), ("EUR", "€1,234.56")]
)
def test_table_has_every_amount_in_its_currency(currency: str, amount: str) -> None:
    chart = amounts_chart("Money", DAYS, [PAID], currency, "Day")
    assert chart.rows[5] == ("Day <6>", (amount,))
    assert len(chart.rows) == 7


def test_nothing_at_all_is_drawn_too() -> None:
    chart = amounts_chart("Money", DAYS[:1], [Series("Paid", [0])], "EUR", "Day")
    assert chart.rows == (("Day <1>", ("€0.00",)),)
    assert "€0" in chart.picture
