"""What counts as a way round the platform in texts that everybody reads, and what doesn't."""

from __future__ import annotations

import time

import pytest

from server.people.contacts import contact_in

E_MAIL, PHONE, LINK, NAME = (
    "an e-mail address",
    "a phone number",
    "a link to a messenger",
    "a messenger name",
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Write to mira.o+lessons@mail.example.co.uk!", E_MAIL),
        ("mira (at) example (dot) org", E_MAIL),
        ("mira [at] example.org", E_MAIL),
        ("mira @ example.org", E_MAIL),
        ("mira\u200b@exa\u200bmple.org", E_MAIL),
        ("\uff4d\uff49\uff52\uff41\uff20example\uff0eorg", E_MAIL),
        ("Call +49 (0)30 1234-5678", PHONE),
        ("0049301234567", PHONE),
        ("030/1234567 after six", PHONE),
        ("0170 123 45 67", PHONE),
        ("(555) 123-4567", PHONE),
        ("555.123.4567", PHONE),
        ("\u0660\u0661\u0667\u0660 \u0661\u0662\u0663 \u0664\u0665\u0666\u0667", PHONE),
        ("https://wa.me/491701234567", LINK),
        ("t.me/mira", LINK),
        ("discord.gg/abc", LINK),
        ("Join https://us02web.zoom.us/j/123", LINK),
        ("tel:110", LINK),
        ("Telegram: miracles", NAME),
        ("find me on Instagram @mira.teaches", NAME),
        ("Skype id: mira", NAME),
    ],
)
def test_contacts_are_found(text: str, kind: str) -> None:
    assert contact_in(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "From 2010-2015 I ran 3 teams; 2016/2020 two more.",
        "Begins 01/02/2024, ends 09-12-2024, or on 2024-01-02.",
        "ISBN 978-3-16-148410-0 and 0-306-40615-2",
        "01010101 is 85; 0 1 1 0 1 0 0 1 is a row of bits.",
        "+20 000 learners, 1,000,000,000 rows, 3.14159265358979",
        "10.0.0.1, 192.168.100.200:8080, version 1.22.333.4444",
        "08:00-12:00 and 13:00-17:00",
        "A decorator such as @dataclass or @app.route('/')",
        "def f(x: int) -> str: matrix @ vector",
        "I teach signal processing, Discord bots and the Telegram API.",
        "My code: https://github.com/mira and https://example.org/book",
        "Room at the top (at noon)",
        "",
    ],
)
def test_other_numbers_and_signs_are_fine(text: str) -> None:
    assert contact_in(text) == ""


def test_long_texts_take_no_time() -> None:
    nasty = ("a@" * 5000, "a" * 10_000, "a" + " " * 10_000, "0" * 10_000, "+1 " * 3000, "a.b-" * 2500)
    begun = time.process_time()
    assert all(contact_in(text) in ("", PHONE) for text in nasty)
    assert time.process_time() - begun < 0.5
